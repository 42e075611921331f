"""Notices: what users are told, in the inbox of the portal and by mail."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.models import Notice

log = structlog.get_logger()

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("notice mailed"),)

AT_ONCE = 1000  # rows of one INSERT
MAILS_A_TURN = 100
MAIL_TRIES = 5
# After a failure the next try waits this long, twice as long each time.
FIRST_WAIT = datetime.timedelta(minutes=5)
# Offices read their mail in Chinese, whatever language somebody looks at the portal in.
LANGUAGE = "zh-hans"


def notify(
    *,
    kind: str,
    users: Iterable[User],
    sentence: str,
    params: dict[str, Any] | None = None,
    url: str = "",
    region_code: str = "",
) -> int:
    """Tell users something, in the transaction of the act that it is about; returns how many.

    `sentence` is untranslated (`gettext_noop`) with %(name)s places for `params`, which
    hold no personal number. `url` is the path of the page where it is dealt with. Whoever
    gave an address gets it by mail too.
    """
    now = timezone.now()
    told = {"kind": kind, "sentence": sentence, "params": params or {}, "url": url}
    notices = [
        Notice(
            recipient_id=user.pk,
            region_code=region_code,
            created_at=now,
            mail_at=now if user.email else None,
            **told,
        )
        for user in users
    ]
    return len(Notice.objects.bulk_create(notices, batch_size=AT_ONCE))


def mark_read(*, by: User, only: Iterable[int] | None = None) -> int:
    """Mark a user's own notices as read, all or those of the keys; returns how many were new."""
    unread = Notice.objects.visible_to(by).unread()
    if only is not None:
        unread = unread.filter(pk__in=only)
    return unread.update(read_at=timezone.now(), mail_at=None)


def unread(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `unread_notices`, counted only when it is shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "unread_notices": SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())
    }


def send_mail(now: datetime.datetime, most: int = MAILS_A_TURN) -> int:
    """Send the mails that are due; returns how many went out.

    Two workers do not send the same one. A failure is kept with the notice and tried
    again, MAIL_TRIES times in all.
    """
    sent = failed = 0
    with translation.override(LANGUAGE):
        for _turn in range(most):
            went = _send_next(now)
            if went is None:
                break
            sent, failed = sent + went, failed + (not went)
    if sent or failed:
        audit.record(
            "exchange.notice.mailed",
            by=None,
            changes={"sent": sent, "failed": failed},
            succeeded=not failed,
        )
    return sent


@transaction.atomic
def _send_next(now: datetime.datetime) -> bool | None:
    """Whether the oldest mail that is due went out; None when none is due."""
    due = Notice.objects.mail_due(now).select_for_update(skip_locked=True, of=("self",))
    notice = due.select_related("recipient").first()
    if notice is None:
        return None
    try:
        _mail(notice).send()
    except Exception as trouble:  # whatever the server says, the others have their turn
        log.warning("notice.not_mailed", notice=notice.pk, trouble=type(trouble).__name__)
        notice.mail_tries += 1
        notice.mail_error = f"{type(trouble).__name__}: {trouble}"[:500]
        wait = FIRST_WAIT * 2 ** (notice.mail_tries - 1)
        notice.mail_at = now + wait if notice.mail_tries < MAIL_TRIES else None
    else:
        notice.mailed_at, notice.mail_at, notice.mail_error = now, None, ""
    notice.save(update_fields=["mailed_at", "mail_at", "mail_tries", "mail_error"])
    return notice.mail_at is None and not notice.mail_error


def _mail(notice: Notice) -> EmailMessage:
    sentence = " ".join(str(notice).split())
    lines = [sentence]
    if settings.PORTAL_URL and notice.url:
        lines.append(settings.PORTAL_URL + notice.url)
    lines += ["", _("Sent by the talent portal. Do not answer this mail.")]
    return EmailMessage(
        subject=_("[Talent portal] %(sentence)s") % {"sentence": sentence[:60]},
        body="\n".join(lines),
        to=[notice.recipient.email],
        connection=get_connection(),
    )
