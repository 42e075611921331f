"""Closed months as the ledger's own doors tell of them, before the database would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from core.rules import Batch, Finding, Rule, RuleBook, Severity, Verdict
from exchange.models import ImportBatch
from exchange.submissions.closing import PeriodClosed, closed_months
from training.models import Enrollment


def _month_is_open(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    days = {start for start in batch["start_date"] if start}
    closed = closed_months(batch.region_code, (day.replace(day=1) for day in days))
    if closed:
        for row, start in enumerate(batch["start_date"]):
            month = start and start.replace(day=1)
            if month in closed:
                refusal = PeriodClosed(batch.region_code, month, closed[month])
                yield row, "start_date", refusal.sentence, refusal.params


MONTH_IS_OPEN = Rule(
    "training.month_is_open",
    _("the month is not submitted yet"),
    Severity.BLOCK,
    "报送制度：已报送的月份须经退回、限期开放或者更正申请方可变动",
    _month_is_open,
)


def month_closed(row: int, refusal: PeriodClosed) -> Finding:
    """The refusal as the rule would tell it of a row."""
    return MONTH_IS_OPEN.finding(row, "start_date", refusal.sentence, refusal.params)


def submitted_since(batch: ImportBatch) -> PeriodClosed | None:
    """What keeps an import from being taken back: a month of its rows is closed."""
    rows = Enrollment.objects.filter(import_batch=batch).order_by()
    months = rows.values_list(TruncMonth("start_date"), flat=True).distinct()
    closed = closed_months(batch.region_code, months)
    for month in sorted(closed):
        return PeriodClosed(batch.region_code, month, closed[month])
    return None
