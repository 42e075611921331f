"""The page of a figure: definition, parts that lead down, the rows behind it; nothing outside."""

import datetime
import html
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exchange import jobs, measures
from exchange.amounts import By
from exchange.figures import Figure
from exchange.measures import Derived, Measure, measure_of
from exchange.periods import Period
from tests.exchange.import_pages import signed_in
from tests.factories import (
    a_class,
    a_person,
    a_program,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from tests.factories.facts import a_follow_up, a_result
from tests.factories.kinds import FILLED, written_as

pytestmark = pytest.mark.django_db
DAY = datetime.date
VILLAGE, TOWNSHIP, COUNTY = "621022100001", "621022100", "621022"
QUERIES = 20


@pytest.fixture(autouse=True)
def ledger(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    """Four rows in force of 2019 in two counties, and one withdrawn."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr(jobs, "_try_to_wake", lambda job: None)
    divisions()
    june = a_class()
    july = a_class(code="2", start_date=DAY(2019, 7, 20), program=a_program("brand"))
    enrolled(a_person(1), june, region_code=VILLAGE)
    enrolled(a_person(2), june, region_code=TOWNSHIP, category="veteran")
    enrolled(a_person(1), july)
    enrolled(a_person(3), a_class("622926", start_date=DAY(2019, 7, 1)))
    enrolled(a_person(4), june, state="withdrawn")
    settled()


@pytest.fixture
def officer() -> Client:
    return signed_in(an_account("province", "province-officer", "62"))


def figure(code: str = "62", measure: str = "training.attendances", **values: Any) -> Figure:
    return Figure(measure, code, Period.span("2019"), **values)


def parts(client: Client, of: Figure) -> dict[str, dict[str, Any]]:
    """The lines of each table of parts: name to value."""
    tables = client.get(of.url()).context["parts"]
    return {
        table["key"]: {row["cells"][0]["value"]: row["cells"][1]["value"] for row in table["rows"]}
        for table in tables
    }


def test_a_figure_says_what_it_counts_and_what_it_is_made_of(officer: Client) -> None:
    page = officer.get(figure().url())
    body = page.content.decode()
    said = measure_of("training.attendances")
    for text in (str(said.definition), f"{said.key} v{said.version}"):
        assert text in body
    assert (page.context["whole"]["value"], page.context["as_of"] is not None) == (4, True)
    found = parts(officer, figure())
    assert list(found["place"].values()) == [3, 1]
    assert list(found["month"].values()) == [2, 2]
    assert sorted(found["category"].values()) == sorted(found["program"].values()) == [1, 3]


def test_the_parts_lead_down_to_the_village_and_add_up(officer: Client) -> None:
    """Province, prefecture, county, township, village; what names no place has a line too."""
    of, seen = figure(), []
    while True:
        page = officer.get(of.url())
        seen.append((of.region_code, page.context["whole"]["value"]))
        tables = [table for table in page.context["parts"] if table["key"] == "place"]
        if not tables or not tables[0]["rows"]:
            break
        cells = [row["cells"] for row in tables[0]["rows"]]
        assert sum(value["value"] for _name, value in cells) == seen[-1][1]
        urls = [name["url"] for name, _value in cells]
        of = next(part.figure for part in of.parts(By.PLACE) if not part.figure.here)
        assert of.url() in urls
    assert seen == [("62", 4), ("6210", 3), (COUNTY, 3), (TOWNSHIP, 2), (VILLAGE, 1)]


def test_the_rows_behind_it_are_as_many_as_it_says(officer: Client) -> None:
    for of in (figure(), figure(COUNTY), figure(COUNTY, here=True), figure(TOWNSHIP)):
        page = officer.get(of.url())
        rows = officer.get(page.context["rows_url"])
        assert rows.context["page"].total == page.context["whole"]["value"] == of.rows().count()


def test_the_way_goes_along_and_the_levels_above_lead_back(officer: Client) -> None:
    board = "/figures/62/?period=2019"
    page = officer.get(f"{figure(VILLAGE).url()}&from={board.replace('?', '%3F')}")
    assert page.context["way_back"] == board
    crumbs = [crumb["url"] for crumb in page.context["breadcrumb"]]
    regions = [parse_qs(urlsplit(url).query)["region"] for url in crumbs]
    assert regions == [["62"], ["6210"], [COUNTY], [TOWNSHIP], [VILLAGE]]
    assert {officer.get(url).context["way_back"] for url in crumbs} == {board}
    onward = officer.get(page.context["rows_url"]).context["way_back"]
    assert onward.startswith(figure(VILLAGE).url())


def test_what_is_put_together_shows_its_terms(officer: Client, monkeypatch: Any) -> None:
    rate = Derived(
        key="training.rate",
        label="rate",
        unit="%",
        definition="x",
        how="rate",
        parts=("training.completions", "training.attendances"),
    )
    monkeypatch.setitem(measures._derived, rate.key, rate)
    page = officer.get(figure(measure=rate.key).url())
    assert page.context["whole"] == {"value": 100, "kind": "percent"}
    assert [term["value"] for term in page.context["terms"]] == [4, 4]
    assert page.context["rows_url"] == ""


def test_rows_that_are_listed_nowhere_else_have_a_list_here(
    officer: Client, monkeypatch: Any
) -> None:
    said = measure_of("training.attendances")
    unlisted = Measure(
        **{name: getattr(said, name) for name in said.__dataclass_fields__}
        | {"key": "training.unlisted", "listing": "", "row_url": "training:row"}
    )
    monkeypatch.setitem(measures._measures, unlisted.key, unlisted)
    of = figure(COUNTY, unlisted.key)
    page = officer.get(officer.get(of.url()).context["rows_url"])
    lines = page.context["rows"]
    assert (page.context["page"].total, len(lines)) == (of.rows().count(), 3)
    assert {line["cells"][0]["value"] for line in lines} == {"张1", "张2"}
    assert all("********" in line["cells"][1]["value"] for line in lines)
    assert officer.get(lines[0]["cells"][0]["url"]).status_code == 200
    assert page.context["columns"][-1]["key"] == "amount"
    stranger = signed_in(an_account("stranger", "prefecture-officer", "6229"))
    assert stranger.get(page.wsgi_request.get_full_path()).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("training.attendances/?region=6229&period=2019", 404),
        ("training.attendances/?region=62&period=2019", 404),
        ("training.attendances/?region=6210", 404),
        ("training.attendances/?region=6210&period=x", 404),
        ("training.nothing/?region=6210&period=2019", 404),
        ("training.attendances/?region=6210&period=2019&area=x", 404),
        ("training.attendances/?region=6210&period=2019", 200),
        ("training.attendances/rows/?region=6229&period=2019", 404),
        ("training.attendances/rows/?region=6210&period=2019", 302),
    ],
)
def test_what_is_no_figure_of_the_readers_is_missing(address: str, status: int) -> None:
    client = signed_in(an_account("prefecture", "prefecture-officer", "6210"))
    assert client.get(f"/figures/of/{address}").status_code == status


def test_a_page_asks_as_often_for_a_province_as_for_a_county(officer: Client) -> None:
    asked = {}
    for code in ("62", COUNTY):
        with CaptureQueriesContext(connection) as queries:
            officer.get(figure(code).url())
        asked[code] = len(queries)
    assert max(asked.values()) <= QUERIES, asked


@pytest.mark.parametrize("code", ["62", COUNTY])
def test_every_measure_has_a_page_and_a_list_of_its_rows(officer: Client, code: str) -> None:
    every = [*measures.all_measures(), *measures.all_derived()]
    assert len(every) > 2
    for said in every:
        page = officer.get(figure(code, said.key).url())
        assert page.status_code == 200, said.key
        assert str(said.definition) in html.unescape(page.content.decode()), said.key
        address = page.context["rows_url"]
        assert bool(address) is isinstance(said, Measure), said.key
        if address:
            assert officer.get(address, follow=True).status_code == 200, said.key


def test_facts_lead_to_their_rows_and_postings_to_their_lines(officer: Client) -> None:
    row = enrolled(a_person(7), a_class(), region_code=VILLAGE)
    by = an_account("clerk", "county-clerk", COUNTY)
    a_result(row, by, DAY(2019, 8, 1))
    a_follow_up(row, by, DAY(2019, 8, 2))
    posted = FILLED["postings"].cells | {"身份证号码": citizen_number(9)}
    written_as("postings", posted, by=by)
    settled()

    def first(measure: str) -> list[dict[str, Any]]:
        of = figure(VILLAGE if measure.startswith("training") else COUNTY, measure)
        page = officer.get(officer.get(of.url()).context["rows_url"])
        (line,) = page.context["rows"]
        assert page.context["page"].total == of.value() == 1
        cells: list[dict[str, Any]] = line["cells"]
        return cells

    page_of_row = reverse("training:row", args=[row.pk])
    for measure in ("training.results", "training.follow_ups"):
        name = first(measure)[0]
        assert (name["value"], name["url"].partition("?")[0]) == ("张7", page_of_row)
    source = first("programs.postings_begun")[-1]
    line = officer.get(source["url"], {"read": "1"})
    assert "第一书记" in line.content.decode()
    assert officer.get(line.context["way_back"]).status_code == 200
