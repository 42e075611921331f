"""The database's refusals, told as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg2
from django.db import IntegrityError

from core.troubles import beneath
from exchange.jobs import JobRefused


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
