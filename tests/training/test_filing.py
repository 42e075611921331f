"""The way of a filing: who may take which step from which state, and what every step leaves behind."""

import datetime
import io
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange import evidence
from exchange.jobs import JobRefused
from exchange.models import Notice
from tests.factories import a_class, a_person, an_account, divisions, enrolled
from tests.factories.filings import (
    EXPLAINED,
    a_filed_class,
    a_filing,
    class_facts,
    explained,
    planned,
)
from tests.factories.rosters import a_row, entered
from training import filing, gates
from training.models import ClassFiling, LicensedScope, TrainingClass

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 plan"


@pytest.fixture(autouse=True)
def places() -> None:
    divisions()
    load_rule_values()


@pytest.fixture
def people() -> dict[str, User]:
    seats = {
        "clerk": ("county-clerk", "621022"),
        "reviewer": ("county-reviewer", "621022"),
        "prefecture": ("prefecture-officer", "6210"),
        "stranger": ("county-clerk", "622926"),
        "strange reviewer": ("county-reviewer", "622926"),
    }
    return {who: an_account(who, *seat) for who, seat in seats.items()}


def refused(act: Any, **said: Any) -> str:
    with pytest.raises(JobRefused) as refusal:
        act(**said)
    return str(refusal.value.sentence)


