"""Filing a class in the browser: drawn up, explained, filed, returned, filed again, approved."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import User
from core.rule_values import load_rule_values
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled
from tests.factories.filings import EXPLAINED, a_filed_class, a_filing
from training.models import ClassFiling, Institution, LicensedScope, Occupation, TrainingClass

pytestmark = pytest.mark.django_db
NEW = reverse("training:class-new")


@pytest.fixture(autouse=True)
def places() -> None:
    divisions()
    load_rule_values()


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def clerk() -> Client:
    return browser(an_account("clerk", "county-clerk", "621022"))


@pytest.fixture
def reviewer() -> Client:
    return browser(an_account("reviewer", "county-reviewer", "621022"))


def typed(**changes: str) -> dict[str, Any]:
    school, _ = Institution.objects.get_or_create(county_code="621022", name="环县职业学校")
    start = timezone.localdate() + datetime.timedelta(days=6)
    return {
        "institution": school.pk,
        "occupation": "电焊工",
        "level": "5",
        "program": a_program().pk,
        "code": "2026001",
        "start_date": start.isoformat(),
        "end_date": (start + datetime.timedelta(days=14)).isoformat(),
        "planned_size": "40",
        "hours_theory": "40",
        "hours_practice": "50",
        "place": "县职教中心",
    } | changes


def of(name: str, filing: ClassFiling) -> str:
    return reverse(f"training:{name}", args=[filing.training_class_id])


def act(client: Client, name: str, filing: ClassFiling, **said: str) -> list[str]:
    """What the portal says on the page after the act."""
    filing.refresh_from_db()
    answer = client.post(of(name, filing), {"version": filing.version} | said, follow=True)
    filing.refresh_from_db()
    return [str(message) for message in answer.context["messages"]]


def test_the_whole_way(clerk: Client, reviewer: Client) -> None:
    pdf = SimpleUploadedFile("计划.pdf", b"%PDF-1.4 plan")
    answer = clerk.post(NEW, typed() | {"attachment": pdf})
    filing = ClassFiling.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, of("filing", filing))
    page = clerk.get(of("filing", filing))
    assert [(f["rule"].key, len(f["sentences"])) for f in page.context["findings"]] == [
        ("training.class_is_filed_in_time", 1),
        ("training.licence_is_on_file", 1),
        ("training.timetable_agrees_with_the_filing", 1),
    ]
    lead = page.context["findings"][0]["sources"]
    assert [value.needs_checking for value in lead] == [True]
    assert "提前15天" in lead[0].citation
    assert page.context["hindered"] is True
    for found in page.context["findings"]:
        said = {"rule": found["rule"].key, "text": EXPLAINED}
        assert act(clerk, "filing-explain", filing, **said) == ["The explanation is kept."]
    assert act(clerk, "filing-file", filing)[0].startswith("The class is filed")
    assert act(reviewer, "filing-return", filing, decision="缺课程表") == [
        "The filing is returned."
    ]
    assert "缺课程表" in clerk.get(of("filing", filing)).content.decode()
    edit = of("filing-edit", filing)
    again = clerk.post(edit, typed(planned_size="45") | {"version": filing.version})
    assert again.status_code == 302
    act(clerk, "filing-file", filing)
    assert act(reviewer, "filing-approve", filing) == ["The filing is approved."]
    assert (filing.state, filing.planned_size) == ("approved", 45)
    assert b"%PDF" in b"".join(reviewer.get(of("filing-attachment", filing)).streaming_content)


def test_what_is_typed_wrong_is_told_at_the_field(clerk: Client) -> None:
    wrong = typed(end_date="2026-01-01", start_date="2026-01-02", hours_theory="0")
    answer = clerk.post(NEW, wrong | {"hours_practice": "0", "planned_size": "0"})
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["end_date", "hours_practice", "planned_size"]
    assert not TrainingClass.objects.exists()


def test_an_institution_of_another_county_is_none(clerk: Client) -> None:
    school = Institution.objects.create(county_code="622926", name="外县学校")
    answer = clerk.post(NEW, typed(institution=str(school.pk)))
    assert list(answer.context["form"].errors) == ["institution"]


def test_known_occupations_are_offered_while_one_types(clerk: Client) -> None:
    Occupation.objects.create(name="砌筑工")
    page = clerk.get(NEW)
    assert 'list="occupations"' in page.content.decode()
    assert '<option value="砌筑工"></option>' in page.content.decode()


def test_a_class_of_a_roster_says_so_and_is_filed_afterwards(clerk: Client) -> None:
    found = a_class()
    enrolled(a_person(1), found)
    url = reverse("training:filing", args=[found.pk])
    assert "This class was not filed ahead" in clerk.get(url).content.decode()
    roster = clerk.get(reverse("training:class", args=[found.pk]))
    assert roster.context["facts"][-1] == {"label": "filing", "value": "not filed ahead"}
    edit = reverse("training:filing-edit", args=[found.pk])
    assert "institution" not in clerk.get(edit).context["form"].fields
    assert clerk.post(edit, typed()).status_code == 302
    page = clerk.get(url)
    assert page.context["findings"][0]["rule"].key == "training.class_is_filed_in_time"
    assert TrainingClass.objects.get().code == "2019001"


def test_a_mandatory_gate_leaves_nothing_to_be_explained(clerk: Client) -> None:
    clerk.post(NEW, typed())
    filing = ClassFiling.objects.get()
    taught = filing.training_class
    LicensedScope.objects.create(
        county_code="621022",
        institution=taught.institution,
        occupation=Occupation.objects.create(name="保育员"),
        valid_from=datetime.date(2015, 1, 1),
    )
    said = {"rule": "training.class_is_within_licence", "text": EXPLAINED}
    assert act(clerk, "filing-explain", filing, **said)[0].startswith("This rule asks nothing")
    assert act(clerk, "filing-file", filing)[0].startswith("The licence of the institution")
    assert filing.state == "draft"


def test_the_list_narrows_by_state_month_and_institution(clerk: Client) -> None:
    by = User.objects.get(username="clerk")
    a_filing(by, code="a", institution="甲校")
    filed = a_filed_class(by, code="b", institution="乙校")

    def listed(**query: str) -> list[str]:
        page = clerk.get(reverse("training:filings"), query)
        return [row["filing"].training_class.code for row in page.context["rows"]]

    assert listed() == ["b", "a"]
    assert listed(state="filed") == ["b"]
    assert listed(institution="甲") == ["a"]
    month = f"{filed.training_class.start_date:%Y-%m}"
    assert listed(month=month) == ["b", "a"]
    assert listed(month="2019") == []


def test_what_waits_stands_on_the_page_of_what_is_to_be_done(
    clerk: Client, reviewer: Client
) -> None:
    panel = reverse("training:panel-filings")
    filing = a_filed_class(User.objects.get(username="clerk"))

    def waiting(client: Client) -> list[tuple[str, int]]:
        return [(item["text"], item["count"]) for item in client.get(panel).context["items"]]

    assert (waiting(clerk), waiting(reviewer)) == ([], [("Filings waiting for a decision", 1)])
    act(reviewer, "filing-return", filing, decision="缺课程表")
    assert (waiting(clerk), waiting(reviewer)) == ([("Filings returned", 1)], [])


def test_a_second_tab_is_told_that_the_filing_moved_on(clerk: Client) -> None:
    clerk.post(NEW, typed())
    filing = ClassFiling.objects.get()
    edit = of("filing-edit", filing)
    seen = typed() | {"version": filing.version}
    assert clerk.post(edit, seen).status_code == 302
    late = clerk.post(edit, seen)
    assert late.status_code == 422
    assert "dealt with this filing" in late.content.decode()
