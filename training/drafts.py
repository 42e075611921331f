"""Rows that are not yet fit for the ledger, kept until somebody mends or drops them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from core.models import User
from core.sealing import open_many, seal_many
from training.models import DraftRow

CELLS_FIELD = "training.DraftRow.cells"
RESENT = ("op", "program", "training_class", "month", "row_key", "row_version", "cells")


@dataclass
class Draft:
    """An unfinished row with its cells in clear; `key` is that of the stored row it edits."""

    client: UUID
    op: UUID
    cells: dict[str, str]
    version: int = 1
    month: datetime.date | None = None
    key: int | None = None
    row_version: int | None = None
    author: int | None = None
    at: datetime.datetime | None = None


def read_drafts(rows: QuerySet[DraftRow]) -> list[Draft]:
    found = list(rows)
    opened = open_many([row.cells for row in found], CELLS_FIELD)
    return [
        Draft(
            row.client,
            row.op,
            json.loads(cells),
            row.version,
            row.month,
            row.row_key,
            row.row_version,
            row.author_id,
            row.updated_at,
        )
        for row, cells in zip(found, opened, strict=True)
    ]


def keep_drafts(
    drafts: Sequence[Draft], *, county: str, program: str, class_key: int | None, by: User
) -> None:
    """Keep unfinished rows as they were sent last. The caller holds the county."""
    texts = [json.dumps(draft.cells, ensure_ascii=False) for draft in drafts]
    rows = [
        DraftRow(
            county_code=county,
            client=draft.client,
            op=draft.op,
            program_id=program,
            training_class_id=class_key,
            month=draft.month,
            row_key=draft.key,
            row_version=draft.row_version,
            cells=sealed,
            version=draft.version,
            author=by,
        )
        for draft, sealed in zip(drafts, seal_many(texts, CELLS_FIELD), strict=True)
    ]
    DraftRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["county_code", "client"],
        update_fields=[*RESENT, "version", "author", "updated_at"],
    )


def drop_drafts(county: str, clients: Iterable[UUID], *, of_rows: Iterable[int] = ()) -> None:
    """Forget unfinished rows: they became rows of the ledger, or nobody wants them.

    Those of a row that is gone go with it.
    """
    unwanted = Q(client__in=set(clients)) | Q(row_key__in=set(of_rows))
    DraftRow.objects.filter(unwanted, county_code=county).delete()