ACTS: dict[str, Any] = {
    "change": lambda f, by: filing.change(filing=f, version=f.version, planned=planned(), by=by),
    "file": lambda f, by: filing.file(filing=f, version=f.version, by=by),
    "approve": lambda f, by: filing.approve(filing=f, version=f.version, by=by),
    "return": lambda f, by: filing.return_(filing=f, version=f.version, by=by, decision="缺课程表"),
}
TABLE = {
    ("draft", "change"): ("clerk", "draft"),
    ("returned", "change"): ("clerk", "returned"),
    ("draft", "file"): ("clerk", "filed"),
    ("returned", "file"): ("clerk", "filed"),
    ("filed", "approve"): ("reviewer", "approved"),
    ("filed", "return"): ("reviewer", "returned"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ClassFiling.State.values)
def test_the_table_of_steps(people: dict[str, User], state: str, act: str) -> None:
    """Each state, each act, each person: exactly what the table says happens."""
    clerk, reviewer = people["clerk"], people["reviewer"]
    allowed, leads_to = TABLE.get((state, act), ("", ""))
    for number, (who, by) in enumerate(people.items()):
        found = explained(a_filing(clerk, code=f"2026{number:03}"), clerk)
        facts: dict[str, Any] = {"state": state}
        if state != "draft":
            facts |= {"filed_at": timezone.now(), "filed_by": clerk}
        if state in {"approved", "returned"}:
            facts |= {"decided_at": timezone.now(), "decided_by": reviewer}
        ClassFiling.objects.filter(pk=found.pk).update(**facts)
        found.refresh_from_db()
        before = found.version
        if who == allowed:
            ACTS[act](found, by)
            assert (found.state, found.version) == (leads_to, before + 1)
        else:
            with pytest.raises((PermissionError, JobRefused)):
                ACTS[act](found, by)
            found.refresh_from_db()
            assert (found.state, found.version) == (state, before)


def test_a_filing_makes_the_class_and_a_roster_finds_it(people: dict[str, User]) -> None:
    row = a_row()
    facts = {
        "code": f" {row['class_code']} ",
        "occupation": f"{row['occupation']} ",
        "institution": row["institution"],
        "start_date": datetime.date.fromisoformat(row["start_date"]),
    }
    found = a_filing(people["clerk"], **facts)
    taught = found.training_class
    assert (taught.hours, taught.occupation.name) == (Decimal(90), row["occupation"])
    entered(row)
    assert [c.pk for c in TrainingClass.objects.all()] == [taught.pk]
    assert taught.enrollments.count() == 1


def test_the_same_class_is_not_made_twice(people: dict[str, User]) -> None:
    a_filing(people["clerk"])
    again = {"county": "621022", "taught": class_facts(), "planned": planned()}
    assert refused(filing.draw_up, **again, by=people["clerk"]).startswith("A class of this number")
    backward = class_facts(code="2", end_date=timezone.localdate())
    wrong = again | {"taught": backward, "by": people["clerk"]}
    assert refused(filing.draw_up, **wrong).startswith("The class ends before it starts")
    elsewhere = again | {"taught": class_facts("622926"), "by": people["clerk"]}
    assert refused(filing.draw_up, **elsewhere).startswith("This institution is not on file")
    assert TrainingClass.objects.count() == ClassFiling.objects.count() == 1


def test_a_draft_changes_its_class_until_somebody_is_enrolled(people: dict[str, User]) -> None:
    found = a_filing(people["clerk"])
    said = {"filing": found, "planned": planned(planned_size=30), "by": people["clerk"]}
    filing.change(**said, version=found.version, taught=class_facts(code="2026002"))
    assert found.planned_size == 30
    assert TrainingClass.objects.get().code == "2026002"
    enrolled(a_person(1), found.training_class)
    filing.change(**said, version=found.version, taught=class_facts(code="2026003"))
    assert TrainingClass.objects.get().code == "2026002"


def test_what_a_gate_asks_is_explained_before_filing_and_anew_when_it_changed(
    people: dict[str, User],
) -> None:
    clerk = people["clerk"]
    found = a_filing(clerk, start_date=timezone.localdate() + datetime.timedelta(days=6))
    asked = {"filing": found, "by": clerk}
    assert refused(filing.file, **asked, version=found.version) == gates.UNEXPLAINED
    said = asked | {"rule": "training.class_is_filed_in_time"}
    assert refused(filing.explain, **said, version=found.version, text="情况属实").startswith("“")
    explained(found, clerk)
    assert {rule for rule, _ in found.explanations.items()} == {
        "training.class_is_filed_in_time",
        "training.licence_is_on_file",
        "training.timetable_agrees_with_the_filing",
    }
    facts = class_facts(start_date=timezone.localdate() + datetime.timedelta(days=5))
    filing.change(**asked, version=found.version, planned=planned(), taught=facts)
    assert refused(filing.file, **asked, version=found.version) == gates.UNEXPLAINED
    filing.explain(**said, version=found.version, text=EXPLAINED)
    filing.file(**asked, version=found.version)
    assert (found.state, found.filed_by) == ("filed", clerk)


def test_what_the_licence_does_not_cover_is_not_filed_nor_approved(people: dict[str, User]) -> None:
    clerk, found = people["clerk"], a_filed_class(people["clerk"])
    taught = found.training_class
    LicensedScope.objects.create(
        county_code="621022",
        institution=taught.institution,
        occupation=taught.occupation,
        level="4",
        valid_from=datetime.date(2015, 1, 1),
    )
    step = {"filing": found, "version": found.version}
    assert refused(filing.approve, **step, by=people["reviewer"]).startswith("The licence")
    filing.return_(**step, by=people["reviewer"], decision="超出许可范围")
    assert refused(filing.file, filing=found, version=found.version, by=clerk).startswith(
        "The licence"
    )


def test_who_filed_does_not_decide_whatever_they_hold(people: dict[str, User]) -> None:
    both = an_account("both", "county-clerk", "621022")
    both.assignments.create(role="county-reviewer", region_id="621022")
    found = a_filed_class(both)
    step = {"filing": found, "version": found.version, "by": both}
    assert refused(filing.approve, **step) == filing.OWN_FILING
    assert refused(filing.return_, **step, decision="缺课程表") == filing.OWN_FILING
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassFiling.objects.update(decided_by=both)


def test_the_other_side_is_told(people: dict[str, User]) -> None:
    found = a_filed_class(people["clerk"])
    step = {"filing": found, "version": found.version, "by": people["reviewer"]}
    filing.return_(**step, decision="缺课程表")
    filing.file(filing=found, version=found.version, by=people["clerk"])
    filing.approve(**step | {"version": found.version})
    code = found.training_class.code
    with translation.override("en"):
        notices = [(n.recipient.username, str(n)) for n in Notice.objects.order_by("id")]
    assert notices == [
        ("reviewer", f"The filing of class {code} waits for your decision."),
        ("clerk", f"The filing of class {code} was returned: 缺课程表"),
        ("reviewer", f"The filing of class {code} waits for your decision."),
        ("clerk", f"The filing of class {code} was approved."),
    ]
    verbs = AuditEntry.objects.filter(verb__startswith="training.filing").order_by("id")
    assert [v.rpartition(".")[2] for v in verbs.values_list("verb", flat=True)] == [
        "drawn_up",
        "explained",
        "explained",
        "filed",
        "returned",
        "filed",
        "approved",
    ]


def test_who_comes_second_is_told_who_was_faster(people: dict[str, User]) -> None:
    found = a_filed_class(people["clerk"])
    seen = ClassFiling.objects.get()
    filing.approve(filing=found, version=found.version, by=people["reviewer"])
    other = an_account("other", "county-reviewer", "621022")
    late = {"filing": seen, "version": seen.version, "by": other, "decision": "缺课程表"}
    assert refused(filing.return_, **late) == filing.FASTER
    assert ClassFiling.objects.get().state == "approved"


def test_a_class_of_a_roster_gets_its_filing_afterwards_and_the_lead_speaks(
    people: dict[str, User],
) -> None:
    found = filing.draw_up_for(training_class=a_class(), planned=planned(), by=people["clerk"])
    rules = {each.rule for each in gates.findings_of(found, timezone.localdate())}
    assert "training.class_is_filed_in_time" in rules
    again = {"training_class": a_class(), "planned": planned(), "by": people["clerk"]}
    assert refused(filing.draw_up_for, **again) == filing.FILING_IS_THERE


def test_an_attachment_is_kept_replaced_and_opened_with_a_trace(
    people: dict[str, User], django_capture_on_commit_callbacks: Any
) -> None:
    clerk = people["clerk"]
    attached = filing.Attached(io.BytesIO(PDF), "计划.pdf")
    said = {"county": "621022", "planned": planned(), "by": clerk, "attached": attached}
    found = filing.draw_up(**said, taught=class_facts())
    assert [p.stat().st_mode & 0o777 for p in evidence.folder().iterdir()] == [0o600]
    attached.file.seek(0)
    assert refused(filing.draw_up, **said, taught=class_facts()).startswith("A class of this")
    bad = said | {"attached": filing.Attached(io.BytesIO(b"MZ"), "x.exe")}
    assert refused(filing.draw_up, **bad, taught=class_facts(code="2")) == filing.NO_ATTACHMENT
    assert len(list(evidence.folder().iterdir())) == 1
    newer = filing.Attached(io.BytesIO(PDF + b"2"), "计划2.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        filing.change(
            filing=found, version=found.version, planned=planned(), attached=newer, by=clerk
        )
    assert len(list(evidence.folder().iterdir())) == 1
    name, file = filing.open_attachment(found, by=clerk)
    with file:
        assert (name, file.read()) == ("计划2.pdf", PDF + b"2")
    assert AuditEntry.objects.filter(verb="training.filing.attachment_opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_approve_at_once_one_does() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    crowd = [an_account(f"r{n}", "county-reviewer", "621022") for n in range(4)]
    found = a_filed_class(clerk)
    said: list[str] = []

    def tries(by: User) -> None:
        seen = ClassFiling.objects.get()
        start.wait()
        try:
            filing.approve(filing=seen, version=found.version, by=by)
            said.append("done")
        except JobRefused as refusal:
            said.append(refusal.sentence)
        finally:
            connection.close()

    start = threading.Barrier(len(crowd))
    threads = [threading.Thread(target=tries, args=[by]) for by in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == sorted(["done", *[filing.FASTER] * 3])
    assert AuditEntry.objects.filter(verb="training.filing.approved").count() == 1


def test_a_draft_is_given_up_with_its_class(people: dict[str, User]) -> None:
    found = a_filing(people["clerk"])
    filing.discard(filing=found, version=found.version, by=people["clerk"])
    assert (ClassFiling.objects.count(), TrainingClass.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(verb="training.filing.discarded").count() == 1


def test_a_class_that_somebody_was_in_stays(people: dict[str, User]) -> None:
    found = a_filing(people["clerk"])
    enrolled(a_person(1), found.training_class, state="withdrawn")
    filing.discard(filing=found, version=found.version, by=people["clerk"])
    assert (ClassFiling.objects.count(), TrainingClass.objects.count()) == (0, 1)


def test_what_is_filed_or_was_changed_meanwhile_is_not_given_up(people: dict[str, User]) -> None:
    found = a_filing(people["clerk"])
    with pytest.raises(PermissionError):
        filing.discard(filing=found, version=found.version, by=people["stranger"])
    assert "%(who)s" in refused(
        filing.discard, filing=found, version=found.version + 1, by=people["clerk"]
    )
    filed = a_filed_class(people["clerk"], code="2019777")
    refused(filing.discard, filing=filed, version=filed.version, by=people["clerk"])
    assert ClassFiling.objects.count() == 2
