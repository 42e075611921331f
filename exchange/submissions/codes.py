"""Receipt codes: the first 75 bits of a link, in letters that survive paper, with a check.

Crockford's base32 has no I, L, O and U; what a reader takes for one of them is read as
the digit that was meant. The characters are taken as the coefficients of a polynomial over
the field of 32 elements, and the last one makes its value at a generator zero: so every
single wrong character and every swap of two is noticed.
"""

from __future__ import annotations

from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 16
_DIGITS: Final = LENGTH - 1
_BITS: Final = 5
_FIELD: Final = 0b100101  # x^5 + x^2 + 1, primitive
_MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "\u3000": ""})


def code_of(link: bytes) -> str:
    """The code of a link: 15 characters of it and one to check them."""
    bits = int.from_bytes(link[:10]) >> (80 - _BITS * _DIGITS)
    body = "".join(LETTERS[bits >> _BITS * place & 31] for place in reversed(range(_DIGITS)))
    return body + LETTERS[_at_generator(body + "0")]


def shown(code: str) -> str:
    """The code as it is printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read(typed: str) -> str | None:
    """The code that was typed or scanned, at the end of an address too; None when it is none."""
    text = typed.strip().rstrip("/").rsplit("/", 1)[-1].upper().translate(_MEANT)
    if len(text) != LENGTH or not set(text) <= set(LETTERS):
        return None
    return text if _at_generator(text) == 0 else None


def _at_generator(text: str) -> int:
    value = 0
    for letter in text:
        value <<= 1
        value ^= (_FIELD if value & 32 else 0) ^ LETTERS.index(letter)
    return value
