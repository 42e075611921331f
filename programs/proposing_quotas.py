"""What-if: what shifting places between areas would mean, side by side, before a draft is issued.

What the places achieved is asked of measures by their keys; a measure that no app declares
leaves its column out. Nobody files how many people a place should teach, so its places are
set against the people it is known to have taught.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.models import Region
from exchange.amounts import By, Number
from exchange.figures import BEGINNING, Figure
from exchange.measures import all_derived, all_measures
from exchange.periods import Period, months_later
from programs.execution import Execution
from programs.judging_quotas import Prospect
from programs.models import Program, QuotaDocument

ATTENDANCES = "training.attendances"
PEOPLE = "training.people"
IN_POOR_VILLAGES = "training.in_poor_villages"
COST_A_HEAD = "training.cost_a_head"
A_YEAR, THREE_YEARS = 12, 36
# From a region, the digits of its places' codes, a period and programs to how many institutions
# held classes in each place. The app that knows institutions appends it.
Taught = Callable[[str, int, Period, Collection[str]], Mapping[str, int]]
teaching: list[Taught] = []


@dataclass(frozen=True)
class PlaceOutlook:
    """A place under a draft: its quota, what was done of it, and what it was able to do before.

    `people` are those it taught so far, of whatever program. `capacity` is the most that it
    held within any twelve months in a row of the last 36, `institutions` how many held it;
    `poor_villages` the percentage of attendances from designated poor villages and `cost`
    yuan a head, both of the last twelve months: None where nothing says so.
    """

    place: Region
    now: int
    change: int
    done: Number
    people: Number | None
    capacity: Number | None
    institutions: int | None
    cost: Number | None
    poor_villages: float | None

    @property
    def then(self) -> int:
        return self.now + self.change

    @property
    def rate_now(self) -> float | None:
        return self._rate(self.now)

    @property
    def rate_then(self) -> float | None:
        return self._rate(self.then)

    @property
    def coverage(self) -> float | None:
        """The places it would have in percent of the people it taught so far."""
        return self.then / float(self.people) * 100 if self.people else None

    @property
    def is_beyond_capacity(self) -> bool:
        """Whether the place would be given more, and more than it ever did in a year."""
        grows = self.capacity is not None and self.change > 0
        return grows and self.then > (self.capacity or 0)

    def _rate(self, amount: int) -> float | None:
        return float(self.done / amount) * 100 if amount > 0 else None


class Proposal:
    """A program under a draft, over places that lie directly beneath `above`, as of a day."""

    def __init__(
        self,
        document: QuotaDocument,
        program: Program,
        above: Region,
        places: list[Region],
        day: datetime.date,
    ) -> None:
        self.document, self.program, self.day = document, program, min(day, document.plan.last_day)
        self.above, self.places = above, places
        self.declared = {each.key for each in all_measures()}
        self.declared |= {each.key for each in all_derived()}
        self.programs = frozenset(Program.objects.under(program.pk).values_list("pk", flat=True))

    def side_by_side(self) -> list[PlaceOutlook]:
        prospect, done = Prospect(self.document), self._done()
        costs, came = self._by_place(COST_A_HEAD), self._by_place(ATTENDANCES)
        poor, held = self._by_place(IN_POOR_VILLAGES), self._standing()
        people, taught = self._people(), self._institutions()
        return [
            PlaceOutlook(
                place=place,
                now=held.get(place.code, 0),
                change=prospect.changes.get((self.program.pk, place.code, False), 0),
                done=done.get(place.code, 0),
                people=people.get(place.code, 0) if people is not None else None,
                capacity=self._capacity(place.code),
                institutions=taught.get(place.code, 0) if taught is not None else None,
                cost=costs.get(place.code),
                poor_villages=self._share(poor, came, place.code),
            )
            for place in self.places
        ]

    def _standing(self) -> dict[str, int]:
        held = self.document.plan.quotas.filter(program=self.program, listed_apart=False)
        return dict(held.values_list("region_code", "amount"))

    def _done(self) -> dict[str, Number]:
        plan = self.document.plan
        span = Period(str(plan.first_day.year), plan.first_day, plan.last_day)
        execution = Execution(self.document.region_code, span, self.day)
        blocks = execution.blocks(place.code for place in self.places)
        own = (each for each in blocks if (each.plan, each.program) == (plan, self.program))
        return {line.place: line.done for block in own for line in block.lines}

    def _figure(self, measure: str, region_code: str, months: int) -> Figure:
        """Of so many months, the last of which is over by the day."""
        end = (self.day + datetime.timedelta(days=1)).replace(day=1)
        first, last = months_later(end, -months), end - datetime.timedelta(days=1)
        period = Period.between(first, last)
        return Figure(measure, region_code, period, programs=self.programs)

    def _by_place(self, measure: str) -> dict[str, Number | None]:
        """What each place says of a measure in the last twelve months; nothing of an unknown one."""
        if measure not in self.declared:
            return {}
        parts = self._figure(measure, self.above.code, A_YEAR).parts(By.PLACE)
        return {part.key: part.value for part in parts}

    def _people(self) -> dict[str, Number | None] | None:
        """Whoever was taught in each place until the day; None where no app counts people."""
        if PEOPLE not in self.declared:
            return None
        figure = Figure(PEOPLE, self.above.code, Period.between(BEGINNING, self.day))
        return {part.key: part.value for part in figure.parts(By.PLACE)}

    def _institutions(self) -> Mapping[str, int] | None:
        """How many institutions stand behind the capacity of each place; None as above."""
        if not teaching or not self.places:
            return None
        of = self._figure(ATTENDANCES, self.above.code, THREE_YEARS)
        digits = len(self.places[0].code)
        return teaching[0](self.above.code, digits, of.period, of.programs)

    def _capacity(self, code: str) -> Number | None:
        if ATTENDANCES not in self.declared:
            return None
        figure = self._figure(ATTENDANCES, code, THREE_YEARS)
        held = {part.key: part.value or 0 for part in figure.parts(By.MONTH)}
        months = [held.get(month, 0) for month in figure.period.months]
        return max(sum(months[n : n + A_YEAR]) for n in range(len(months) - A_YEAR + 1))

    def _share(self, poor: Mapping[str, Any], came: Mapping[str, Any], code: str) -> float | None:
        """In percent; None where nobody came, or nothing says where from."""
        if IN_POOR_VILLAGES not in self.declared or not came.get(code):
            return None
        return float(poor.get(code) or 0) / float(came[code]) * 100
