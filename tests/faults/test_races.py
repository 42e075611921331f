"""Many who decide on the same months at the same moment: each month is moved once, by one of them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from core.models import AuditEntry, User
from exchange.models import Submission
from exchange.submissions import moves
from exchange.submissions.moves import SubmissionRefused
from tests.factories import an_account, divisions

MONTHS, RACERS = 500, 4


@pytest.mark.django_db(transaction=True)
def test_five_hundred_months_and_four_who_accept_each(transactional_db: Any) -> None:
    divisions()
    officers = [an_account(f"officer{n}", "prefecture-officer", "6210") for n in range(RACERS)]
    keys = [month.pk for month in _submitted_months()]
    start: threading.Barrier = threading.Barrier(RACERS)
    told: list[tuple[int, str]] = []
    racers = [
        threading.Thread(target=_accept_all, args=(officer, keys, start, told))
        for officer in officers
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(120)
    winners = dict(Submission.objects.values_list("pk", "accepted_by__name"))
    assert sorted(told) == sorted((key, winners[key]) for key in keys * (RACERS - 1))
    moved = Submission.objects.order_by().values_list("state", "version").distinct()
    assert list(moved) == [("accepted", 2)]
    entries = AuditEntry.objects.filter(verb="exchange.submission.accepted")
    assert entries.count() == MONTHS
    by = Submission.objects.values_list("pk", "accepted_by")
    written = entries.values_list("target_key", "actor_id")
    assert set(written) == {(str(key), officer) for key, officer in by}


def _submitted_months() -> list[Submission]:
    """Some months of counties that need not be on the list of divisions."""
    return Submission.objects.bulk_create(
        Submission(
            book="ledger",
            county_code=f"6210{number // 12:02}",
            prefecture_code="6210",
            month=f"2019-{number % 12 + 1:02}-01",
            state="submitted",
            round=1,
        )
        for number in range(MONTHS)
    )


def _accept_all(
    officer: User, keys: list[int], start: threading.Barrier, told: list[tuple[int, str]]
) -> None:
    """Accept all; `told` gathers the months somebody else was faster with, and who."""
    try:
        months = list(Submission.objects.filter(pk__in=keys).order_by("pk"))
        start.wait(30)
        for month in months:
            try:
                moves.accept(submission=month, version=1, by=officer)
            except SubmissionRefused as refusal:
                told.append((month.pk, refusal.params["who"]))
    finally:
        connection.close()
