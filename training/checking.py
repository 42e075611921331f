"""Is a person in a class already? Asked with a number, before anything is entered.

Of the asker's own region the answer names the person and the classes; of the rest of
the province the county and the class number. Known and unknown numbers take the same
questions to the database. Each user has a budget, and each check is written down.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import AuditEntry, User
from core.sealing import blind_index, mask_id_number
from talent.identity import judge_id_number, repair_id_number
from talent.imports import ID_NUMBER_FIELD
from training.models import Enrollment

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("number checked"),)

CHECKED = "training.number.checked"
# A whole list takes one check, and its numbers from those that may be judged.
LIST_CHECKED = "training.list.checked"
VERBS = (CHECKED, LIST_CHECKED)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
LOCK_USER = "SELECT pg_advisory_xact_lock(7206513, %s)"
# What is looked up for a number that is none, so that the work is the same.
NOBODY = bytes(16)


@dataclass(frozen=True)
class Attended:
    """A class in whose ledger the person is; `row` is the ledger's key, of the own region only."""

    county: str
    class_code: str
    row: int | None = None


@dataclass(frozen=True)
class Check:
    """The answer: `trouble` with the number, or who and where; `wait` seconds when over budget."""

    trouble: str = ""
    person: int | None = None
    name: str = ""
    own: list[Attended] = field(default_factory=list)
    elsewhere: list[Attended] = field(default_factory=list)
    wait: int = 0

    @property
    def kind(self) -> str:
        """What the audit trail keeps of the answer."""
        if self.wait:
            return "over-budget"
        found = {
            "unsound": bool(self.trouble),
            "own": bool(self.own),
            "elsewhere": bool(self.elsewhere),
            "registered": bool(self.name),
        }
        return next((kind for kind, is_so in found.items() if is_so), "unknown")

    @property
    def sentence(self) -> str:
        """The answer in the reader's language."""
        if self.wait:
            return gettext(OVER_BUDGET) % {"minutes": math.ceil(self.wait / 60)}
        return self.trouble or gettext(SENTENCES[self.kind])


@transaction.atomic
def check_number(*, number: str, by: User) -> Check:
    """Look a citizen number up for somebody who brings in or enters rows.

    Raises PermissionError for who may do neither.
    """
    scope = scope_of(by, Permission.IMPORT_ROSTERS)
    if not scope.whole:
        raise PermissionError
    with connection.cursor() as cursor:
        cursor.execute(LOCK_USER, [by.pk])
    text, _repairs = repair_id_number(number)
    wait = seconds_to_wait(by)
    found = Check(wait=wait) if wait else _looked_up(text, scope.whole)
    audit.record(
        CHECKED,
        by=by,
        region_code=scope.whole[0],
        changes={"number": mask_id_number(text), "answer": found.kind},
        succeeded=not wait,
    )
    return found


def seconds_to_wait(user: User) -> int:
    """Until the user may check again; 0 when the budget of the hour and of the day allow it."""
    now = timezone.now()
    since_hour = Q(at__gt=now - HOUR)
    done = AuditEntry.objects.filter(actor_id=user.pk, verb__in=VERBS, succeeded=True)
    counts: dict[str, Any] = done.filter(at__gt=now - DAY).aggregate(
        day=Count("pk"),
        hour=Count("pk", filter=since_hour),
        first_of_day=Min("at"),
        first_of_hour=Min("at", filter=since_hour),
    )
    waits = [0.0]
    for name, span in (("hour", HOUR), ("day", DAY)):
        if counts[name] >= settings.NUMBER_CHECKS[name]:
            waits.append((counts[f"first_of_{name}"] + span - now).total_seconds())
    return math.ceil(max(waits))


def _looked_up(text: str, regions: tuple[str, ...]) -> Check:
    trouble = judge_id_number(text)
    index = NOBODY if trouble else blind_index(text, ID_NUMBER_FIELD)
    rows = list(Enrollment.objects.of_number(index, {code[:2] for code in regions}))
    if trouble:
        return Check(trouble=str(trouble))
    lives_here = bool(rows) and _is_own(rows[0][2], regions)
    classes = [row for row in rows if row[3] is not None]
    return Check(
        person=rows[0][0] if lives_here else None,
        name=rows[0][1] if lives_here else "",
        own=[
            Attended(name, cls, pk) for *_, pk, code, name, cls in classes if _is_own(code, regions)
        ],
        elsewhere=[
            Attended(name, cls)
            for *_, _pk, code, name, cls in classes
            if not _is_own(code, regions)
        ],
    )


def _is_own(county_code: str, regions: Iterable[str]) -> bool:
    return any(county_code.startswith(code) for code in regions)


OVER_BUDGET = gettext_noop(
    "You have checked as many numbers as are allowed for now. Try again in %(minutes)s minutes."
)
SENTENCES = {
    "unknown": gettext_noop(
        "The number is sound. It is not registered in your region, and in no class of the province."
    ),
    "registered": gettext_noop(
        "The number is sound and registered in your region. It is in no class of the province."
    ),
    "own": gettext_noop("The number is sound, and its person is in a class of your region."),
    "elsewhere": gettext_noop(
        "The number is sound, and its person is in a class elsewhere in the province."
    ),
}
