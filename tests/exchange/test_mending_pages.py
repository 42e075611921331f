"""Held rows mended on screen: judged at once, masked as before, and taken in when checked again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import User
from exchange.models import ImportBatch, Mend
from tests.exchange.import_pages import (
    HTMX,
    at,
    house,  # noqa: F401
    signed_in,
    text,
)
from tests.factories import an_account, citizen_number
from tests.factories.rosters import a_row, brought_in, csv_of, worked
from training.models import Enrollment

DATE_RULE = "exchange.date_exists"
WRONG = citizen_number(7)[:-1] + ("1" if citizen_number(7)[-1] == "0" else "0")
WORK = "exchange:import-worklist"


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", "621022")


@pytest.fixture
def roster_admin() -> User:
    return an_account("roster-admin", "roster-administrator", "62")


@pytest.fixture
def batch(clerk: User) -> ImportBatch:
    """Four rows: one sound, one of a wrong day, one of a wrong village, one of a wrong number."""
    rows = [
        a_row(1),
        a_row(3, start_date="2019-02-30"),
        a_row(5, village="无此村"),
        a_row(7, id_number=WRONG),
    ]
    return brought_in(csv_of(rows), by=clerk)


def mended(user: User, batch: ImportBatch, line: int, **cells: str) -> Any:
    """What the script is answered that saves a row."""
    answer = signed_in(user).post(at(batch, "mend", 1, line), cells, headers=HTMX)
    assert answer.status_code == 200
    return answer


def state_of(answer: Any) -> str:
    return re.findall(r'data-row="([a-z-]+)"', answer.content.decode())[0]


def test_cells_in_trouble_are_fields_with_what_helps_to_fill_them(
    clerk: User, batch: ImportBatch
) -> None:
    html = signed_in(clerk).get(at(batch)).content.decode()
    assert re.search(r'name="start_date" value="2019-02-30" placeholder="like 2019-06-04"', html)
    assert 'name="village" value="无此村" list="places-village"' in html
    assert '<datalist id="places-village">' in html
    assert '<option value="李原村">' in html
    assert "无此村" in html


def test_a_saved_row_is_judged_at_once(clerk: User, batch: ImportBatch) -> None:
    still = mended(clerk, batch, 3, start_date="2019-06-31")
    assert (state_of(still), "2019-06-31” in “开班时间” is not a day" in text(still)) == (
        "wrong",
        True,
    )
    right = mended(clerk, batch, 3, start_date="2019-06-24")
    assert (state_of(right), "is not a day" in text(right)) == ("mended", False)
    assert "now in order" in text(right)
    assert "1 row of “roster.csv” was mended since the last check." in text(right)


def test_what_was_not_changed_is_not_kept(clerk: User, batch: ImportBatch) -> None:
    assert state_of(mended(clerk, batch, 3, start_date="2019-02-30")) == "held"
    assert Mend.objects.count() == 0


def test_writing_waits_until_mended_rows_are_checked(clerk: User, batch: ImportBatch) -> None:
    answer = mended(clerk, batch, 3, start_date="2019-06-24")
    client = signed_in(clerk)
    confirm = f'action="{at(batch, "confirm")}"'
    assert (confirm in answer.content.decode(), confirm in html(client, batch)) == (False, False)
    refused = client.post(at(batch, "confirm"), headers=HTMX)
    assert "Rows were mended since the last check." in text(refused)
    assert client.post(at(batch, "check-again")).headers["Location"] == at(batch)
    assert worked(batch).accepted == 2
    assert confirm in html(client, batch)
    client.post(at(batch, "confirm"))
    assert worked(batch).written == 2


def html(client: Client, batch: ImportBatch) -> str:
    return client.get(at(batch)).content.decode()


def test_rows_are_mended_after_the_others_were_written(clerk: User, batch: ImportBatch) -> None:
    client = signed_in(clerk)
    client.post(at(batch, "confirm"))
    worked(batch)
    mended(clerk, batch, 4, village="李原村")
    client.post(at(batch, "check-again"))
    assert (worked(batch).written, batch.held) == (2, 2)
    assert sorted(Enrollment.objects.values_list("line", flat=True)) == [2, 4]


def test_a_row_is_left_out_and_taken_back_in(clerk: User, batch: ImportBatch) -> None:
    client = signed_in(clerk)
    out = client.post(at(batch, "leave-out", 1, 3), headers=HTMX)
    assert state_of(out) == "left-out"
    assert state_of(mended(clerk, batch, 3)) == "wrong"
    client.post(at(batch, "leave-out", 1, 3))
    client.post(at(batch, "check-again"))
    assert (worked(batch).held, batch.not_data) == (2, 2)


def test_a_number_that_is_masked_is_replaced_only_when_it_is_filled_in(
    roster_admin: User, clerk: User, batch: ImportBatch
) -> None:
    page = html(signed_in(roster_admin), batch)
    assert (WRONG in page, WRONG in html(signed_in(clerk), batch)) == (False, True)
    (field,) = re.findall(r'<input[^>]* name="id_number"[^>]*>', page)
    assert f'placeholder="621022********{WRONG[-4:]}"' in field
    assert "value=" not in field
    untouched = mended(roster_admin, batch, 5, id_number="", remark="")
    assert (state_of(untouched), Mend.objects.count()) == ("held", 0)
    answer = mended(roster_admin, batch, 5, id_number=citizen_number(7))
    assert (state_of(answer), citizen_number(7) in answer.content.decode()) == ("mended", False)
    assert citizen_number(7) not in html(signed_in(roster_admin), batch)


def test_a_row_has_a_page_of_its_own_without_scripts(clerk: User, batch: ImportBatch) -> None:
    client = signed_in(clerk)
    page = client.get(at(batch, "row", 1, 3)).content.decode()
    assert page.count('name="township"') == 1
    assert f'href="{at(batch, "row", 1, 4)}"' in page
    sent = client.post(at(batch, "mend", 1, 3), {"start_date": "2019-06-24"})
    assert (sent.status_code, sent.headers["Location"]) == (302, at(batch, "row", 1, 3))
    assert "now in order" in text(client.get(at(batch, "row", 1, 3)))


def test_an_accepted_row_is_looked_at_with_its_numbers_masked(
    clerk: User, batch: ImportBatch
) -> None:
    page = signed_in(clerk).get(at(batch, "row", 1, 2)).content.decode()
    assert (citizen_number(1) in page, a_row(1)["name"] in page) == (False, True)
    assert signed_in(clerk).get(at(batch, "row", 1, 99)).status_code == 404


def test_findings_lead_to_their_rows(clerk: User, batch: ImportBatch) -> None:
    page = html(signed_in(clerk), batch)
    found = page[page.index('id="findings"') : page.index('id="held"')]
    assert set(re.findall(r'href="(/imports/[^"]+/rows/[^"]+)"', found)) == {
        at(batch, "row", 1, line) for line in (3, 4, 5)
    }


def test_the_work_list_gathers_the_held_rows_of_all_imports(
    clerk: User, roster_admin: User, batch: ImportBatch
) -> None:
    other = brought_in(
        csv_of([a_row(9, start_date="2019-02-31")]), name="二月.csv", by=roster_admin
    )
    client, page = signed_in(clerk), reverse(WORK)

    def listed(query: str) -> list[str]:
        rows = client.get(page + query).content.decode()
        return re.findall(r'id="row-(\d+-\d+-\d+)"', rows)

    mine = [f"{batch.pk}-1-{line}" for line in (3, 4, 5)]
    assert listed("") == [*mine, f"{other.pk}-1-2"]
    assert listed(f"?file={other.public_id}") == [f"{other.pk}-1-2"]
    assert listed(f"?rule={DATE_RULE}") == [mine[0], f"{other.pk}-1-2"]
    assert '<span>Work list</span><b class="count">4</b>' in client.get(page).content.decode()
    neighbor = signed_in(an_account("neighbor", "county-clerk", "621021"))
    assert "No row is held back" in text(neighbor.get(page))


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    return count


def test_a_long_work_list_asks_as_often_as_a_short_one(
    clerk: User, queries: Callable[[Client, str], int]
) -> None:
    first = brought_in(csv_of([a_row(1, start_date="2019-02-30")]), by=clerk)
    mended(clerk, first, 2, start_date="2019-02-31")
    client, page = signed_in(clerk), reverse(WORK)
    client.get(page)
    one = queries(client, page)
    brought_in(csv_of([a_row(order, start_date="2019-02-30") for order in range(3, 30)]), by=clerk)
    assert queries(client, page) == one + 1  # the second import's own bar of mended rows
