"""Why work broke off: the causes that are told apart, each with its sentence for the user."""

from __future__ import annotations

import psycopg2
from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext_noop as _

from core.troubles import NO_ROOM, Trouble, beneath


class Cause(Trouble):
    """The place %(number)s is for the job's public number, by which the log is searched."""

    DATABASE_FULL = (
        "database-full",
        _(
            "The database has no room left. Give the administrator the number %(number)s and "
            "try again once there is room."
        ),
    )
    DISK_FULL = (
        "disk-full",
        _(
            "The disk for files is full; no file was kept. Give the administrator the number "
            "%(number)s and try again once there is room."
        ),
    )
    DATABASE_AWAY = (
        "database-away",
        _(
            "The database could not be reached. If it happens again, give the administrator "
            "the number %(number)s."
        ),
    )
    OUT_OF_MEMORY = (
        "out-of-memory",
        _(
            "The server ran out of memory. Try again later or in smaller parts; if it happens "
            "again, give the administrator the number %(number)s."
        ),
    )
    TOO_LONG = (
        "too-long",
        _(
            "The work took longer than is allowed. Divide it into smaller parts, or give the "
            "administrator the number %(number)s."
        ),
    )
    CUT_OFF = (
        "cut-off",
        _(
            "The background service ended in the middle of the work. If it happens again, give "
            "the administrator the number %(number)s."
        ),
    )
    UNKNOWN = (
        "unknown",
        _(
            "The work broke off by a fault of the portal. If it happens again, give the "
            "administrator the number %(number)s."
        ),
    )

    @property
    def is_lasting(self) -> bool:
        """Whether trying again by itself would only meet the same."""
        return self in {Cause.DATABASE_FULL, Cause.DISK_FULL, Cause.TOO_LONG}

    @property
    def can_pass(self) -> bool:
        """Whether the same work may succeed another time: once there is room, or all is there."""
        return self is not Cause.TOO_LONG


def cause_of(trouble: BaseException) -> Cause:
    """The cause behind an exception, which may lie beneath others, as psycopg2's beneath Django's."""
    causes = map(_cause, beneath(trouble))
    return next((cause for cause in causes if cause is not Cause.UNKNOWN), Cause.UNKNOWN)


def _cause(trouble: BaseException) -> Cause:
    match trouble:
        case OSError() if trouble.errno in NO_ROOM:
            return Cause.DISK_FULL
        case MemoryError():
            return Cause.OUT_OF_MEMORY
        case SoftTimeLimitExceeded():
            return Cause.TOO_LONG
        case psycopg2.Error():
            return _cause_by(trouble.pgcode, trouble)
    return Cause.UNKNOWN


def _cause_by(state: str | None, trouble: psycopg2.Error) -> Cause:
    """By what PostgreSQL reports; a connection that is gone reports nothing."""
    if state is None and type(trouble) in GONE:
        return Cause.DATABASE_AWAY
    return DATABASE_STATES.get(state or "", Cause.UNKNOWN)


# The plain one, too: "server closed the connection unexpectedly".
GONE = {psycopg2.DatabaseError, psycopg2.OperationalError, psycopg2.InterfaceError}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
DATABASE_STATES = {
    "53100": Cause.DATABASE_FULL,
    "53200": Cause.OUT_OF_MEMORY,
    "53300": Cause.DATABASE_AWAY,
    "08003": Cause.DATABASE_AWAY,
    "08006": Cause.DATABASE_AWAY,
    "57P01": Cause.DATABASE_AWAY,
    "57P02": Cause.DATABASE_AWAY,
    "57P03": Cause.DATABASE_AWAY,
}
