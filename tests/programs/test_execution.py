"""How far plans are carried out: what is planned, done, handed down and listed apart, by place."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from exchange.models import Rollup
from exchange.periods import Period
from programs.execution import Block, Execution, Line
from programs.models import Plan, Program
from tests.factories import a_plan, a_program, a_quota, divisions, issued

pytestmark = pytest.mark.django_db
HUAN, QING = "621022", "621021"


@pytest.fixture(autouse=True)
def surroundings() -> None:
    divisions()


def blocks(region: str, *places: str, period: str = "2019-12") -> list[Block]:
    return Execution(region, Period.parse(period)).blocks(places or [region])


def lines(region: str, *places: str, period: str = "2019-12") -> list[Line]:
    """Those of the only program of the only plan."""
    (block,) = blocks(region, *places, period=period)
    return list(block.lines)


def said(line: Line) -> tuple[object, ...]:
    return (line.planned, line.apart, line.done, line.gap, line.allotted, line.remainder)


def done(county: str, month: str, program: Program, amount: int) -> None:
    Rollup.objects.create(
        measure=program.measure,
        county_code=county,
        month=datetime.date.fromisoformat(f"{month}-01"),
        program=program.pk,
        category="other",
        amount=Decimal(amount),
        as_of=timezone.now(),
    )


@pytest.fixture
def skills() -> Program:
    return a_program("skills", name="技能培训", order=1)


@pytest.fixture
def plan(skills: Program) -> Plan:
    """100 for 庆阳: 60 for 环县, 30 for 庆城, 10 left. Done 45 and 40, of which 5 last year."""
    plan = a_plan("2019年培训计划")
    province = a_quota(plan, skills, "62", 150)
    prefecture = a_quota(plan, skills, "6210", 100, parent=province)
    a_quota(plan, skills, HUAN, 60, parent=prefecture)
    a_quota(plan, skills, QING, 30, parent=prefecture)
    done(HUAN, "2018-12", skills, 5)
    done(HUAN, "2019-03", skills, 20)
    done(HUAN, "2019-12", skills, 25)
    done(QING, "2019-06", skills, 40)
    return plan


@pytest.mark.usefixtures("plan")
def test_each_place_has_its_plan_and_what_it_did() -> None:
    found = lines("62", "62", "6210", "6229", QING, HUAN)
    assert [said(line) for line in found] == [
        (150, 0, 85, 65, 100, 50),
        (100, 0, 85, 15, 90, 10),
        (None, 0, 0, 0, None, None),
        (30, 0, 40, -10, 0, 30),
        (60, 0, 45, 15, 0, 60),
    ]
    assert [line.rate for line in found] == [85 / 150, 0.85, None, 40 / 30, 0.75]


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(("period", "amount"), [("2019-11", 20), ("2019Q1", 20), ("2019-02", 0)])
def test_only_what_was_done_by_the_end_of_the_period_counts(period: str, amount: int) -> None:
    (line,) = lines(HUAN, period=period)
    assert (line.planned, line.done) == (60, amount)


def test_a_phase_counts_from_the_month_it_begins_in(skills: Program) -> None:
    first, last = datetime.date(2018, 3, 15), datetime.date(2020, 12, 31)
    plan = a_plan("三年计划", kind=Plan.Kind.PHASE, first_day=first, last_day=last)
    a_quota(plan, skills, HUAN, 10)
    for month in ("2018-02", "2018-03", "2019-12", "2020-01"):
        done(HUAN, month, skills, 1)
    (line,) = lines(HUAN)
    assert line.done == 2


@pytest.mark.usefixtures("plan")
def test_plans_that_have_ended_or_not_begun_are_left_out() -> None:
    assert [blocks("6210", period=period) for period in ("2018-12", "2020-01")] == [[], []]


def test_an_umbrella_stands_before_its_parts_and_sums_what_they_did() -> None:
    plan = a_plan()
    umbrella = a_program("all", name="培训总数", order=5)
    late = a_program("late", name="两后生培训", part_of=umbrella, order=2)
    early = a_program("early", name="劳务品牌培训", part_of=umbrella, order=1)
    other = a_program("other", name="创业培训", order=1)
    for program, amount in ((late, 20), (umbrella, 50), (other, 5), (early, 30)):
        a_quota(plan, program, HUAN, amount)
    for program, amount in ((late, 3), (early, 4), (umbrella, 1), (other, 2)):
        done(HUAN, "2019-05", program, amount)
    found = blocks(HUAN)
    assert [
        (block.program.name, block.is_part(found), block.lines[0].planned, block.lines[0].done)
        for block in found
    ] == [
        ("创业培训", False, 5, 2),
        ("培训总数", False, 50, 8),
        ("劳务品牌培训", True, 30, 4),
        ("两后生培训", True, 20, 3),
    ]


def test_a_part_without_its_umbrella_in_the_plan_stands_on_its_own(skills: Program) -> None:
    """As under a prefecture's plan of one part; that another plan has the umbrella is nothing to it."""
    umbrella = a_program("all", name="培训总数", order=5)
    part = a_program("brand", name="劳务品牌培训", part_of=umbrella)
    plan, other = a_plan("甲"), a_plan("乙")
    for program, amount in ((skills, 10), (part, 30)):
        a_quota(plan, program, "6210", amount)
    a_quota(other, umbrella, "6210", 50)
    found = blocks("6210")
    assert {(block.plan.name, block.program.name, block.is_part(found)) for block in found} == {
        ("甲", "技能培训", False),
        ("甲", "劳务品牌培训", False),
        ("乙", "培训总数", False),
    }


