"""Whom a damaged number may mean: proposed when exactly one fits, and never from elsewhere."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from talent.models import Person
from talent.suggestions import Damaged, Suggestion, may_be, suggest
from tests.factories import a_person, citizen_number, divisions

NUMBER = citizen_number(1)
VILLAGE, OTHER_VILLAGE = "621022201001", "621022100001"
WRONG = NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")
CUT = "\x02" + NUMBER[:15] + "000"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def zhang() -> Person:
    divisions()
    return a_person(1, name="张三", region_code=VILLAGE)


def suggested(*rows: Damaged, county: str = "621022") -> list[int | None]:
    return [found and found.person for found in suggest(county, rows)]


@pytest.mark.parametrize(
    "written",
    [
        CUT,
        NUMBER[:15] + "000",
        f"{NUMBER[0]}.{NUMBER[1:12]}E+17",
        "\x02" + f"{NUMBER[0]}.{NUMBER[1:15]}e+17",
        NUMBER[:15],
        WRONG,
        NUMBER[:10] + NUMBER[11:],
        NUMBER[:17],
        NUMBER[1:],
        f" '{WRONG}",
    ],
)
def test_what_is_left_of_the_number_is_enough(zhang: Person, written: str) -> None:
    assert suggest("621022", [Damaged("张 三", VILLAGE, written)]) == [
        Suggestion(zhang.pk, "张三", zhang.id_number_mask)
    ]


@pytest.mark.parametrize(
    "row",
    [
        Damaged("张三", VILLAGE, NUMBER),
        Damaged("张三", VILLAGE, ""),
        Damaged("李四", VILLAGE, CUT),
        Damaged("张三", OTHER_VILLAGE, CUT),
        Damaged("张三", "621022", CUT),
        Damaged("张三", "", CUT),
        Damaged("", VILLAGE, CUT),
        Damaged("张三", VILLAGE, "\x02" + NUMBER[:14] + "9000"),
        Damaged("张三", VILLAGE, NUMBER[:8] + "81" + NUMBER[10:]),
        Damaged("张三", VILLAGE, NUMBER[:16]),
        Damaged("张三", VILLAGE, NUMBER + "1"),
        Damaged("张三", VILLAGE, f"{NUMBER[0]}.{NUMBER[1:12]}E+15"),
    ],
)
def test_nobody_is_proposed_otherwise(row: Damaged) -> None:
    assert suggest("621022", [row]) == [None]


def test_two_who_fit_are_none() -> None:
    """Cut after 15 digits two brothers of one name look alike; with 17 they do not."""
    a_person(2, name="张三", region_code=VILLAGE)
    assert suggested(Damaged("张三", VILLAGE, CUT)) == [None]
    assert len([p for p in suggested(Damaged("张三", VILLAGE, NUMBER[:17])) if p]) == 1


def test_nobody_of_another_county_is_proposed(zhang: Person) -> None:
    row = Damaged("张三", VILLAGE, CUT)
    assert suggested(row, county="622926") == [None]
    Person.objects.filter(pk=zhang.pk).update(county_code="622926")
    assert suggested(row) == [None]


def test_many_rows_take_one_query(zhang: Person) -> None:
    rows = [Damaged("张三", VILLAGE, WRONG), Damaged("李四", VILLAGE, CUT)] * 20
    with CaptureQueriesContext(connection) as asked:
        assert suggested(*rows) == [zhang.pk, None] * 20
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert suggested(Damaged("张三", VILLAGE, NUMBER)) == [None]
    assert len(asked) == 0


def test_a_difference_of_one_character() -> None:
    assert not may_be(NUMBER[:15], citizen_number(1, born="19900102"))
    assert not may_be(WRONG[:16] + "Z" + WRONG[17], NUMBER)
