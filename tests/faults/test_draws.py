"""Many draw on one quota at once: nothing overspent, the counters exact, nobody waits for another.

10,000 draws a thread take about a minute where documents carry 100 lines each. The run of
every day draws less: QUOTA_DRAWS=10000 asks for the whole.
"""

import datetime
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Sum

from core.models import AuditEntry
from programs import quota_book, upkeep
from programs.balancing import differences
from programs.handing_down import hand_down
from programs.models import Quota, QuotaLine
from programs.quota_book import Line, Paper
from programs.services import QuotaTrouble
from tests.factories import a_plan, a_program, divisions, issued

THREADS, LINES = 16, 100
DRAWS = int(os.environ.get("QUOTA_DRAWS", "1000"))
PROGRAMS, AMOUNT = 60, DRAWS
DAY = datetime.date(2019, 3, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def top():
    """Quotas of a province in many programs, of which two prefectures draw."""
    divisions()
    plan = a_plan()
    programs = [a_program(f"p{number}") for number in range(PROGRAMS)]
    issued(plan, *(("62", program, AMOUNT // 10, False) for program in programs))
    lines = [(code, program, 1, False) for code in ("6210", "6229") for program in programs]
    issued(plan, *lines)
    return plan


def side_by_side(work):
    """Run `work(number)` in THREADS threads that start together; its answers."""
    start = threading.Barrier(THREADS)

    def run(number):
        start.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def deadlocks():
    """Deadlocks in this database so far; the statistics are told with some delay."""
    time.sleep(1.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_draws_side_by_side_overspend_nothing(top):
    """Each document draws 100 times, for two prefectures in 50 of the programs."""
    before, stood = deadlocks(), QuotaLine.objects.issued().count()

    def draw(number):
        chance = random.Random(number)
        accepted = refused = 0
        for turn in range(DRAWS // LINES):
            programs = chance.sample(range(PROGRAMS), LINES // 2)
            lines = [
                Line(code, f"p{program}", chance.choice((1, 1, 2, -1)))
                for program in programs
                for code in ("6210", "6229")
            ]
            try:
                draw_once(top, f"{number}-{turn}", lines)
                accepted += sum(line.change for line in lines)
            except QuotaTrouble:
                refused += 1
        return accepted, refused

    answers = side_by_side(draw)
    drawn = sum(accepted for accepted, _refused in answers)
    held = Quota.objects.filter(region_code="62").aggregate(Sum("allotted"))["allotted__sum"]
    assert held == drawn + 2 * PROGRAMS
    assert (differences(), deadlocks() - before) == ([], 0)
    # Some were accepted and some refused, or the test would show nothing.
    assert QuotaLine.objects.issued().count() > stood
    assert sum(refused for _accepted, refused in answers) > 0


def draw_once(plan, number, lines):
    document = quota_book.draw_up(
        plan=plan, region_code="62", kind="adjust", paper=Paper(number, DAY), by=None
    )
    quota_book.put_lines(document=document, lines=lines, version=1, by=None)
    quota_book.issue(document=document, by=None)


def test_amounts_set_side_by_side_keep_the_counters(top):
    """Who says amounts means the difference to what stands when the document is issued."""
    parents = list(Quota.objects.filter(region_code="62")[:3])

    def adjust(number):
        chance = random.Random(number)
        for turn in range(4):
            try:
                hand_down(
                    parent=chance.choice(parents),
                    amounts={code: chance.randrange(80) for code in ("6210", "6229")},
                    paper=Paper(f"{number}-{turn}", DAY),
                    by=None,
                )
            except QuotaTrouble:
                continue

    side_by_side(adjust)
    assert differences() == []


def test_the_check_can_fail(top):
    """Without the triggers a naive read, check and write goes adrift, and that is seen."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE programs_quota DISABLE TRIGGER USER")
    try:
        quota = Quota.objects.filter(region_code="6210").first()
        Quota.objects.filter(pk=quota.pk).update(amount=quota.amount + 1)
        found = [(each.column, each.kept - each.counted) for each in differences()]
        assert upkeep.check_quotas() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE programs_quota ENABLE TRIGGER USER")
    assert sorted(found) == [("allotted", -1), ("amount", 1)]
    entry = AuditEntry.objects.get(verb="programs.quotas.checked")
    assert (entry.succeeded, entry.changes["differences"]) == (False, 2)
