"""The table in which the numbers of a class's certificates are filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.rules import Finding
from exchange.pasting import read_lines
from training.certificates import following, normal
from training.certifying import to_certify
from training.models import Enrollment, TrainingClass
from training.pasting import match_lines

OTHER_LENGTH = gettext_noop(
    "A column of %(lines)s numbers was pasted and the table has %(people)s people, so it is not known "
    "whose they are. Paste the names or the last digits of the citizen numbers beside them."
)
NO_SERIAL = gettext_noop("Fill in the first number, ending in its serial, and count up again.")


@dataclass
class Line:
    """One person's number as typed, and what the rules say of it."""

    row: Enrollment
    number: str = ""
    troubles: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """The people of a class to whom certificates may be given, in the order of the ledger."""

    lines: list[Line]
    pasted: str = ""
    unmatched: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> dict[int, str]:
        return {line.row.pk: line.number for line in self.lines if line.number}


def of_class(found: TrainingClass, sent: Mapping[str, str] | None = None) -> Sheet:
    """The sheet, empty or as somebody typed it."""
    said = sent or {}
    rows = to_certify(found).select_related("person").order_by("pk")
    lines = [Line(row, normal(said.get(f"number-{row.pk}", ""))) for row in rows]
    return Sheet(lines, said.get("pasted", ""))


def take_pasted(sheet: Sheet) -> None:
    """Put pasted numbers where they belong: a column as long as the table, or beside whom they are of."""
    filled = [cells for cells in read_lines(sheet.pasted) if any(cells)]
    if filled and all(len(cells) == 1 for cells in filled):
        _take_column(sheet, [cells[0] for cells in filled])
        return
    people = {line.row.pk: line.row.person for line in sheet.lines}
    by_key = {line.row.pk: line for line in sheet.lines}
    for pasted in match_lines(sheet.pasted, people):
        if pasted.key is not None:
            by_key[pasted.key].number = normal("".join(pasted.cells))
            continue
        said = {"line": pasted.line, "trouble": _(pasted.trouble) % pasted.params}
        sheet.unmatched.append(_("Line %(line)s: %(trouble)s") % said)


def _take_column(sheet: Sheet, numbers: Sequence[str]) -> None:
    if len(numbers) != len(sheet.lines):
        counts = {"lines": len(numbers), "people": len(sheet.lines)}
        sheet.unmatched.append(_(OTHER_LENGTH) % counts)
        return
    for line, number in zip(sheet.lines, numbers, strict=True):
        line.number = normal(number)


def count_up(sheet: Sheet) -> None:
    """After a number that is filled in, those that are empty follow with the next serials."""
    last = ""
    for line in sheet.lines:
        line.number = line.number or (following(last) if last else "")
        last = line.number
    if not sheet.numbers:
        sheet.unmatched.append(_(NO_SERIAL))


def say_findings(sheet: Sheet, found: Mapping[int, Sequence[Finding]]) -> None:
    for line in sheet.lines:
        line.troubles += [str(finding) for finding in found.get(line.row.pk, ())]
