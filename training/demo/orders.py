"""What the demo's levels have made by the clock."""

from __future__ import annotations

from collections.abc import Mapping

from core.models import User
from exchange.models import Breadth, Format, ReportOrder
from exchange.reports.orders import order_report

MONTH, QUARTER, YEAR = ReportOrder.PeriodKind
# Who, where, which report, how often, whose, written as what, how many days after and at what hour.
ORDERS = (
    ("huanxian-shenhe", "621022", "ledger", MONTH, Breadth.ALONE, Format.XLSX, 1, 3),
    ("qingyang", "6210", "ledger", MONTH, Breadth.BENEATH, Format.XLSX, 6, 4),
    ("qingyang", "6210", "quota-execution", QUARTER, Breadth.ALONE, Format.PDF, 10, 5),
    ("gansu", "62", "quota-execution", YEAR, Breadth.BENEATH, Format.XLSX, 20, 2),
)


def load_orders(users: Mapping[str, User]) -> int:
    """Order the reports that are not ordered yet; returns how many."""
    added = 0
    for who, region, report, often, breadth, written_as, days, hour in ORDERS:
        asked = {"report": report, "region_code": region, "breadth": breadth, "format": written_as}
        if ReportOrder.objects.filter(**asked, period_kind=often).exists():
            continue
        order_report(**asked, period_kind=often, days_after=days, hour=hour, by=users[who])
        added += 1
    return added
