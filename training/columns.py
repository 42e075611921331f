"""The columns of a desk: what may stand in each, and what it offers while one types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.models import Region
from core.places import pinyin_initials
from exchange.imports.columns import Choice, Column, Number, date
from talent.places import TOWNSHIP_DIGITS
from training.imports import OWN_COLUMNS, class_rows
from training.rules.history import CLASS_IDENTITY

KINDS = {"id_number": "id", "phone": "phone", "township": "township", "village": "village"}
# What class_rows gives, in its order.
OFFERED = ("class_code", "institution", "occupation")


def columns_of(county_code: str) -> list[dict[str, Any]]:
    """Each column by name, title and kind; `fixed` ones are the class's own on its desk."""
    offered = dict(zip(OFFERED, zip(*class_rows(county_code), strict=True), strict=False))
    return [
        {
            "name": column.name,
            "title": column.title,
            "also": list(column.also),
            "kind": kind_of(column),
            "required": column.required,
            "fixed": column.name in CLASS_IDENTITY,
            "choices": with_initials(words_of(column) or offered.get(column.name, ())),
        }
        for column in OWN_COLUMNS
    ]


def kind_of(column: Column) -> str:
    if column.name in KINDS:
        return KINDS[column.name]
    if isinstance(column.read, Choice):
        return "choice"
    if isinstance(column.read, Number):
        return "number"
    return "date" if column.read is date else "text"


def words_of(column: Column) -> Iterable[str]:
    return column.read.wordings.values() if isinstance(column.read, Choice) else ()


def with_initials(words: Iterable[str]) -> list[list[str]]:
    return [[word, pinyin_initials(word)] for word in dict.fromkeys(words)]


def places_of(county_code: str) -> list[list[str]]:
    """Every village of the county, by code: township, village, code, initials of village and township."""
    regions = Region.objects.within(county_code).filter(level__gte=Region.Level.TOWNSHIP)
    rows = list(regions.order_by("code").values_list("code", "short_name", "pinyin"))
    townships = {code: (short, initials) for code, short, initials in rows}
    above = {code: townships.get(code[:TOWNSHIP_DIGITS], ("", "")) for code in townships}
    return [
        [above[code][0], short, code, initials, above[code][1]]
        for code, short, initials in rows
        if len(code) > TOWNSHIP_DIGITS
    ]
