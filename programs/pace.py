"""What rules say of how a plan is carried out: behind the calendar, more than planned, unused."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Finding, Rule, RuleBook, Severity, Verdict, judge
from programs.execution import Block

# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("most points behind"),
    gettext_noop("most of what is planned"),
)
KEEPS_PACE = "programs.quota_keeps_pace"
OVERRUN = "programs.quota_is_not_overrun"
UNUSED = "programs.quota_is_used"
OWN = "本系统提示，按计划起止日期均匀推算（核实）"

IS_BEHIND = gettext_noop("%(points)s points behind")
IS_OVER = gettext_noop("%(over)s above plan")
IS_UNUSED = gettext_noop("%(unused)s not used")


def _keeps_pace(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """While a plan runs; afterwards what is missing is unused."""
    for row, line in enumerate(batch["line"]):
        most = book.value(KEEPS_PACE, "most_points_behind", line.place, batch["day"][row])
        points = float(line.behind * 100)
        if most is not None and line.pace < 1 and points > most:
            yield row, "done", IS_BEHIND, {"points": f"{points:.1f}"}


def _is_not_overrun(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, line in enumerate(batch["line"]):
        most = book.value(OVERRUN, "most_of_what_is_planned", line.place, batch["day"][row])
        if most is not None and line.due and line.done > line.due * most:
            yield row, "done", IS_OVER, {"over": f"{-line.gap:,}"}


def _is_used(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, line in enumerate(batch["line"]):
        if line.unused:
            yield row, "done", IS_UNUSED, {"unused": f"{line.unused:,}"}


PACE_RULES = (
    Rule(
        key=OVERRUN,
        name=_("What is done does not exceed by much what is planned"),
        severity=Severity.EXPLAIN,
        citation="西部计划曾允许县级按指标120%上报岗位，其他项目参照（核实）",
        judge=_is_not_overrun,
    ),
    Rule(
        key=KEEPS_PACE,
        name=_("A plan is carried out at the pace of the calendar"),
        severity=Severity.EXPLAIN,
        citation=OWN,
        judge=_keeps_pace,
    ),
    Rule(
        key=UNUSED,
        name=_("A plan that is over is carried out in full"),
        severity=Severity.EXPLAIN,
        citation=OWN,
        judge=_is_used,
    ),
)


def remarks_on(blocks: Sequence[Block], day: datetime.date) -> dict[tuple[int, str, str], Finding]:
    """The gravest finding of each line that has one, by (plan, program, place)."""
    keys = [
        (block.plan.pk, block.program.pk, line.place) for block in blocks for line in block.lines
    ]
    lines = [line for block in blocks for line in block.lines]
    columns: dict[str, list[Any]] = {"line": lines, "day": [day] * len(lines)}
    found: dict[tuple[int, str, str], Finding] = {}
    for each in _judged(Batch(len(lines), "", columns)):
        found.setdefault(keys[each.row], each)
    return found


def _judged(batch: Batch) -> Iterable[Finding]:
    return judge(batch, PACE_RULES, RuleBook.load())
