"""The unit in which a sheet travels from the reading process to whoever judges its rows."""

from dataclasses import dataclass, field


@dataclass
class SheetBlock:
    """Consecutive rows of one sheet, by column.

    `columns[c][r]` is a cell (see `cells` for its form); all columns are of one length and the
    first is the spreadsheet's column A. Row `r` stands on line `first_line + r`, as the
    spreadsheet program counts. `height` and `width` are those of the whole sheet.

    `merges` (first block of a sheet only): 1-based first line, first column, last line, last
    column, clipped to the sheet. `results`: what a formula cell showed when the file was saved,
    by (row, column) within the block. `cleaned`: cells, so addressed too, that lost control
    characters. `hidden_lines`: lines of this block that the spreadsheet program does not show.
    """

    sheet: str
    sheet_number: int
    first_line: int
    columns: list[list[str]]
    height: int
    width: int
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    hidden_lines: list[int] = field(default_factory=list)
    results: dict[tuple[int, int], str] = field(default_factory=dict)
    cleaned: list[tuple[int, int]] = field(default_factory=list)
