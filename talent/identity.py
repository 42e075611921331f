"""The citizen number as GB 11643 makes it: place, birth date, order, check character.

17 digits and a check character by ISO 7064 MOD 11-2. The place is the one of the first
registration and may long be abolished, so it proves nothing: it only gives a hint.
"""

from __future__ import annotations

import datetime
import enum
import re
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext
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

ID_NUMBER_LENGTH: Final = 18
FIRST_BIRTH_YEAR: Final = 1900

# The first two digits in use: the provinces, and 81 to 83 of the residence permits of
# Hong Kong, Macao and Taiwan residents.
PROVINCES: Final = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
    "50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)

# By int(first 17 digits, base 13) % 11: base 13 works because 13 is 2 modulo 11, which is
# the national weights' ratio. One call does what 17 multiplications would.
_CHECK_CHARACTERS = "1X987654320"[0:1] + "0"

NUMBER_CELL = "\x02"


class IdNumberTrouble(enum.Enum):
    MISSING = "id-missing"
