"""What is on file of an institution: who teaches there, and what its licence lets it teach."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.repairs import repair_text_column
from exchange.jobs import JobRefused
from training.models import Institution, LicensedScope, Occupation, Teacher

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("teacher registered"),
    gettext_noop("teacher removed"),
    gettext_noop("licensed scope added"),
    gettext_noop("licensed scope ended"),
)

TEACHES = gettext_noop("%(name)s stands in a timetable and stays on file.")
SCOPE_IS_THERE = gettext_noop("This scope is on file from that day already.")
ENDS_BEFORE = gettext_noop("A scope does not end before it begins. Check both days.")
ENDED = gettext_noop("This scope ended by that day already. Load the page again.")


@transaction.atomic
def register_teacher(
    *, institution: Institution, name: str, qualification: str = "", by: User
) -> Teacher:
    """Put a teacher on file by name; one who is there already gets the new qualification."""
    _may_enter(by, institution)
    (name,), _counts = repair_text_column([name], compact=True)
    known = Teacher.objects.filter(institution=institution, name=name).first()
    teacher = known or Teacher(
        institution=institution, name=name, county_code=institution.county_code
    )
    teacher.qualification = qualification
    teacher.save()
    _record("teacher.registered", teacher, institution, by, {"name": name})
    return teacher


@transaction.atomic
def remove_teacher(*, teacher: Teacher, by: User) -> None:
    """Take a teacher off file who stands in no timetable."""
    _may_enter(by, teacher.institution)
    if teacher.lessons.exists():
        raise JobRefused(TEACHES, name=teacher.name)
    _record("teacher.removed", teacher, teacher.institution, by, {"name": teacher.name})
    teacher.delete()


def add_scope(
    *,
    institution: Institution,
    occupation: str,
    level: str = "",
    licence: str = "",
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    by: User,
) -> LicensedScope:
    """Put on file that the licence covers an occupation, at a level or ('') at all levels."""
    _may_enter(by, institution)
    if valid_to is not None and valid_to < valid_from:
        raise JobRefused(ENDS_BEFORE)
    (name,), _counts = repair_text_column([occupation], compact=True)
    try:
        with transaction.atomic():
            scope = LicensedScope.objects.create(
                county_code=institution.county_code,
                institution=institution,
                occupation=Occupation.objects.get_or_create(name=name)[0],
                level=level,
                licence=licence,
                valid_from=valid_from,
                valid_to=valid_to,
            )
            facts = {"name": name, "from": valid_from.isoformat()}
            _record("licensed_scope.added", scope, institution, by, facts)
    except IntegrityError:
        raise JobRefused(SCOPE_IS_THERE) from None
    return scope


@transaction.atomic
def end_scope(*, scope: LicensedScope, valid_to: datetime.date, by: User) -> None:
    """The licence covers this to the end of a day, and no longer."""
    _may_enter(by, scope.institution)
    if valid_to < scope.valid_from:
        raise JobRefused(ENDS_BEFORE)
    later = LicensedScope.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_to))
    if later.filter(pk=scope.pk).update(valid_to=valid_to) != 1:
        raise JobRefused(ENDED)
    facts = {"name": scope.occupation.name, "until": valid_to.isoformat()}
    _record("licensed_scope.ended", scope, scope.institution, by, facts)


def _may_enter(by: User, institution: Institution) -> None:
    if not scope_of(by, Permission.ENTER_LEDGER).covers(institution.county_code):
        raise PermissionError


def _record(
    act: str, target: models.Model, institution: Institution, by: User, facts: dict[str, Any]
) -> None:
    audit.record(
        f"training.{act}",
        by=by,
        target=target,
        region_code=institution.county_code,
        changes=facts,
    )
