"""Ten thousand draws by sixteen threads at once: nothing overspent, the counter exact."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import F, Sum

from programs import services
from programs.models import Quota
from programs.services import QuotaTrouble
from tests.factories import a_plan, a_program, divisions

THREADS, DRAWS, AMOUNT = 16, 10_000, 5_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quotas():
    """A province's quota and two prefectures' of 0 that draw on it."""
    divisions()
    top = services.issue(
        plan=a_plan(), program=a_program(), amount=AMOUNT, document_number="1", by=None
    )
    return top, [
        services.allot(parent=top, region_code=code, amount=0, document_number="1", by=None)
        for code in ("6210", "6229")
    ]


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


def balance(top):
    """(counter of the parent, sum of the children, the most there is)."""
    top.refresh_from_db()
    children = Quota.objects.filter(parent=top).aggregate(total=Sum("amount"))["total"]
    return top.allotted, children, top.amount


def test_ten_thousand_draws_overspend_nothing(quotas):
    top, children = quotas

    def draw(number):
        chance = random.Random(number)
        drawn = refused = 0
        for _turn in range(DRAWS // THREADS):
            more = chance.choice([1, 2, 3, -1])
            try:
                services.draw(quota=chance.choice(children), more=more)
                drawn += more
            except QuotaTrouble:
                refused += 1
        return drawn, refused

    answers = side_by_side(draw)
    counter, handed_down, most = balance(top)
    assert counter == handed_down == sum(drawn for drawn, _refused in answers)
    assert counter <= most
    # The limit was reached, or the test would show nothing.
    assert sum(refused for _drawn, refused in answers) > 0


def test_adjustments_side_by_side_keep_the_counter(quotas):
    top, children = quotas

    def adjust(number):
        chance = random.Random(number)
        for _turn in range(20):
            try:
                services.adjust(
                    quota=Quota.objects.get(pk=chance.choice(children).pk),
                    amount=chance.randrange(4_000),
                    document_number=str(number),
                    by=None,
                )
            except QuotaTrouble:
                continue

    side_by_side(adjust)
    counter, handed_down, most = balance(top)
    assert counter == handed_down
    assert counter <= most


def test_the_check_can_fail(quotas):
    """Read, check and write, as it must not be done: all read before any writes."""
    top, children = quotas
    Quota.objects.filter(pk=top.pk).update(allotted=AMOUNT - 1)
    Quota.objects.filter(pk=children[0].pk).update(amount=AMOUNT - 1)
    all_have_read = threading.Barrier(THREADS)

    def naive(_number):
        parent = Quota.objects.get(pk=top.pk)
        all_have_read.wait()
        if parent.remainder >= 1:
            Quota.objects.filter(pk=children[0].pk).update(amount=F("amount") + 1)
            Quota.objects.filter(pk=top.pk).update(allotted=parent.allotted + 1)

    side_by_side(naive)
    counter, handed_down, most = balance(top)
    assert (counter, handed_down, most) == (AMOUNT, AMOUNT - 1 + THREADS, AMOUNT)
    assert connection.vendor == "postgresql"
