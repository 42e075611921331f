"""Keyset pages: every row once, in order, from both ends, whatever is added meanwhile."""

import datetime

import pytest

from core.paging import COUNTED_TO, Keyset, count_to
from tests.factories import a_class, a_person, divisions, enrolled
from training.models import Enrollment

NEWEST_FIRST = Keyset("-start_date", "-id")
pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Seven rows, five of them of one day, so that the key alone decides."""
    divisions()
    taught = a_class()
    days = [1, 5, 5, 5, 5, 5, 9]
    return [
        enrolled(a_person(n), taught, start_date=datetime.date(2019, 6, day), end_date="2019-07-08")
        for n, day in enumerate(days, start=1)
    ]


def walk(queryset, size):
    """The pages from first to last, by following the cursor."""
    pages = [NEWEST_FIRST.page(queryset, size=size)]
    while pages[-1].next and len(pages) < 20:
        pages.append(NEWEST_FIRST.page(queryset, after=pages[-1].next, size=size))
    return pages


def keys(page):
    return [row.id for row in page.rows]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_every_row_comes_once_and_in_order(rows, size):
    expected = [row.id for row in reversed(rows)]
    pages = walk(Enrollment.objects.all(), size)
    assert [key for page in pages for key in keys(page)] == expected
    assert pages[0].previous is None
    assert {page.total for page in pages} == {7}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_going_back_shows_the_same_pages(rows, size):
    pages = walk(Enrollment.objects.all(), size)
    back = [pages[-1]]
    while back[-1].previous and len(back) < 20:
        before = back[-1].previous
        back.append(NEWEST_FIRST.page(Enrollment.objects.all(), before=before, size=size))
    seen = {key for page in back for key in keys(page)}
    assert seen == {row.id for row in rows}
    assert back[-1].previous is None
    assert back[-1].next is not None


def test_a_row_added_before_the_place_shifts_nothing(rows):
    first = NEWEST_FIRST.page(Enrollment.objects.all(), size=3)
    enrolled(a_person(50), a_class(), start_date=datetime.date(2019, 7, 1))
    second = NEWEST_FIRST.page(Enrollment.objects.all(), after=first.next, size=3)
    assert keys(second) == [rows[3].id, rows[2].id, rows[1].id]


def test_named_tuples_do_as_well(rows):
    named = Enrollment.objects.values_list("start_date", "id", named=True)
    page = NEWEST_FIRST.page(named, size=2)
    assert keys(NEWEST_FIRST.page(named, after=page.next, size=2)) == [rows[4].id, rows[3].id]


@pytest.mark.parametrize(
    "cursor", ["x", "2019-06-05", "2019-13-05~1", "2019-06-05~x", "~", "2019-06-05~", "~~~"]
)
def test_an_unreadable_cursor_shows_the_first_page(rows, cursor):
    assert keys(NEWEST_FIRST.page(Enrollment.objects.all(), after=cursor, size=2)) == [
        rows[6].id,
        rows[5].id,
    ]


def test_before_the_first_row_is_the_first_page(rows):
    page = NEWEST_FIRST.page(Enrollment.objects.all(), before=f"2030-01-01~{10**9}", size=2)
    assert (keys(page), page.previous) == ([rows[6].id, rows[5].id], None)


def test_rows_are_counted_up_to_a_number(rows):
    assert count_to(Enrollment.objects.all(), 7) == 7
    assert count_to(Enrollment.objects.all(), 6) is None
    assert NEWEST_FIRST.page(Enrollment.objects.all(), total=20_000).total == 20_000
    assert NEWEST_FIRST.page(Enrollment.objects.none()).total == 0
    assert COUNTED_TO == 10_000


def test_mixed_directions_are_refused():
    with pytest.raises(ValueError, match="together"):
        Keyset("-start_date", "id")


def test_the_order_index_answers_from_its_place(rows):
    page = NEWEST_FIRST.page(Enrollment.objects.all(), size=2)
    asked = NEWEST_FIRST._beyond(Enrollment.objects.all(), ["2019-06-05", 3], True)
    sql = str(Enrollment.objects.filter(asked).query)
    assert '("training_enrollment"."start_date", "training_enrollment"."id") < (' in sql
    assert page.next == f"2019-06-05~{rows[5].id}"
