"""A figure's address: what it reads, the number it stands for, its parts, and the rows behind it."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404, QueryDict

from core.models import PolicyArea, User
from exchange import measures
from exchange.amounts import By
from exchange.figures import Figure, FigureUnreadable
from exchange.measures import Counts, Derived
from exchange.models import Rollup
from exchange.periods import Period
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled, settled
from training.models import Enrollment
from training.rollups import ATTENDANCES, COMPLETIONS

pytestmark = pytest.mark.django_db
DAY = datetime.date
VILLAGE, TOWNSHIP, COUNTY = "621022100001", "621022100", "621022"


@pytest.fixture(autouse=True)
def ledger() -> None:
    """Five rows in force of 2019 in two counties, one before, and one withdrawn."""
    divisions()
    june, july = (
        a_class(),
        a_class(code="2", start_date=DAY(2019, 7, 20), program=a_program("brand")),
    )
    earlier = a_class(code="3", start_date=DAY(2018, 12, 20))
    far = a_class("622926", start_date=DAY(2019, 7, 1))
    enrolled(a_person(1), june, region_code=VILLAGE)
    enrolled(a_person(2), june, region_code=TOWNSHIP, category="veteran")
    enrolled(a_person(1), july, result="dropped")
    enrolled(a_person(3), july, region_code="621022201001")
    enrolled(a_person(1), far, category="veteran")
    enrolled(a_person(4), june, state="withdrawn")
    enrolled(a_person(5), earlier)
    settled()


@pytest.fixture
def province() -> User:
    return an_account("province", "province-officer", "62")


def figure(code: str = "62", period: str = "2019", **values: Any) -> Figure:
    return Figure("training.attendances", code, Period.span(period), **values)


def shown(of: Figure, by: By) -> dict[str, Any]:
    return {part.key: part.value for part in of.parts(by)}


def test_a_figure_and_its_parts() -> None:
    assert figure().value() == 5
    assert figure(period="2018-12..2019-06").value() == 3
    assert figure(programs=frozenset({"brand"})).value() == 2
    assert shown(figure(), By.PLACE) == {"6210": 4, "6229": 1}
    assert shown(figure("6210"), By.PLACE) == {COUNTY: 4}
    assert shown(figure(), By.MONTH) == {"2019-06": 2, "2019-07": 3}
    assert shown(figure(), By.CATEGORY) == {"filed-poor": 3, "veteran": 2}
    assert shown(figure(), By.PROGRAM) == {"brand": 2, "skills": 3}
    assert shown(figure(period="2019-06"), By.PLACE) == {"6210": 2}


def test_below_the_county_rows_without_a_place_stand_apart() -> None:
    county = figure(COUNTY)
    assert shown(county, By.PLACE) == {COUNTY: 1, TOWNSHIP: 2, "621022201": 1}
    assert shown(figure(TOWNSHIP), By.PLACE) == {TOWNSHIP: 1, VILLAGE: 1}
    assert (figure(TOWNSHIP).value(), figure(VILLAGE).value()) == (2, 1)
    assert figure(COUNTY, here=True).value() == 1
    assert shown(figure(VILLAGE), By.PLACE) == {}
    assert shown(figure(TOWNSHIP), By.CATEGORY) == {"filed-poor": 1, "veteran": 1}
    assert shown(figure(TOWNSHIP), By.MONTH) == {"2019-06": 2}


def walked(of: Figure, found: set[Figure]) -> set[Figure]:
    """A figure with all that lies below it; each part is what its own address says."""
    found.add(of)
    for by in By:
        for part in of.parts(by):
            if part.figure not in found:
                assert part.value == part.figure.value(), part
                walked(part.figure, found)
    return found


def test_every_figure_is_the_number_of_the_rows_behind_it() -> None:
    found = walked(figure("6210", "2019-06"), set())
    assert len(found) > 20
    for each in found:
        assert each.value() == each.rows().count()


def test_rows_may_be_asked_for_within_a_question() -> None:
    rows = figure(categories=frozenset({"veteran"})).rows()
    outer = Enrollment.objects.filter(pk__in=rows.values("pk"), person__in=rows.values("person"))
    assert set(outer.values_list("region_code", flat=True)) == {TOWNSHIP, "622926"}


def test_rows_of_a_measure_that_reads_another_table(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = replace(
        ATTENDANCES,
        key="test.joined",
        join="JOIN training_trainingclass AS taught ON taught.id = {row}.training_class_id",
        category="taught.code",
    )
    monkeypatch.setitem(measures._measures, joined.key, joined)
    rows = figure(categories=frozenset({"2"})).narrowed(measure=joined.key).rows()
    assert rows.count() == 2


def test_people_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    people = replace(ATTENDANCES, key="test.people", counts=Counts.PEOPLE, person="{row}.person_id")
    monkeypatch.setitem(measures._measures, people.key, people)
    settled()
    whole = figure().narrowed(measure=people.key)
    assert whole.value() == 3
    assert shown(whole, By.MONTH) == {"2019-06": 2, "2019-07": 2}
    assert whole.rows().values("person").distinct().count() == 3


def test_a_rate_of_nothing_is_none_and_a_stock_begins_with_the_first_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {"label": "rate", "unit": "", "definition": "one by the other"}
    parts = (ATTENDANCES.key, COMPLETIONS.key)
    rate = Derived(key="test.rate", how="rate", parts=(parts[1], parts[0]), **said)
    stock = Derived(key="test.stock", how="stock", parts=parts, **said)
    for each in (rate, stock):
        monkeypatch.setitem(measures._derived, each.key, each)
    of = figure().narrowed(measure=rate.key)
    assert of.value() == Decimal(5) / 5
    assert figure(period="2017").narrowed(measure=rate.key).value() is None
    assert shown(of, By.MONTH) == {"2019-01": None, "2019-06": 0, "2019-07": 1, "2019-08": None}
    still = figure(period="2019-06..2019-07").narrowed(measure=stock.key)
    assert [term.value() for term in still.terms()] == [6, 4]
    assert still.value() == 2
    assert shown(still, By.MONTH) == {"2019-06": 2, "2019-07": 2}
    with pytest.raises(ValueError, match="terms"):
        still.rows()


def test_an_address_is_read_as_it_was_written(province: User) -> None:
    area = PolicyArea.objects.create(key="area", name="area", kind="provincial", source="test")
    area.memberships.create(county_id=COUNTY, valid_from=DAY(2019, 7, 1))
    area.memberships.create(county_id="622926", valid_to=DAY(2018, 12, 31))
    for of in (
        figure(),
        figure(TOWNSHIP, "2018-12..2019-06", here=True),
        figure(programs=frozenset({"brand", "skills"}), categories=frozenset({"veteran"})),
        figure(period="2019Q2", area="area"),
    ):
        assert Figure.read(QueryDict(of.query()), province) == of


def test_a_policy_area_is_of_the_same_counties_in_every_month_of_a_year(province: User) -> None:
    area = PolicyArea.objects.create(key="area", name="area", kind="provincial", source="test")
    area.memberships.create(county_id=COUNTY, valid_from=DAY(2019, 7, 1))
    area.memberships.create(county_id="622926", valid_to=DAY(2018, 12, 31))
    of = figure(area="area")
    months = of.parts(By.MONTH)
    assert (of.value(), of.rows().count(), sum(part.value or 0 for part in months)) == (4, 4, 4)
    assert [part.figure.value() for part in months] == [part.value for part in months]
    assert {part.key: part.value for part in months}["2019-06"] > 0
    plain = str(of.declared.definition)
    assert figure().definition == plain
    for each in (of, *(part.figure for part in months)):
        assert each.definition.startswith(plain)
        assert "31" in each.definition.removeprefix(plain)


@pytest.mark.parametrize(
    "query",
    [
        "measure=training.attendances&region=63&period=2019",
        "measure=training.attendances&region=62",
        "measure=training.attendances&region=62&period=2019-13",
        "measure=training.attendances&region=62&period=2019-06..2019-05",
        "measure=training.none&region=62&period=2019",
        "region=62&period=2019",
        "measure=training.attendances&period=2019",
        "measure=training.attendances&region=62&period=2019&here=1",
        "measure=training.attendances&region=62&period=2019&area=none",
        "measure=training.attendances&region=6299&period=2019",
    ],
)
def test_an_address_of_nothing_is_not_found(query: str, province: User) -> None:
    with pytest.raises(Http404):
        Figure.read(QueryDict(query), province)


def test_a_figure_says_when_it_last_changed() -> None:
    newest = Rollup.objects.measured(ATTENDANCES.key).as_of()
    assert figure().as_of() == newest
    assert figure(period="2017").as_of() is None
    assert figure(TOWNSHIP).as_of() > newest  # type: ignore[operator]


def test_a_measure_without_places_has_no_township(
    province: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    placeless = replace(ATTENDANCES, key="test.placeless", place="")
    monkeypatch.setitem(measures._measures, placeless.key, placeless)
    query = f"measure=test.placeless&region={TOWNSHIP}&period=2019"
    with pytest.raises(FigureUnreadable):
        Figure.read(QueryDict(query), province)
