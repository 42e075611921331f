"""Reporting periods: a year, a quarter or a month, written 2019, 2019Q4 or 2019-12.

Figures also count over other spans of whole months, written 2019-01..2020-03.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.repairs import half_width

TO = ".."
WRITTEN = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?")


# As officers write a period, and as pages show it: 2019年6月, 2019.6, 2019年四季度, 2019年10—12月.
SAID = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年度?|[-./](?=\d)|(?=[Qq]|$))"
    r"(?:(?P<first>\d{1,2})(?:[-–—~至到](?P<last>\d{1,2})(?=月))?月?|"
    r"(?:第?(?P<said>[1-4一二三四])季度?|[Qq](?P<quarter>[1-4])))?"
)
SHOWN = re.compile(r"(?P<first>\d{1,2})(?:[-–](?P<last>\d{1,2}))?/(?P<year>(?:19|20)\d\d)")
NUMBERED = {"一": 1, "二": 2, "三": 3, "四": 4}


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

    @classmethod
    def span(cls, text: str) -> Self:
        """Read a written period or the span of two: 2019-01..2020-03. Raises PeriodUnreadable."""
        first, to, last = text.partition(TO)
        begins = cls.parse(first)
        found = cls.between(begins.first_day, cls.parse(last if to else first).last_day)
        if found.last_day < found.first_day:
            raise PeriodUnreadable(text)
        return found

    @classmethod
    def between(cls, first: datetime.date, last: datetime.date) -> Self:
        """The whole months that two days fall in, written as shortly as can be."""
        begins, ends = first.replace(day=1), last_day_of(last.year, last.month)
        return cls(_written(begins, ends), begins, ends)

    @property
    def months(self) -> list[str]:
        """The months within, as they are written."""
        first = self.first_day.year * 12 + self.first_day.month - 1
        last = self.last_day.year * 12 + self.last_day.month
        return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last)]

    @property
    def year_to_date(self) -> Period:
        """From January to the end of this period: what 累计 counts."""
        return Period.between(self.first_day.replace(month=1), self.last_day)

    @property
    def kind(self) -> str:
        """Whether it is a month, a quarter or a year; '' for any other span."""
        months = (self.last_day.year - self.first_day.year) * 12
        months += self.last_day.month - self.first_day.month + 1
        return {1: "month", 3: "quarter", 12: "year"}.get(months, "")

    @property
    def before(self) -> Period:
        """The month before this period begins."""
        return Period.month_of(self.first_day - datetime.timedelta(days=1))

    @property
    def name(self) -> str:
        """How an official table names the period, such as 2019年1—12月."""
        if self.first_day.year != self.last_day.year:
            ends = {
                "first": Period.month_of(self.first_day),
                "last": Period.month_of(self.last_day),
            }
            return _("%(first)s–%(last)s") % ends
        year, first, last = self.first_day.year, self.first_day.month, self.last_day.month
        if (first, last) == (1, 12):
            return _("%(year)d") % {"year": year}
        if first == last:
            return _("%(month)d/%(year)d") % {"year": year, "month": first}
        return _("%(first)d–%(last)d/%(year)d") % {"year": year, "first": first, "last": last}


def _written(first: datetime.date, last: datetime.date) -> str:
    ends = first.year == last.year, first.month, last.month
    if ends == (True, 1, 12):
        return str(first.year)
    if ends[0] and first.month == last.month:
        return f"{first:%Y-%m}"
    if ends[0] and first.month % 3 == 1 and last.month == first.month + 2:
        return f"{first.year}Q{last.month // 3}"
    return f"{first:%Y-%m}{TO}{last:%Y-%m}"


def as_written(text: str) -> str:
    """What officers write for a period as addresses have it; any other text as it stands."""
    bare = half_width("".join(text.split()))
    found = SAID.fullmatch(bare) or SHOWN.fullmatch(bare)
    if not found:
        return text
    told = found.groupdict()
    year, quarter = int(found["year"]), told.get("said") or told.get("quarter")
    if quarter:
        return f"{year}Q{NUMBERED.get(quarter) or quarter}"
    first, last = int(found["first"] or 1), int(found["last"] or found["first"] or 12)
    if not 1 <= first <= last <= 12:
        return text
    return _written(datetime.date(year, first, 1), last_day_of(year, last))


def last_day_of(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on (back, if below 0), or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
