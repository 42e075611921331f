"""The citizen number as GB 11643 makes it: place, birth date, order, check character.

17 digits and a check character by ISO 7064 MOD 11-2. The place is that of the first
registration and may long be abolished, so it proves nothing and gives only a hint.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from core.repairs import (
    APOSTROPHES,
    Repair,
    Step,
    drop_invisible,
    drop_spaces,
    half_width,
    repair_column,
    take_steps,
)
from core.troubles import Trouble

FIRST_BIRTH_YEAR: Final = 1900
LAST_CALENDAR_YEAR: Final = 2199

# What a number begins with: a province, or 81 to 83 on the residence permits for
# residents of Hong Kong, Macao and Taiwan.
_province = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]").match

# The check character at int(first 17 digits, base 13) % 11. The national weights are powers
# of 2 modulo 11 and so is 13, so that one call stands for 17 multiplications.
_CHECK_CHARACTERS: Final = "1X864209753"

# How the reader marks a cell that the spreadsheet holds as a number, of which it keeps 15 digits.
_NUMBER_CELL: Final = "\x02"
_SPREADSHEET_DIGITS: Final = 15

_well_formed = re.compile(r"[0-9]{17}[0-9X]").fullmatch
_scientific = re.compile(r"[0-9]+(\.[0-9]+)?[Ee]\+?[0-9]+").fullmatch
_suspicious = re.compile(r"[^0-9X\0]|(?<![0-9X])[0-9X]{19}")
# A disability certificate's number: the holder's, the kind (1 to 7) and grade (1 to 4) of the
# disability, and how often the certificate was issued anew.
_certificate = re.compile(r"([0-9]{17}[0-9Xx])[1-7][1-4](?:[Bb][0-9]|[0-9]{2})?").fullmatch
_TEXT_MARKS: Final = APOSTROPHES + '"\u201c\u201d'


class IdNumberTrouble(Trouble):
    """What is wrong with a citizen number."""

    MISSING = "id-missing", _("The citizen ID number is missing. Fill it in.")
    LENGTH = (
        "id-length",
        _(
            "The citizen ID number does not have 18 characters. Old 15-digit numbers are no longer "
            "valid: enter the 18-character number of the present card."
        ),
    )
    CHARACTERS = (
        "id-characters",
        _(
            "The citizen ID number must be 17 digits and then a digit or the letter X. "
            "Correct it from the card."
        ),
    )
    CHECKSUM = (
        "id-checksum",
        _(
            "The last character of the citizen ID number does not fit the rest. Check it against the card."
        ),
    )
    BIRTH_DATE = (
        "id-birth-date",
        _(
            "The date of birth in the citizen ID number (digits 7 to 14) does not exist, lies before "
            "1900 or in the future. Check it against the card."
        ),
    )
    DAMAGED_BY_SPREADSHEET = (
        "id-damaged-by-spreadsheet",
        _(
            "The spreadsheet kept the citizen ID number as a number and lost its last digits, which "
            "cannot be restored. Set the column to text and enter the number again from the card."
        ),
    )


class _BirthDates(dict[str, datetime.date | None]):
    """The date that eight digits write, or None; only real dates are kept."""

    def __missing__(self, digits: str) -> datetime.date | None:
        try:
            day = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            return None
        if not FIRST_BIRTH_YEAR <= day.year <= LAST_CALENDAR_YEAR:
            return None
        return self.setdefault(digits, day)


_birth_dates = _BirthDates()


def judge_id_number(text: str, *, today: datetime.date | None = None) -> IdNumberTrouble | None:
    """The first trouble of a repaired number, or None; `today` is Beijing's when not given."""
    return judge_id_numbers([text], today=today)[0]


def judge_id_numbers(
    texts: Sequence[str], *, today: datetime.date | None = None
) -> list[IdNumberTrouble | None]:
    """`judge_id_number` for a column, in its order."""
    latest = today or timezone.localdate()
    check, births, form = _CHECK_CHARACTERS, _birth_dates, _well_formed
    return [
        None
        if form(text)
        and check[int(text[:17], 13) % 11] == text[17]
        and (birth := births[text[6:14]])
        and birth <= latest
        else _trouble_of(text)
        for text in texts
    ]


