"""The ledger's rows as the roster that was brought in: its columns, its order, its words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from core.models import Region
from core.sealing import open_many
from core.sealing.masks import mask_phone
from exchange.workbooks import Column, Kind
from talent import wordings as people_wordings
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.places import TOWNSHIP_DIGITS
from training import wordings
from training.imports import OWN_COLUMNS
from training.querysets import EnrollmentQuerySet

CHUNK = 2000
NUMBERED = "序号"
KINDS = {"start_date": Kind.DATE, "end_date": Kind.DATE}
SOURCES = {
    "name": "person__name",
    "sex": "person__sex",
    "ethnicity": "person__ethnicity",
    "education": "education",
    "category": "category",
    "household_code": "household_code",
    "relation": "relation",
    "township": "region_code",
    "village": "region_code",
    "group_name": "group_name",
    "occupation": "training_class__occupation__name",
    "level": "level",
    "institution": "training_class__institution__name",
    "class_code": "training_class__code",
    "start_date": "start_date",
    "end_date": "end_date",
    "hours": "hours",
    "remark": "remark",
}
# Without the right to them the sealed numbers are not even read.
IN_FULL = {"id_number": "person__id_number_sealed", "phone": "person__phone_sealed"}
MASKED = {"id_number": "person__id_number_mask", "phone": "person__phone_mask"}
WORDS: dict[str, Mapping[Any, str]] = {
    "sex": people_wordings.SEX,
    "education": people_wordings.EDUCATION,
    "category": people_wordings.CATEGORY,
    "relation": people_wordings.RELATION,
    "level": wordings.LEVEL,
}
NAMES = [column.name for column in OWN_COLUMNS]
# In a row that begins with its serial number.
PLACE_OF = {name: place for place, name in enumerate(NAMES, start=1)}
# A roster's own wording is kept for these; a number is never kept in clear.
REWORDED = set(NAMES) - {"id_number", "phone", "start_date", "end_date", "hours"}
PHONE_AS_WRITTEN = "phone_sealed"


def columns(*, whole_hours: bool) -> tuple[Column, ...]:
    """The roster's columns with the roster's headings, the serial number first."""
    kinds = KINDS | {"hours": Kind.INTEGER if whole_hours else Kind.DECIMAL}
    described = (Column(c.title, kinds.get(c.name, Kind.TEXT)) for c in OWN_COLUMNS)
    return (Column(NUMBERED, Kind.INTEGER), *described)


def person_rows(
    enrollments: EnrollmentQuerySet, places: Mapping[str, str], *, in_full: bool
) -> Iterator[list[Any]]:
    """One list for each enrollment, numbered in the order the rows came in, read in chunks.

    `places` maps codes of townships and villages to their short names. Numbers are
    written `in_full` or as their masks.
    """
    ordered = enrollments.in_roster_order()
    for number, (_key, line) in enumerate(_in_words(ordered, places, in_full), start=1):
        yield [number, *line]


def cells_of(enrollments: EnrollmentQuerySet, *, in_full: bool) -> dict[int, dict[str, str]]:
    """The rows by key as their roster would write them: text by the names of OWN_COLUMNS."""
    codes = set(enrollments.order_by().values_list("region_code", flat=True))
    wanted = codes | {code[:TOWNSHIP_DIGITS] for code in codes}
    named = Region.objects.filter(code__in=wanted, level__gte=Region.Level.TOWNSHIP)
    places = dict(named.values_list("code", "short_name"))
    return {
        key: dict(zip(NAMES, map(_as_text, line), strict=True))
        for key, line in _in_words(enrollments, places, in_full)
    }


def _as_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def plain(value: Decimal) -> str:
    """A number without trailing zeros and without an exponent."""
    whole = f"{value:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _in_words(
    enrollments: EnrollmentQuerySet, places: Mapping[str, str], in_full: bool
) -> Iterator[tuple[int, list[Any]]]:
    """The key of each enrollment and its cells in the order of NAMES."""
    sources = SOURCES | (IN_FULL if in_full else MASKED)
    fields = [sources[name] for name in NAMES]
    # As text, for few rows have any: JSON would be looked at row by row, NULL or not.
    own = Cast("as_written", TextField())
    rows = enrollments.values_list("pk", own, *fields).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        keys, own_words, *found = zip(*chunk, strict=True)
        as_written = [json.loads(text) if text else None for text in own_words]
        by_name: dict[str, Sequence[Any]] = dict(zip(NAMES, found, strict=True))
        phones = _phones(by_name["phone"], as_written, in_full)
        by_name |= _worded(by_name, places) | {"phone": phones}
        if in_full:
            by_name["id_number"] = open_many(by_name["id_number"], ID_NUMBER_FIELD)
        lines = map(list, zip(*by_name.values(), strict=True))
        for key, line, written in zip(keys, lines, as_written, strict=True):
            yield key, _in_its_own_words(line, written) if written else line


def _worded(
    by_name: Mapping[str, Sequence[Any]], places: Mapping[str, str]
) -> dict[str, list[str]]:
    """The columns that hold codes, in the official words."""
    worded = {
        name: [words.get(value, value) for value in by_name[name]] for name, words in WORDS.items()
    }
    worded["township"] = [places.get(code[:TOWNSHIP_DIGITS], "") for code in by_name["township"]]
    worded["village"] = [
        places.get(code, "") if len(code) > TOWNSHIP_DIGITS else "" for code in by_name["village"]
    ]
    return worded


def _phones(registered: Sequence[Any], as_written: Sequence[Any], in_full: bool) -> list[str]:
    """The phone each row came with: the registered one unless the row keeps another, sealed."""
    kept = {
        row: bytes.fromhex(written[PHONE_AS_WRITTEN])
        for row, written in enumerate(as_written)
        if written and PHONE_AS_WRITTEN in written
    }
    if in_full:
        return open_many(
            [kept.get(row, sealed or b"") for row, sealed in enumerate(registered)], PHONE_FIELD
        )
    opened = open_many(list(kept.values()), PHONE_FIELD)
    masked = dict(zip(kept, map(mask_phone, opened), strict=True))
    return [masked.get(row, mask) for row, mask in enumerate(registered)]


def _in_its_own_words(line: list[Any], written: Mapping[str, str]) -> list[Any]:
    for name in REWORDED & written.keys():
        line[PLACE_OF[name] - 1] = written[name]
    return line
