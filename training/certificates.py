"""What the number of a certificate says by itself.

Three forms are known from reports of them, not from the documents (核实):
- vocational qualification, 16 digits: year 2, province 2, prefecture 2, kind of body 1, body 3,
  level 1, serial 5 (https://www.qqbanlv.com/wenku/12/315172.html);
- skill level, Y or S and 21 digits: body 4, province 2, site 6, year 2, level 1, serial 6
  (http://www.jmdrkj.cn/209234.html);
- above senior technician, two letters and 20 digits with the same seven parts
  (https://max.book118.com/html/2023/0227/8016057074005041.shtm): only the level is left to be
  the second letter, so that it is read where the digit stands otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from talent.models import Credential

LONGEST = 30
BLANK = re.compile(r"\s+")
TRAILING_DIGITS = re.compile(r"\d+\Z")
# The level 1 to 5 is that of SkillLevel in both: 1 is the highest.
FORMS = {
    Credential.Kind.QUALIFICATION: re.compile(
        r"(?P<year>\d{2})(?P<province>\d{2})(?P<prefecture>\d{2})(?P<body>[0-4]\d{3})"
        r"(?P<level>[1-5])(?P<serial>\d{5})",
        re.ASCII,
    ),
    Credential.Kind.LEVEL: re.compile(
        r"[YS](?P<body>\d{4})(?P<province>\d{2})(?P<site>\d{6})(?P<year>\d{2})"
        r"(?P<level>[1-5A-Z])(?P<serial>\d{6})",
        re.ASCII,
    ),
}


@dataclass(frozen=True)
class Decoded:
    """The parts of a number: `year` as two digits, `province` a code of two, `level` 1 to 5 or,
    above senior technician, a letter; `prefecture` and `site` where the form has them."""

    kind: str
    year: str
    province: str
    body: str
    level: str
    serial: str
    prefecture: str = ""
    site: str = ""


def decode(number: str) -> Decoded | None:
    """What a number in its normal form says, or None for a form that is not known."""
    for kind, form in FORMS.items():
        if found := form.fullmatch(number):
            return Decoded(kind=kind.value, **found.groupdict())
    return None


def normal(written: str) -> str:
    """The number as it is kept: half-width, capitals, without spaces."""
    return BLANK.sub("", unicodedata.normalize("NFKC", written)).upper()


def following(number: str) -> str:
    """The number with the next serial; nothing where the serial has none or is unknown."""
    decoded = decode(number)
    digits = TRAILING_DIGITS.search(number)
    if decoded is None and digits is None:
        return ""
    serial = decoded.serial if decoded else digits.group() if digits else ""
    after = str(int(serial) + 1).zfill(len(serial))
    return number[: -len(serial)] + after if len(after) == len(serial) else ""
