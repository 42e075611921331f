"""The dated values of rules: loaded once, never over what somebody has changed."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from core import rule_values
from core.models import PolicyArea, PolicyAreaCounty, Region, RuleValue
from core.rule_values import DeclarationTrouble, load_rule_values
from core.rules import RuleBook, registered
from tests.factories import an_account, divisions

AGE, SIZE, HOURS = (
    "training.trainee_is_of_working_age",
    "training.class_is_not_too_large",
    "training.hours_fit_the_days",
)
YEARLY, LIFETIME, LEVEL = (
    "training.person_is_not_trained_too_often_a_year",
    "training.person_is_not_trained_too_often",
    "training.hours_suit_the_level",
)
ENTRY = {
    "rule": f'"{AGE}"',
    "parameter": '"least"',
    "region": '"62"',
    "valid_from": "2020-01-01",
    "value": "17",
    "citation": '"a document"',
    "needs_checking": "true",
}


def test_loading_again_adds_and_changes_nothing(db: None) -> None:
    first = load_rule_values()
    assert (first.added, RuleValue.objects.count()) == (first.declared, first.declared)
    edited = RuleValue.objects.filter(rule=SIZE, region_code="")
    edited.update(value=45, citation="checked", needs_checking=False)
    assert load_rule_values().added == 0
    assert list(edited.values_list("value", "citation", "needs_checking")) == [
        (45, "checked", False)
    ]


def test_values_by_place_and_day(db: None) -> None:
    call_command("load_rules", stdout=io.StringIO())
    book, day = RuleBook.load(), datetime.date(2019, 6, 1)
    wanted = {
        (AGE, "least", "621022"): 16,
        (AGE, "most_male", "621022"): 60,
        (AGE, "most_female", "621022"): 55,
        (AGE, "most_female", "640422"): 60,
        (AGE, "least", "532325"): 18,
        (SIZE, "most", "621022"): 50,
        (HOURS, "most_a_day", "621022"): 8,
        (HOURS, "most_a_day", "430121"): 7,
        (YEARLY, "most", "621022"): 1,
        (YEARLY, "most_in_deep_poverty", "622926"): 2,
        (LIFETIME, "most", "440301"): 3,
        (LEVEL, "least_junior", "430121"): 63,
        (LEVEL, "least_junior", "621022"): None,
        (LEVEL, "least", "621022"): 40,
    }
    assert {key: book.value(*key, day) for key in wanted} == wanted
    early = datetime.date(2018, 1, 1)
    assert book.value(AGE, "most_female", "640422", early) == 55


def says_where(citation: str) -> bool:
    """Whether it gives an address, or says that the source has none."""
    return "http" in citation or "无网址" in citation


def test_every_shipped_value_names_its_source(db: None) -> None:
    load_rule_values()
    shipped = RuleValue.objects.all()
    assert [v for v in shipped if not (says_where(v.citation) and v.needs_checking)] == []


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("rule", '"training.no_such_rule"'),
        ("region", '"6"'),
        ("valid_from", '"2020"'),
        ("citation", '""'),
        ("value", None),
        ("extra", "1"),
    ],
)
def test_faulty_declaration_is_refused(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, wrong: str | None
) -> None:
    entry = {k: v for k, v in (ENTRY | {key: wrong}).items() if v is not None}
    file = tmp_path / "rules.toml"
    file.write_text("[[value]]\n" + "\n".join(f"{k} = {v}" for k, v in entry.items()))
    monkeypatch.setattr(rule_values, "declaration_files", lambda: [file])
    with pytest.raises(DeclarationTrouble, match="value 1"):
        load_rule_values()
    assert RuleValue.objects.count() == 0


@pytest.fixture
def clerk(client: Client, db: None) -> Client:
    divisions()
    load_rule_values()
    client.force_login(
        an_account("clerk", "county-clerk", "621022"), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_rules_page(clerk: Client) -> None:
    def shown(query: str) -> set[str]:
        return {row["rule"].key for row in clerk.get(f"/rules/?{query}").context["rows"]}

    assert shown("") == set(registered())
    assert shown("checking=1") == set(RuleValue.objects.values_list("rule", flat=True))
    assert {AGE, SIZE, HOURS} < shown("checking=1")
    # Before public money is granted, what only reports say of holds it too.
    assert shown("checking=1&severity=block") == {
        "training.claim_was_published_long_enough",
        "training.subsidy_is_for_who_passed",
    }
    assert shown(f"q={AGE}") == {AGE}


def test_policy_areas_page(clerk: Client) -> None:
    area = PolicyArea.objects.create(key="deep-poverty", name="三区三州", kind="deep-poverty")
    PolicyAreaCounty.objects.create(area=area, county=Region.objects.get(pk="622926"))
    row = clerk.get("/rules/areas/").context["rows"][0]
    assert (row.listed, row.stated, row.partly_listed) == (1, 210, True)
    page = clerk.get("/rules/areas/deep-poverty/").context["page"]
    assert [member.county_id for member in page.rows] == ["622926"]
    assert clerk.get("/rules/areas/deep-poverty/?q=nowhere").context["page"].rows == []
    assert clerk.get("/rules/areas/none/").status_code == 404
