"""The one writer of spreadsheets: typed cells, official heads, never a live formula from data."""

from exchange.workbooks.csvs import write_csv
from exchange.workbooks.formulas import CellAt, Check, Constant, Formula, Join, Sum
from exchange.workbooks.specs import (
    CellUnwritable,
    Column,
    Foot,
    Head,
    HeadLabels,
    Kind,
    SheetSpec,
    WorkbookDamaged,
    WorkbookInfo,
    with_codes,
)
from exchange.workbooks.writer import VERSION, write_workbook

__all__ = [
    "VERSION",
    "CellAt",
    "CellUnwritable",
    "Check",
    "Column",
    "Constant",
    "Foot",
    "Formula",
    "Head",
    "HeadLabels",
    "Join",
    "Kind",
    "SheetSpec",
    "Sum",
    "WorkbookDamaged",
    "WorkbookInfo",
    "with_codes",
    "write_csv",
    "write_workbook",
]
