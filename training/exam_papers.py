"""The exam roll (鉴定人员名单) on paper: signed by who sits the exam, and by the five who answer for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import User
from exchange.papers import day_in_words, print_paper
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec
from training.ledger import NUMBERED, cells_of, plain
from training.models import Enrollment, ExamEntry, ExamRoll
from training.name_lists import MASKED, NAME_LABELS

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("exam roll printed"),)

# The form is Chinese whoever prints it.
TITLE = "职业技能鉴定人员名单"
COLUMNS = (
    Column(NUMBERED, Kind.INTEGER, width=5),
    Column("姓名", width=14),
    Column("性别", width=5),
    Column("身份证号码", width=22),
    Column("文化程度", width=10),
    Column("工种", width=14),
    Column("等级", width=8),
    Column("成绩", width=8),
    Column("结果", width=9),
    Column("考生签名", width=16),
)
AS_PRINTED = ("name", "sex", "id_number", "education", "occupation", "level")
RESULTS = {
    "": "",
    ExamEntry.Result.PASSED: "合格",
    ExamEntry.Result.FAILED: "不合格",
    ExamEntry.Result.ABSENT: "缺考",
    ExamEntry.Result.DROPPED: "中途退出",
}
# Five sign the results of an assessment (http://fsou.com/html/text/lar/172175/17217503_2.html);
# which five it is was not seen there: 核实.
SIGNATURES = ("考评员", "考评员", "考评组长", "督导员", "鉴定机构负责人")
DRAFT = "名单尚未固定，仅供核对。"
FROZEN = "名单于{at}由{by}固定，人员摘要（SM3）：{digest}"


def print_roll(roll: ExamRoll, *, by: User) -> BinaryIO:
    """The roll as PDF, of the rows the user may see; that it was taken out is audited.

    Numbers stand in full for whoever may see them in the class's county, else masked.
    """
    in_full = scope_of(by, Permission.SEE_PERSONAL_NUMBERS).covers(roll.county_code)
    return print_paper(
        sheet(roll, by, in_full),
        verb="training.exam_roll.printed",
        target=roll,
        region_code=roll.county_code,
        by=by,
        labels=NAME_LABELS,
        in_full=in_full,
    )


def sheet(roll: ExamRoll, by: User, in_full: bool) -> SheetSpec:
    attended = roll.training_class
    day, today = day_in_words(roll.exam_on), day_in_words(timezone.localdate())
    lines = (
        tuple((who, "") for who in SIGNATURES),
        (
            ("考核鉴定机构（盖章）", roll.assessor),
            ("填表人", str(by)),
            ("打印日期", today),
        ),
    )
    return SheetSpec(
        name=TITLE,
        columns=COLUMNS,
        rows=_rows(roll, by, in_full),
        head=Head(
            title=TITLE,
            reporting_office=attended.institution.name,
            period=f"{attended.occupation.name} 鉴定日期：{day}",
            unit=attended.code,
        ),
        foot=Foot(lines=lines, notes=_notes(roll, in_full)),
    )


def _rows(roll: ExamRoll, by: User, in_full: bool) -> Iterator[list[Any]]:
    """The people of the roll in the order of the ledger, numbered."""
    entries = {entry.enrollment_id: entry for entry in ExamEntry.objects.filter(roll=roll)}
    rows = Enrollment.objects.visible_to(by).filter(pk__in=entries)
    cells = cells_of(rows, in_full=in_full)
    for number, key in enumerate(sorted(cells), start=1):
        entry = entries[key]
        score = "" if entry.score is None else plain(entry.score)
        person = (cells[key][name] for name in AS_PRINTED)
        yield [number, *person, score, RESULTS[entry.result], ""]


def _notes(roll: ExamRoll, in_full: bool) -> tuple[str, ...]:
    masked = () if in_full else (MASKED,)
    if roll.frozen_at is None:
        return (DRAFT, *masked)
    at = f"{timezone.localtime(roll.frozen_at):%Y-%m-%d %H:%M}"
    return (FROZEN.format(at=at, by=roll.frozen_by, digest=roll.digest), *masked)
