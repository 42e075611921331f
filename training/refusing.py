"""What refuses a write, told as sentences: the database, or some of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg2
from django.db import IntegrityError
from django.utils.translation import gettext_noop

from core.rules import Finding
from core.troubles import beneath
from exchange.jobs import JobRefused

SOME_ROWS = gettext_noop(
    "Nothing was saved yet. Rows to be mended: %(number)s; each says what is wrong."
)


@contextmanager
def told_as(sentences: Mapping[str, str]) -> Iterator[None]:
    """Around the outermost transaction of a write: a constraint among these becomes JobRefused."""
    try:
        yield
    except IntegrityError as trouble:
        refused = (each for each in beneath(trouble) if isinstance(each, psycopg2.Error))
        names = [each.diag.constraint_name for each in refused]
        if not names or names[0] not in sentences:
            raise
        raise JobRefused(sentences[names[0]]) from trouble


class RowsRefused(JobRefused):
    """Nothing was written because of some rows; `findings` tells of each, by its key."""

    def __init__(self, findings: Mapping[int, Sequence[Finding]]) -> None:
        super().__init__(SOME_ROWS, number=len(findings))
        self.findings = findings
