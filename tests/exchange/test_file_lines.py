"""A line of a kept file as its office wrote it: headings and cells, personal numbers masked."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from core.models import User
from exchange.imports import services
from exchange.imports.file_lines import LineCell, read_line
from exchange.imports.services import stored_path
from exchange.models import ImportBatch
from tests.exchange.import_pages import HTMX, at, house, signed_in, text  # noqa: F401
from tests.factories import a_class, a_person, an_account, citizen_number, enrolled
from tests.factories.rosters import (
    GIVEN,
    HUAN,
    TITLES,
    a_row,
    brought_in,
    csv_of,
    entered,
    worked,
    xlsx_of,
)
from training.models import Enrollment

NUMBER, BANK = citizen_number(1), "6217001234567890123"


@pytest.fixture
def officer() -> User:
    return an_account("officer", "prefecture-officer", "6210")


def a_workbook() -> ImportBatch:
    """Two sheets; the second has a title, merged class cells, and columns nobody knows."""
    given = {TITLES[name]: value for name, value in GIVEN.items()}
    heads = ["姓名", "身份证号码", "联系电话", *given, "出生年月", "银行卡号"]
    lines = [
        ["张一", NUMBER, "13900000000", *given.values(), "1990-01-01", BANK],
        ["张二", citizen_number(2), "", *given.values(), "1990年1月1日", "无"],
    ]
    sheets = {"说明": [["本表由县人社局填报"]], "一班": [["环县培训花名册"], heads, *lines]}
    batch = brought_in(xlsx_of(sheets), name="花名册.xlsx")
    services.confirm(batch, by=None)
    return worked(batch)


def shown(cells: list[LineCell] | None) -> dict[str, str]:
    return {cell.title: cell.content for cell in cells or []}


def test_a_line_stands_as_in_the_file_with_its_numbers_masked() -> None:
    batch = a_workbook()
    cells = read_line(batch, 2, 3)
    found = shown(cells)
    assert [cell.address for cell in cells or []][:2] == ["A3", "B3"]
    assert {name: found[TITLES[name]] for name in GIVEN} == GIVEN
    assert found["姓名"] == "张一"
    assert found["身份证号码"] == "621022********" + NUMBER[14:]
    assert found["联系电话"] == "139****0000"
    assert (found["出生年月"], found["银行卡号"]) == ("1990", "****0123")
    assert shown(read_line(batch, 2, 4))["出生年月"] == "1990"
    assert shown(read_line(batch, 1, 1)) == {"": "本表由县人社局填报"}
    assert read_line(batch, 2, 99) is None


def test_a_formula_is_told_and_a_merged_cell_where_it_is_from() -> None:
    heads, (first, second) = [*a_row()], (a_row(1), a_row(2))
    book, village = Workbook(), heads.index("village") + 1
    sheet = book.active
    sheet.append([TITLES[name] for name in heads])
    sheet.append([*first.values()])
    sheet.append([*(second | {"village": "", "name": "=A2"}).values()])
    sheet.merge_cells(start_row=2, end_row=3, start_column=village, end_column=village)
    out = io.BytesIO()
    book.save(out)
    batch = brought_in(out.getvalue(), name="花名册.xlsx")
    found = {cell.title: cell for cell in read_line(batch, 1, 3) or []}
    lent, name = found[TITLES["village"]], found["姓名"]
    assert (lent.content, lent.is_lent, lent.address[1:]) == ("李原村", True, "3")
    assert (name.formula, name.content, name.is_lent) == ("=A2", "", False)
    assert [cell.title for cell in found.values() if cell.is_lent] == [TITLES["village"]]


def test_the_page_reads_the_file_once_it_is_shown(officer: User) -> None:
    batch, client = a_workbook(), signed_in(officer)
    url = at(batch, "line", 2, 3)
    page = client.get(url).content.decode()
    assert f'hx-get="{url}"' in page
    assert ("花名册.xlsx" in page, "一班" in page, batch.sha256 in page) == (True, True, True)
    fragment = client.get(url, headers=HTMX).content.decode()
    whole = client.get(url, {"read": "1"}).content.decode()
    for body in (fragment, whole):
        assert ("张一" in body, NUMBER in body, "<html" in body) == (True, False, body is whole)


def test_a_file_that_is_gone_is_named_by_its_digest(officer: User) -> None:
    batch, client = a_workbook(), signed_in(officer)
    stored_path(batch).unlink()
    answer = client.get(at(batch, "line", 2, 3), {"read": "1"})
    assert (answer.status_code, batch.sha256 in text(answer)) == (200, True)
    assert "trouble" in answer.context


@pytest.mark.parametrize("place", [(2, 0), (3, 1), (99, 3)])
def test_a_place_that_no_file_has_is_missing(officer: User, place: tuple[int, int]) -> None:
    assert signed_in(officer).get(at(a_workbook(), "line", *place)).status_code == 404


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        ("county-clerk", HUAN, 200),
        ("province-officer", "62", 200),
        ("prefecture-officer", "6229", 404),
        ("county-clerk", "621021", 404),
        ("audit-administrator", "62", 403),
    ],
)
def test_whoever_reads_the_ledger_reads_its_lines(role: str, region: str, status: int) -> None:
    batch = entered(a_row(1))
    reader = signed_in(an_account("reader", role, region))
    assert reader.get(at(batch, "line", 1, 2)).status_code == status


def links(client: Client, row: Enrollment, name: str = "row") -> list[str]:
    page = client.get(reverse(f"training:{name}", args=[row.pk])).content.decode()
    return [each for each in page.split('"') if "/lines/" in each]


def test_row_and_history_lead_to_the_line_and_back(officer: User) -> None:
    batch, client = entered(a_row(1)), signed_in(officer)
    row = Enrollment.objects.get()
    url = at(batch, "line", 1, 2)
    (of_row,), (of_history,) = links(client, row), links(client, row, "row-changes")
    assert of_row.partition("?")[0] == of_history.partition("?")[0] == url
    back = client.get(of_row).context["way_back"]
    assert back == reverse("training:row", args=[row.pk])
    stranger = signed_in(an_account("stranger", "prefecture-officer", "6229"))
    assert [stranger.get(each).status_code for each in (of_row, back)] == [404, 404]


def test_a_row_without_a_file_says_who_sent_it_and_when(officer: User) -> None:
    row = enrolled(a_person(1), a_class(), entered_by=officer.pk)
    client = signed_in(officer)
    assert links(client, row) == []
    facts: list[dict[str, Any]] = client.get(reverse("training:row", args=[row.pk])).context[
        "lineage"
    ]
    changes = reverse("training:row-changes", args=[row.pk])
    assert [fact["value"] for fact in facts][1:] == [str(officer), row.created_at]
    assert facts[0]["url"].startswith(changes)
    (line,) = client.get(changes).context["rows"]
    assert [cell["value"] for cell in line["cells"]][:2] == [row.created_at, str(officer)]


def test_a_text_file_has_one_sheet() -> None:
    batch = brought_in(csv_of([a_row(1), a_row(2)]))
    assert shown(read_line(batch, 1, 3))["姓名"] == a_row(2)["name"]
