"""One very large month on its way up: checked, sealed, verified.

    var/venv/bin/python bench/month_bench.py [--rows N] [--base N] [--rounds N]

with the portal's environment and DATABASE_URL set to a database that may be filled and
dropped. A roster of N people of one county is imported beside a ledger of --base rows, all of
its classes are put into June 2018, and then each round checks the month as a worker does, seals
it and verifies everything that is sealed. The floor is a plain COPY of the month's rows out of
the table, in the same round.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import datetime
import io

from django.conf import settings
from django.db import connection, transaction

from bench.import_bench import forget, prepare, tell, whole_import
from bench.ledger_base import sql
from core.models import Assignment, Office, User
from exchange import jobs, rollups
from exchange.models import LedgerCheck, Submission
from exchange.submissions import checking
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from training.demo.rosters import HUANXIAN
from training.models import Enrollment

JUNE = datetime.date(2018, 6, 1)
TABLES = ("training_enrollment", "training_trainingclass")
OF_MONTH = (
    f"county_code = '{HUANXIAN.code}' AND start_date >= '{JUNE}' AND start_date < '2018-07-01'"
)


def put_into_june() -> None:
    """Move the roster's classes and their rows, which lie in 2018, into one month of it."""
    for table in TABLES:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql(
        f"UPDATE training_trainingclass SET start_date = '{JUNE}'::date + id::int % 28,"
        f" end_date = '{JUNE}'::date + id::int % 28 + (end_date - start_date)"
        f" WHERE county_code = '{HUANXIAN.code}' AND start_date >= '2018-01-01'"
    )
    sql(
        "UPDATE training_enrollment AS row SET start_date = class.start_date,"
        " end_date = class.end_date FROM training_trainingclass AS class"
        " WHERE class.id = training_class_id AND row.start_date >= '2018-01-01'"
    )
    for table in TABLES:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    rollups.rebuild()
    sql(f"VACUUM ANALYZE {', '.join(TABLES)}, exchange_rollup")


def a_reviewer() -> User:
    office, _made = Office.objects.get_or_create(region_id=HUANXIAN.code, name="bench")
    reviewer, _made = User.objects.get_or_create(username="bench", defaults={"office": office})
    Assignment.objects.get_or_create(user=reviewer, role="county-reviewer", region_id=HUANXIAN.code)
    return reviewer


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def copied_out() -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT * FROM training_enrollment WHERE {OF_MONTH} ORDER BY id) TO STDOUT",
            io.StringIO(),
        )


def checked(month: Submission, by: User) -> None:
    check = checking.request_check(submission=month, step=LedgerCheck.Step.CHECK, by=by)
    jobs.run(check._meta.label_lower, check.pk)
    check.refresh_from_db()
    assert check.state == LedgerCheck.State.DONE, check.error


def sealed(month: Submission, by: User) -> None:
    with transaction.atomic():
        seal(submission=month, by=by)


def measure(rounds: int, by: User) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"floor": [], "check": [], "seal": [], "verify": []}
    place = {"book": "ledger", "county_code": HUANXIAN.code, "month": JUNE}
    month, _made = Submission.objects.get_or_create(
        **place, defaults={"prefecture_code": HUANXIAN.code[:4]}
    )
    for number in range(1, rounds + 1):
        sql("CHECKPOINT")
        found["floor"].append(timed(copied_out))
        Submission.objects.filter(pk=month.pk).update(state="draft", round=number)
        month.refresh_from_db()
        found["check"].append(timed(lambda: checked(month, by)))
        found["seal"].append(timed(lambda: sealed(month, by)))
        Submission.objects.filter(pk=month.pk).update(state="submitted", submitted_by=by)
        found["verify"].append(timed(verify))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--base", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings.ANCHORS_FILE = Path(folder) / "heads.txt"
        roster = Path(folder) / "roster.xlsx"
        base = prepare(roster, asked.rows, asked.base)
        sql("TRUNCATE exchange_submission, exchange_receipt CASCADE")
        forget(base, people=True)
        whole_import(roster)
        put_into_june()
        found = measure(asked.rounds, a_reviewer())
    rows = Enrollment.objects.filter(county_code=HUANXIAN.code, start_date__year=2018).count()
    print(f"{rows} rows in one month; load {os.getloadavg()[0]:.1f} at the end")
    tell(found, rows)
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory of this process {usage >> 10} MB")


if __name__ == "__main__":
    main()
