"""Filing a class ahead of time: drawn up and filed by the clerk, decided by somebody else.

Nothing else writes a `ClassFiling`. Of several who act at once upon one one succeeds, and
the others are told who was faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import AuditEntry, User
from core.rules import Severity
from exchange import evidence
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from exchange.submissions.explaining import sound_explanation
from training import gates
from training.announcing import tell_who_decides, tell_who_filed
from training.holding import hold
from training.models import ClassFiling, TrainingClass
from training.planning import ClassFacts, Planned, make_class, nobody_is_enrolled, rewrite_class

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("filing drawn up"),
    gettext_noop("filing changed"),
    gettext_noop("filing discarded"),
    gettext_noop("filing explained"),
    gettext_noop("filing filed"),
    gettext_noop("filing approved"),
    gettext_noop("filing returned"),
    gettext_noop("filing attachment opened"),
)
State = ClassFiling.State
OPEN = frozenset({State.DRAFT, State.RETURNED})

FILING_IS_THERE = gettext_noop("The filing of this class is drawn up already. Load the page again.")
NO_ATTACHMENT = gettext_noop("Attach a PDF, JPEG or PNG file of 20 MB at most.")
FASTER = gettext_noop("%(who)s dealt with this filing at %(at)s. Load the page again.")
MEANWHILE = gettext_noop("This filing was dealt with meanwhile. Load the page again.")
OWN_FILING = gettext_noop("You filed this class yourself. Somebody else must decide.")
NOTHING_ASKED = gettext_noop("This rule asks nothing of the filing any more. Load the page again.")


@dataclass(frozen=True)
class Attached:
    """A file that comes with the filing, and its name."""

    file: IO[bytes]
    name: str


def draw_up(
    *, county: str, taught: ClassFacts, planned: Planned, attached: Attached | None = None, by: User
) -> ClassFiling:
    """Make a class that is to be held, with its filing.

    Raises PermissionError outside the user's scope, JobRefused when there is such a class.
    """
    _may_enter(by, county)
    with _kept(attached) as columns, told(), transaction.atomic():
        hold(county)
        return _drawn_up(make_class(county, taught, planned), planned, columns, by)


def draw_up_for(
    *,
    training_class: TrainingClass,
    planned: Planned,
    attached: Attached | None = None,
    by: User,
) -> ClassFiling:
    """Draw up the filing of a class that came with a roster."""
    _may_enter(by, training_class.county_code)
    with _kept(attached) as columns, told(), transaction.atomic():
        hold(training_class.county_code)
        if ClassFiling.objects.filter(training_class=training_class).exists():
            raise JobRefused(FILING_IS_THERE)
        return _drawn_up(training_class, planned, columns, by)


def change(
    *,
    filing: ClassFiling,
    version: int,
    planned: Planned,
    taught: ClassFacts | None = None,
    attached: Attached | None = None,
    by: User,
) -> None:
    """Change what is planned; with `taught` the class itself, as long as nobody is enrolled."""
    county = filing.county_code
    _may_enter(by, county)
    with _kept(attached) as columns, told(), transaction.atomic():
        hold(county)
        replaced = filing.attachment_stored_as if attached else ""
        _act("changed", filing, version, OPEN, by, asdict(planned) | columns)
        if replaced:
            transaction.on_commit(evidence.path_of(replaced).unlink)
        if taught is not None and nobody_is_enrolled(filing.training_class):
            rewrite_class(filing.training_class, county, taught, planned)


def discard(*, filing: ClassFiling, version: int, by: User) -> None:
    """Give up what is not filed; the class goes with it unless somebody is or was in it."""
    _may_enter(by, filing.county_code)
    attended, stored = filing.training_class, filing.attachment_stored_as
    with told(), transaction.atomic():
        hold(filing.county_code)
        _act("discarded", filing, version, OPEN, by, {})
        filing.delete()
        if nobody_is_enrolled(attended) and not attended.visits.exists():
            attended.delete()
        if stored:
            transaction.on_commit(evidence.path_of(stored).unlink)


def explain(*, filing: ClassFiling, version: int, rule: str, text: str, by: User) -> None:
    """Say why the class is right although a rule asks about it."""
    _may_enter(by, filing.county_code)
    text = sound_explanation(text, filing.county_code)
    findings = gates.findings_of(filing, timezone.localdate())
    asked = [f for f in findings if f.rule == rule and f.severity == Severity.EXPLAIN]
    if not asked:
        raise JobRefused(NOTHING_ASKED)
    said = {rule: {"text": text, "facts": gates.facts_of(asked)}}
    with transaction.atomic():
        values = {"explanations": filing.explanations | said}
        _act("explained", filing, version, OPEN, by, values, {"rule": rule})


def file(*, filing: ClassFiling, version: int, by: User) -> None:
    """File the class. Raises JobRefused while a gate refuses it, or asks and has no answer."""
    _may_enter(by, filing.county_code)
    with told(), transaction.atomic():
        hold(filing.county_code)
        filed = {"filed_at": Now(), "filed_by": by, "state": State.FILED}
        filed |= {"decided_at": None, "decided_by": None, "decision": ""}
        findings = gates.findings_of(filing, timezone.localdate())
        if refusal := gates.hindrance(filing, findings):
            raise refusal
        _act("filed", filing, version, OPEN, by, filed)
        tell_who_decides(filing)


def approve(*, filing: ClassFiling, version: int, by: User, decision: str = "") -> None:
    """Agree to a filed class. Raises JobRefused when a mandatory gate speaks against it by now."""
    _may_decide(filing, by)
    with transaction.atomic():
        hold(filing.county_code)
        findings = gates.findings_of(filing, timezone.localdate())
        blocking = [found for found in findings if found.severity == Severity.BLOCK]
        if refusal := gates.hindrance(filing, blocking):
            raise refusal
        _decide("approved", filing, version, by, {"state": State.APPROVED}, decision.strip()[:300])


def return_(*, filing: ClassFiling, version: int, by: User, decision: str) -> None:
    """Back to the clerk, with what is wrong."""
    _may_decide(filing, by)
    decision = sound_reason(decision)
    with transaction.atomic():
        _decide("returned", filing, version, by, {"state": State.RETURNED}, decision)


def open_attachment(filing: ClassFiling, *, by: User) -> tuple[str, IO[bytes]]:
    """The attachment's name and file, for somebody who may see the class; it is written down."""
    facts = {"sha256": filing.attachment_sha256}
    _record("attachment_opened", filing, by, facts)
    return filing.attachment_name, evidence.path_of(filing.attachment_stored_as).open("rb")


