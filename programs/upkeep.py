"""What is looked after at night: whether the quota book still adds up."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from django.utils.translation import gettext_noop

from core import audit
from programs.balancing import differences

log = structlog.get_logger()
TOLD = 20

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("quotas checked"),)


def check_quotas() -> int:
    """Compare every quota with its documents and its parts; returns how many columns differ.

    Each check leaves an audit entry, an unsuccessful one when anything differs, and each
    difference an error in the log. Nothing is put right: it cannot happen through the portal,
    so why it did must be understood first.
    """
    found = [asdict(each) for each in differences()]
    for each in found:
        log.error("quotas.differ", **each)
    changes = {"differences": len(found), "first": found[:TOLD]}
    audit.record("programs.quotas.checked", by=None, changes=changes, succeeded=not found)
    return len(found)
