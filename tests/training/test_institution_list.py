"""The list of institutions: codes by their check character; what is on file is completed, not moved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from exchange.imports import services
from tests.factories import an_account, divisions
from tests.factories.kinds import brought_as, found_in, judged_as, written_as
from tests.factories.rosters import worked
from training.institutions import (
    WRONG_CHARACTERS,
    WRONG_CHECK,
    WRONG_LENGTH,
    trouble_of,
)
from training.models import Institution

pytestmark = pytest.mark.django_db
CODE, OTHER = "52621022MJX000001P", "52621022MJX000002T"
PAGE = reverse("training:institutions")


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()


def row(name: str = "环县职业培训学校", code: str = CODE, **changes: str) -> dict[str, str]:
    return {"机构名称": name, "统一社会信用代码": code} | changes


def on_file() -> list[tuple[Any, ...]]:
    rows = Institution.objects.order_by("county_code", "name")
    return list(rows.values_list("name", "key", "address"))


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("91110000600037341L", ""),
        ("N2620102MF0000001G", WRONG_CHECK),
        (CODE, ""),
        (CODE[:17], WRONG_LENGTH),
        ("52621022MJX000001T", WRONG_CHECK),
        ("5262102AMJX000001P", WRONG_CHARACTERS),
        ("52621022MJI000001P", WRONG_CHARACTERS),
        *((f"52621022MJ{letter}000001P", WRONG_CHARACTERS) for letter in "OZSV"),
    ],
)
def test_a_code_is_judged_by_the_standard(code: str, trouble: str) -> None:
    assert trouble_of(code) == trouble


def test_small_letters_are_mended_and_counted() -> None:
    reading = judged_as("institutions", row(code=CODE.lower())).roster.reading
    assert (reading.findings, dict(reading.repairs)) == ([], {"capitals": 1})


def test_nothing_of_a_code_is_hidden_in_what_is_said_of_it(clerk: Client) -> None:
    """One of digits alone looks like a citizen number, which is masked wherever it is told."""
    batch = brought_as("institutions", row(code="126210224380000007"))
    page = clerk.get(reverse("exchange:import-detail", args=[batch.public_id])).content.decode()
    assert "126210********0007" not in page
    assert 'value="126210224380000007"' in page


def test_a_list_without_codes_is_of_no_use() -> None:
    assert found_in("institutions", row(code="")) == [(0, "required_cell_is_filled", "block")]


def test_new_ones_are_listed_and_the_code_of_a_known_one_is_filled_in() -> None:
    Institution.objects.create(county_code="621022", name="环县职业培训学校", address="旧址")
    Institution.objects.create(county_code="622926", name="环县职业培训学校")
    batch = written_as("institutions", row(code=CODE), row("新校", OTHER, 地址="环城镇"))
    assert (batch.state, batch.written) == ("done", 2)
    assert on_file() == [
        ("新校", OTHER, "环城镇"),
        ("环县职业培训学校", CODE, "旧址"),
        ("环县职业培训学校", "", ""),
    ]
    lines = Institution.objects.filter(import_batch=batch).order_by("line").values_list("line")
    assert list(lines) == [(2,), (3,)]
    entry = AuditEntry.objects.get(verb="training.institutions.listed")
    assert entry.changes == {"listed": 1, "changed": 1}


def test_the_same_list_changes_nothing_again() -> None:
    rows = [row(code=CODE, 地址="环城镇", 办学许可证有效期至="2026-12-31")]
    written_as("institutions", *rows)
    before = on_file()
    assert found_in("institutions", *rows) == []
    written_as("institutions", *rows)
    assert on_file() == before
    entry = AuditEntry.objects.filter(verb="training.institutions.listed").latest("id")
    assert entry.changes == {"listed": 0, "changed": 0}


def test_another_code_and_the_code_of_another_are_held() -> None:
    Institution.objects.create(county_code="621022", name="甲校", key=CODE)
    Institution.objects.create(county_code="621022", name="乙校")
    assert found_in("institutions", row("甲校", OTHER), row("乙校", CODE)) == [
        (0, "credit_code_agrees_with_register", "block"),
        (1, "credit_code_agrees_with_register", "block"),
    ]
    Institution.objects.filter(name="甲校").update(county_code="622926")
    assert found_in("institutions", row("甲校", OTHER), row("乙校", CODE)) == []


def test_twice_in_a_file_is_held() -> None:
    assert found_in("institutions", row("甲校", CODE), row("甲校", OTHER), row("乙校", CODE)) == [
        (1, "institution_stands_once_in_file", "block"),
        (2, "credit_code_stands_once_in_file", "block"),
    ]


def test_what_is_replaced_is_told_and_empty_cells_replace_nothing() -> None:
    Institution.objects.create(county_code="621022", name="甲校", key=CODE, address="旧址")
    assert found_in("institutions", row("甲校", CODE, 地址="新址")) == [
        (0, "institution_is_changed_knowingly", "explain")
    ]
    written_as("institutions", row("甲校", CODE, 地址="新址"))
    written_as("institutions", row("甲校", CODE))
    assert on_file() == [("甲校", CODE, "新址")]


def test_a_code_given_away_meanwhile_is_not_filled_in() -> None:
    Institution.objects.create(county_code="621022", name="甲校")
    batch = brought_as("institutions", row("甲校", CODE, 地址="新址"), row("丙校", OTHER))
    Institution.objects.create(county_code="621022", name="乙校", key=CODE)
    services.confirm(batch, by=None)
    assert worked(batch).state == "done"
    assert on_file() == [("丙校", OTHER, ""), ("乙校", CODE, ""), ("甲校", "", "新址")]


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(an_account("clerk", "county-clerk", "621022"))
    return client


def names(page: Any) -> list[str]:
    return [row["cells"][0]["value"] for row in page.context["rows"]]


def test_the_page_lists_those_of_the_reader(clerk: Client) -> None:
    for county, name, key in (
        ("621022", "甲校", CODE),
        ("621022", "乙校", ""),
        ("622926", "丙", ""),
    ):
        Institution.objects.create(county_code=county, name=name, key=key)
    assert names(clerk.get(PAGE)) == ["乙校", "甲校"]
    assert names(clerk.get(PAGE, {"q": "甲"})) == ["甲校"]
    assert names(clerk.get(PAGE, {"q": CODE[:9].lower()})) == ["甲校"]
    assert clerk.get(PAGE, {"region": "622926"}).status_code == 404


def test_the_page_shows_what_an_import_brought(clerk: Client) -> None:
    Institution.objects.create(county_code="621022", name="旧校")
    batch = written_as("institutions", row("甲校", CODE))
    assert names(clerk.get(PAGE, {"batch": batch.public_id})) == ["甲校"]
    strange = clerk.get(PAGE, {"batch": "x"})
    assert (names(strange), strange.context["form"].hidden_troubles != []) == ([], True)


def test_an_empty_list_names_the_next_step(clerk: Client, client: Client) -> None:
    page = clerk.get(PAGE)
    assert f"{reverse('exchange:import-new')}?kind=institutions" in page.content.decode()
    client.force_login(an_account("reviewer", "county-reviewer", "621022"))
    assert client.get(PAGE).context["import_url"] == ""


def test_the_list_asks_as_often_for_many_as_for_one(
    clerk: Client, many: Callable[[Client, str], int]
) -> None:
    Institution.objects.create(county_code="621022", name="甲校")
    one = many(clerk, PAGE)
    for order in range(3):
        Institution.objects.create(county_code="621022", name=f"{order}校")
    assert many(clerk, PAGE) == one


@pytest.fixture
def many() -> Callable[[Client, str], int]:
    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    return count
