"""How data comes and goes: jobs, imports, reports and the rollups figures are read from."""

from exchange.models.advice import ColumnMatch, Mend
from exchange.models.corrections import Correction, Restatement
from exchange.models.imports import ImportBatch, Imported, ImportFinding, StagedPage, StagedRow
from exchange.models.jobs import Job
from exchange.models.notices import Notice, Reminder
from exchange.models.receipts import Receipt, SealedRow, SealFinding, Verification
from exchange.models.reports import Breadth, Format, ReportOrder, ReportRun
from exchange.models.rollups import MeasureCount, PeopleSet, Rollup
from exchange.models.submissions import (
    Explanation,
    LedgerCheck,
    ReturnNote,
    Submission,
    SubmissionFinding,
)
from exchange.models.tables import TableCell, TableFiling

__all__ = [
    "Breadth",
    "ColumnMatch",
    "Correction",
    "Explanation",
    "Format",
    "ImportBatch",
    "ImportFinding",
    "Imported",
    "Job",
    "LedgerCheck",
    "MeasureCount",
    "Mend",
    "Notice",
    "PeopleSet",
    "Receipt",
    "Reminder",
    "ReportOrder",
    "ReportRun",
    "Restatement",
    "ReturnNote",
    "Rollup",
    "SealFinding",
    "SealedRow",
    "StagedPage",
    "StagedRow",
    "Submission",
    "SubmissionFinding",
    "TableCell",
    "TableFiling",
    "Verification",
]
