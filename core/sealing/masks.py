"""What a screen shows of a personal number."""

from __future__ import annotations

import re

_id_number = re.compile(r"(?<![0-9])[0-9]{14,17}[0-9Xx](?![0-9])")
_phone = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")


def mask_id_number(number: str) -> str:
    """621022********1213. What is no 18-character number shows its last four or nothing."""
    if len(number) == 18:
        return f"{number[:6]}********{number[14:]}"
    return _only_the_end(number)


def mask_phone(number: str) -> str:
    """139****8657. What is no 11-digit number shows its last four or nothing."""
    if len(number) == 11:
        return f"{number[:3]}****{number[7:]}"
    return _only_the_end(number)


def _only_the_end(number: str) -> str:
    """Four of many stay hidden well enough; of seven digits or fewer, none is shown."""
    if not number:
        return ""
    return "****" + (number[-4:] if len(number) > 7 else "")


def mask_stray_numbers(text: str) -> str:
    """Text in which a personal number may stand where none belongs, such as a wrong column."""
    text = _id_number.sub(lambda found: mask_id_number(found.group()), text)
    return _phone.sub(lambda found: mask_phone(found.group()), text)
