"""Claims of the subsidy: drawn up by the clerk, published, then decided by somebody else.

Nothing else writes a `Claim` or its lines. Every act is one conditional UPDATE: of several who
act at once upon one claim one succeeds, and the others are told who was faster.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg2
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import AuditEntry, User
from core.rules import Batch, Finding, RuleBook, Severity, judge
from core.troubles import beneath
from core.workdays import CalendarYearMissing, WorkdayCalendar
from exchange import rollups
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from exchange.submissions.explaining import sound_explanation
from training import claiming
from training.claim_notices import tell_of_claim
from training.holding import hold
from training.models import Claim, ClaimLine, Enrollment, Objection, TrainingClass
from training.outcomes import copy_outcomes
from training.rules.claims import APPROVAL_RULES, CLAIMED_ALREADY, PUBLICITY_RULE

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("claim drawn up"),
    gettext_noop("claim published"),
    gettext_noop("claim objected"),
    gettext_noop("claim settled"),
    gettext_noop("claim approved"),
    gettext_noop("claim refused"),
    gettext_noop("claim withdrawn"),
)
State = Claim.State
LONGEST_OBJECTION, LONGEST_NAME = 300, 50

NOBODY = gettext_noop("Nobody is chosen. Choose at least one person to claim the subsidy for.")
NOT_OF_CLASS = gettext_noop("Some of these people are no longer in the class. Load the page again.")
NOTHING_ASKED = gettext_noop("The standard must be more than 0 and at most 99,999.99 yuan a head.")
NO_SHARE = gettext_noop(
    "No share of the subsidy is set for this county. Ask the administrator for its rule value."
)
FASTER = gettext_noop("%(who)s dealt with this claim at %(at)s. Load the page again.")
MEANWHILE = gettext_noop("This claim was dealt with meanwhile. Load the page again.")
OWN_CLAIM = gettext_noop("You drew this claim up yourself. Somebody else must decide.")
SETTLED_ALREADY = gettext_noop("This objection is settled already. Load the page again.")
DAY_OUTSIDE = gettext_noop("The objection is dated outside the days from %(first)s to today.")
MOST = Decimal("99999.99")


def draw_up(
    *, training_class: TrainingClass, standard: Decimal, rows: Collection[int], by: User
) -> Claim:
    """Claim `standard` yuan a head for these rows of a class, each at the share of its employment.

    Raises PermissionError outside the user's scope, JobRefused with a sentence when a
    mandatory rule speaks against one of them, as when another claim stands for it.
    """
    county, today = training_class.county_code, timezone.localdate()
    _may(by, Permission.ENTER_LEDGER, county)
    if not rows:
        raise JobRefused(NOBODY)
    if not 0 < standard <= MOST:
        raise JobRefused(NOTHING_ASKED)
    with _claimed_once(rows), transaction.atomic():
        hold(county)
        chosen = [row for row in claiming.roster_of(training_class) if row.pk in set(rows)]
        if len(chosen) < len(set(rows)):
            raise JobRefused(NOT_OF_CLASS)
        _refuse_held([f for each in claiming.judge_rows(chosen, county, today) for f in each])
        claim = Claim.objects.create(
            training_class=training_class, county_code=county, standard=standard, made_by=by
        )
        ClaimLine.objects.bulk_create(_lines(claim, chosen, today))
        _record("drawn_up", claim, by)
    return claim


def _lines(claim: Claim, rows: Sequence[Enrollment], day: datetime.date) -> Iterator[ClaimLine]:
    shares = claiming.share_of_rows(rows, claim.county_code, day)
    for row, share in zip(rows, shares, strict=True):
        if share is None:
            raise JobRefused(NO_SHARE)
        yield ClaimLine(
            claim=claim,
            enrollment=row,
            county_code=claim.county_code,
            employment=row.employment,
            share=share,
            amount=claiming.amount_of(claim.standard, share),
        )


def publish(*, claim: Claim, version: int, explanations: Mapping[str, str], by: User) -> None:
    """Publish a claim for the working days that its county asks; `explanations` by key of rule.

    Raises JobRefused when a rule speaks against a line or asks and has no answer, and when
    the calendar does not know the days.
    """
    county, today = claim.county_code, timezone.localdate()
    _may(by, Permission.ENTER_LEDGER, county)
    with transaction.atomic():
        hold(county)
        findings = claiming.judge_lines(claim, today)
        _refuse_held(findings)
        said = _explained(findings, explanations, county)
        values: dict[str, Any] = {"state": State.PUBLISHED, "explanations": said}
        values |= {"published_on": today, "publicity_until": published_until(county, today)}
        _act("published", claim, version, {State.DRAFT}, by, values)


def published_until(county: str, day: datetime.date) -> datetime.date:
    """The last day of publicity of what is published on a day. Raises JobRefused."""
    workdays = RuleBook.load().value(PUBLICITY_RULE, "workdays", county, day) or 0
    try:
        return WorkdayCalendar(county).add(day, workdays)
    except CalendarYearMissing as trouble:
        raise JobRefused(trouble.sentence, year=trouble.year) from trouble


def _explained(
    findings: Sequence[Finding], explanations: Mapping[str, str], county: str
) -> dict[str, str]:
    from_rules = {f.rule: f for f in findings if f.severity == Severity.EXPLAIN}
    return {rule: sound_explanation(explanations.get(rule, ""), county) for rule in from_rules}


def raise_objection(
    *, claim: Claim, version: int, who: str, text: str, raised_on: datetime.date, by: User
) -> Objection:
    """Write down that somebody objects to a published claim; until it is settled it holds."""
    county = claim.county_code
    _may(by, Permission.PREPARE_SUBMISSIONS, county)
    text = sound_reason(text)
    first = claim.published_on
    if first and not first <= raised_on <= timezone.localdate():
        raise JobRefused(DAY_OUTSIDE, first=first.isoformat())
    with transaction.atomic():
        _act("objected", claim, version, {State.PUBLISHED}, by, {}, {"reason": text})
        return Objection.objects.create(
            claim=claim,
            county_code=county,
            raised_on=raised_on,
            who=" ".join(who.split())[:LONGEST_NAME],
            text=text,
            entered_by=by,
        )


def settle(*, objection: Objection, version: int, settlement: str, by: User) -> None:
    """Say how an objection was settled. Who drew the claim up does not settle what is said of it."""
    claim = objection.claim
    _may_decide(claim, by)
    settlement = sound_reason(settlement)
    with transaction.atomic():
        _act("settled", claim, version, {State.PUBLISHED}, by, {}, {"reason": settlement})
        still_open = Objection.objects.filter(pk=objection.pk, settled_on__isnull=True)
        values = {"settled_on": timezone.localdate(), "settled_by": by, "settlement": settlement}
        if still_open.update(**values) != 1:
            raise JobRefused(SETTLED_ALREADY)
    objection.refresh_from_db()


def approve(*, claim: Claim, version: int, by: User) -> None:
    """Grant what is claimed, in the month of today; the amounts are copied onto the ledger's rows.

    Raises JobRefused while the claim is published or an objection is open, and when the
    month is closed.
    """
    _may_decide(claim, by)
    today = timezone.localdate()
    with told(), transaction.atomic():
        hold(claim.county_code)
        _refuse_held(findings_of(claim, today))
        decided = {"state": State.APPROVED, "decided_by": by, "decided_on": today}
        _act("approved", claim, version, {State.PUBLISHED}, by, decided)
        with rollups.counting(ClaimLine, claim.lines.values_list("pk", flat=True)):
            claim.lines.update(approved_on=today)
        copy_outcomes(claim.lines.values_list("enrollment", flat=True))


def findings_of(claim: Claim, day: datetime.date) -> list[Finding]:
    """What stands against approving a published claim on a day; of its lines what holds them."""
    objection = claim.objections.filter(settled_on__isnull=True).first()
    row = {
        "day": day,
        "publicity_until": claim.publicity_until,
        "objection": objection and (objection.raised_on, objection.text),
    }
    batch = Batch(1, claim.county_code, {name: [value] for name, value in row.items()})
    lines = claiming.judge_lines(claim, day)
    held = [found for found in lines if found.severity == Severity.BLOCK]
    return [*held, *judge(batch, APPROVAL_RULES)]


def refuse(*, claim: Claim, version: int, decision: str, by: User) -> None:
    """Refuse a published claim, with the reason; its people may be claimed for again."""
    _may_decide(claim, by)
    decision = sound_reason(decision)
    decided = {"state": State.REFUSED, "decided_by": by, "decided_on": timezone.localdate()}
    values = decided | {"decision": decision}
    with transaction.atomic():
        _act("refused", claim, version, {State.PUBLISHED}, by, values, {"reason": decision})
        claim.lines.update(is_live=False)


def withdraw(*, claim: Claim, version: int, reason: str, by: User) -> None:
    """Take a claim back that is not decided yet; its people may be claimed for again."""
    _may(by, Permission.ENTER_LEDGER, claim.county_code)
    reason = sound_reason(reason)
    values = {"state": State.WITHDRAWN, "decision": reason}
    with transaction.atomic():
        sources = {State.DRAFT, State.PUBLISHED}
        _act("withdrawn", claim, version, sources, by, values, {"reason": reason})
        claim.lines.update(is_live=False)


def _may(by: User, permission: Permission, county: str) -> None:
    if not scope_of(by, permission).covers(county):
        raise PermissionError


def _may_decide(claim: Claim, by: User) -> None:
    _may(by, Permission.REVIEW_LEDGER, claim.county_code)
    if claim.made_by_id == by.pk:
        raise JobRefused(OWN_CLAIM)


def _refuse_held(findings: Sequence[Finding]) -> None:
    for found in findings:
        if found.severity == Severity.BLOCK:
            raise JobRefused(found.sentence, **found.params)


@contextmanager
def _claimed_once(rows: Collection[int]) -> Iterator[None]:
    """Around the transaction: that another claim came first is told with its number."""
    try:
        yield
    except IntegrityError as trouble:
        refused = [each for each in beneath(trouble) if isinstance(each, psycopg2.Error)]
        if not refused or refused[0].diag.constraint_name != "claimed_once":
            raise
        lines = ClaimLine.objects.filter(enrollment__in=rows, is_live=True)
        other = lines.select_related("enrollment__person").first()
        if other is None:
            raise JobRefused(MEANWHILE) from trouble
        name = other.enrollment.person.name
        raise JobRefused(CLAIMED_ALREADY, name=name, claim=other.claim_id) from trouble


def _act(
    act: str,
    claim: Claim,
    version: int,
    sources: Collection[str],
    by: User,
    values: dict[str, Any],
    facts: dict[str, Any] | None = None,
) -> None:
    """Write to the claim as it was seen, or raise JobRefused with who was faster."""
    seen = Claim.objects.filter(pk=claim.pk, version=version, state__in=sources)
    if seen.update(version=F("version") + 1, **values) != 1:
        raise _overtaken(claim)
    claim.refresh_from_db()
    _record(act, claim, by, facts)
    tell_of_claim(act, claim, by=by)


def _overtaken(claim: Claim) -> JobRefused:
    acts = AuditEntry.objects.filter(target_type=claim._meta.label_lower, target_key=str(claim.pk))
    last = acts.order_by("-id").first()
    if last is None:
        return JobRefused(MEANWHILE)
    at = f"{timezone.localtime(last.at):%Y-%m-%d %H:%M:%S}"
    return JobRefused(FASTER, who=last.actor_name, at=at)


def _record(act: str, claim: Claim, by: User, facts: dict[str, Any] | None = None) -> None:
    lines = claim.lines.aggregate(amount=Sum("amount"))
    counted = {"people": claim.lines.count(), "amount": str(lines["amount"] or 0)}
    audit.record(
        f"training.claim.{act}",
        by=by,
        target=claim,
        region_code=claim.county_code,
        changes=counted | (facts or {}),
    )
