"""The month that a row of a book lies in, as the row's own page shows it."""

from __future__ import annotations

import datetime
from typing import Any

from core.access import Permission
from core.models import User
from exchange.models import ReturnNote, Submission
from exchange.periods import Period
from exchange.submissions.books import Book, RowKey
from exchange.submissions.duties import may_enter, offers

TONES = {
    "draft": "neutral",
    "submitted": "info",
    "returned": "warning",
    "accepted": "success",
    "locked": "success",
    "reopened": "warning",
}


def of_row(
    user: User, *, book: Book, county: str, day: datetime.date, row: RowKey
) -> dict[str, Any]:
    """The submission of the row's month, if the county began it and the user may see it; the
    notes on the row; whether the user may note something now."""
    seen = Submission.objects.visible_to(user, Permission.SEE_LEDGER)
    of_county: Submission | None = (
        seen.of(book.key, county).filter(month=day.replace(day=1)).first()
    )
    chapter, key = row
    found: dict[str, Any] = {"submission": of_county, "chapter": chapter, "key": key}
    if of_county is not None:
        titles = book.titles.get(chapter, {})
        notes = of_county.notes.filter(chapter=chapter, row_key=key)
        found |= {
            "period": Period.month_of(of_county.month).name,
            "tone": TONES[of_county.state],
            "titles": titles,
            "notes": [_shown(note, titles.get(note.column, "")) for note in notes],
            "may_note": "return" in offers(of_county, user),
            "may_correct": of_county.state == "locked" and may_enter(user, county),
        }
    return found


def _shown(note: ReturnNote, title: str) -> dict[str, str]:
    return {"title": title, "text": note.text, "answer": note.answer}
