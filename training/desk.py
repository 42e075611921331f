"""What a desk is given: the rows of its sheet, those to be mended, and what others changed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, QuerySet

from core.rules import say
from exchange.submissions.closing import PeriodClosed, closed_months
from training.canonical import CHAPTER
from training.drafts import Draft, read_drafts
from training.edits import by_row, judge_edits
from training.ledger import cells_of
from training.models import DraftRow, Enrollment, RowChange, TrainingClass
from training.querysets import EnrollmentQuerySet
from training.shown import Shown, masked, shown_rows

ROWS_A_PAGE = 1000
CHANGES_AT_ONCE = 500


def lay_out(
    rows: EnrollmentQuerySet,
    *,
    drafts: QuerySet[DraftRow],
    county: str,
    month: datetime.date | None,
    attended: TrainingClass | None,
    in_full: bool,
) -> dict[str, Any]:
    """A page of stored rows by key, and the unfinished ones with what is found in them.

    A stored row has the key `client` under which a desk entered it, so that a desk that never
    heard so knows its own. Numbers of stored rows are masked; those of unfinished rows stand `in_full` for who may
    see them, since who typed them must be able to mend them.
    """
    change = newest_change(county)
    page = rows.order_by("pk")[: ROWS_A_PAGE + 1]
    versions = dict(page.values_list("pk", "version"))
    more = len(versions) > ROWS_A_PAGE
    keys = list(versions)[:ROWS_A_PAGE]
    cells = cells_of(Enrollment.objects.filter(pk__in=keys), in_full=False) if keys else {}
    entered = RowChange.objects.entered_as(CHAPTER, keys) if keys else {}
    unfinished = read_drafts(drafts)
    return {
        "rows": [
            {"id": key, "version": versions[key], "client": entered.get(key), "cells": cells[key]}
            | {"findings": []}
            for key in keys
        ],
        "drafts": _with_findings(unfinished, county, attended, in_full),
        "next": keys[-1] if more else None,
        "change": change,
        "closed": _closed(county, attended.start_date if attended else month),
    }


def _closed(county: str, day: datetime.date | None) -> dict[str, str] | None:
    month = day and day.replace(day=1)
    state = month and closed_months(county, [month]).get(month)
    if not (month and state):
        return None
    refusal = PeriodClosed(county, month, state)
    sentence = say(refusal.sentence, refusal.params)
    return {"month": f"{month:%Y-%m}", "state": state, "sentence": sentence}


def _with_findings(
    drafts: Sequence[Draft], county: str, attended: TrainingClass | None, in_full: bool
) -> list[dict[str, Any]]:
    if not drafts:
        return []
    sent = [(draft.key, draft.cells) for draft in drafts]
    stored = Enrollment.objects.filter(county_code=county)
    _rows, judged = judge_edits(county, sent, stored=stored, attended=attended)
    return [
        {
            "client": draft.client,
            "version": draft.version,
            "key": draft.key,
            "row_version": draft.row_version,
            "cells": draft.cells if in_full else masked(draft.cells),
            "findings": findings,
        }
        for draft, findings in zip(drafts, by_row(judged), strict=True)
    ]


def changed_since(
    county: str,
    since: int | None,
    chapter: str = CHAPTER,
    shown_of: Callable[[Iterable[int]], Mapping[int, Shown]] | None = None,
) -> dict[str, Any]:
    """Rows of a chapter that were changed after the change `since`, each once, as they are now.

    `change` is where to go on; who asks without `since` hears only that. `shown_of` tells how
    rows are now; the ledger's own are told as they stand in it.
    """
    if since is None:
        return {"changes": [], "change": newest_change(county, chapter), "more": False}
    of_rows = RowChange.objects.filter(county_code=county, chapter=chapter).after(since)
    changes = list(of_rows.values_list("pk", "row_key")[: CHANGES_AT_ONCE + 1])
    heard, more = changes[:CHANGES_AT_ONCE], len(changes) > CHANGES_AT_ONCE
    keys = [key for _change, key in heard]
    shown = (shown_of(keys) if shown_of else shown_rows(county, keys)) if heard else {}
    return {
        "changes": [shown[key] for key in sorted(shown)],
        "change": heard[-1][0] if heard else since,
        "more": more,
    }


def newest_change(county: str, chapter: str = CHAPTER) -> int:
    """The key of the newest change of a county's rows of a chapter; 0 where there is none."""
    found = RowChange.objects.filter(county_code=county, chapter=chapter)
    return found.aggregate(newest=Max("pk"))["newest"] or 0
