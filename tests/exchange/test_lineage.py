"""Two hundred figures drawn from boards and from what they lead to: each is its rows, counted."""

import datetime
import html
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import Count
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from core.models import PolicyArea, Region, User
from exchange.amounts import By
from exchange.figures import Figure
from exchange.measures import COUNTING, Measure, all_derived, all_measures
from exchange.models import Rollup
from exchange.periods import Period
from exchange.tables.declared import Column, all_tables
from exchange.tables.filling import fill
from exchange.tables.sources import fitting
from exchange.views.figure import told
from programs.models import Expert, Posting
from talent.models import Person
from tests.exchange.import_pages import signed_in
from tests.factories import (
    a_class,
    a_person,
    a_program,
    an_account,
    divisions,
    enrolled,
    figures_world,
    settled,
)
from tests.factories.facts import a_certificate, a_follow_up, a_result, an_approved_line
from training.filters import LedgerForm
from training.models import Enrollment

pytestmark = pytest.mark.django_db
DAY = datetime.date
DRAWN, OPENED = 200, 12
COUNTIES = {
    "621022": ("621022", "621022100", "621022100001", "621022201001"),
    "621021": ("621021",),
    "622926": ("622926", "622926100", "622926100001"),
}
REGIONS = ("62", "6210", "6229", *COUNTIES)
PERIODS = ("2019", "2019-06")
FACTS = (a_follow_up, a_result, a_certificate, an_approved_line, None)
# A number that is a link to the page of a figure.
CELL = re.compile(r'<a href="(/figures/of/[^"]+)"[^>]*>(?:\s*<[^a/][^>]*>)*\s*([\d,.]+%?)')


@pytest.fixture
def officer(settings: Any) -> User:
    """Of the province; 162 rows of 40 people in 18 classes of two years and programs.

    Some rows have facts of their own, one village is a poor one, and people are posted and listed.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    divisions()
    chance, programs = random.Random(5), (a_program("skills"), a_program("brand"))
    people = [a_person(order) for order in range(40)]
    by = an_account("province", "province-officer", "62")
    days = (DAY(2018, 6, 4), DAY(2019, 3, 4), DAY(2019, 6, 24))
    for county, places in COUNTIES.items():
        for number, (day, program) in enumerate((d, p) for d in days for p in programs):
            taught = a_class(county, str(number), start_date=day, program=program)
            for person in chance.sample(people, 9):
                row = enrolled(person, taught, **drawn(chance, places))
                if make := FACTS[row.pk % len(FACTS)]:
                    make(row, by, day + datetime.timedelta(days=90))
    poor = PolicyArea.objects.create(key="poor", name="贫困村", kind="provincial", source="测试")
    poor.villages.create(village_id="621022100001", valid_from=DAY(2019, 1, 1))
    posted_and_listed(people)
    settled()
    return by


def posted_and_listed(people: list[Person]) -> None:
    """In each county two people posted since before, one of whom left, and one expert."""
    for number, county in enumerate(COUNTIES):
        at = {"county_code": county, "region_code": county, "start_date": DAY(2019, 2, 1)}
        for end, person in zip((None, DAY(2019, 6, 15)), people[2 * number :], strict=False):
            unit = {"kind": "first-secretary", "sending_unit": "省厅", "end_date": end}
            Posting.objects.create(person=person, **at, **unit)
        team = {"team": "senior", "unit": "省院", "specialty": "农艺", "grade": "senior"}
        Expert.objects.create(
            person=people[number], county_code=county, start_date=DAY(2019, 6, 1), **team
        )


def drawn(chance: random.Random, places: tuple[str, ...]) -> dict[str, Any]:
    """What differs from row to row."""
    return {
        "region_code": chance.choice(places),
        "category": chance.choice(["filed-poor", "monitored", "veteran"]),
        "state": chance.choice(["active"] * 9 + ["withdrawn"]),
        "result": chance.choice(["passed", "failed", "dropped"]),
        "certificate_number": chance.choice(["", "S000062100001"]),
        "employment": chance.choice(["employed", "unemployed"]),
        "subsidy": chance.choice([None, Decimal("1200.50"), Decimal(900)]),
    }


def shown_on_boards(client: Client) -> Iterator[tuple[str, str]]:
    """Addresses of figures with the number that stands there, of all boards and their parts."""
    for region in REGIONS:
        board = reverse("exchange:figures", args=[region])
        for period in PERIODS:
            page = html.unescape(client.get(board, {"period": period}).content.decode())
            parts = re.findall(r'hx-get="(/figures/\d+/parts/[^"]+)"', page)
            for body in (page, *(html.unescape(client.get(p).content.decode()) for p in parts)):
                yield from CELL.findall(body)


def in_tables() -> Iterator[tuple[Figure, Column, Decimal | None]]:
    """The figures of the cells of all official tables, and what stands in each."""
    for table in all_tables():
        for region in Region.objects.filter(pk__in=REGIONS):
            for period in map(Period.parse, PERIODS):
                if table.is_for(region.code, period):
                    filled = fill(table, region, period)
                    for place, cell in filled.cells.items():
                        if cell.figure is not None:
                            yield cell.figure, table.column(place.column), cell.value


def beneath(of: Figure) -> Iterator[Figure]:
    """The figure's places, and theirs down to the villages."""
    for part in of.parts(By.PLACE):
        yield part.figure
        if not part.figure.here:
            yield from beneath(part.figure)


