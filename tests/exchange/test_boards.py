"""Boards: what they show of a region, what narrows them, and that every figure leads to its rows."""

import datetime
import io
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from python_calamine import CalamineWorkbook

from core.models import Region
from exchange.amounts import By
from exchange.board_figures import Board
from exchange.figures import Figure
from exchange.measures import Derived
from exchange.periods import Period
from tests.factories import a_class, a_person, an_account, enrolled, figures_world, settled

ATTENDANCES, COMPLETIONS = "training.attendances", "training.completions"
PEOPLE, COMPLETED = "training.people", "training.completed_people"
PARTS = ("months", "categories", "programs")
MOST_QUERIES = 12
# What every page asks for its frame: who reads, and what waits for them.
FRAME = ("django_session", "core_user", "core_office", "exchange_importbatch", "exchange_notice")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    figures_world()


@pytest.fixture
def officer(client):
    return signed_in(client, "province-officer", "62")


def signed_in(client, role, region):
    user = an_account(f"{role}{region}", role, region)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def board(reader, code="62", **query):
    return reader.get(reverse("exchange:figures", args=[code]), query)


def part(reader, which, code="62", **query):
    return reader.get(reverse("exchange:figures-part", args=[code, which]), query)


def first_figures(rows):
    return {
        row["cells"][0]["value"]: row["cells"][1]["value"]
        for row in rows
        if row["cells"][1]["value"]
    }


def of(code="62", period="2019", **narrower):
    return Figure(ATTENDANCES, code, Period.parse(period), **narrower)


def test_the_first_answer_is_two_statements():
    with CaptureQueriesContext(connection) as asked:
        found = Board(of(), [ATTENDANCES, PEOPLE, COMPLETIONS, COMPLETED], [By.PLACE])
        whole, places = found.whole, found.parts(By.PLACE)
        moments = [found.as_of(key) for key in found.measures]
    assert len(asked) == 2
    assert list(whole.values()) == [7, 6, 6, 5]
    assert {code: list(cells.values()) for code, cells in places.items()} == {
        "6210": [5, 4, 4, 3],
        "6229": [2, 2, 2, 2],
    }
    assert all(moments)


def test_somebody_in_two_places_is_one_of_the_whole():
    enrolled(a_person(1), a_class("622926", "e", start_date=datetime.date(2019, 6, 24)))
    settled()
    found = Board(of(), [ATTENDANCES, PEOPLE], [By.PLACE, By.MONTH])
    places = [cells[PEOPLE] for cells in found.parts(By.PLACE).values()]
    assert (places, found.whole) == ([4, 3], {ATTENDANCES: 8, PEOPLE: 6})


def test_all_parts_of_two_measures_are_one_statement():
    with CaptureQueriesContext(connection) as asked:
        found = Board(of(), [ATTENDANCES, COMPLETIONS], list(By))
        parts = {by: found.parts(by) for by in By}
        whole = found.whole
    assert len(asked) == 1
    assert whole == {ATTENDANCES: 7, COMPLETIONS: 6}
    assert {by: {k: v[ATTENDANCES] for k, v in parts[by].items()} for by in By} == {
        By.PLACE: {"6210": 5, "6229": 2},
        By.MONTH: {"2019-03": 1, "2019-06": 5, "2019-07": 0, "2019-08": 1},
        By.CATEGORY: {"filed-poor": 5, "monitored": 2},
        By.PROGRAM: {"roads": 1, "skills": 6},
    }
    assert [Decimal(parts[By.MONTH]["2019-03"][key]) for key in (ATTENDANCES, COMPLETIONS)] == [
        1,
        0,
    ]


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("code", ["62", "6210", "621022"])
def test_a_board_says_what_the_figures_say(code, by):
    keys = [ATTENDANCES, PEOPLE, COMPLETIONS, COMPLETED]
    found = Board(of(code), keys, [by])
    for key in keys:
        kept = {part: cells[key] for part, cells in found.parts(by).items() if cells[key]}
        assert kept == {part.key: part.value for part in found.figure(key).parts(by)}
        assert found.whole[key] == found.figure(key).value()


def test_nothing_is_nothing():
    found = Board(of("62", "2013"), [ATTENDANCES], list(By))
    assert found.whole == {ATTENDANCES: 0}
    assert [found.parts(by) for by in By] == [{}] * 4
    assert found.newest is None


