"""Certificates are granted and withdrawn; what is judged of them beforehand is the callers'."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange import rollups
from talent.models import Credential

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("credentials granted"), gettext_noop("credentials withdrawn"))


@transaction.atomic
def grant(*, county_code: str, credentials: Sequence[Credential], by: User) -> list[Credential]:
    """Write certificates that a county enters, all or none; `county_code` and author are set here.

    Raises PermissionError outside the user's scope, IntegrityError for a number that is given
    already or a month that is closed.
    """
    _entitled(by, county_code)
    for credential in credentials:
        credential.county_code, credential.entered_by = county_code, by
    granted = Credential.objects.bulk_create(credentials)
    rollups.entered(Credential, [credential.pk for credential in granted])
    _record("granted", county_code, len(granted), by)
    return granted


@transaction.atomic
def withdraw(*, county_code: str, keys: Collection[int], by: User, reason: str) -> int:
    """Take back certificates of a county that were entered wrongly; their numbers are free again.

    They stay on file as withdrawn. Returns how many there were. Who keeps a history of them has
    written down how they stood. Raises as `grant` does.
    """
    _entitled(by, county_code)
    valid = Credential.objects.filter(county_code=county_code, state=Credential.State.VALID)
    state = Credential.State.WITHDRAWN
    with rollups.counting(Credential, keys):
        number = valid.filter(pk__in=keys).update(state=state, version=F("version") + 1)
    _record("withdrawn", county_code, number, by, reason)
    return number


def _entitled(by: User, county_code: str) -> None:
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county_code):
        raise PermissionError


def _record(act: str, county_code: str, number: int, by: User, reason: str = "") -> None:
    audit.record(
        f"talent.credentials.{act}",
        by=by,
        region_code=county_code,
        changes={"rows": number} | ({"reason": reason} if reason else {}),
    )
