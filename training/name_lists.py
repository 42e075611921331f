"""The name list of a class (培训班学员花名册), printed to be signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import User
from exchange.papers import day_in_words, print_paper
from exchange.reports.basis import basis_of_month
from exchange.reports.forms import LABELS
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec
from talent.places import Gazetteer
from training.ledger import NUMBERED, PLACE_OF, person_rows
from training.models import Enrollment, TrainingClass
from training.querysets import EnrollmentQuerySet

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("name list printed"),)

# The form is Chinese whoever prints it.
TITLE = "培训班学员花名册"
MASKED = "身份证号码、联系电话已隐去部分数字。"
NAME_LABELS = replace(LABELS, reporting_office="培训机构", unit="班级编号")
# Widths in characters: a number of 18 digits stands on one line of A4 across.
COLUMNS = (
    Column(NUMBERED, Kind.INTEGER, width=5),
    Column("姓名", width=16),
    Column("性别", width=5),
    Column("身份证号码", width=22),
    Column("民族", width=8),
    Column("文化程度", width=11),
    Column("人员类别", width=20),
    Column("家庭住址", width=24),
    Column("联系电话", width=14),
    Column("签名", width=16),
)
ADDRESS = ("township", "village", "group_name")
AS_PRINTED = ("name", "sex", "id_number", "ethnicity", "education", "category", ADDRESS, "phone")


def print_name_list(training_class: TrainingClass, *, by: User) -> BinaryIO:
    """The class's name list as PDF, of the rows the user may see; that it was taken out is audited.

    Numbers stand in full for whoever may see them in the class's county, else masked.
    Raises SealBroken when a number cannot be opened.
    """
    in_full = scope_of(by, Permission.SEE_PERSONAL_NUMBERS).covers(training_class.county_code)
    roster = Enrollment.objects.visible_to(by).active().filter(training_class=training_class)
    return print_paper(
        sheet(training_class, roster, by, in_full),
        verb="training.name_list.printed",
        target=training_class,
        region_code=training_class.county_code,
        by=by,
        labels=NAME_LABELS,
        in_full=in_full,
    )


def sheet(
    training_class: TrainingClass, roster: EnrollmentQuerySet, by: User, in_full: bool
) -> SheetSpec:
    places = Gazetteer.of(training_class.county_code).names
    days = map(day_in_words, (training_class.start_date, training_class.end_date))
    taught = f"{training_class.occupation.name} {'至'.join(days)}"
    today = day_in_words(timezone.localdate())
    basis = basis_of_month(training_class.county_code, training_class.start_date)
    signatures = (
        ("班主任", ""),
        ("培训机构（盖章）", ""),
        ("填表人", str(by)),
        ("打印日期", today),
    )
    return SheetSpec(
        name=TITLE,
        columns=COLUMNS,
        rows=name_rows(person_rows(roster, places, in_full=in_full)),
        head=Head(
            title=TITLE,
            reporting_office=training_class.institution.name,
            period=taught,
            unit=training_class.code,
        ),
        foot=Foot(
            lines=(signatures,),
            notes=(*(() if in_full else (MASKED,)), *basis.notes),
            picture=basis.picture,
        ),
    )


def name_rows(ledger_rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """A ledger's rows with the columns of a name list, numbered, the last one to be signed."""
    for number, row in zip(count(1), ledger_rows, strict=False):
        yield [number, *(_printed(row, name) for name in AS_PRINTED), ""]


def _printed(row: list[Any], name: str | tuple[str, ...]) -> Any:
    if isinstance(name, str):
        return row[PLACE_OF[name]]
    return " ".join(filter(None, (row[PLACE_OF[part]] for part in name)))
