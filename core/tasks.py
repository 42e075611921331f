"""What the worker does by itself."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery.signals import heartbeat_sent
from django.db import DatabaseError, InterfaceError, connection

from core.health import BEATS_EVERY, stamp

log = structlog.get_logger("portal.worker")
_beaten_at = float("-inf")


@heartbeat_sent.connect
def note_worker(**_: Any) -> None:
    """Runs in the worker's main process, which answers also while all its children are at work."""
    global _beaten_at
    if time.monotonic() - _beaten_at < BEATS_EVERY.total_seconds():
        return
    _beaten_at = time.monotonic()
    try:
        stamp("worker")
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("worker.no_heartbeat", trouble=type(trouble).__name__)
    finally:
        connection.close()  # children that are forked later must not inherit it
