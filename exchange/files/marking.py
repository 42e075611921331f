"""The marking process: colors and comments cells of a workbook and writes the copy to a pipe.

Started by `copies` as `python -I marking.py` under the limits of the reading process. On standard
input comes the order (one JSON line); on standard output goes the workbook, or nothing.
"""

import io
import json
import sys
import zipfile
from copy import copy
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # -I leaves the project out

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from exchange.files.child import confine
from exchange.files.limits import Limits

GRAVE, LIGHT = PatternFill("solid", fgColor="FFC7CE"), PatternFill("solid", fgColor="FFEB9C")
LONGEST_COMMENT, WIDTH, LINE_HEIGHT, SIGNS_A_LINE = 2_000, 320, 20, 24


def main() -> None:
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    limits = Limits(**order["limits"])
    confine(limits, order["parent"], writes=limits.max_unpacked)
    with open(order["path"], "rb") as file:  # whose name says nothing of its kind
        book = load_workbook(file, keep_links=False)
    for number, marks in order["marks"].items():
        sheet = book[book.sheetnames[int(number) - 1]]
        if isinstance(sheet, Worksheet):
            for line, place, is_grave, text in marks:
                mark(sheet, line, place, is_grave, text, order["author"])
    stop_formulas(book)
    kept = io.BytesIO()
    book.save(kept)
    zipfile.ZipFile(kept).close()  # a copy that cannot be opened is none
    sys.stdout.buffer.write(kept.getvalue())


def mark(sheet: Worksheet, line: int, place: int, is_grave: bool, text: str, author: str) -> None:
    """Color a cell and say in a comment what is wrong; what was said there before stays."""
    cell = _topmost(sheet, line, place)
    before = f"{cell.comment.text}\n" if cell.comment else ""
    comment = Comment((before + text)[:LONGEST_COMMENT], author)
    comment.width = WIDTH
    comment.height = LINE_HEIGHT * (2 + len(comment.text) // SIGNS_A_LINE)
    cell.comment = comment
    cell.fill = copy(GRAVE if is_grave else LIGHT)


def _topmost(sheet: Worksheet, line: int, place: int) -> Cell:
    """The cell, or the one that shows for it where cells are merged."""
    cell = sheet.cell(line, place + 1)
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                return sheet.cell(merged.min_row, merged.min_col)
    return cell


def stop_formulas(book: Workbook) -> None:
    """Formulas become the text they are written as: the copy computes nothing."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    text = getattr(cell.value, "text", cell.value)
                    cell.value, cell.data_type = str(text), "s"


if __name__ == "__main__":
    main()