def _trouble_of(text: str) -> IdNumberTrouble:
    """The trouble of a number that has one."""
    if not text:
        return IdNumberTrouble.MISSING
    if _is_damaged(text):
        return IdNumberTrouble.DAMAGED_BY_SPREADSHEET
    if len(text) != 18:
        return IdNumberTrouble.LENGTH
    if not _well_formed(text):
        return IdNumberTrouble.CHARACTERS
    if expected_check_character(text[:17]) != text[17]:
        return IdNumberTrouble.CHECKSUM
    return IdNumberTrouble.BIRTH_DATE


def _is_damaged(text: str) -> bool:
    """Held as a number of more digits than a spreadsheet keeps, or the text that became of one."""
    if text.startswith(_NUMBER_CELL):
        return len(text) > _SPREADSHEET_DIGITS + 1 or bool(_scientific(text[1:]))
    if _scientific(text):
        return True
    zeros_at_the_end = bool(_well_formed(text)) and text.endswith("000")
    return zeros_at_the_end and expected_check_character(text[:17]) != "0"


def expected_check_character(first_17_digits: str) -> str:
    """The character that must follow; ValueError for anything but 17 digits."""
    if not _well_formed(first_17_digits + "0"):
        raise ValueError("A check character needs 17 digits")
    return _CHECK_CHARACTERS[int(first_17_digits, 13) % 11]


def birth_date_of(id_number: str) -> datetime.date:
    """The date in digits 7 to 14; ValueError where there is none."""
    day = _birth_dates[id_number[6:14]]
    if day is None:
        raise ValueError("The number holds no date of birth")
    return day


def birth_dates_of(id_numbers: Sequence[str | None]) -> list[datetime.date | None]:
    """`birth_date_of` for a column of sound numbers; None stays None."""
    births = _birth_dates
    return [births[number[6:14]] if number else None for number in id_numbers]


def sex_of(id_number: str) -> str:
    """GB/T 2261.1: "1" (male) for an odd 17th digit, "2" (female) for an even one."""
    return "1" if id_number[16] in "13579" else "2"


def has_known_province(id_number: str) -> bool:
    """Whether the number begins as a province's do. A hint to look again, never a trouble."""
    return _province(id_number) is not None


def repair_id_number(raw: str) -> tuple[str, list[Repair]]:
    """The number without what its form proves to be foreign, and the kinds of repair.

    No digit is added or changed; a number cell keeps its mark and stays to be judged. What
    follows a sound number in that of a disability certificate is taken off.
    """
    return take_steps(raw, _STEPS)


def repair_id_column(cells: list[str]) -> tuple[list[str], dict[str, int]]:
    """`repair_id_number` over a column: the cells, and how many of them each kind changed."""
    return repair_column(cells, _suspicious, repair_id_number)


def _drop_text_marks(text: str) -> str:
    """The apostrophe, or ="...", that makes a spreadsheet keep digits as text."""
    bare = text[1:] if text[:2] in {"='", '="'} else text
    return bare.strip(_TEXT_MARKS)


def _upper_case_x(text: str) -> str:
    return text[:-1] + "X" if text.endswith("x") else text


def _holder_of_certificate(text: str) -> str:
    """The citizen number that a disability certificate's begins with, if it proves itself."""
    found = _certificate(text)
    holder = found[1].upper() if found else text
    return text if judge_id_number(holder) else holder


_STEPS: Final[tuple[Step, ...]] = (
    (Repair.ZERO_WIDTH, drop_invisible),
    (Repair.FULL_WIDTH, half_width),
    (Repair.SPACES, drop_spaces),
    (Repair.APOSTROPHE, _drop_text_marks),
    (Repair.LOWER_CASE_X, _upper_case_x),
    (Repair.DISABILITY_CERTIFICATE, _holder_of_certificate),
)
