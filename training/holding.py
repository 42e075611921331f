"""Nobody else writes to a county's ledger while an act holds the county."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.utils.translation import gettext_noop
from psycopg2.errors import LockNotAvailable

from exchange.jobs import JobRefused
from exchange.submissions.closing import HOLD_COUNTY

LONGEST_WAIT = "3s"
COUNTY_IS_BUSY = gettext_noop(
    "An import is being written for this county, or its month is being submitted. The grid sends "
    "its rows again by itself; elsewhere wait a moment and send once more."
)


class CountyBusy(JobRefused):
    """Somebody else writes to the county just now; the same may be asked again soon."""


def hold(county_code: str) -> None:
    """Wait for the county and hold it until the transaction ends. Raises CountyBusy after 3 s."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [LONGEST_WAIT])
        try:
            cursor.execute(HOLD_COUNTY, {"county": county_code})
        except OperationalError as trouble:
            if isinstance(trouble.__cause__, LockNotAvailable):
                raise CountyBusy(COUNTY_IS_BUSY) from trouble
            raise
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