def _drawn_up(
    training_class: TrainingClass, planned: Planned, columns: dict[str, Any], by: User
) -> ClassFiling:
    county = training_class.county_code
    filing = ClassFiling.objects.create(
        training_class=training_class, county_code=county, **asdict(planned), **columns
    )
    _record("drawn_up", filing, by, {})
    return filing


@contextmanager
def _kept(attached: Attached | None) -> Iterator[dict[str, Any]]:
    """Keep the attachment for the act within; what a row says of it. It goes if the act fails."""
    if attached is None:
        yield {}
        return
    kept = evidence.keep(attached.file, attached.name, otherwise=NO_ATTACHMENT)
    try:
        yield {f"attachment_{part}": value for part, value in asdict(kept).items()}
    except BaseException:
        evidence.path_of(kept.stored_as).unlink(missing_ok=True)
        raise


def _may_enter(by: User, county: str) -> None:
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError


def _may_decide(filing: ClassFiling, by: User) -> None:
    if not scope_of(by, Permission.REVIEW_LEDGER).covers(filing.county_code):
        raise PermissionError
    if filing.filed_by_id == by.pk:
        raise JobRefused(OWN_FILING)


def _decide(
    act: str, filing: ClassFiling, version: int, by: User, values: dict[str, Any], decision: str
) -> None:
    decided = {"decided_at": Now(), "decided_by": by, "decision": decision}
    facts = {"reason": decision} if decision else {}
    _act(act, filing, version, frozenset({State.FILED}), by, values | decided, facts)
    tell_who_filed(filing)


def _act(
    act: str,
    filing: ClassFiling,
    version: int,
    sources: frozenset[State],
    by: User,
    values: dict[str, Any],
    facts: dict[str, Any] | None = None,
) -> None:
    """Write to the filing as it was seen, or raise JobRefused with who was faster."""
    seen = ClassFiling.objects.filter(pk=filing.pk, version=version, state__in=sources)
    if seen.update(version=F("version") + 1, **values) != 1:
        raise _overtaken(filing)
    filing.refresh_from_db()
    _record(act, filing, by, facts or {})


def _overtaken(filing: ClassFiling) -> JobRefused:
    """Who dealt with the filing last, and when."""
    acts = AuditEntry.objects.filter(
        target_type=filing._meta.label_lower, target_key=str(filing.pk)
    ).exclude(verb__endswith="opened")
    last = acts.order_by("-id").first()
    if last is None:
        return JobRefused(MEANWHILE)
    return JobRefused(
        FASTER, who=last.actor_name, at=f"{timezone.localtime(last.at):%Y-%m-%d %H:%M:%S}"
    )


def _record(act: str, filing: ClassFiling, by: User, facts: dict[str, Any]) -> None:
    audit.record(
        f"training.filing.{act}",
        by=by,
        target=filing,
        region_code=filing.county_code,
        changes=facts,
    )
