"""Closed months: what is submitted no longer changes, whoever writes, by whatever door.

The wall is PostgreSQL's: a trigger on every table of a book refuses a statement that would
touch a closed month (`exchange_months_are_open`). What stands here tells its refusal in a
sentence, and says the same sentence beforehand.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg2
from django.db import IntegrityError, connection
from django.utils.translation import gettext_noop

from core.troubles import beneath
from exchange.jobs import JobRefused
from exchange.models import Submission

# Who writes to a county's books waits for whoever else does, and for its submission; other
# counties do not. The database's own look at a month waits by the same number.
COUNTY_LOCK = 7_206_512
HOLD_COUNTY = f"SELECT pg_advisory_xact_lock({COUNTY_LOCK}, %(county)s::int)"
CONSTRAINT = "period_is_open"
SENTENCES = {
    "submitted": gettext_noop(
        "The ledger of %(month)s is submitted, so its rows stay as they are. To change one, ask "
        "the next level up to return the month."
    ),
    "accepted": gettext_noop(
        "The ledger of %(month)s is accepted, so its rows stay as they are. To change one, ask "
        "the province to return the month."
    ),
    "locked": gettext_noop(
        "The ledger of %(month)s is locked, so its rows stay as they are. To change one, request "
        "a correction of it."
    ),
    "reopened": gettext_noop(
        "The days for which the ledger of %(month)s was opened are over, so its rows stay as they "
        "are. Submit the month, or ask the province for more days."
    ),
}


def hold(county: str) -> None:
    """Let nobody write to the county's books until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, {"county": county})


class PeriodClosed(JobRefused):
    """A write into a closed month was refused; `state` is the submission's."""

    def __init__(self, county: str, month: datetime.date, state: str) -> None:
        super().__init__(SENTENCES[state], month=f"{month:%Y-%m}")
        self.county, self.month, self.state = county, month, state


@contextmanager
def told() -> Iterator[None]:
    """Around the outermost transaction of a write: the database's refusal becomes PeriodClosed."""
    try:
        yield
    except (IntegrityError, psycopg2.IntegrityError) as trouble:  # a bare COPY raises the latter
        refused = [each for each in beneath(trouble) if isinstance(each, psycopg2.Error)]
        if not refused or refused[0].diag.constraint_name != CONSTRAINT:
            raise
        facts = json.loads(refused[0].diag.message_detail or "")
        month = datetime.date.fromisoformat(facts["month"])
        raise PeriodClosed(facts["county"], month, facts["state"]) from trouble


def closed_months(county: str, months: Iterable[datetime.date]) -> dict[datetime.date, str]:
    """Of these months, given by their first days, the closed ones with their states."""
    of_county = Submission.objects.filter(county_code=county, month__in=set(months))
    return dict(of_county.closed().values_list("month", "state"))
