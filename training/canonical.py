"""Rows of the ledger in the one form in which they are compared, kept and sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from training.ledger import plain

CHAPTER = "enrollment"
Cells = dict[str, str | None]
CHUNK = 2000
SOURCES = {
    "person": "person__id_number_index",
    "institution": "training_class__institution__name",
    "class_code": "training_class__code",
    "occupation": "training_class__occupation__name",
    "program": "program_id",
    "state": "state",
    "region_code": "region_code",
    "group_name": "group_name",
    "household_code": "household_code",
    "relation": "relation",
    "category": "category",
    "education": "education",
    "level": "level",
    "start_date": "start_date",
    "end_date": "end_date",
    "hours": "hours",
    "remark": "remark",
    "as_written": "as_written",
    "batch": "import_batch_id",
    "sheet": "sheet",
    "line": "line",
    "entered_by": "entered_by",
}


def canonical_rows(
    found: QuerySet[Any], sources: Mapping[str, str] = SOURCES
) -> Iterator[tuple[int, int, Cells]]:
    """Key, version and canonical cells of each row, in the rows' order, drawn in chunks.

    `sources` maps the cells to lookups; those of the ledger's rows unless others are named.

    Every cell is text, or None where there is nothing: the person as the blind index in
    hexadecimal digits, days as ISO, numbers without trailing zeros, codes instead of words.
    """
    rows = found.values_list("pk", "version", *sources.values())
    for key, version, *values in rows.iterator(chunk_size=CHUNK):
        yield key, version, dict(zip(sources, map(_canonical, values), strict=True))


def _canonical(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return str(value)
