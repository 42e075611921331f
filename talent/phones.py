"""Phones as rosters write them: a mobile number in one piece, or what stands there, untouched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_noop

from core.repairs import Repair, repair_column
from exchange.imports.columns import Reading, text
from talent.rules import PHONE_IS_A_PHONE

_read_text = text(30, compact=True)
_SEPARATORS: Final = str.maketrans("", "", "-.·‐‑‒–—－()（）")
_suspicious = re.compile(r"[^0-9\0]|(?<![0-9])(?:00)?86[0-9]{11}")
_mobile = re.compile(r"1[3-9][0-9]{9}").fullmatch
_with_country = re.compile(r"(?:\+|00)?86(1[3-9][0-9]{9})").fullmatch
_landline = re.compile(
    r"(?:[(（]?0[1-9][0-9]{1,2}[)）]?-?[0-9]{7,8}|[2-9][0-9]{6,7})(?:(?:转|-|,|，|ext\.?)[0-9]{1,6})?"
).fullmatch


def read_phones(cells: Sequence[str], reading: Reading) -> list[str | None]:
    """Phones, mobile numbers in one piece. What is neither a mobile number nor a landline is
    kept as it stands and asks for an explanation."""
    written = [phone or "" for phone in _read_text(cells, reading)]
    repaired, counts = repair_column(written, _suspicious, repair_phone)
    reading.tidied.update(counts)
    for row, phone in enumerate(repaired):
        if phone and not is_phone(phone):
            reading.trouble(PHONE_IS_A_PHONE, row, NO_PHONE)
    return [phone or None for phone in repaired]


def repair_phone(cell: str) -> tuple[str, list[Repair]]:
    """One mobile number without country code and separators; anything else as it is."""
    bare = cell.translate(_SEPARATORS)
    found = _with_country(bare)
    number = found[1] if found else bare
    if number == cell or not _mobile(number):
        return cell, []
    return number, [Repair.PHONE_SEPARATOR]


def is_phone(phone: str) -> bool:
    """Whether it is one mobile number or one landline, with or without an extension."""
    return bool(_mobile(phone) or _landline(phone))


NO_PHONE = gettext_noop(
    "This is not one mobile number of 11 digits or one landline. It is kept as it stands; check it."
)
