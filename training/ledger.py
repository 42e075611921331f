"""The ledger's rows as the roster that was brought in: its columns, its order, its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

from django.db.models import F

from core.sealing import open_many
from core.sealing.masks import mask_phone
from exchange.workbooks import Column, Kind
from talent import wordings as people_wordings
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
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
    """One list for each enrollment, in the order the rows came in, drawn from the server in chunks.

    `places` maps codes of townships and villages to their short names. Numbers are
    written `in_full` or as their masks.
    """
    sources = SOURCES | (IN_FULL if in_full else MASKED)
    fields = [sources[name] for name in NAMES]
    ordered = enrollments.order_by(F("import_batch_id").asc(nulls_last=True), "sheet", "line", "id")
    rows = ordered.values_list(*fields, "as_written").iterator(chunk_size=CHUNK)
    number = count(1)
    while chunk := list(islice(rows, CHUNK)):
        *found, as_written = zip(*chunk, strict=True)
        by_name: dict[str, Sequence[Any]] = dict(zip(NAMES, found, strict=True))
        phones = _phones(by_name["phone"], as_written, in_full)
        by_name |= _worded(by_name, places) | {"phone": phones}
        if in_full:
            by_name["id_number"] = open_many(by_name["id_number"], ID_NUMBER_FIELD)
        lines = zip(islice(number, len(chunk)), *by_name.values(), strict=True)
        for line, written in zip(map(list, lines), as_written, strict=True):
            yield _in_its_own_words(line, written) if written else line


def _worded(
    by_name: Mapping[str, Sequence[Any]], places: Mapping[str, str]
) -> dict[str, list[str]]:
    """The columns that hold codes, in the official words."""
    worded = {
        name: [words.get(value, value) for value in by_name[name]] for name, words in WORDS.items()
    }
    worded["township"] = [places.get(code[:9], "") for code in by_name["township"]]
    worded["village"] = [
        places.get(code, "") if len(code) > 9 else "" for code in by_name["village"]
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
        line[PLACE_OF[name]] = written[name]
    return line
