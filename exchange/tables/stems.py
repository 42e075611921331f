"""Stems: which lines a table has, and what the figures of each line are narrowed to."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from core.models import Region
from exchange.periods import Period
from exchange.tables.declared import LEVELS, Line, Table

COUNTY = LEVELS["county"]
WHOLE = "合计"
NO_TOWNSHIP = "未填乡镇"


@dataclass(frozen=True, kw_only=True)
class StemLine:
    """One line. `titles` stand under 甲, 乙, 丙; its figures are those of a region, narrowed.

    `here` leaves the rows of a county that name no township. A line of `if_any` is dropped when
    all its figures are nothing. `part_of` is the code of its umbrella. `facts` is what the
    app's own sources know of the line.
    """

    code: str
    titles: Sequence[str]
    region_code: str
    here: bool = False
    total: bool = False
    if_any: bool = False
    part_of: str = ""
    programs: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    measure: str = ""
    measures: Mapping[str, str] = field(default_factory=dict)
    first_day: datetime.date | None = None
    empty: frozenset[str] = frozenset()
    facts: Any = None


@dataclass(frozen=True)
class Context:
    """What one filling is about."""

    table: Table
    region: Region
    period: Period


Stem = Callable[[Context], list[StemLine]]

_stems: dict[str, Stem] = {}


def register_stem(key: str, stem: Stem) -> None:
    """Declare a kind of lines; a second one of a key is refused."""
    if key in _stems:
        raise ImproperlyConfigured(f"Stem {key} is declared twice.")
    _stems[key] = stem


def is_known(key: str) -> bool:
    return key in _stems


def lines_of(context: Context) -> list[StemLine]:
    """The lines of a table for a region and period, in their order."""
    return _stems[context.table.stem.lines](context)


def fixed(context: Context) -> list[StemLine]:
    """The lines of the declaration itself."""
    return [_declared(line, context) for line in context.table.lines]


def _declared(line: Line, context: Context) -> StemLine:
    return StemLine(
        code=line.code,
        titles=(line.title,),
        region_code=context.region.code,
        total=line.total,
        programs=line.programs,
        categories=line.categories,
        measures=line.measures,
        empty=line.empty,
    )


def places(context: Context) -> list[StemLine]:
    """The region as the whole, then the next level down; a county's rows without a township last."""
    region = context.region
    whole = StemLine(
        code=region.code,
        titles=_named(context, WHOLE, region.code),
        region_code=region.code,
        total=True,
    )
    below = Region.objects.beneath(region.code).order_by("code")
    lines = [whole, *(_place(context, place) for place in below)]
    if len(region.code) == COUNTY:
        lines.append(
            StemLine(
                code=f"{region.code}-",
                titles=_named(context, NO_TOWNSHIP, ""),
                region_code=region.code,
                here=True,
                if_any=True,
            )
        )
    return lines


def _place(context: Context, place: Region) -> StemLine:
    # Zones of the statistics, and divisions of before, only where something happened.
    over = place.valid_to is not None and place.valid_to < context.period.first_day
    return StemLine(
        code=place.code,
        titles=_named(context, place.name, place.code),
        region_code=place.code,
        if_any=place.statistical_only or over,
    )


def _named(context: Context, name: str, code: str) -> Sequence[str]:
    """Name and, where the stem has a second column, the code."""
    return (name, code)[: len(context.table.stem.titles)]


register_stem("fixed", fixed)
register_stem("places", places)
