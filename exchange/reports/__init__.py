"""Reports out: apps declare their tables here, a worker makes them, whoever may see them opens them."""

from exchange.reports.forms import Form
from exchange.reports.kinds import (
    Frozen,
    ReportContext,
    ReportKind,
    all_kinds,
    is_made,
    kind_of,
    name_of,
    register,
)

__all__ = [
    "Form",
    "Frozen",
    "ReportContext",
    "ReportKind",
    "all_kinds",
    "is_made",
    "kind_of",
    "name_of",
    "register",
]
