"""Visits of a class while it is held, and the classes that wait for one."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange.jobs import JobRefused
from tests.factories import a_class, a_person, an_account, divisions, enrolled
from tests.factories.filings import EXPLAINED, a_filed_class
from training import filing, visiting
from training.models import ClassVisit, TrainingClass

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAYS = datetime.timedelta


@pytest.fixture
def clerk() -> User:
    divisions()
    load_rule_values()
    return an_account("clerk", "county-clerk", "621022")


def in_session(people: int = 0, **values: Any) -> TrainingClass:
    found = a_class(**{"start_date": TODAY - DAYS(3)} | values)
    for order in range(people):
        enrolled(a_person(order), found)
    return found


def visited(found: TrainingClass, by: User, **said: Any) -> ClassVisit:
    usual = {"visited_on": TODAY, "seen": 18, "asked": 3, "remark": ""}
    return visiting.enter_visit(training_class=found, by=by, **usual | said)


def refused(found: TrainingClass, by: User, **said: Any) -> str:
    with pytest.raises(JobRefused) as refusal:
        visited(found, by, **said)
    return str(refusal.value.sentence)


def test_a_tenth_of_the_class_is_asked_or_it_is_said_why_not(clerk: User) -> None:
    found = in_session(people=21)
    visit = visited(found, clerk)
    assert (visit.enrolled, visiting.finding_of(visit)) == (21, None)
    assert refused(found, clerk, asked=2).startswith("%(asked)s of %(enrolled)s were asked")
    assert refused(found, clerk, asked=2, remark="情况属实").startswith("“")
    few = visited(found, clerk, asked=2, remark=EXPLAINED)
    told = visiting.finding_of(few)
    assert told is not None
    assert told.params == {"asked": 2, "wanted": 3, "enrolled": 21}
    entry = AuditEntry.objects.filter(verb="training.visit.entered").latest("id")
    assert entry.changes == {"day": TODAY.isoformat(), "seen": 18, "asked": 2}


def test_a_visit_lies_on_a_day_of_the_class_that_has_come(clerk: User) -> None:
    found = in_session()
    first, last = found.start_date, found.end_date
    assert visited(found, clerk, visited_on=first).visited_on == first
    for day in (first - DAYS(1), last + DAYS(1)):
        assert refused(found, clerk, visited_on=day) == visiting.NOT_IN_SESSION
    assert refused(found, clerk, visited_on=TODAY + DAYS(1)) == visiting.NOT_YET
    assert refused(found, clerk, seen=2, asked=3) == visiting.MORE_ASKED


def test_county_and_prefecture_visit_nobody_else(clerk: User) -> None:
    found = in_session()
    for seat in (("county-reviewer", "621022"), ("prefecture-officer", "6210")):
        assert visited(found, an_account(seat[0], *seat)).pk
    for seat in (("province-officer", "62"), ("county-clerk", "622926")):
        with pytest.raises(PermissionError):
            visited(found, an_account(seat[0], *seat))


def test_a_mistake_is_taken_away_the_same_day_by_its_author(clerk: User) -> None:
    found = in_session()
    visit = visited(found, clerk)
    other = an_account("reviewer", "county-reviewer", "621022")
    for by, at in ((other, timezone.now()), (clerk, timezone.now() - DAYS(1))):
        ClassVisit.objects.update(at=at)
        visit.refresh_from_db()
        with pytest.raises(JobRefused):
            visiting.remove_visit(visit=visit, by=by)
    ClassVisit.objects.update(at=timezone.now())
    visit.refresh_from_db()
    visiting.remove_visit(visit=visit, by=clerk)
    assert not ClassVisit.objects.exists()


def test_the_panel_lists_classes_in_session_that_wait(clerk: User) -> None:
    held = in_session(people=1, code="held")
    in_session(code="planned only")
    over = in_session(code="over", start_date=TODAY - DAYS(30))
    enrolled(a_person(1), over)
    approved = a_filed_class(clerk, code="approved")
    reviewer = an_account("reviewer", "county-reviewer", "621022")
    filing.approve(filing=approved, version=approved.version, by=reviewer)
    TrainingClass.objects.filter(pk=approved.training_class_id).update(
        start_date=TODAY - DAYS(1), end_date=TODAY
    )
    client = Client()
    client.force_login(reviewer)

    def waiting() -> list[str]:
        items = client.get(reverse("training:panel-visits")).context["items"]
        return [item["text"].split()[0] for item in items]

    assert waiting() == ["approved", "held"]
    visited(held, clerk)
    assert waiting() == ["approved"]


def test_a_visit_is_entered_on_the_page(clerk: User) -> None:
    found = in_session(people=1)
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    page = reverse("training:visits", args=[found.pk])
    assert client.get(page).context["form"].initial == {"visited_on": TODAY}
    sent = {"visited_on": TODAY.isoformat(), "seen": "1", "asked": "2", "remark": ""}
    wrong = client.post(f"{page}enter/", sent)
    assert (wrong.status_code, ClassVisit.objects.count()) == (422, 0)
    assert client.post(f"{page}enter/", sent | {"asked": "1"}).status_code == 302
    visit = ClassVisit.objects.get()
    assert "Remove" in client.get(page).content.decode()
    client.post(f"{page}{visit.pk}/remove/")
    assert not ClassVisit.objects.exists()
