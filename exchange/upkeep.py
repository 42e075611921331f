"""What the portal looks after at night."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from core import audit
from exchange import rollups

log = structlog.get_logger()
TOLD = 20


def recount_outdated() -> int:
    """Count anew every measure whose declaration is of another version than its kept figures.

    Returns how many there were. An upgrade does it; the clock looks often and finds nothing.
    """
    outdated = rollups.outdated()
    for measure in outdated:
        found = rollups.rebuild([measure])
        if found:
            facts = {"measure": measure.key, "version": measure.version, "differences": len(found)}
            audit.record("exchange.rollups.recounted", by=None, changes=facts)
    return len(outdated)


def check_rollups() -> int:
    """Compare the kept figures with the rows; returns how many cells differ.

    Every check leaves an audit entry, an unsuccessful one when anything differs, and
    each difference an error in the log. Nothing is put right: why it differs must be
    understood first. What is of another version of its declaration is counted anew before.
    """
    recount_outdated()
    found = rollups.differences()
    cells = [{name: str(value) for name, value in asdict(each).items()} for each in found]
    for cell in cells:
        log.error("rollups.differ", **cell)
    audit.record(
        "exchange.rollups.checked",
        by=None,
        changes={"differences": len(cells), "first": cells[:TOLD]},
        succeeded=not cells,
    )
    return len(cells)