def test_a_measure_of_its_own_is_not_mixed_with_others(skills: Program) -> None:
    done(HUAN, "2019-05", skills, 3)
    skills.measure = "training.completions"
    skills.save()
    done(HUAN, "2019-06", skills, 2)
    plan = a_plan()
    a_quota(plan, skills, HUAN, 10)
    a_quota(plan, a_program("other", order=9), HUAN, 10)
    assert [block.lines[0].done for block in blocks(HUAN)] == [2, 0]


def test_what_is_listed_apart_stands_apart_and_takes_nothing_from_its_parent(
    skills: Program,
) -> None:
    plan = a_plan()
    prefecture = a_quota(plan, skills, "6210", 100)
    a_quota(plan, skills, HUAN, 60, parent=prefecture)
    a_quota(plan, skills, QING, 20, parent=prefecture, listed_apart=True)
    done(QING, "2019-05", skills, 5)
    done(HUAN, "2019-05", skills, 55)
    found = lines("6210", "6210", QING, HUAN)
    assert [said(line) for line in found] == [
        (100, 20, 60, 60, 60, 40),
        (None, 20, 5, 15, None, None),
        (60, 0, 55, 5, 0, 60),
    ]
    assert [line.rate for line in found] == [0.5, 0.25, 55 / 60]


def test_parts_of_what_is_listed_apart_are_not_counted_twice(skills: Program) -> None:
    plan = a_plan()
    apart = a_quota(plan, skills, "6210", 100, listed_apart=True)
    a_quota(plan, skills, HUAN, 40, parent=apart, listed_apart=True)
    assert [line.apart for line in lines("62", "62", "6210", "6229")] == [100, 100, 0]
    assert [line.apart for line in lines("6210", "6210", QING, HUAN)] == [100, 0, 40]


def test_a_plan_of_nothing_has_no_rate(skills: Program) -> None:
    plan = a_plan()
    a_quota(plan, skills, HUAN, 5)
    issued(plan, (HUAN, skills, -5, False), kind="claw-back", number="1号")
    done(HUAN, "2019-05", skills, 5)
    (line,) = lines(HUAN)
    assert (line.planned, line.done, line.rate, line.gap) == (0, 5, None, -5)


def test_a_later_document_does_not_rewrite_an_earlier_period(skills: Program) -> None:
    plan = a_plan()
    a_quota(plan, skills, HUAN, 60)
    issued(plan, (HUAN, skills, 15, False), dated=datetime.date(2019, 9, 1))
    found = [lines(HUAN, period=period)[0].planned for period in ("2019-08", "2019-09")]
    assert found == [60, 75]
