"""The table in which the results of a whole roll are entered: what was typed, beside what is stored."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.rules import Finding
from training.models import ExamEntry, ExamRoll
from training.pasting import PastedLine, match_lines
from training.results import ExamResult, result_of
from training.shown import names_of
from training.views import tables

BETWEEN = "|"
MOST_SCORE = Decimal("9999.9")
RESULT_WORDS = {
    word: result
    for result, words in {
        ExamEntry.Result.PASSED: ("合格", "通过", "及格", "passed"),
        ExamEntry.Result.FAILED: ("不合格", "未通过", "不及格", "failed"),
        ExamEntry.Result.ABSENT: ("缺考", "缺席", "未参加", "absent"),
        ExamEntry.Result.DROPPED: ("中途退出", "退出", "dropped"),
    }.items()
    for word in words
}
SCORE_UNREADABLE = gettext_noop("Write the score as a number, such as 85 or 85.5.")
DAY_UNREADABLE = gettext_noop("Write the day as 2019-07-15.")
NEITHER = gettext_noop("“%(cell)s” is neither a score nor a result such as 合格, 不合格 or 缺考.")


@dataclass
class Line:
    """One person's cells as typed; `was` is what the page showed, `version` what it was read at."""

    entry: ExamEntry
    version: int
    was: tuple[str, ...]
    cells: tuple[str, ...]
    troubles: list[str] = field(default_factory=list)
    theirs: str = ""

    @property
    def result(self) -> str:
        return self.cells[0]

    @property
    def score(self) -> str:
        return self.cells[1]

    @property
    def day(self) -> str:
        return self.cells[2]

    @property
    def before(self) -> str:
        return BETWEEN.join(self.was)

    @property
    def is_changed(self) -> bool:
        return self.cells != self.was


@dataclass
class Sheet:
    """The lines of a roll in its order, and the day of every result that names none of its own."""

    lines: list[Line]
    day: str
    pasted: str = ""
    pass_mark: str = ""
    unmatched: list[str] = field(default_factory=list)

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.is_changed]


def of_roll(roll: ExamRoll) -> Sheet:
    """The sheet as it is stored."""
    lines = [Line(e, e.version, _cells(e), _cells(e)) for e in _entries(roll)]
    return Sheet(lines, roll.exam_on.isoformat())


def as_sent(roll: ExamRoll, sent: Mapping[str, str]) -> Sheet:
    """The sheet as somebody typed it; a result without a day takes the day of the sheet."""
    sheet = of_roll(roll)
    sheet.day = sent.get("day", "").strip() or sheet.day
    sheet.pasted, sheet.pass_mark = sent.get("pasted", ""), sent.get("pass_mark", "").strip()
    for line in sheet.lines:
        key = line.entry.pk
        if f"result-{key}" not in sent:
            continue
        line.was = tuple(sent.get(f"was-{key}", "").split(BETWEEN, 2))
        version = sent.get(f"version-{key}", "")
        line.version = int(version) if version.isdecimal() else 0
        typed = [sent.get(f"{name}-{key}", "").strip() for name in ("result", "score", "day")]
        line.cells = (typed[0], typed[1], typed[2])
    return sheet


def _entries(roll: ExamRoll) -> Sequence[ExamEntry]:
    return list(roll.entries.select_related("enrollment__person").order_by("pk"))


def _cells(entry: ExamEntry) -> tuple[str, ...]:
    day = entry.resulted_on.isoformat() if entry.resulted_on else ""
    return entry.result, tables.plain(entry.score), day


def all_passed(sheet: Sheet) -> None:
    """Whoever has no result yet passed."""
    for line in sheet.lines:
        if not line.result:
            line.cells = (ExamEntry.Result.PASSED.value, line.score, line.day or sheet.day)


def take_pasted(sheet: Sheet) -> None:
    """Put pasted scores and results where they belong; lines that belong nowhere are told."""
    by_key = {line.entry.pk: line for line in sheet.lines}
    people = {key: line.entry.enrollment.person for key, line in by_key.items()}
    for pasted in match_lines(sheet.pasted, people):
        trouble = _(pasted.trouble) % pasted.params if pasted.trouble else ""
        if pasted.key is not None:
            trouble = _take(by_key[pasted.key], pasted, sheet)
        if trouble:
            said = {"line": pasted.line, "trouble": trouble}
            sheet.unmatched.append(_("Line %(line)s: %(trouble)s") % said)


def _take(line: Line, pasted: PastedLine, sheet: Sheet) -> str:
    """The trouble of a cell that cannot be read, or nothing."""
    result, score, _day = line.cells
    mark, worded = _score(sheet.pass_mark), False
    for cell in filter(None, pasted.cells):
        number = _score(cell)
        if number is None and cell.lower() not in RESULT_WORDS:
            return _(NEITHER) % {"cell": cell}
        if number is None:
            result, worded = RESULT_WORDS[cell.lower()].value, True
            continue
        score = tables.plain(number)
        if mark is not None and not worded:
            passed = number >= mark
            result = (ExamEntry.Result.PASSED if passed else ExamEntry.Result.FAILED).value
    if result == ExamEntry.Result.ABSENT and score == line.score:
        score = ""
    line.cells = (result, score, line.day or sheet.day)
    return ""


def _score(cell: str) -> Decimal | None:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    sound = number.is_finite() and 0 <= number <= MOST_SCORE and number == round(number, 1)
    return number if sound else None


def results(sheet: Sheet) -> dict[int, tuple[int, ExamResult]]:
    """What the changed lines say, with the versions they were read at; unreadable cells are told."""
    return {line.entry.pk: (line.version, _result(line, sheet)) for line in sheet.changed}


def _result(line: Line, sheet: Sheet) -> ExamResult:
    result, score, day = line.cells
    number, on = _score(score), None
    if score and number is None:
        line.troubles.append(_(SCORE_UNREADABLE))
    if result not in ExamEntry.Result.values:
        return ExamResult("", number)
    try:
        on = datetime.date.fromisoformat(day or sheet.day)
    except ValueError:
        line.troubles.append(_(DAY_UNREADABLE))
    return ExamResult(result, number, on)


def say_findings(sheet: Sheet, found: Mapping[int, Sequence[Finding]]) -> None:
    for line in sheet.lines:
        line.troubles += [str(finding) for finding in found.get(line.entry.pk, ())]


def show_theirs(sheet: Sheet, entries: Mapping[int, ExamEntry], by: Mapping[int, int]) -> None:
    """Beside the typed cells stand those of a colleague; saving once more is meant."""
    names = names_of(by.values())
    for line in sheet.lines:
        theirs = entries.get(line.entry.pk)
        if theirs is None:
            continue
        stored, who = result_of(theirs), names.get(by.get(theirs.pk, 0), "")
        label = dict(ExamEntry.Result.choices).get(stored.result, _("no result"))
        parts = [who, str(label), tables.plain(stored.score), str(stored.resulted_on or "")]
        line.theirs = " ".join(filter(None, parts))
        line.version, line.was = theirs.version, _cells(theirs)
