"""kill -9 while a month is submitted: it is submitted with its receipt, or neither."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from core.models import AuditEntry
from core.rule_values import load_rule_values
from exchange.models import LedgerCheck, Receipt, SealedRow, Submission
from exchange.submissions import checking
from tests.factories import an_account
from tests.factories.rosters import HUAN, a_row, entered
from tests.factories.submissions import a_month
from tests.faults.conftest import Worker, until
from tests.faults.points import Point

pytestmark = pytest.mark.usefixtures("county")
ROWS = 20


def sealed(month: Submission) -> tuple[str, int, int, int]:
    """The state of the month, and how many receipts, sealed rows and acts there are of it."""
    month.refresh_from_db()
    acts = AuditEntry.objects.filter(verb="exchange.submission.submitted")
    return month.state, Receipt.objects.count(), SealedRow.objects.count(), acts.count()


@pytest.mark.parametrize("point", [Point.CLAIMED, Point.HALF_READ, Point.WRITTEN])
def test_a_worker_killed_while_it_submits_a_month(point: Point, worker: Worker) -> None:
    worker.kill()  # one left over from another test would take the import out of our hands
    load_rule_values()
    entered(*(a_row(order) for order in range(ROWS)))
    month, reviewer = a_month(), an_account("reviewer", "county-reviewer", HUAN)
    worker.stop.ask(point)
    check = checking.request_check(submission=month, step=LedgerCheck.Step.SUBMIT, by=reviewer)
    worker.start()
    worker.halted(lambda: None)
    assert sealed(month) == ("draft", 0, 0, 0)
    worker.kill()
    worker.stop.let_go()
    assert sealed(month) == ("draft", 0, 0, 0)
    LedgerCheck.objects.update(lease_until=Now())
    worker.start()
    until(lambda: not LedgerCheck.objects.get(pk=check.pk).is_moving)
    check.refresh_from_db()
    assert (check.state, check.attempt, check.error) == ("done", 2, "")
    assert sealed(month) == ("submitted", 1, ROWS, 1)
