"""The official frame of a table: its head, its notes, and who signs.

These are Chinese facts of the forms, the same in every language of the interface.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from django.utils import timezone

from core.models import Office
from exchange.papers import day_in_words
from exchange.reports import forms
from exchange.reports.forms import Form
from exchange.submissions import codes
from exchange.tables.filling import Filled
from exchange.tables.sheets import notes_of
from exchange.workbooks import Foot, Head

DRAFT = "草稿，未报送。"
CODE = "本表已报送，报送编码：{code}（第{round}次报送）。"
AS_OF = "数据截至{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}。"
NO_END = "本表式未注明有效期，待核定。"
MADE_BY, PHONE, DATE = "填表人", "联系电话", "报出日期"


@dataclass(frozen=True)
class Signed:
    """Who stands behind a table; all empty on a preview."""

    office: Office | None = None
    made_by: str = ""
    contact: str = ""
    filed_on: datetime.date | None = None
    code: str = ""
    round: int = 0


def form_of(filled: Filled) -> Form:
    """The form in force in the region at the end of the period."""
    return forms.form_for(
        filled.table.key, filled.table.form, filled.region.code, filled.period.last_day
    )


def head_of(filled: Filled, form: Form, signed: Signed) -> Head:
    return forms.head(
        form,
        title=filled.table.title,
        office=forms.filing_office(filled.region, signed.office),
        period=filled.period,
        unit=filled.table.unit,
    )


def foot_of(filled: Filled, form: Form, signed: Signed, moment: datetime.datetime) -> Foot:
    """Signatures as the declaration names them, then notes, relations, and what the table is."""
    known: Mapping[str, str] = {
        MADE_BY: signed.made_by,
        PHONE: signed.contact,
        DATE: day_in_words(signed.filed_on) if signed.filed_on else "",
    }
    line = tuple((label, known.get(label, "")) for label in filled.table.signatures)
    return Foot(lines=(line,), notes=("说明：", *_numbered(_said(filled, form, signed, moment))))


def _said(filled: Filled, form: Form, signed: Signed, moment: datetime.datetime) -> list[str]:
    said = [AS_OF.format(moment=timezone.localtime(moment)), *notes_of(filled)]
    if form.needs_checking:
        said.append(forms.TO_BE_CHECKED)
    if form.valid_to is None:
        said.append(NO_END)
    filed = CODE.format(code=codes.shown(signed.code), round=signed.round)
    return [*said, filed if signed.code else DRAFT]


def _numbered(said: Sequence[str]) -> list[str]:
    return [f"{number}. {each}" for number, each in enumerate(said, start=1)]


def as_json(form: Form) -> dict[str, object]:
    """A form as it is kept with a filing."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in asdict(form).items()
    }


def from_json(said: Mapping[str, object]) -> Form:
    """The form that was kept."""
    days = {name: said[name] for name in forms.DAYS if said.get(name)}
    read = {name: datetime.date.fromisoformat(str(day)) for name, day in days.items()}
    known = {field.name for field in fields(Form)} - set(forms.DAYS)
    plain = {name: value for name, value in said.items() if name in known}
    return Form(**plain, **read)  # type: ignore[arg-type]
