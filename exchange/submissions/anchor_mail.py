"""The heads of all chains by mail, once a day: a copy of what the anchor file says, out of reach
of whoever can write to the portal's machine."""

from __future__ import annotations

import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit
from exchange.notices import LANGUAGE
from exchange.submissions.anchors import Anchor, AnchorsRead, read_anchors

log = structlog.get_logger()

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("anchor mailed"),)


def mail_heads(now: datetime.datetime) -> int:
    """Mail each county's newest anchor to PORTAL_ANCHOR_MAIL; returns of how many counties.

    Without an address, and before the first receipt, there is nothing to mail. A failure is
    written down; the next day's mail has all of it again.
    """
    read = read_anchors()
    if not settings.ANCHOR_MAIL or not (read.exists or read.anchors):
        return 0
    heads = {anchor.county_code: anchor for anchor in read.anchors}
    try:
        with translation.override(LANGUAGE):
            _mail(now, read, heads).send()
    except Exception as trouble:  # whatever the server says, the clock goes on
        log.warning("anchors.not_mailed", trouble=type(trouble).__name__)
        _record(sent=0, failed=len(heads))
        return 0
    _record(sent=len(heads), failed=0)
    return len(heads)


def _mail(now: datetime.datetime, read: AnchorsRead, heads: dict[str, Anchor]) -> EmailMessage:
    lines = [
        _("%(lines)s lines in the anchor file; the newest receipt of each county and its link:")
        % {"lines": len(read.anchors)},
        *(f"{code} {heads[code].seq} {heads[code].link.hex()}" for code in sorted(heads)),
        "",
        _("Keep this mail: it shows later whether the chains were made anew."),
    ]
    if read.broken_line is not None:
        broken = _("The file does not hold together from line %(line)s on. Have it looked at.")
        lines.insert(0, broken % {"line": read.broken_line})
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    return EmailMessage(
        subject=_("[Talent portal] Heads of the chains of receipts, %(day)s") % {"day": day},
        body="\n".join(lines),
        to=settings.ANCHOR_MAIL,
        connection=get_connection(),
    )


def _record(*, sent: int, failed: int) -> None:
    facts = {"sent": sent, "failed": failed}
    audit.record("exchange.anchor.mailed", by=None, changes=facts, succeeded=not failed)
