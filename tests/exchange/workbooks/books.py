"""Ways to write a small workbook and to read it back by two programs that are not ours."""

import io
import zipfile
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from exchange.workbooks import HeadLabels, SheetSpec, WorkbookInfo, write_workbook

LABELS = HeadLabels(
    table_number="表号",
    issued_by="制定机关",
    approved_by="批准机关",
    document_number="文号",
    valid_until="有效期至",
    reporting_office="填报单位",
    unit="计量单位",
    page_footer="第&P页 共&N页",
)


class Written:
    """A workbook in memory, and what was told about it."""

    def __init__(self, *specs: SheetSpec, **options: Any) -> None:
        self.file = io.BytesIO()
        self.info: WorkbookInfo = write_workbook(self.file, specs, labels=LABELS, **options)

    @property
    def data(self) -> bytes:
        return self.file.getvalue()

    def part(self, name: str) -> str:
        return zipfile.ZipFile(self.file).read(name).decode()

    def grid(self, sheet: int = 0) -> list[list[Any]]:
        """The cells as calamine reads them, from the first line and column on."""
        book = CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)

    def book(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(io.BytesIO(self.data))
