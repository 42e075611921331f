"""How data comes and goes: jobs, imports, reports and the rollups figures are read from."""

from exchange.models.advice import ColumnMatch, Mend
from exchange.models.imports import ImportBatch, Imported, ImportFinding, StagedPage, StagedRow
from exchange.models.jobs import Job
from exchange.models.reports import ReportRun
from exchange.models.rollups import Rollup

__all__ = [
    "ColumnMatch",
    "ImportBatch",
    "ImportFinding",
    "Imported",
    "Job",
    "Mend",
    "ReportRun",
    "Rollup",
    "StagedPage",
    "StagedRow",
]
