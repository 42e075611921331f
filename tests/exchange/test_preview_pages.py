"""What the preview tells of a file: every line accounted for, nothing read in silence."""

import re

import pytest

from core.models import User
from exchange.imports.understood import letters, told
from tests.exchange.import_pages import (
    at,
    house,  # noqa: F401
    signed_in,
    text,
)
from tests.factories import an_account, citizen_number
from tests.factories.rosters import a_row, as_table, brought_in, csv_of, xlsx_of


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", "621022")


def test_lines_that_are_not_people_are_told_by_kind_with_their_numbers(clerk: User) -> None:
    head, *rows = as_table([a_row(1), a_row(3)])
    foot = [["合计", "2人"], [], ["填表人：李四"]]
    batch = brought_in(
        xlsx_of({"表": [["某县花名册"], head, *rows, *foot]}), name="r.xlsx", by=clerk
    )
    said = text(signed_in(clerk).get(at(batch)))
    assert "Lines in the file 7 &nbsp; = Accepted 2 &nbsp; + Held back 0 &nbsp; + Not" in said
    for kind in ("above the table 1 1", "headings 1 2", "totals 1 5", "blank 1 6"):
        assert kind in said
    assert "signatures 1 7" in said
    assert "Some lines were not understood" not in said


def test_what_was_not_understood_stands_out(clerk: User) -> None:
    good = as_table([a_row(5)])
    aside = [["鞋码"], [f"{citizen_number(9)}穿41码"]]
    batch = brought_in(xlsx_of({"一": good, "鞋": aside}), name="r.xlsx", by=clerk)
    page = signed_in(clerk).get(at(batch))
    assert "Some lines were not understood" in text(page)
    assert "鞋 on a sheet without a table 2 1-2" in text(page)
    assert citizen_number(9) not in page.content.decode()


def test_what_holds_for_all_rows_is_told_with_where_it_stands(clerk: User) -> None:
    head, *rows = as_table([a_row(1), a_row(3)])
    place = head.index("班级编号")
    lines = [[*line[:place], *line[place + 1 :]] for line in [head, *rows]]
    above = [["", "班级编号：2019001"]]
    batch = brought_in(xlsx_of({"表": [*above, *lines]}), name="r.xlsx", by=clerk)
    assert "班级编号: 2019001 (B1)" in text(signed_in(clerk).get(at(batch)))


def test_accepted_rows_are_looked_through_page_by_page(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(order) for order in range(1, 121, 2)]), by=clerk)
    client = signed_in(clerk)
    assert f'href="{at(batch, "accepted")}"' in client.get(at(batch)).content.decode()
    first = client.get(at(batch, "accepted")).content.decode()
    assert lines(first) == list(range(2, 52))
    assert citizen_number(1) not in first
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert lines(client.get(at(batch, "accepted") + following).content.decode()) == list(
        range(52, 62)
    )


def lines(html: str) -> list[int]:
    return [int(line) for line in re.findall(r'<td class="number">([0-9]+)<', html)]


def test_places_and_lines_are_written_as_spreadsheet_programs_do() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [told([3, 1, 2, 7], 4), told([5], 9), told([], 0)] == ["1-3、7", "5…", ""]