def test_the_province_sees_its_prefectures_as_a_table_and_as_tiles(officer):
    page = board(officer)
    assert first_figures(page.context["places"]["rows"]) == {"庆阳市": 5, "临夏回族自治州": 2}
    totals = [cell["value"] for cell in page.context["places"]["totals"]][1:]
    assert totals == [7, 6, 6, 5, 20, 20, 300]
    shown = {t.place.code: (t.place.value, t.tone) for t in page.context["map"].tiles}
    assert shown == {"6210": (5, 5), "6229": (2, 3)}


def test_a_county_sees_its_townships_and_rows_without_one(client):
    page = board(signed_in(client, "county-clerk", "621022"), "621022")
    rows = [[cell["value"] for cell in row["cells"]][1] for row in page.context["places"]["rows"]]
    assert (rows, page.context["map"]) == ([1, 1, 2], None)


def test_from_the_province_down_to_the_county_by_links(officer):
    page, seen = board(officer, period="2019Q2"), []
    for name in ("庆阳市", "环县"):
        rows = page.context["places"]["rows"]
        head = next(row["cells"][0] for row in rows if row["cells"][0]["value"] == name)
        page = officer.get(head["url"])
        seen.append(page.context["tiles"][0]["value"])
    assert (seen, page.context["of"].period.text) == ([3, 3], "2019Q2")


@pytest.mark.parametrize(
    ("query", "attendances"),
    [
        ({}, 7),
        ({"period": "2018"}, 2),
        ({"period": "2013"}, 0),
        ({"period": "2019Q1"}, 1),
        ({"period": "2019-06"}, 5),
        ({"program": "roads"}, 1),
        ({"category": "monitored"}, 2),
        ({"area": "three-prefectures"}, 2),
        ({"period": "2019-06", "program": "skills", "category": "filed-poor"}, 2),
        # What is not a choice is passed over.
        ({"period": "2019-13", "program": "no", "category": "no", "area": "no"}, 7),
    ],
)
def test_filters_narrow_every_part_of_the_board(officer, query, attendances):
    page = board(officer, **query)
    assert page.context["tiles"][0]["value"] == attendances
    for which in PARTS[1:]:
        found = part(officer, which, **query).context
        assert sum(row["cells"][1]["value"] for row in found["rows"]) == attendances
        assert found["totals"][1]["value"] == attendances


def test_the_months_stand_beside_those_of_the_year_before(officer):
    found = part(officer, "months", period="2019Q1").context
    cells = {number: row["cells"] for number, row in enumerate(found["rows"], 1)}
    # The month's attendances and people, the attendances of the year before, the change.
    assert [(n, [c["value"] for c in cells[n][1:]]) for n in (3, 6, 8)] == [
        (3, [1, 1, 0, None]),
        (6, [5, 4, 2, "+150.0%"]),
        (8, [1, 1, 0, None]),
    ]
    this, last = found["curve"].lines
    assert [point.value for point in this.points] == [0, 0, 1, 0, 0, 5, 0, 1, 0, 0, 0, 0]
    assert sum(point.value for point in last.points) == 2


@pytest.mark.parametrize(
    ("measure", "june"), [(PEOPLE, 4), (COMPLETED, 0), ("training.employment_rate", None)]
)
def test_any_measure_may_be_shown_in_the_pictures(officer, measure, june):
    assert board(officer, measure=measure).context["of"].measure == measure
    for which in PARTS:
        assert part(officer, which, measure=measure).status_code == 200
    rows = part(officer, "months", measure=measure).context["rows"]
    assert rows[5]["cells"][1]["value"] == june


def test_months_that_have_not_come_are_not_drawn(officer, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: Period.parse("2019-07").last_day)
    this, _last = part(officer, "months").context["curve"].lines
    assert [point.value for point in this.points] == [0, 0, 1, 0, 0, 5, 0, 1]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["6210", "6229"]),
        ("name", ["6210", "6229"]),
        ("-name", ["6229", "6210"]),
        (ATTENDANCES, ["6229", "6210"]),
        (f"-{ATTENDANCES}", ["6210", "6229"]),
        ("-no", ["6210", "6229"]),
    ],
)
def test_the_places_are_put_in_order(officer, sort, order):
    rows = board(officer, sort=sort).context["places"]["rows"]
    assert [row["place"].code for row in rows] == order


