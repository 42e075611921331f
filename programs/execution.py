"""How far the plans in force are carried out, place by place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from exchange.models import Rollup
from exchange.periods import Period
from programs.models import Plan, Program, Quota

Amount = int | Decimal


@dataclass(frozen=True)
class Line:
    """One program of one plan in one place, in the unit of the program's measure.

    `planned` is None where the place has no quota of its own. `apart` is what is listed
    apart (计划单列) in the place: planned on top, not taken out of anybody's quota.
    `allotted` is what the next level down holds of the place's own.
    """

    place: str
    planned: int | None
    apart: int
    allotted: int | None
    done: Amount
    # The part of the plan's days that is gone.
    pace: Fraction
    quota: int | None = None  # the key of the place's own
    quota_apart: int | None = None  # the key of what is listed apart, where it is one quota

    @property
    def due(self) -> int:
        return (self.planned or 0) + self.apart

    @property
    def rate(self) -> float | None:
        """Done over due, as a ratio; None when nothing is due."""
        return float(self.done / self.due) if self.due else None

    @property
    def gap(self) -> Amount:
        """Due less done; negative when more was done."""
        return self.due - self.done

    @property
    def due_by_now(self) -> int:
        """What would be done if every day of the plan did as much as any other."""
        return int(self.due * self.pace)

    @property
    def behind(self) -> Fraction:
        """By which part of what is due the place lags the calendar; 0 when it does not."""
        return (
            max(self.pace - Fraction(self.done) / self.due, Fraction(0))
            if self.due
            else Fraction(0)
        )

    @property
    def unused(self) -> Amount:
        """What of a plan that is over was not done; 0 while it runs."""
        return max(self.gap, 0) if self.pace == 1 else 0

    @property
    def remainder(self) -> int | None:
        """What the place may still hand down."""
        if self.planned is None or self.allotted is None:
            return None
        return self.planned - self.allotted


@dataclass(frozen=True)
class Block:
    """A program under a plan, with a line for each place asked for, in that order."""

    plan: Plan
    program: Program
    lines: Sequence[Line]

    def is_part(self, shown: Iterable[Block]) -> bool:
        """Whether its umbrella is shown under the same plan; else it is a part of nothing there."""
        umbrella = (self.plan.pk, self.program.part_of_id)
        return umbrella in {(each.plan.pk, each.program.pk) for each in shown}


class Execution:
    """All plans in force at the end of a period in a region, with their quotas of that day.

    What is done counts from the month in which a plan begins to the end of the period,
    for a program and its parts. With a `day` the quotas are those of that day instead.
    """

    def __init__(self, region_code: str, period: Period, day: datetime.date | None = None) -> None:
        self.region_code, self.period = region_code, period
        in_force = Quota.objects.in_force_at(period).within(region_code)
        self.day = day or period.last_day
        in_force = in_force.at(self.day)
        self.quotas = list(in_force.select_related("plan", "program__part_of", "parent"))

    def blocks(self, places: Iterable[str]) -> list[Block]:
        """What has a quota in the region: by plan, umbrella programs before their parts.

        `places` are codes of the region or of regions within.
        """
        codes = list(places)
        held = {(quota.plan, quota.program) for quota in self.quotas}
        pairs = sorted(held, key=lambda pair: (_plan_order(pair[0]), _program_order(pair[1])))
        done = {plan: self._done(plan) for plan, _ in pairs}
        return [
            Block(plan, program, [self._line(plan, program, code, done[plan]) for code in codes])
            for plan, program in pairs
        ]

    def _line(self, plan: Plan, program: Program, place: str, done: Done) -> Line:
        within = [
            quota
            for quota in self.quotas
            if (quota.plan_id, quota.program_id) == (plan.pk, program.pk)
            and quota.region_code.startswith(place)
        ]
        own = next((q for q in within if q.region_code == place and not q.listed_apart), None)
        apart = [quota for quota in within if _heads_what_is_apart(quota, place)]
        return Line(
            place=place,
            planned=own.amount_then if own else None,
            apart=sum(quota.amount_then for quota in apart),
            allotted=own.allotted_then if own else None,
            done=done.of(program, place),
            pace=plan.pace(self.day),
            quota=own.pk if own else None,
            quota_apart=apart[0].pk if len(apart) == 1 else None,
        )

    def _done(self, plan: Plan) -> Done:
        so_far = Period(self.period.text, plan.first_day.replace(day=1), self.period.last_day)
        measures = {quota.program.measure for quota in self.quotas}
        rows = Rollup.objects.within(self.region_code).during(so_far).filter(measure__in=measures)
        amounts = (
            rows.order_by().values_list("measure", "program", "county_code").annotate(Sum("amount"))
        )
        parts = Program.objects.filter(part_of__isnull=False).values_list("code", "part_of_id")
        return Done(dict(parts), list(amounts))


@dataclass(frozen=True)
class Done:
    """What was done: (measure, program, county, amount), and which program is a part of which."""

    umbrella_of: dict[str, str]
    amounts: list[tuple[str, str, str, Decimal]]

    def of(self, program: Program, place: str) -> Amount:
        total = sum(
            (
                amount
                for measure, code, county, amount in self.amounts
                if measure == program.measure
                and county.startswith(place)
                and program.pk in (code, self.umbrella_of.get(code))
            ),
            Decimal(0),
        )
        return int(total) if total == int(total) else total


def _heads_what_is_apart(quota: Quota, place: str) -> bool:
    """Whether this is the outermost quota listed apart within the place: its own parts are in it."""
    parent = quota.parent
    is_a_part = parent is not None and parent.listed_apart and parent.region_code.startswith(place)
    return quota.listed_apart and not is_a_part


def _plan_order(plan: Plan) -> tuple[object, ...]:
    return (-plan.first_day.toordinal(), plan.region_code, plan.pk)


def _program_order(program: Program) -> tuple[object, ...]:
    """Umbrella programs first, each followed by its parts."""
    umbrella = program.part_of or program
    return (umbrella.order, umbrella.pk, program.part_of_id is not None, program.order, program.pk)
