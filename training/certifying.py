"""Certificates of a class: entered for many people at once, withdrawn one by one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from core.models import User
from core.rules import Finding, Severity, judge
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from talent import credentials
from talent.models import Credential
from training.certificates import normal
from training.chapters import CERTIFICATES
from training.holding import hold
from training.models import Enrollment, TrainingClass
from training.noting import Change, note_before
from training.outcomes import copy_outcomes
from training.querysets import EnrollmentQuerySet
from training.refusing import RowsRefused, told_as
from training.rules.certificates import CERTIFICATE_RULES
from training.stored_facts import certificates_batch

REFUSALS = {
    "certificate_number_once": gettext_noop(
        "A number was entered by somebody else just now. Save again to see at which person it stands."
    ),
}
NO_NUMBERS = gettext_noop("No number is filled in. Fill in the numbers of the certificates first.")
NOT_TO_CERTIFY = gettext_noop(
    "%(number)s of these people left the class, have not passed, or hold a certificate of it already. "
    "Load the page again."
)
WITHDRAWN_MEANWHILE = gettext_noop(
    "This certificate was withdrawn by somebody else meanwhile. Load the page again."
)


@dataclass(frozen=True)
class Issue:
    """What certificates that are entered together have in common."""

    kind: str
    issued_on: datetime.date
    issuer: str = ""


def to_certify(training_class: TrainingClass) -> EnrollmentQuerySet:
    """Who passed and holds no certificate of the class yet."""
    passed = Enrollment.objects.active().filter(
        training_class=training_class, result=Enrollment.Result.PASSED
    )
    held = Credential.objects.filter(state=Credential.State.VALID, enrollment_key__isnull=False)
    free: EnrollmentQuerySet = passed.exclude(pk__in=held.values("enrollment_key"))
    return free


def certify(
    *, training_class: TrainingClass, issue: Issue, numbers: Mapping[int, str], by: User
) -> list[Finding]:
    """Enter certificates by key of the ledger row, all or none; what is to be explained of them.

    Raises PermissionError outside the user's scope, RowsRefused with what mandatory rules say of
    rows, PeriodClosed where the month of issue is closed, JobRefused otherwise.
    """
    county = training_class.county_code
    given = {key: normal(number) for key, number in numbers.items() if number.strip()}
    if not given:
        raise JobRefused(NO_NUMBERS)
    with told_as(REFUSALS), told(), transaction.atomic():
        hold(county)
        rows = to_certify(training_class).filter(pk__in=given).select_related("person")
        found = list(rows.order_by("pk"))
        if len(found) < len(given):
            raise JobRefused(NOT_TO_CERTIFY, number=len(given) - len(found))
        made = [_made(row, training_class, issue, given[row.pk]) for row in found]
        findings = judge(certificates_batch(county, made), CERTIFICATE_RULES)
        _refuse_blocked(findings, made)
        credentials.grant(county_code=county, credentials=made, by=by)
        copy_outcomes(given)
    return findings


def _made(row: Enrollment, training_class: TrainingClass, issue: Issue, number: str) -> Credential:
    return Credential(
        person=row.person,
        kind=issue.kind,
        number=number,
        issued_on=issue.issued_on,
        issuer=issue.issuer,
        occupation=training_class.occupation.name,
        level=row.level or training_class.level,
        enrollment_key=row.pk,
    )


def _refuse_blocked(findings: Sequence[Finding], made: Sequence[Credential]) -> None:
    blocked: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.severity == Severity.BLOCK:
            blocked.setdefault(made[finding.row].enrollment_key or 0, []).append(finding)
    if blocked:
        raise RowsRefused(blocked)


def withdraw(*, credential: Credential, by: User, reason: str) -> None:
    """Take back a certificate that was entered wrongly; it stays on file, its number is free."""
    county = credential.county_code
    reason = sound_reason(reason)
    with told(), transaction.atomic():
        hold(county)
        valid = Credential.objects.filter(pk=credential.pk, state=Credential.State.VALID)
        if not valid.exists():
            raise JobRefused(WITHDRAWN_MEANWHILE)
        note_before(CERTIFICATES, county, [Change(credential.pk, reason=reason)], by=by)
        credentials.withdraw(county_code=county, keys=[credential.pk], by=by, reason=reason)
        if credential.enrollment_key:
            copy_outcomes([credential.enrollment_key])
