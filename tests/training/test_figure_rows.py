"""The rows behind a figure: the ledger takes any measure over its rows by the figure's address."""

import dataclasses
import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange import measures
from exchange.figures import Figure
from exchange.measures import Counts, Measure
from exchange.periods import Period
from talent.models import Person
from tests.exchange.import_pages import signed_in
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled, settled
from training.models import TrainingClass
from training.rollups import ATTENDANCES, COMPLETIONS

pytestmark = pytest.mark.django_db
DAY = datetime.date
VILLAGE, TOWNSHIP, COUNTY = "621022100001", "621022100", "621022"
LEDGER, CLASSES = reverse("training:ledger"), reverse("training:classes")
PANEL = reverse("training:panel-figure-classes")
FUND = "JOIN training_trainingclass AS taught ON taught.id = {row}.training_class_id"


def declared(monkeypatch: Any, of: Measure, **changes: Any) -> Measure:
    made = dataclasses.replace(of, **changes)
    monkeypatch.setitem(measures._measures, made.key, made)
    return made


@pytest.fixture(autouse=True)
def ledger(settings: Any, monkeypatch: Any) -> None:
    """张1 in two classes, one of them in a village; 张2 in a township; 张3 elsewhere."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    divisions()
    june = a_class(fund="charity")
    july = a_class(code="2", start_date=DAY(2019, 7, 20), program=a_program("brand"))
    enrolled(a_person(1), june, region_code=VILLAGE)
    enrolled(a_person(2), june, region_code=TOWNSHIP, category="veteran", certificate_number="7")
    enrolled(a_person(1), july, result="dropped")
    enrolled(a_person(3), a_class("622926", start_date=DAY(2019, 7, 1)), certificate_number="8")
    enrolled(a_person(4), june, state="withdrawn")
    people = {"counts": Counts.PEOPLE, "person": "{row}.person_id"}
    declared(monkeypatch, ATTENDANCES, key="test.people", **people)
    certified = f"{COMPLETIONS.where} AND {{row}}.certificate_number <> ''"
    declared(monkeypatch, COMPLETIONS, key="test.certified", where=certified)
    declared(
        monkeypatch, COMPLETIONS, key="test.funded", join=FUND, category="taught.fund",
        categories=lambda: {"charity": "社会捐助", "unknown": "未填"},
    )  # fmt: skip
    settled()


@pytest.fixture
def officer() -> Client:
    return signed_in(an_account("province", "province-officer", "62"))


def figure(code: str = "62", measure: str = ATTENDANCES.key, **values: Any) -> Figure:
    return Figure(measure, code, Period.span(values.pop("period", "2019")), **values)


def names(client: Client, of: Figure, more: str = "") -> list[str]:
    page = client.get(f"{LEDGER}?{of.query()}{more}")
    assert page.context["page"].total == len(page.context["rows"])
    return [row["name"] for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (figure(), ["张1", "张3", "张2", "张1"]),
        (figure("6210", period="2019-06..2019-07"), ["张1", "张2", "张1"]),
        (figure(COUNTY, period="2019-07"), ["张1"]),
        (figure(COUNTY, here=True), ["张1"]),
        (figure(TOWNSHIP), ["张2", "张1"]),
        (figure(TOWNSHIP, here=True), ["张2"]),
        (figure(VILLAGE), ["张1"]),
        (figure(categories=frozenset({"veteran"})), ["张2"]),
        (figure(programs=frozenset({"brand", "skills"})), ["张1", "张3", "张2", "张1"]),
        (figure(programs=frozenset({"brand"})), ["张1"]),
        (figure(measure=COMPLETIONS.key), ["张3", "张2", "张1"]),
        (figure(measure="test.certified"), ["张3", "张2"]),
        (figure(measure="test.funded", categories=frozenset({"charity"})), ["张2", "张1"]),
        (figure("6210", measure="test.funded"), ["张2", "张1"]),
    ],
)
def test_the_ledger_lists_the_rows_of_a_figure(
    officer: Client, of: Figure, expected: list[str]
) -> None:
    assert names(officer, of) == expected
    assert len(expected) == of.value() == of.rows().count()


def test_people_are_listed_once_with_how_many_rows_count(officer: Client) -> None:
    of = figure(measure="test.people")
    page = officer.get(f"{LEDGER}?{of.query()}")
    cells = [[cell["value"] for cell in row["cells"]] for row in page.context["rows"]]
    assert [(line[0], line[-1]) for line in cells] == [("张1", 2), ("张2", 1), ("张3", 1)]
    assert page.context["page"].total == len(cells) == of.value() == 3
    assert all("********" in line[1] for line in cells)
    first = Person.objects.get(name="张1").pk
    rest = officer.get(f"{LEDGER}?{of.query()}&after={first}")
    assert [row["cells"][0]["value"] for row in rest.context["rows"]] == ["张2", "张3"]
    back = officer.get(f"{LEDGER}?{of.query()}&before={rest.context['page'].previous}")
    assert [row["cells"][0]["value"] for row in back.context["rows"]] == ["张1"]
    own = officer.get(page.context["rows"][0]["cells"][0]["url"])
    assert [row["name"] for row in own.context["rows"]] == ["张1", "张1"]
    assert own.context["way_back"].startswith(LEDGER)


def test_nobody_is_shown_by_whom_no_row_is_seen() -> None:
    county = signed_in(an_account("county", "county-clerk", COUNTY))
    (stranger,) = TrainingClass.objects.filter(county_code="622926")
    person = stranger.enrollments.get().person_id
    page = county.get(LEDGER, {"person": person})
    assert (page.status_code, page.context["rows"]) == (200, [])
    assert county.get(LEDGER, {"person": 2**40}).context["rows"] == []
    assert county.get(f"{LEDGER}?{figure().query()}").status_code == 404


def test_classes_are_found_by_village_and_period(officer: Client) -> None:
    def found(**query: str) -> list[str]:
        page = officer.get(CLASSES, query)
        return [row["cells"][0]["value"] for row in page.context["rows"]]

    assert found(region=VILLAGE) == found(region=TOWNSHIP) == ["2019001"]
    assert found(region=COUNTY) == ["2", "2019001"]
    assert found(region=COUNTY, period="2019-07") == ["2"]
    assert found(region=VILLAGE, period="2019-07") == found(region="621022201") == []
    assert found(region=COUNTY, period="2019-06..2019-07") == ["2", "2019001"]


def classes(client: Client, of: Figure) -> dict[str, int]:
    rows = client.get(f"{PANEL}?{of.query()}").context["rows"]
    return {row["cells"][0]["value"]: row["cells"][-1]["value"] for row in rows}


def test_a_figure_is_taken_apart_by_class(officer: Client) -> None:
    assert classes(officer, figure(COUNTY)) == {"2": 1, "2019001": 2}
    assert classes(officer, figure(COUNTY, measure="test.people")) == {"2": 1, "2019001": 2}
    assert classes(officer, figure(VILLAGE)) == {"2019001": 1}
    assert officer.get(PANEL).status_code == 404
    stranger = signed_in(an_account("stranger", "prefecture-officer", "6229"))
    assert stranger.get(f"{PANEL}?{figure(COUNTY).query()}").status_code == 404


def test_the_way_leads_from_a_figure_over_class_and_row_back(officer: Client) -> None:
    of = figure(VILLAGE)
    page = officer.get(of.url())
    (panel,) = page.context["panels"]
    (line,) = officer.get(panel["url"]).context["rows"]
    taught = officer.get(line["cells"][0]["url"])
    assert taught.context["way_back"].startswith(of.url())
    way = taught.context["rows"][0]["way"]
    row = officer.get(reverse("training:row", args=[taught.context["rows"][0]["id"]]) + way)
    back = row.context["way_back"]
    assert back.partition("?")[0] == line["cells"][0]["url"].partition("?")[0]
    assert officer.get(back).context["way_back"] == of.url()
    listed = officer.get(line["cells"][-1]["url"])
    assert [row["name"] for row in listed.context["rows"]] == ["张1"]


def test_a_filter_keeps_the_way(officer: Client) -> None:
    page = officer.get(LEDGER, {"region": COUNTY, "from": figure(COUNTY).url()})
    hidden = f'<input type="hidden" name="from" value="{figure(COUNTY).url()}">'
    assert hidden.replace("&", "&amp;") in page.content.decode()
