"""Blocks that come from the clipboard, read by the grid's own scripts in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from portal.places import ROOT

from tests.journeys import clipboards

SCRIPTS = ROOT / "static" / "js" / "grid"
NUMBER = "622822199002303330"
BLOCK = [["张三", NUMBER, '他说"好"'], ["李四", "", "两行\n的话"], ["", "", ""]]
Parse = Callable[[str, str], list[list[str]]]


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page()
    opened.evaluate("window.portal = {}")
    for name in ("rows", "choices", "clipboard"):
        opened.add_script_tag(path=SCRIPTS / f"{name}.js")
    yield opened
    opened.close()


@pytest.fixture
def parse(page: Page) -> Parse:
    return lambda html, text: page.evaluate(
        "([html, text]) => portal.grid.parsePaste(html, text)", [html, text]
    )


@pytest.mark.parametrize("program", [clipboards.excel, clipboards.wps])
def test_a_block_arrives_as_it_was_copied(
    program: Callable[[clipboards.Block], dict[str, str]], parse: Parse
) -> None:
    copied = program(BLOCK)
    assert parse(copied["html"], copied["text"]) == BLOCK


@pytest.mark.parametrize(
    ("html", "text", "block"),
    [
        ("", "甲\t乙\r\n丙\t", [["甲", "乙"], ["丙", ""]]),
        ("", "甲\r乙\n", [["甲"], ["乙"]]),
        ("", "甲\n\n乙\n", [["甲"], [""], ["乙"]]),
        ("", '"甲\t""乙"""\t丙', [['甲\t"乙"', "丙"]]),
        ("", '5" 管\t6', [['5" 管', "6"]]),
    ],
)
def test_text_alone(html: str, text: str, block: list[list[str]], parse: Parse) -> None:
    assert parse(html, text) == block


def test_a_number_that_the_sheet_shows_rounded_is_taken_whole(parse: Parse) -> None:
    html = f"<table><tr><td>张三</td><td x:num='{NUMBER}'>6.22822E+17</td></tr></table>"
    assert parse(html, "张三\t6.22822E+17\r\n") == [["张三", NUMBER]]


def test_a_rounded_number_without_its_digits_stays_as_it_is(parse: Parse) -> None:
    """It is marked afterwards; nobody guesses digits."""
    html = "<table><tr><td>张三</td><td>6.22822E+17</td></tr></table>"
    assert parse(html, "张三\t6.22822E+17\r\n") == [["张三", "6.22822E+17"]]


def test_a_merged_cell_stands_in_its_first_cell(parse: Parse) -> None:
    html = (
        "<table><tr><td rowspan=2>甲班</td><td>张三</td></tr><tr><td>李四</td></tr>"
        "<tr><td colspan=2>合计</td></tr></table>"
    )
    assert parse(html, "甲班\t张三\r\n\t李四\r\n合计\r\n") == [
        ["甲班", "张三"],
        ["", "李四"],
        ["合计", ""],
    ]


def test_rows_that_a_sheet_hides_come_too(parse: Parse) -> None:
    html = "<table><tr><td>甲</td></tr><tr style='display:none'><td>乙</td></tr></table>"
    assert parse(html, "甲\r\n") == [["甲"], ["乙"]]


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("date", "20190604", "2019-06-04"),
        ("date", "２０１９．６．４", "2019-06-04"),
        ("date", "2019年6月4日", "2019-06-04"),
        ("date", "2019/6/31", "2019/6/31"),
        ("date", "19.6.4", "19.6.4"),
        ("id", " 62282219900230333x", "62282219900230333X"),
        ("phone", "139-0937 8657", "13909378657"),
        ("number", "９０", "90"),
        ("text", "五 组", "五 组"),
    ],
)
def test_what_is_typed_is_read_as_shown(kind: str, typed: str, read: str, page: Page) -> None:
    """A cell that is no day, number or the like stays as it was typed."""
    assert (
        page.evaluate("([kind, typed]) => portal.grid.read({kind}, typed)", [kind, typed]) == read
    )
