from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[datetime.datetime]:
    """A transaction that only reads and sees one moment, which is yielded.

    Whatever is written meanwhile, all figures asked for within agree. Cannot be opened
    within another transaction.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT transaction_timestamp()")
            (as_of,) = cursor.fetchone()
        yield as_of
