"""Working days of China: real years, edited days, years that nobody has entered."""

import datetime
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from core.models import Holiday, LocalHoliday
from core.workdays import (
    SEED_SOURCE,
    CalendarYearMissing,
    WorkdayCalendar,
    add_workdays,
    is_workday,
    seed_holidays,
    workdays_between,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> WorkdayCalendar:
    seed_holidays()
    return WorkdayCalendar()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2019, 2, 2), True),  # Saturday, made up for the Spring Festival
        (date(2019, 2, 3), True),  # Sunday, made up for the Spring Festival
        (date(2019, 2, 4), False),  # Monday, New Year's Eve
        (date(2019, 2, 8), False),
        (date(2019, 2, 9), False),  # Saturday
        (date(2019, 2, 11), True),
        (date(2020, 1, 19), True),
        (date(2020, 1, 31), False),  # the festival was prolonged to 2 February
        (date(2020, 2, 1), False),  # Saturday, first meant to be made up, then free
        (date(2020, 2, 2), False),
        (date(2020, 2, 3), True),
        (date(2015, 9, 3), False),  # a holiday of that year alone
        (date(2015, 9, 6), True),
        (date(2026, 2, 14), True),
        (date(2019, 6, 3), True),  # a common Monday
        (date(2019, 6, 8), False),  # a common Saturday
    ],
)
def test_days_of_real_years(calendar: WorkdayCalendar, day: date, works: bool) -> None:
    assert calendar.is_workday(day) is works


@pytest.mark.parametrize(
    ("year", "workdays"),
    [(2018, 250), (2019, 250), (2020, 249), (2021, 250), (2025, 248), (2026, 248)],
)
def test_working_days_of_a_year(calendar: WorkdayCalendar, year: int, workdays: int) -> None:
    """Days less weekends less the 11 legal holidays (13 since 2025); 2020 had two more days off."""
    last_before = date(year - 1, 12, 31)
    assert calendar.between(last_before, date(year, 12, 31)) == workdays


def test_only_days_that_differ_have_a_row(calendar: WorkdayCalendar) -> None:
    rows = Holiday.objects.all()
    assert all(row.is_workday != (row.date.weekday() < 5) for row in rows)
    assert {row.date.year for row in rows} == set(range(2004, 2027))
    assert Holiday.objects.get(date=date(2019, 2, 4)).name == "春节"


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2019, 2, 1), 1, date(2019, 2, 2)),
        (date(2019, 2, 1), 3, date(2019, 2, 11)),
        (date(2019, 6, 3), 5, date(2019, 6, 11)),  # over the Dragon Boat Festival and a weekend
        (date(2019, 6, 3), 0, date(2019, 6, 3)),
        (date(2019, 2, 11), -1, date(2019, 2, 3)),
        (date(2019, 12, 31), 1, date(2020, 1, 2)),
        (date(2020, 1, 1), -1, date(2019, 12, 31)),
    ],
)
def test_deadlines(calendar: WorkdayCalendar, day: date, n: int, expected: date) -> None:
    assert add_workdays(day, n) == expected
    assert workdays_between(day, expected) == n


def test_counting_is_the_reverse_of_adding(calendar: WorkdayCalendar) -> None:
    for start in (date(2020, 1, 17), date(2020, 1, 25), date(2019, 9, 30)):
        assert [calendar.between(start, calendar.add(start, n)) for n in range(-20, 21)] == list(
            range(-20, 21)
        )


def test_a_year_without_rows_is_refused(calendar: WorkdayCalendar) -> None:
    for question in (
        lambda: is_workday(date(2027, 3, 1)),
        lambda: add_workdays(date(2026, 12, 31), 1),
        lambda: workdays_between(date(2026, 12, 1), date(2027, 1, 5)),
        lambda: is_workday(date(2003, 12, 31)),
    ):
        with pytest.raises(CalendarYearMissing) as caught:
            question()
        assert str(caught.value.year) in str(caught.value)
    Holiday.objects.create(
        date=date(2027, 1, 1), is_workday=False, name="元旦", source="国办发明电"
    )
    assert is_workday(date(2027, 1, 1)) is False
    assert is_workday(date(2027, 1, 4)) is True


def test_a_region_has_days_of_its_own_and_the_smallest_region_prevails() -> None:
    seed_holidays()
    said = {"name": "古尔邦节", "source": "州政办发〔2019〕1号"}
    for code, works in (("62", False), ("6229", True), ("622926", False)):
        LocalHoliday.objects.create(
            region_code=code, date=date(2019, 8, 12), is_workday=works, **said
        )
    days = {
        code: WorkdayCalendar(code).is_workday(date(2019, 8, 12))
        for code in ("", "64", "62", "6210", "6229", "622926", "622927")
    }
    assert days == {
        "": True,
        "64": True,
        "62": False,
        "6210": False,
        "6229": True,
        "622926": False,
        "622927": True,
    }
    assert WorkdayCalendar("622926").add(date(2019, 8, 9), 1) == date(2019, 8, 13)
    assert WorkdayCalendar("622926").is_workday(date(2019, 8, 13)) is True


def test_local_days_do_not_make_a_year_known() -> None:
    LocalHoliday.objects.create(
        region_code="64", date=date(2027, 3, 10), is_workday=False, name="开斋节", source="宁政办"
    )
    with pytest.raises(CalendarYearMissing):
        WorkdayCalendar("64").is_workday(date(2027, 3, 10))


def test_a_moment_is_no_day(calendar: WorkdayCalendar) -> None:
    with pytest.raises(TypeError):
        is_workday(datetime.datetime(2019, 2, 4, 12))


def test_seeding_twice_writes_nothing() -> None:
    assert seed_holidays() == Holiday.objects.count() > 500
    before = list(Holiday.objects.values())
    assert seed_holidays() == 0
    assert list(Holiday.objects.values()) == before


def test_seeding_keeps_what_was_edited_and_mends_its_own() -> None:
    seed_holidays()
    edited = Holiday.objects.filter(date=date(2019, 2, 4))
    edited.update(is_workday=True, source="县政办发〔2019〕1号")
    stale = Holiday.objects.filter(date=date(2019, 2, 5))
    stale.update(is_workday=True)
    Holiday.objects.filter(date=date(2019, 2, 6)).delete()
    assert seed_holidays() == 2
    assert edited.get().is_workday is True
    assert stale.get().is_workday is False
    assert Holiday.objects.get(date=date(2019, 2, 6)).source == SEED_SOURCE


def test_one_query_a_year(
    calendar: WorkdayCalendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        calendar.between(date(2018, 12, 1), date(2019, 3, 1))
        calendar.is_workday(date(2018, 6, 1))
    with django_assert_num_queries(2):
        WorkdayCalendar("622926").between(date(2018, 2, 1), date(2018, 3, 1))
