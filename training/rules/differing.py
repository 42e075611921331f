"""What a row says otherwise than the ledger, where its person is in its class already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.rules import Batch
from core.sealing import open_many
from talent.imports import PHONE_FIELD
from talent.wordings import ETHNICITY_ALSO
from training.models import Enrollment

# Columns that may differ, with their headings: the others make the class or the person.
HEADINGS = {
    "ethnicity": "民族",
    "education": "文化程度",
    "category": "人员类别",
    "household_code": "户编号",
    "relation": "与户主关系",
    "region_code": "行政村",
    "group_name": "村民小组",
    "phone": "联系电话",
    "level": "培训等级",
    "end_date": "结业时间",
    "hours": "培训学时",
    "remark": "备注",
}
SOURCES = {"ethnicity": "person__ethnicity", "phone": "person__phone_sealed"}


def differing(batch: Batch, found: Mapping[int, int]) -> Iterator[tuple[int, list[str]]]:
    """For each row, given the key of what the ledger has of it: headings of what differs.

    An empty cell says nothing, and a place only what is more than the county. Asks the
    ledger once for all rows.
    """
    held = _held(set(found.values()))
    given = {name: batch[name] for name in HEADINGS}
    for row, key in found.items():
        said = {name: cells[row] for name, cells in given.items()}
        if said["region_code"] == batch.region_code:
            said["region_code"] = None
        there = held[key]
        yield row, [HEADINGS[name] for name in said if said[name] not in (None, "", there[name])]


def _held(keys: Collection[int]) -> dict[int, dict[str, Any]]:
    """The ledger's facts by key, as a roster would say them; phones opened."""
    fields = [SOURCES.get(name, name) for name in HEADINGS]
    rows = list(Enrollment.objects.filter(pk__in=keys).values_list("pk", "as_written", *fields))
    held = {key: dict(zip(HEADINGS, facts, strict=True)) for key, _written, *facts in rows}
    for key, written, *_facts in rows:
        held[key] |= _in_its_own_words(written or {})
    opened = open_many([facts["phone"] or b"" for facts in held.values()], PHONE_FIELD)
    for facts, phone in zip(held.values(), opened, strict=True):
        facts["phone"] = phone
    return held


def _in_its_own_words(written: Mapping[str, str]) -> dict[str, Any]:
    """What a row keeps of its person otherwise than the register."""
    kept: dict[str, Any] = {}
    if "ethnicity" in written:
        kept["ethnicity"] = ETHNICITY_ALSO.get(written["ethnicity"], written["ethnicity"])
    if "phone_sealed" in written:
        kept["phone"] = bytes.fromhex(written["phone_sealed"])
    return kept
