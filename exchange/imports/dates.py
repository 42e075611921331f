"""Days as rosters write them: in any usual way, as a serial number, or two in one cell."""

from __future__ import annotations

import datetime
import re

from exchange.files import cells as marks

PARTED = "[-./年月\uff0d\uff0e\uff0f。]"
WHOLE = rf"(?:19|20)\d\d{PARTED}\d{{1,2}}{PARTED}\d{{1,2}}[日号]?|(?:19|20)\d{{6}}"
DATE_TEXT = re.compile(
    rf"(?:(?P<y>(?:19|20)\d\d){PARTED}(?P<m>\d{{1,2}}){PARTED}(?P<d>\d{{1,2}})[日号]?"
    r"|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d))"
    r"(?:[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)?"
    r"(?:[T ]?[012]?\d[:：][0-5]\d(?:[:：][0-5]\d(?:\.\d+)?)?)?"
)
# The second day may leave out what it shares with the first: its year, or year and month.
TWO_DAYS = re.compile(
    rf"[自从]?(?P<first>{WHOLE})(?:至|到|[-~～—–－―─])+(?:(?P<second>{WHOLE})"
    rf"|(?:(?P<month>\d{{1,2}}){PARTED})?(?P<day>\d{{1,2}})[日号]?)止?"
)
CHINESE_DAY = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
CHINESE_DIGITS = {"〇": 0, "○": 0, "零": 0} | {c: n for n, c in enumerate("一二三四五六七八九", 1)}
SERIAL_ORIGIN = datetime.date(1899, 12, 30)
# Serial 61 is 1 March 1900: before it the spreadsheet counts a day that never was.
FIRST_SOUND_SERIAL, LAST_SERIAL = 61, 73050
# "2019" alone is a year, not the day of 1905 that has this serial number.
BARE_YEARS = range(1900, 2100)
DIGITS = re.compile(r"[0-9]+")


def one_date(cell: str) -> datetime.date | None:
    """The day a cell stands for, or None. Raises ValueError for a day no calendar has."""
    written = marks.content(cell)[:10] if marks.is_date(cell) else marks.content(cell)
    written = in_digits(written)
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
    found = TWO_DAYS.fullmatch(in_digits(marks.content(cell)))
    if not found:
        return cell, ""
    first = found["first"]
    return first, found["second"] or _completed(first, found["month"], found["day"])


def in_digits(text: str) -> str:
    """A text with the days it writes in Chinese numerals, 二〇一九年六月四日, in digits."""
    return CHINESE_DAY.sub(_day_in_digits, text) if "年" in text else text


def _day_in_digits(day: re.Match[str]) -> str:
    year = "".join(str(CHINESE_DIGITS[c]) for c in day[1])
    return f"{year}-{_below_hundred(day[2])}-{_below_hundred(day[3])}"


def _below_hundred(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0  # no number: no calendar has such a day
    return (CHINESE_DIGITS[tens] if tens else 1 if ten else 0) * 10 + CHINESE_DIGITS.get(ones, 0)


def _completed(first: str, month: str | None, day: str) -> str:
    """The last day, with year and month from the first where they are left out."""
    parts = DATE_TEXT.fullmatch(first)
    year, own_month, _day = (part for part in parts.groups() if part) if parts else ("", "", "")
    return f"{year}-{month or own_month}-{day}"
