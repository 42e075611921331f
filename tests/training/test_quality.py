"""How a class came out, beside what is asked for."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import RuleValue
from core.rule_values import load_rule_values
from tests.factories import a_class, a_person, an_account, divisions, enrolled
from tests.factories.claims import on
from training.models import Enrollment
from training.quality import rates_of

pytestmark = pytest.mark.django_db
WHOLE = 10


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    translation.activate("en")
    divisions()
    load_rule_values()
    on(monkeypatch, datetime.date(2020, 1, 8))


def a_class_of(passed: int = 0, failed: int = 0, employed: int = 0, certified: int = 0) -> Any:
    """Ten people, the first of them with these outcomes; one more who dropped out."""
    found = a_class()
    for place in range(WHOLE):
        result = (
            "passed" if place < passed else "failed" if place < passed + failed else "unassessed"
        )
        enrolled(
            a_person(2 * place + 1),
            found,
            result=result,
            employment="employed" if place < employed else "unknown",
            certificate_number=str(place) if place < certified else "",
        )
    enrolled(a_person(101), found, result="dropped")
    return found


def told(found: Any) -> list[tuple[str, int, int, str, list[str]]]:
    return [
        (str(r.label), r.part, r.whole, r.goal_percent, [str(each) for each in r.findings])
        for r in rates_of(found)
    ]


def test_nothing_is_said_before_anything_is_known() -> None:
    assert told(a_class_of()) == []


@pytest.mark.parametrize(
    ("failed", "found"), [(1, []), (2, ["8 of 10 assessed passed; 90% are asked for."])]
)
def test_nine_of_ten_assessed_are_to_pass(failed: int, found: list[str]) -> None:
    rates = told(a_class_of(passed=10 - failed, failed=failed))
    assert rates == [("rate of passing", 10 - failed, 10, "90%", found)]


@pytest.mark.parametrize(
    ("employed", "found"), [(8, []), (7, ["7 of 10 were found at work; 80% are asked for."])]
)
def test_eight_of_ten_are_to_find_work(employed: int, found: list[str]) -> None:
    rates = told(a_class_of(employed=employed))
    assert rates == [("rate of employment", employed, WHOLE, "80%", found)]


def test_employment_is_not_judged_before_everybody_was_to_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on(monkeypatch, datetime.date(2020, 1, 7))
    assert told(a_class_of(employed=1)) == [("rate of employment", 1, WHOLE, "80%", [])]


def test_a_prefecture_may_ask_for_certificates() -> None:
    found = a_class_of(certified=7)
    assert told(found) == [("rate of certificates", 7, WHOLE, "", [])]
    RuleValue.objects.filter(region_code="4413").update(region_code="6210")
    assert told(found) == [
        (
            "rate of certificates",
            7,
            WHOLE,
            "80%",
            ["7 of 10 have a certificate; 80% are asked for."],
        )
    ]


def test_the_page_of_the_class_shows_goal_and_source() -> None:
    found = a_class_of(passed=8, failed=2)
    client = Client(headers={"accept-language": "en"})
    clerk = an_account("clerk", "county-clerk", "621022")
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("training:class", args=[found.pk])).content.decode()
    parts = ("80.0%", "8 of 10 assessed passed; 90% are asked for.", "m.amdotibet.com")
    assert [part for part in parts if part not in page] == []
    assert Enrollment.objects.count() == WHOLE + 1
