"""An empty workbook of a kind, made from the declaration that its reader uses.

The texts are those of the official form, Chinese in every language of the interface.
"""

from __future__ import annotations

import io
import itertools

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from exchange.imports.columns import Choice, Column, Number, date
from exchange.imports.kinds import ImportKind, Reference

TABLE, GUIDE, LISTS = "名册", "填表说明", "字典"
LAST_LINE = 20_001
FONT = "宋体"
HEADING = Font(name=FONT, bold=True)
BODY = Font(name=FONT)
REQUIRED = PatternFill("solid", fgColor="FFE699")
OPTIONAL = PatternFill("solid", fgColor="D9E2F3")
LINE = Side(style="thin", color="808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TEXT_FORMAT, DATE_FORMAT = "@", "yyyy-mm-dd"

GUIDE_HEADS = ("列名", "是否必填", "填写要求", "也可用的列名")
RULES = (
    "一行填一条，表头不要改动；不需要的列可以删去，列的先后不限。",
    "黄色表头为必填项，蓝色表头有内容就填。",
    "身份证号码、联系电话、户编号等列已设为文本格式，请直接录入；从别处粘贴时选“只粘贴值”，以免末几位变成0。",
    "不要合并单元格，不要填公式，不要插入小计、合计行。",
)
ASKED = {
    "choice": "从下拉列表中选择",
    "date": "写成 2019-06-04 的样子",
    "number": "只填数字，不大于 {most}",
    "text": "按实际情况填写（文本）",
}
REFERRED, MOST_REFERRED = "（参考）", 5_000
REFUSED_TITLE, REFUSED_TEXT = "填写有误", "请从下拉列表中选择。"


def template_of(kind: ImportKind, region_code: str = "") -> bytes:
    """The workbook's bytes: the table, the guide, and the lists behind the drop-downs.

    For a region it carries the kind's references: the office's villages, its classes.
    """
    book = Workbook()
    table: Worksheet = book.active
    table.title = TABLE
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    for place, column in enumerate(kind.own_columns, start=1):
        _head(table, place, column)
        if isinstance(column.read, Choice):
            _offer_words(table, lists, place, list(column.read.wordings.values()))
    table.freeze_panes = "A2"
    table.row_dimensions[1].height = 24
    _explain(book.create_sheet(GUIDE, index=1), kind)
    for reference in kind.references if region_code else ():
        _refer(book, kind, reference, region_code)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def sheets_beside(kind: ImportKind) -> set[str]:
    """Names of the sheets that a template of the kind carries beside its table."""
    return {GUIDE, LISTS, *(reference.title for reference in kind.references)}


def _head(table: Worksheet, place: int, column: Column) -> None:
    cell = table.cell(1, place, column.title)
    cell.font, cell.border = HEADING, BOX
    cell.fill = REQUIRED if column.required else OPTIONAL
    cell.alignment = Alignment(horizontal="center", vertical="center")
    whole = table.column_dimensions[get_column_letter(place)]
    whole.width = 24 if column.name == "id_number" else max(12, 2.4 * len(column.title))
    whole.font = BODY
    if column.read is date:
        whole.number_format = DATE_FORMAT
    elif not isinstance(column.read, Number):
        whole.number_format = TEXT_FORMAT


def _offer_words(table: Worksheet, lists: Worksheet, place: int, wordings: list[str]) -> None:
    """A drop-down over a column of the table, fed from a column of the hidden sheet."""
    across = lists.max_column + 1 if lists["A1"].value else 1
    # With the mark no reader takes the sheet for a table of its own.
    lists.cell(1, across, f"{table.cell(1, place).value}{REFERRED}")
    for line, wording in enumerate(wordings, start=2):
        lists.cell(line, across, wording)
    _offer(table, place, lists, across, len(wordings), is_closed=True)


def _offer(
    table: Worksheet, place: int, source: Worksheet, across: int, count: int, *, is_closed: bool
) -> None:
    """A drop-down over a column of the table; a closed one refuses what it does not offer."""
    letter = get_column_letter(across)
    cells = f"{quote_sheetname(source.title)}!${letter}$2:${letter}${count + 1}"
    offer = DataValidation(
        type="list", formula1=cells, allow_blank=True, showErrorMessage=is_closed
    )
    offer.errorTitle, offer.error = REFUSED_TITLE, REFUSED_TEXT
    letter = get_column_letter(place)
    offer.add(f"{letter}2:{letter}{LAST_LINE}")
    table.add_data_validation(offer)


def _refer(book: Workbook, kind: ImportKind, reference: Reference, region_code: str) -> None:
    """The sheet of a reference, and drop-downs fed from it that take other words too."""
    rows = list(itertools.islice(reference.rows(region_code), MOST_REFERRED))
    if not rows:
        return
    sheet = book.create_sheet(reference.title)
    sheet.append([f"{head}{REFERRED}" for head in reference.heads])
    for row in rows:
        sheet.append(list(row))
    for place, head in enumerate(reference.heads, start=1):
        sheet.cell(1, place).font = HEADING
        sheet.column_dimensions[get_column_letter(place)].width = max(14, 2.4 * len(head) + 8)
    sheet.freeze_panes = "A2"
    names = [column.name for column in kind.own_columns]
    for name, at in reference.offers.items():
        _offer(book[TABLE], names.index(name) + 1, sheet, at + 1, len(rows), is_closed=False)


def _explain(guide: Worksheet, kind: ImportKind) -> None:
    for number, rule in enumerate(RULES, start=1):
        guide.append([f"{number}. {rule}"])
    guide.append([])
    guide.append(list(GUIDE_HEADS))
    for cell in guide[guide.max_row]:
        cell.font = HEADING
    for column in kind.own_columns:
        required = "必填" if column.required else "选填"
        guide.append([column.title, required, _asked(column), "、".join(column.also)])
    for letter, width in zip("ABCD", (18, 10, 40, 60), strict=True):
        guide.column_dimensions[letter].width = width


def _asked(column: Column) -> str:
    if isinstance(column.read, Choice):
        listed = "、".join(column.read.wordings.values())
        return f"{ASKED['choice']}：{listed}" if len(listed) < 100 else ASKED["choice"]
    if isinstance(column.read, Number):
        return ASKED["number"].format(most=column.read.most)
    return ASKED["date"] if column.read is date else ASKED["text"]
