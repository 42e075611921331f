"""What a class must be before it is held: each gate on the day or the hour on which it turns."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.models import Holiday, LocalHoliday, RuleValue
from core.rules import Batch, Rule, RuleBook, judge
from training.rules import CLASS_SIZE, HOURS_A_DAY, HOURS_FOR_LEVEL, gates

DAY = datetime.date
FILING: dict[str, Any] = {
    "line": 1,
    "class_code": "1",
    "institution": "环县职业学校",
    "occupation": "电焊工",
    "level": "5",
    "start_date": DAY(2019, 6, 24),
    "end_date": DAY(2019, 7, 8),
    "hours": Decimal(90),
    "hours_theory": Decimal(40),
    "hours_practice": Decimal(50),
    "planned_size": 40,
    "filed_on": DAY(2019, 6, 1),
    "assessor": "庆阳市鉴定站",
    "teachers": ("张老师",),
    "lessons": [(DAY(2019, 6, 24), Decimal(40), False), (DAY(2019, 7, 8), Decimal(50), True)],
    "licence_until": None,
    "scopes": [("电焊工", "", DAY(2015, 1, 1), None)],
}


def found(rule: Rule, values: list[RuleValue] = [], /, county: str = "621022", **row: Any) -> Any:  # noqa: B006
    """(severity, column, params) of what the rule says of the filing that differs in `row`."""
    batch = Batch(1, county, {name: [value] for name, value in (FILING | row).items()})
    findings = judge(batch, [rule], RuleBook(values))
    for each in findings:
        assert str(each)  # its params fit its sentence
    return [(each.severity, each.column, each.params) for each in findings]


def a_value(rule: str, parameter: str, value: Any, region: str = "") -> RuleValue:
    return RuleValue(
        rule=rule, parameter=parameter, value=value, region_code=region, valid_from=DAY(2013, 1, 1)
    )


LEAD = [
    a_value(gates.LEAD_RULE, "lead", {"days": 7}),
    a_value(gates.LEAD_RULE, "lead", {"workdays": 10}, "4305"),
]


def test_a_filing_without_fault_passes_all_gates() -> None:
    values = [*LEAD, a_value(gates.SHARE_RULE, "least", "0.4")]
    assert [found(rule, values) for rule in gates.GATES] == [[]] * len(gates.GATES)


def test_a_class_is_filed_seven_days_before_it_starts() -> None:
    assert found(gates.FILED_IN_TIME, LEAD, filed_on=DAY(2019, 6, 17)) == []
    told = {"start": "2019-06-24", "latest": "2019-06-17", "days": 7}
    assert found(gates.FILED_IN_TIME, LEAD, filed_on=DAY(2019, 6, 18)) == [
        ("explain", "start_date", told)
    ]


@pytest.mark.django_db
def test_a_county_may_count_working_days_over_a_holiday_and_its_own() -> None:
    # The festival of 2019: Friday 7 June is free. Ten working days before Monday 17 June.
    Holiday.objects.create(date=DAY(2019, 6, 7), is_workday=False, name="端午节")
    late = {"start": "2019-06-17", "latest": "2019-05-31", "workdays": 10}
    asked = {"county": "430521", "start_date": DAY(2019, 6, 17)}
    assert found(gates.FILED_IN_TIME, LEAD, **asked, filed_on=DAY(2019, 5, 31)) == []
    assert found(gates.FILED_IN_TIME, LEAD, **asked, filed_on=DAY(2019, 6, 1)) == [
        ("explain", "start_date", late)
    ]
    LocalHoliday.objects.create(
        region_code="43", date=DAY(2019, 6, 6), is_workday=False, name="地方节日", source="测试"
    )
    assert found(gates.FILED_IN_TIME, LEAD, **asked, filed_on=DAY(2019, 5, 31)) == [
        ("explain", "start_date", late | {"latest": "2019-05-30"})
    ]
    assert found(gates.FILED_IN_TIME, LEAD, **asked, filed_on=DAY(2019, 5, 30)) == []


@pytest.mark.django_db
def test_a_year_without_calendar_asks_instead_of_guessing() -> None:
    asked = {"county": "430521", "start_date": DAY(2031, 6, 17), "filed_on": DAY(2031, 1, 1)}
    assert found(gates.FILED_IN_TIME, LEAD, **asked) == [("explain", "start_date", {"year": 2031})]


def test_the_planned_size_is_judged_as_the_enrolled_are() -> None:
    most = [a_value(CLASS_SIZE.key, "most", 50), a_value(CLASS_SIZE.key, "most", 30, "64")]
    assert found(CLASS_SIZE, most, planned_size=50) == []
    assert found(CLASS_SIZE, most, planned_size=51) == [
        ("explain", "class_code", {"size": 51, "most": 50})
    ]
    assert found(CLASS_SIZE, most, county="640422", planned_size=31) == [
        ("explain", "class_code", {"size": 31, "most": 30})
    ]


def test_planned_hours_suit_the_level_and_fit_the_days() -> None:
    a_day = [a_value(HOURS_A_DAY.key, "most_a_day", 6)]
    assert found(HOURS_A_DAY, a_day, hours=Decimal(90)) == []
    assert found(HOURS_A_DAY, a_day, hours=Decimal("90.5")) == [
        ("explain", "hours", {"hours": "90.5", "days": 15, "most": 6})
    ]
    least = [a_value(HOURS_FOR_LEVEL.key, "least_junior", 63, "43")]
    assert found(HOURS_FOR_LEVEL, least, county="430521", hours=Decimal(63)) == []
    assert len(found(HOURS_FOR_LEVEL, least, county="430521", hours=Decimal(62))) == 1
    assert found(HOURS_FOR_LEVEL, least, hours=Decimal(62)) == []


def test_practice_and_theory_have_their_shares() -> None:
    values = [
        a_value(gates.SHARE_RULE, "least", "0.4"),
        a_value(gates.SHARE_RULE, "least_theory", "0.4"),
        a_value(gates.SHARE_RULE, "least", "2/3", "64"),
        a_value(gates.SHARE_RULE, "least_theory", "0", "64"),
    ]

    def shares(theory: str, practice: str, county: str = "621022") -> Any:
        hours = {"hours_theory": Decimal(theory), "hours_practice": Decimal(practice)}
        return [column for _s, column, _p in found(gates.PRACTICE_SHARE, values, county, **hours)]

    assert shares("60", "40") == []
    assert shares("60.1", "39.9") == ["hours_practice"]
    assert shares("39.9", "60.1") == ["hours_theory"]
    # Two thirds to the hour, which no decimal writes.
    assert shares("40", "80", "640422") == []
    assert shares("40.1", "79.9", "640422") == ["hours_practice"]


def test_a_class_lasts_as_long_as_its_province_wants() -> None:
    values = [a_value(gates.LENGTH_RULE, "least_days", 15, "62")]
    assert found(gates.LASTS_LONG_ENOUGH, values) == []
    assert found(gates.LASTS_LONG_ENOUGH, values, end_date=DAY(2019, 7, 7)) == [
        ("explain", "end_date", {"days": 14, "least": 15})
    ]
    assert found(gates.LASTS_LONG_ENOUGH, values, "640422", end_date=DAY(2019, 7, 7)) == []


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (("电焊工", "", DAY(2019, 6, 24), DAY(2019, 7, 8)), True),
        (("电焊工", "5", DAY(2015, 1, 1), None), True),
        (("电焊工", "4", DAY(2015, 1, 1), None), False),
        (("砌筑工", "", DAY(2015, 1, 1), None), False),
        (("电焊工", "", DAY(2019, 6, 25), None), False),
        (("电焊工", "", DAY(2015, 1, 1), DAY(2019, 7, 7)), False),
    ],
)
def test_a_scope_covers_occupation_level_and_every_day(scope: Any, covered: bool) -> None:
    beyond = [("block", "occupation", {"occupation": "电焊工"})]
    other = ("保育员", "", DAY(2015, 1, 1), None)
    assert found(gates.WITHIN_LICENCE, scopes=[other, scope]) == ([] if covered else beyond)


def test_the_licence_itself_lasts_to_the_end_of_the_class() -> None:
    assert found(gates.WITHIN_LICENCE, licence_until=DAY(2019, 7, 8)) == []
    assert found(gates.WITHIN_LICENCE, licence_until=DAY(2019, 7, 7)) == [
        ("block", "institution", {"until": "2019-07-07"})
    ]


def test_an_institution_without_scopes_on_file_is_asked_about() -> None:
    assert found(gates.WITHIN_LICENCE, scopes=[]) == []
    assert found(gates.LICENCE_ON_FILE, scopes=[]) == [
        ("explain", "institution", {"institution": "环县职业学校"})
    ]


@pytest.mark.parametrize(
    ("assessor", "teaching"),
    [
        ("庆阳市鉴定站", ""),
        ("环县 职业学校", "环县职业学校"),
        ("王考官、张老师", "张老师"),
        ("", ""),
    ],
)
def test_who_teaches_does_not_assess(assessor: str, teaching: str) -> None:
    mixed = [("block", "assessor", {"name": teaching})] if teaching else []
    assert found(gates.ASSESSOR_APART, assessor=assessor) == mixed


def test_the_timetable_lies_within_the_class_and_adds_up() -> None:
    first, last = DAY(2019, 6, 24), DAY(2019, 7, 8)
    assert found(gates.TIMETABLE_AGREES, lessons=[]) == [("explain", "lessons", {})]
    moved = [(first - datetime.timedelta(1), Decimal(40), False), (last, Decimal(50), True)]
    assert found(gates.TIMETABLE_AGREES, lessons=moved) == [
        ("explain", "lessons", {"number": 1, "days": "2019-06-23"})
    ]
    short = [(first, Decimal(41), False), (last, Decimal("49.5"), True)]
    assert found(gates.TIMETABLE_AGREES, lessons=short) == [
        ("explain", "hours_theory", {"given": "41", "planned": "40"}),
        ("explain", "hours_practice", {"given": "49.5", "planned": "50"}),
    ]
