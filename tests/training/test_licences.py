"""What is on file of an institution: teachers by name, scopes from a day to a day."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange.jobs import JobRefused
from tests.factories import a_class, an_account, divisions
from tests.factories.filings import a_filing
from training import gates, licences
from training.models import Institution, LicensedScope, Teacher

pytestmark = pytest.mark.django_db
DAY = datetime.date


@pytest.fixture
def clerk() -> User:
    divisions()
    load_rule_values()
    return an_account("clerk", "county-clerk", "621022")


@pytest.fixture
def school(clerk: User) -> Institution:
    return a_class().institution


def refused(act: Any, **said: Any) -> str:
    with pytest.raises(JobRefused) as refusal:
        act(**said)
    return str(refusal.value.sentence)


def test_a_teacher_is_registered_once_by_name(clerk: User, school: Institution) -> None:
    for qualification in ("", "高级技师"):
        licences.register_teacher(
            institution=school, name=" 张 老师", qualification=qualification, by=clerk
        )
    teacher = Teacher.objects.get()
    assert (teacher.name, teacher.qualification) == ("张老师", "高级技师")
    lesson = {"date": DAY(2019, 6, 24), "subject": "焊接", "hours": 6, "county_code": "621022"}
    a_class().lessons.create(**lesson, teacher=teacher)
    assert refused(licences.remove_teacher, teacher=teacher, by=clerk) == licences.TEACHES
    a_class().lessons.all().delete()
    licences.remove_teacher(teacher=teacher, by=clerk)
    assert not Teacher.objects.exists()


def test_a_scope_is_added_and_ended(clerk: User, school: Institution) -> None:
    said = {
        "institution": school,
        "occupation": "电焊工",
        "valid_from": DAY(2019, 1, 1),
        "by": clerk,
    }
    scope = licences.add_scope(**said, level="5")
    assert refused(licences.add_scope, **said, level="5") == licences.SCOPE_IS_THERE
    backward = {"level": "4", "valid_to": DAY(2018, 12, 31)}
    assert refused(licences.add_scope, **said, **backward) == licences.ENDS_BEFORE
    ends = {"scope": scope, "by": clerk}
    assert refused(licences.end_scope, **ends, valid_to=DAY(2018, 12, 31)) == licences.ENDS_BEFORE
    licences.end_scope(**ends, valid_to=DAY(2019, 12, 31))
    assert refused(licences.end_scope, **ends, valid_to=DAY(2020, 1, 1)) == licences.ENDED
    assert LicensedScope.objects.get().valid_to == DAY(2019, 12, 31)
    verbs = AuditEntry.objects.filter(verb__startswith="training.licensed_scope").order_by("id")
    assert [entry.changes for entry in verbs] == [
        {"name": "电焊工", "from": "2019-01-01"},
        {"name": "电焊工", "until": "2019-12-31"},
    ]


def test_others_write_nothing(clerk: User, school: Institution) -> None:
    teacher = licences.register_teacher(institution=school, name="张老师", by=clerk)
    scope = licences.add_scope(
        institution=school, occupation="电焊工", valid_from=DAY(2019, 1, 1), by=clerk
    )
    for by in (
        an_account("reviewer", "county-reviewer", "621022"),
        an_account("stranger", "county-clerk", "622926"),
    ):
        acts: list[tuple[Any, dict[str, Any]]] = [
            (licences.register_teacher, {"institution": school, "name": "李老师"}),
            (licences.remove_teacher, {"teacher": teacher}),
            (licences.add_scope, {"institution": school, "occupation": "x", "valid_from": DAY.min}),
            (licences.end_scope, {"scope": scope, "valid_to": DAY(2020, 1, 1)}),
        ]
        for act, said in acts:
            with pytest.raises(PermissionError):
                act(**said, by=by)


def test_what_is_on_file_moves_the_gate(clerk: User) -> None:
    filing = a_filing(clerk)

    def licence_rules() -> set[str]:
        found = gates.findings_of(filing, timezone.localdate())
        return {each.rule for each in found if "licence" in each.rule}

    assert licence_rules() == {"training.licence_is_on_file"}
    said = {"institution": filing.training_class.institution, "valid_from": DAY(2019, 1, 1)}
    licences.add_scope(**said, occupation="保育员", by=clerk)
    assert licence_rules() == {"training.class_is_within_licence"}
    scope = licences.add_scope(**said, occupation="电焊工", by=clerk)
    assert licence_rules() == set()
    licences.end_scope(scope=scope, valid_to=filing.training_class.start_date, by=clerk)
    assert licence_rules() == {"training.class_is_within_licence"}


def test_the_page_adds_and_tells_what_is_wrong(clerk: User, school: Institution) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    page = reverse("training:institution", args=[school.pk])
    assert client.post(f"{page}teachers/", {"name": ""}).status_code == 422
    assert client.post(f"{page}scopes/", {"occupation": "电焊工"}).status_code == 422
    client.post(f"{page}teachers/", {"name": "张老师", "qualification": "技师"})
    client.post(f"{page}scopes/", {"occupation": "电焊工", "valid_from": "2019-01-01"})
    shown = client.get(page).content.decode()
    assert "张老师" in shown
    assert "all levels" in shown
    scope, teacher = LicensedScope.objects.get(), Teacher.objects.get()
    told = client.post(f"{page}scopes/{scope.pk}/end/", {"valid_to": ""}, follow=True)
    assert "Give the last day" in told.content.decode()
    client.post(f"{page}scopes/{scope.pk}/end/", {"valid_to": "2019-12-31"})
    client.post(f"{page}teachers/{teacher.pk}/remove/")
    scope.refresh_from_db()
    assert (scope.valid_to, Teacher.objects.count()) == (DAY(2019, 12, 31), 0)