def on_the_way_down(of: Figure, chance: random.Random) -> Iterator[Figure]:
    """The parts of the figure, of one of its places, of one of that one's, down to a village."""
    while True:
        parts = {by: [part.figure for part in of.parts(by)] for by in By}
        yield from (part for found in parts.values() for part in found)
        places = [part for part in parts[By.PLACE] if not part.here]
        if not places:
            return
        of = chance.choice(places)


def read(address: str, user: User) -> Figure:
    path, query = urlsplit(address)[2:4]
    return Figure.read(QueryDict(query), user, path.split("/")[3])


def counted(of: Figure, user: User) -> Any:
    """The rows, counted one by one: their number, what they amount to, or whom they are about."""
    said = of.declared
    assert isinstance(said, Measure)
    rows = of.rows().visible_to(user)
    if said.is_people:
        return rows.order_by().values("person").distinct().count()
    if said.amount == "1":
        return rows.count()
    keys = list(rows.values_list("pk", flat=True))
    source = f"SELECT sum({said.amount}) {said.source(said.table, '{row}.id = ANY(%s)')}"
    found = rows.model._default_manager.raw(
        f"SELECT 1 AS id, ({said.over(COUNTING, source)}) AS amount", [keys]
    )
    return found[0].amount or 0


def a_draw(addresses: list[str], user: User, chance: random.Random) -> list[str]:
    """Of each measure one figure that is not nothing, and the rest as it comes."""
    shuffled = chance.sample(addresses, len(addresses))
    found: dict[str, str] = {}
    for address in shuffled:
        key = urlsplit(address).path.split("/")[3]
        if key not in found and read(address, user).value():
            found[key] = address
    rest = (address for address in shuffled if address not in found.values())
    return [*found.values(), *islice(rest, DRAWN - len(found))]


def holds(of: Figure, user: User) -> bool:
    """Whether the figure is its rows; one put together is what its terms are."""
    return all(counted(term, user) == term.value() for term in of.terms() or [of])


def listed(of: Figure, user: User) -> int:
    """How many lines the page that lists the figure's rows has: rows, or people each once."""
    form = LedgerForm(QueryDict(of.query()), user=user)
    rows = form.rows().order_by()
    return rows.values("person").distinct().count() if form.is_by_person else rows.count()


def is_listed(of: Figure, user: User) -> bool:
    """Whether the list is as long as the figure says, where it counts lines of the ledger."""
    return not is_of_lines(of) or listed(of, user) == of.value()


def is_of_lines(of: Figure) -> bool:
    said = of.declared
    return isinstance(said, Measure) and said.model is Enrollment and said.amount == "1"


def lines_of(client: Client, address: str) -> int:
    """The lines of a list, page by page."""
    found = 0
    while address:
        page = client.get(address)
        found += len(page.context["rows"])
        after = page.context["page"].next
        address = f"{address.partition('&after=')[0]}&after={after}" if after else ""
    return found


def test_two_hundred_figures_are_their_rows_counted(officer: User) -> None:
    client = signed_in(officer)
    shown = dict(shown_on_boards(client))
    every = [each.key for each in (*all_measures(), *all_derived())]
    tops = [Figure(key, "62", Period.parse("2019")) for key in every]
    chance = random.Random(5)
    deeper = {of.url() for top in tops for of in on_the_way_down(top, chance)}
    cells = {of.url(): cell for of, *cell in in_tables()}
    addresses = sorted(shown.keys() | deeper | cells.keys())
    assert len(addresses) > DRAWN
    figures = {each: read(each, officer) for each in a_draw(addresses, officer, chance)}
    assert len(figures) == DRAWN
    assert {of.measure for of in figures.values() if of.value()} == set(every)
    assert {each for each, of in figures.items() if not holds(of, officer)} == set()
    assert {each for each, of in figures.items() if not is_listed(of, officer)} == set()
    for address, number in chance.sample(sorted(shown.items()), DRAWN // 4):
        of = read(address, officer)
        value = told(of, of.value())["value"]
        exact = Decimal(number.replace(",", "").rstrip("%"))
        assert abs(exact - Decimal(value)) < Decimal("0.1" if "%" in number else "0.01"), address
    for address, (column, value) in cells.items():
        assert fitting(column, read(address, officer).value()) == value
    for address, of in list(figures.items())[:OPENED]:
        page = client.get(address)
        assert page.context["whole"] == told(of, of.value())
        if page.context["rows_url"] and is_of_lines(of):
            assert lines_of(client, page.context["rows_url"]) == of.value()


def test_one_row_too_many_in_what_is_kept_is_found() -> None:
    """The twin: were a kept figure wrong, the rows would not add up to it."""
    figures_world()
    user = an_account("province", "province-officer", "62")
    of = Figure("training.attendances", "6210", Period.parse("2019"))
    assert holds(of, user)
    assert is_listed(of, user)
    kept = Rollup.objects.filter(measure=of.measure, county_code="621022", month=DAY(2019, 6, 1))
    kept.filter(pk=kept[0].pk).update(amount=kept[0].amount + 1)
    assert not holds(of, user)
    assert not is_listed(of, user)


def test_every_active_row_is_found_under_some_village_township_or_county() -> None:
    """Below the county as above it nothing falls between the parts."""
    figures_world()
    top = Figure("training.attendances", "62", Period.parse("2019"))
    leaves = [of for of in beneath(top) if not of.parts(By.PLACE)]
    keys = [key for of in leaves for key in of.rows().values_list("pk", flat=True)]
    rows = Enrollment.objects.active().filter(start_date__year=2019)
    assert sorted(keys) == sorted(rows.values_list("pk", flat=True))
    assert rows.aggregate(n=Count("pk"))["n"] == top.value()
