"""Days as rosters write them: in any usual way, as a serial number, or two in one cell."""

from __future__ import annotations

import datetime
import re

from exchange.files import cells as marks

DATE_TEXT = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:[-./年])(?P<m>\d{1,2})(?:[-./月])(?P<d>\d{1,2})日?(?: 0?0:00(?::00)?)?"
    r"|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)"
)
# The second day may leave out what it shares with the first: its year, or year and month.
TWO_DAYS = re.compile(
    r"(?P<first>(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|(?:19|20)\d{6})"
    r"(?:至|到|[-~～—–－―])+"
    r"(?:(?P<second>(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|(?:19|20)\d{6})"
    r"|(?:(?P<month>\d{1,2})[-./月])?(?P<day>\d{1,2})日?)止?"
)
SERIAL_ORIGIN = datetime.date(1899, 12, 30)
# Serial 61 is 1 March 1900: before it the spreadsheet counts a day that never was.
FIRST_SOUND_SERIAL, LAST_SERIAL = 61, 73050
# "2019" alone is a year, not the day of 1905 that has this serial number.
BARE_YEARS = range(1900, 2100)
DIGITS = re.compile(r"[0-9]+")


def one_date(cell: str) -> datetime.date | None:
    """The day a cell stands for, or None. Raises ValueError for a day no calendar has."""
    written = marks.content(cell)[:10] if marks.is_date(cell) else marks.content(cell)
    found = DATE_TEXT.fullmatch(written) or DATE_TEXT.fullmatch(written.replace(" ", ""))
    if found:
        year, month, day = (int(part) for part in found.groups() if part)
        return datetime.date(year, month, day)
    serial = int(written) if DIGITS.fullmatch(written) else 0
    if serial in BARE_YEARS or not FIRST_SOUND_SERIAL <= serial <= LAST_SERIAL:
        return None
    return SERIAL_ORIGIN + datetime.timedelta(days=serial)


def split_days(cell: str) -> tuple[str, str]:
    """First and last day of a range, each as a cell; what is no range goes to the first alone."""
    found = TWO_DAYS.fullmatch(marks.content(cell))
    if not found:
        return cell, ""
    first = found["first"]
    return first, found["second"] or _completed(first, found["month"], found["day"])


def _completed(first: str, month: str | None, day: str) -> str:
    """The last day, with year and month from the first where they are left out."""
    parts = DATE_TEXT.fullmatch(first)
    year, own_month, _day = (part for part in parts.groups() if part) if parts else ("", "", "")
    return f"{year}-{month or own_month}-{day}"
