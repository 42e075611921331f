"""What the rules say of a quota document before it is issued: of every place at once.

The checks of the database are the wall behind it; what they would refuse is told here,
with what is left where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from core.models import Region
from core.rules import Batch, Finding, RuleBook, judge
from programs.models import Quota, QuotaDocument, QuotaLine
from programs.rules import DOCUMENT_RULES

Key = tuple[str, str, bool]  # program, region, listed apart


def key_of(row: Quota | QuotaLine) -> Key:
    return row.program_id, row.region_code, row.listed_apart


def findings_of(document: QuotaDocument) -> list[Finding]:
    """All findings, each with the row of its line in the document's order; -1 is the paper."""
    return judge(Prospect(document).batch(), DOCUMENT_RULES, RuleBook.load())


class Prospect:
    """The quotas of a document's plan as they are, and as its lines would leave them."""

    def __init__(self, document: QuotaDocument, lines: Iterable[QuotaLine] | None = None) -> None:
        self.document, self.plan = document, document.plan
        self.lines = list(document.lines.all() if lines is None else lines)
        self.changes = {key_of(line): line.change for line in self.lines}
        programs = {line.program_id for line in self.lines}
        self.held = {key_of(q): q for q in self.plan.quotas.filter(program__in=programs)}
        self.keys = {quota.pk: key for key, quota in self.held.items()}
        codes = {line.region_code for line in self.lines}
        self.regions = Region.objects.in_bulk(codes | {self.document.region_code})

    def amount(self, key: Key) -> int:
        """What a quota will hold."""
        return self.had(key) + int(self.changes.get(key, 0))

    def had(self, key: Key) -> int:
        return self.held[key].amount if key in self.held else 0

    def above(self, key: Key) -> Key | None:
        """The quota that one lies under: its parent, or what would become that."""
        if key in self.held:
            parent = self.held[key].parent_id
            return self.keys.get(parent or 0)
        program, code, apart = key
        region = self.regions.get(code)
        beneath = (program, (region.parent_id or "") if region else "")
        asked = [(*beneath, True)] * apart + [(*beneath, False)]
        return next((key for key in asked if key in self.held or key in self.changes), None)

    def draws(self, key: Key) -> bool:
        """What is listed apart stands beside its parent's; only its own parts draw on it."""
        above = self.above(key)
        return above is not None and (above[2] or not key[2])

    @cached_property
    def asked(self) -> Counter[Key]:
        """What the lines take more out of each quota above them."""
        found: Counter[Key] = Counter()
        for key, change in self.changes.items():
            above = self.above(key)
            if above is not None and self.draws(key):
                found[above] += change
        return found

    def allotted(self, key: Key) -> int:
        """What the next level down will hold of a quota."""
        held = self.held.get(key)
        return self.asked[key] + (held.allotted if held else 0)

    @cached_property
    def phase(self) -> dict[Key, Quota]:
        """The quotas of the phase that the plan's own are spread from."""
        rows = Quota.objects.filter(plan=self.plan.phase_id, listed_apart=False)
        return {key_of(q): q for q in rows if key_of(q) in self.changes}

    @cached_property
    def years(self) -> Counter[Key]:
        """What the years under this phase hold of each of its quotas that a line names."""
        rows = Quota.objects.filter(plan__phase=self.plan, listed_apart=False)
        found: Counter[Key] = Counter()
        for quota in rows:
            if key_of(quota) in self.changes:
                found[key_of(quota)] += quota.amount
        return found

    def more_of_the_phase(self, key: Key) -> int:
        """A year that draws on its phase for the first time brings what it held before."""
        quota = self.held.get(key)
        before = quota.amount if quota and quota.phase_quota_id is None else 0
        return before + int(self.changes[key])

    def batch(self) -> Batch:
        rows = [self._row(line) for line in self.lines]
        names = rows[0] if rows else {}
        columns = {name: [row[name] for row in rows] for name in names}
        paper = {"paper": [self.document]}
        return Batch(len(rows), self.document.region_code, columns | paper)

    def _row(self, line: QuotaLine) -> dict[str, Any]:
        key, above = key_of(line), self.above(key_of(line))
        region, phase = self.regions.get(line.region_code), self.phase.get(key)
        return {
            "place": region.name if region else line.region_code,
            "change": line.change,
            "is_in_reach": self._is_in_reach(line),
            "is_drawn": above is not None or self._may_be_first(key),
            "amount": self.amount(key),
            "had": self.had(key),
            "allotted": self.allotted(key),
            "parent": above,
            "scheduled": self.years[key],
            "above": (self.amount(above), self.allotted(above), self.asked[above])
            if above and self.draws(key)
            else None,
            "phase": (phase.amount, phase.scheduled, self.more_of_the_phase(key))
            if phase
            else None,
        }

    def _may_be_first(self, key: Key) -> bool:
        """The plan's own quota lies under none, nor do those that stood so before the book."""
        return key in self.held or key[1] == self.plan.region_code

    def _is_in_reach(self, line: QuotaLine) -> bool:
        """Beneath the region that hands down; its own quota is the plan's to set."""
        own, code = self.document.region_code, line.region_code
        if line.region_code not in self.regions:
            return False
        is_own = code == own
        return bool(code.startswith(own) and (not is_own or own == self.plan.region_code))
