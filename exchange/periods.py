"""Reporting periods: a year, a quarter or a month, written 2019, 2019Q4 or 2019-12."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WRITTEN = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?")


class PeriodUnreadable(ValueError):
    """A period that is written otherwise; the sentence says how to write it."""

    def __init__(self, text: str) -> None:
        super().__init__(
            gettext_lazy("“%(text)s” is not a period. Write 2019, 2019Q4 or 2019-12.")
            % {"text": text}
        )


@dataclass(frozen=True)
class Period:
    """Whole months from `first_day` to `last_day`, both within."""

    text: str
    first_day: datetime.date
    last_day: datetime.date

    def __str__(self) -> str:
        return self.name

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a written period. Raises PeriodUnreadable."""
        found = WRITTEN.fullmatch(text.strip())
        if not found:
            raise PeriodUnreadable(text)
        year = int(found["year"])
        if found["month"]:
            first = last = int(found["month"])
        elif found["quarter"]:
            last = 3 * int(found["quarter"])
            first = last - 2
        else:
            first, last = 1, 12
        return cls(text.strip(), datetime.date(year, first, 1), last_day_of(year, last))

    @classmethod
    def month_of(cls, day: datetime.date) -> Self:
        return cls.parse(f"{day:%Y-%m}")

    @property
    def year_to_date(self) -> Period:
        """From January to the end of this period: what 累计 counts."""
        return Period(self.text, self.first_day.replace(month=1), self.last_day)

    @property
    def name(self) -> str:
        """How an official table names the period, such as 2019年1—12月."""
        year, first, last = self.first_day.year, self.first_day.month, self.last_day.month
        if (first, last) == (1, 12):
            return _("%(year)d") % {"year": year}
        if first == last:
            return _("%(month)d/%(year)d") % {"year": year, "month": first}
        return _("%(first)d–%(last)d/%(year)d") % {"year": year, "first": first, "last": last}


def last_day_of(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on (back, if below 0), or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