def test_places_without_figures_stand_last_whichever_way(officer):
    Region.objects.create(code="6201", name="兰州市", level=2, parent_id="62")
    for sort in (ATTENDANCES, f"-{ATTENDANCES}"):
        rows = board(officer, sort=sort).context["places"]["rows"]
        assert rows[-1]["place"].code == "6201"


def behind(cell, user):
    """The figure that a cell leads to, and how many rows, or people of rows, stand behind it."""
    address = urlsplit(cell["url"])
    measure = resolve(address.path).kwargs["measure"]
    figure = Figure.read(QueryDict(address.query), user, measure)
    if isinstance(figure.declared, Derived):
        return (figure.value(),) * 2
    rows = figure.rows().visible_to(user)
    counted = rows.values("person").distinct() if figure.declared.is_people else rows
    return figure.value(), counted.count()


@pytest.mark.parametrize("code", ["62", "6210", "621022"])
def test_every_figure_is_the_number_of_its_rows(officer, code):
    page = board(officer, code)
    tables = [page.context["places"], *(part(officer, which, code).context for which in PARTS)]
    cells = [
        cell
        for table in tables
        for row in [*table["rows"], {"cells": table.get("totals") or []}]
        for cell in row["cells"]
        if cell.get("url") and cell.get("kind") == "number"
    ]
    assert len(cells) > 10
    user = page.context["user"]
    assert [behind(cell, user) for cell in cells] == [(cell["value"],) * 2 for cell in cells]


def test_a_figure_of_the_board_opens_its_page(officer):
    tile = board(officer, area="three-prefectures").context["tiles"][0]
    page = officer.get(tile["url"]).context
    assert (page["whole"]["value"], page["figure"].area) == (2, "three-prefectures")


def test_every_tile_says_how_it_is_counted_and_as_of_when(officer):
    page = board(officer).context
    for tile in page["tiles"]:
        assert tile["as_of"]
        assert tile["definition"]
        if tile["action"]:
            assert officer.get(tile["url"]).context["whole"]["value"] == tile["value"]
        else:
            assert behind(tile, page["user"]) == (tile["value"], tile["value"])


@pytest.mark.parametrize("code", ["62", "6210", "621021", "622926", "621022201", "99", "62102x"])
@pytest.mark.parametrize("route", ["figures", "figures-part", "figures-file"])
def test_boards_elsewhere_are_not_there(client, code, route):
    clerk = signed_in(client, "county-clerk", "621022")
    more = ["months"] if route == "figures-part" else []
    assert clerk.get(reverse(f"exchange:{route}", args=[code, *more])).status_code == 404


def test_a_part_that_no_board_has_is_not_there(officer):
    assert part(officer, "persons").status_code == 404


def queries(reader, url):
    """How often the database is asked for the page, without its frame."""
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(url).status_code == 200
    return sum(not any(table in each["sql"] for table in FRAME) for each in asked)


@pytest.mark.parametrize("code", ["62", "6210", "621022"])
def test_a_board_asks_little_and_no_more_for_more_places(officer, code):
    urls = [reverse("exchange:figures", args=[code])]
    urls += [reverse("exchange:figures-part", args=[code, which]) for which in PARTS]
    few = [queries(officer, url) for url in urls]
    assert max(few) <= MOST_QUERIES
    for n in range(7, 12):
        enrolled(a_person(n), a_class(code=str(n)), region_code="621022100001", category="veteran")
    settled()
    assert [queries(officer, url) for url in urls] == few


def test_what_is_seen_can_be_taken_out(officer):
    url = reverse("exchange:figures-file", args=["62"])
    answer = officer.get(url, {"period": "2019", "sort": ATTENDANCES})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    whole = [row for row in sheets[0] if isinstance(row[1], float)][-1]
    assert whole[1:] == [7, 6, 6, 5, 0.2, 0.2, 300]
    lines = [[row[:5] for row in sheet if isinstance(row[1], float)] for sheet in sheets]
    assert [line[1:] for line in lines[0]] == [[2, 2, 2, 2], [5, 4, 4, 3], [7, 6, 6, 5]]
    assert [line[0] for line in lines[0][:2]] == ["临夏回族自治州", "庆阳市"]
    assert [sum(row[1] for row in found[:-1]) for found in lines] == [7, 7, 7, 7]
    assert [found[-1][1:] for found in lines] == [[7, 6, 6, 5]] * 4
