"""The grid at a desk: what a clerk does to it and what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk
from tests.journeys.clipboards import Block

COLUMNS = [column.name for column in rosters.COLUMNS]
PASTE = """copied => {
  const data = new DataTransfer();
  if (copied.html) data.setData('text/html', copied.html);
  data.setData('text/plain', copied.text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
CELL = """([place, name]) => {
  const line = [...document.querySelectorAll('.grid-row')].find(row => row.place === place);
  return line.children[name + 1].textContent;
}"""


def block(size: int, *, born: int, start: str, end: str, code: str) -> Block:
    """Sound rows in the grid's columns, for classes of fifty; another year of birth, other people."""
    rows = [[str(cell) for cell in row] for row in rosters.invented(size, born=born)]
    for place, row in enumerate(rows):
        row[COLUMNS.index("start_date")], row[COLUMNS.index("end_date")] = start, end
        row[COLUMNS.index("class_code")] = f"{code}{place // rosters.CLASS_SIZE:03}"
    return rows


class Sheet:
    """The grid of a month, or of any address, at one desk."""

    columns: Sequence[str] = COLUMNS

    def __init__(self, desk: Desk, path: str) -> None:
        self.desk, self.page, self.path = desk, desk.page, path
        self.desk.go(path)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.page.wait_for_selector("[data-grid][data-ready]", timeout=LONG)

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to_the_end(self) -> None:
        """To the first column of the first free row."""
        self.press("Control+End", "Home")
        if self.numbers()["shown"]:
            self.press("ArrowDown")

    def go_to(self, place: int, column: str) -> None:
        """By the mouse, once the row is in view."""
        self.page.evaluate(
            "([place, at]) => document.querySelector('[data-part=frame]').scrollTo(at, place * 28)",
            [place, self.left_of(column)],
        )
        at = self.columns.index(column) + 2
        self.page.click(f".grid-row[aria-rowindex='{place + 2}'] .grid-cell[aria-colindex='{at}']")

    def left_of(self, column: str) -> int:
        """How far to the right the column is about."""
        return 110 * self.columns.index(column)

    def paste(self, copied: dict[str, str]) -> None:
        self.page.evaluate(PASTE, copied)

    def cell(self, place: int, column: str) -> str:
        found: str = self.page.evaluate(CELL, [place, self.columns.index(column)])
        return found

    def disputed(self) -> dict[str, list[str]]:
        """The row under the cursor, that somebody else wrote too: what was, mine, theirs by heading."""
        self.page.click("[data-act=settle]")
        lines = self.page.locator("[data-part=conflict] tbody tr").all()
        cells = [line.locator("td").all_inner_texts() for line in lines]
        return {heading: [text.strip() for text in rest] for heading, *rest in cells}

    def choose(self, **whose: str) -> None:
        """Of the cells in dispute, by column: mine or theirs."""
        for column, one in whose.items():
            self.page.check(f"[data-part=conflict] [name=take-{column}][value={one}]")
        self.page.click("[data-part=conflict] [value=take]")

    def numbers(self) -> dict[str, int]:
        script = "all => all.map(one => [one.dataset.number, one.querySelector('b').textContent])"
        found: list[Any] = self.page.locator("[data-number]").evaluate_all(script)
        return {name: int(text.replace(",", "")) for name, text in found}

    def wait_for(self, **numbers: int) -> None:
        """Until the status line says so; fails with what it says instead."""
        script = (
            "wanted => Object.keys(wanted).every(name => wanted[name] === Number(document"
            ".querySelector(`[data-number=${name}] b`).textContent.replace(/,/g, '')))"
        )
        try:
            self.page.wait_for_function(script, arg=numbers, timeout=LONG)
        except Exception as trouble:
            raise AssertionError(f"wanted {numbers}, told {self.numbers()}") from trouble

    def kept(self) -> int:
        """How many rows the browser keeps because the server has not confirmed them."""
        script = """() => new Promise(done => {
          const asked = indexedDB.open('portal-grid-' + document.body.dataset.user);
          asked.onsuccess = () => {
            const all = asked.result.transaction('rows').objectStore('rows').count();
            all.onsuccess = () => { asked.result.close(); done(all.result); };
          };
        })"""
        found: int = self.page.evaluate(script)
        return found
