"""Working days in China: Monday to Friday, but for the days the State Council shifts each year.

Only days that differ have a row. A year without rows is a year whose notice nobody has
entered yet, and no deadline may be counted through it. A region may have days of its own
on top of the nation's, such as the festivals of its peoples.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

import chinese_calendar  # it carries no types
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from core.models import Holiday, LocalHoliday

# The mark of rows nobody has edited; an editor writes the notice's number in its place.
SEED_SOURCE: Final = "chinesecalendar"

_SATURDAY: Final = 5
_ONE_DAY: Final = datetime.timedelta(days=1)


class CalendarYearMissing(LookupError):
    """No working day can be told in a year whose holidays nobody has entered."""

    sentence = _(
        "The working-day calendar has no days for the year %(year)s. Ask the system administrator to "
        "enter the holidays and make-up workdays of that year's State Council notice first."
    )

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year

    def __str__(self) -> str:
        return gettext(self.sentence) % {"year": self.year}


class WorkdayCalendar:
    """The calendar of a region as it stands, each year read once; make one for a batch, keep none.

    '' is the nation; otherwise the days of the region and of all above it count too,
    those of the smallest last.
    """

    def __init__(self, region_code: str = "") -> None:
        self._regions = [region_code[:n] for n in range(2, len(region_code) + 1)]
        self._years: dict[int, dict[datetime.date, bool]] = {}

    def is_workday(self, day: datetime.date) -> bool:
        """Whether offices work on this day; raises CalendarYearMissing."""
        if isinstance(day, datetime.datetime):
            raise TypeError("A working day is a date, not a moment")
        return self._year(day.year).get(day, day.weekday() < _SATURDAY)

    def add(self, day: datetime.date, n: int) -> datetime.date:
        """The n-th working day after `day` (before it if n < 0), which itself is not counted."""
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def between(self, a: datetime.date, b: datetime.date) -> int:
        """How many working days to go from a to b: a not counted, b counted; negative if b < a.

        `between(a, add(a, n)) == n`.
        """
        step = _ONE_DAY if b > a else -_ONE_DAY
        count, day = 0, a
        while day != b:
            day += step
            count += self.is_workday(day)
        return count if b > a else -count

    def _year(self, year: int) -> dict[datetime.date, bool]:
        if year not in self._years:
            rows = Holiday.objects.filter(date__year=year).values_list("date", "is_workday")
            self._years[year] = dict(rows)
            if self._years[year] and self._regions:
                self._years[year].update(self._local_days(year))
        if not self._years[year]:
            raise CalendarYearMissing(year)
        return self._years[year]

    def _local_days(self, year: int) -> dict[datetime.date, bool]:
        if not self._regions:
            return {}
        own = LocalHoliday.objects.filter(region_code__in=self._regions, date__year=year)
        # A shorter code sorts before those beneath it, so the smallest region is read last.
        return dict(own.order_by("region_code").values_list("date", "is_workday"))


def is_workday(day: datetime.date) -> bool:
    """Whether offices work on this day; raises CalendarYearMissing."""
    return WorkdayCalendar().is_workday(day)


def add_workdays(day: datetime.date, n: int) -> datetime.date:
    """The n-th working day after `day`, as deadlines count it; raises CalendarYearMissing."""
    return WorkdayCalendar().add(day, n)


def workdays_between(a: datetime.date, b: datetime.date) -> int:
    """How many working days after a, up to and with b; raises CalendarYearMissing."""
    return WorkdayCalendar().between(a, b)


def seed_days() -> Iterator[Holiday]:
    """The days from 2004 on, as far as the library knows the notices, unsaved."""
    shifted = [(day, name, False) for day, name in chinese_calendar.holidays.items()]
    shifted += [(day, name, True) for day, name in chinese_calendar.workdays.items()]
    for day, name, works in sorted(shifted):
        if works != (day.weekday() < _SATURDAY):
            chinese = chinese_calendar.Holiday(name).chinese
            yield Holiday(date=day, is_workday=works, name=chinese, source=SEED_SOURCE)


@transaction.atomic
def seed_holidays() -> int:
    """Bring the calendar to what the library knows; returns how many days were written.

    Days that somebody edited stay. Run again after each release of the library.
    """
    present = {row.date: row for row in Holiday.objects.select_for_update()}
    new, corrected = [], []
    for day in seed_days():
        known = present.get(day.date)
        if known is None:
            new.append(day)
        elif known.source == SEED_SOURCE and (known.is_workday, known.name) != (
            day.is_workday,
            day.name,
        ):
            corrected.append(day)
    Holiday.objects.bulk_create(new)
    Holiday.objects.bulk_update(corrected, ["is_workday", "name"])
    return len(new) + len(corrected)
