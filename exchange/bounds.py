"""What a figure is narrowed to, and what it is taken apart by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from exchange.periods import Period

COUNTY = 6
NEXT_LENGTH = {2: 4, 4: 6, 6: 9, 9: 12}
Number = int | Decimal


class By(StrEnum):
    """What a figure is taken apart by; places are those of the next level down."""

    PLACE = "place"
    MONTH = "month"
    CATEGORY = "category"
    PROGRAM = "program"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a figure is narrowed to; what is left empty narrows nothing.

    `here` leaves of a county, township or village only the rows that name no place below it;
    `counties` are those of a policy area.
    """

    region_code: str
    period: Period
    here: bool = False
    programs: Collection[str] = ()
    categories: Collection[str] = ()
    counties: Collection[str] | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the answer is kept: what is narrower than a county is counted each time."""
        return len(self.region_code) <= COUNTY and not self.here

    @property
    def named(self) -> dict[str, Any]:
        """As `Measure.where_in` takes them."""
        return vars(self)


def whole_number(of: Decimal) -> Number:
    return int(of) if of == int(of) else of
