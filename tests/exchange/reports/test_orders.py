"""Orders: what each level has made by the clock, with the clock moved and standing still."""

import datetime
import importlib
import itertools
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from core.models import AuditEntry, User
from exchange.models import ReportOrder, ReportRun, Rollup
from exchange.reports import is_made, orders, services
from exchange.reports.services import ReportNotPossible
from tests.factories import an_account

pytestmark = pytest.mark.usefixtures("places", "sample", "woken")
HUAN = "621022"
OFFICIAL = importlib.import_module("exchange.migrations.0016_official_tables_are_ordered")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN)


@pytest.fixture
def order(clerk: User) -> ReportOrder:
    """Monthly, on the third day after the month at four; June was the last one made."""
    made = ordered(clerk)
    ReportOrder.objects.update(last_period="2019-06")
    made.refresh_from_db()
    return made


def ordered(by: User, region: str = HUAN, **values: Any) -> ReportOrder:
    values = {"format": "xlsx", "breadth": "alone", "days_after": 3, "hour": 4} | values
    values = {"report": "sample", "period_kind": "month"} | values
    return orders.order_report(region_code=region, by=by, **values)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2019) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime(year, month, day, hour, minute))


def periods() -> list[str]:
    return list(ReportRun.objects.order_by("pk").values_list("period", flat=True))


def test_over_three_months_each_is_made_once_at_its_hour(
    order: ReportOrder, woken: list[object]
) -> None:
    begin, made = at(8, 1, 0), []
    for day, hour in itertools.product(range(92), (3, 4, 5)):
        now = begin + datetime.timedelta(day, hours=hour)
        # The clock calls more often than it finds anything, and twice at once.
        if orders.request_due(now) + orders.request_due(now):
            made.append(now)
    assert made == [at(8, 3, 4), at(9, 3, 4), at(10, 3, 4)]
    assert periods() == ["2019-07", "2019-08", "2019-09"]
    runs = list(ReportRun.objects.order_by("pk"))
    assert {(run.order_id, run.by_clock, run.requested_by) for run in runs} == {
        (order.pk, True, None)
    }
    assert woken == runs
    assert services.make_now(runs[0]).state == "done"


def test_a_clock_that_stood_still_catches_up(order: ReportOrder) -> None:
    assert orders.request_due(at(9, 3, 3, 59)) == 1
    assert orders.request_due(at(9, 3, 4)) == 1
    assert orders.request_due(at(11, 30, 12)) == 2
    assert periods() == ["2019-07", "2019-08", "2019-09", "2019-10"]


def test_of_what_was_missed_for_long_the_newest_are_made(order: ReportOrder) -> None:
    assert orders.request_due(at(3, 10, 0, year=2020)) == 3
    assert periods() == ["2019-12", "2020-01", "2020-02"]
    assert orders.request_due(at(3, 10, 0, year=2020)) == 0
    # A clock that was put back makes nothing again.
    assert orders.request_due(at(1, 10, 0, year=2020)) == 0


@pytest.mark.parametrize(
    ("kind", "last", "now", "found"),
    [
        ("quarter", "2019Q1", at(7, 3, 3, 59), []),
        ("quarter", "2019Q1", at(7, 3, 4), ["2019Q2"]),
        ("quarter", "2018Q4", at(10, 3, 4), ["2019Q1", "2019Q2", "2019Q3"]),
        ("year", "2017", at(1, 3, 3), []),
        ("year", "2017", at(1, 3, 4), ["2018"]),
    ],
)
def test_quarters_and_years(
    order: ReportOrder, kind: str, last: str, now: datetime.datetime, found: list[str]
) -> None:
    order.period_kind, order.last_period = kind, last
    assert [period.text for period in orders.missed_by(order, now)] == found


def test_an_order_begins_with_what_falls_due_next(clerk: User) -> None:
    made, now = ordered(clerk), timezone.now()
    assert orders.due_at(made, orders.next_of(made)) > now
    assert orders.request_due(now) == 0
    entry = AuditEntry.objects.get(verb="exchange.report_order.made")
    assert (entry.actor_id, entry.region_code, entry.changes["hour"]) == (clerk.pk, HUAN, 4)


def test_a_pause_is_not_made_up_for(order: ReportOrder, clerk: User) -> None:
    times = {"days_after": 3, "hour": 4}
    orders.change_order(order, **times, enabled=False, by=clerk)
    assert orders.request_due(at(11, 30, 12)) == 0
    orders.change_order(order, **times, enabled=True, by=clerk)
    assert orders.request_due(timezone.now()) == 0


def test_other_times_are_kept_and_nothing_is_made_twice(order: ReportOrder, clerk: User) -> None:
    assert orders.request_due(at(8, 3, 4)) == 1
    orders.change_order(order, days_after=10, hour=0, enabled=True, by=clerk)
    assert [orders.request_due(at(8, day, 0)) for day in (4, 10)] == [0, 0]
    assert [orders.request_due(at(9, day, 0)) for day in (9, 10)] == [0, 1]
    assert periods() == ["2019-07", "2019-08"]


def test_what_was_made_outlives_its_order(order: ReportOrder, clerk: User) -> None:
    orders.request_due(at(8, 3, 4))
    orders.drop_order(order, by=clerk)
    run = ReportRun.objects.get()
    assert (run.order, run.by_clock) == (None, True)
    assert orders.request_due(at(9, 3, 4)) == 0


def test_who_may_not_make_reports_orders_none(order: ReportOrder) -> None:
    neighbor = an_account("neighbor", "county-clerk", "621021")
    with pytest.raises(PermissionError):
        ordered(neighbor)
    with pytest.raises(PermissionError):
        orders.change_order(order, days_after=1, hour=1, enabled=False, by=neighbor)
    with pytest.raises(PermissionError):
        orders.drop_order(order, by=neighbor)
    assert list(ReportOrder.objects.visible_to(neighbor)) == []


def test_what_is_ordered_already_or_cannot_be_made_is_refused(clerk: User) -> None:
    ordered(clerk)
    with pytest.raises(ReportNotPossible, match="ordered already"):
        ordered(clerk)
    for values in ({"format": "pdf"}, {"breadth": "beneath"}, {"report": "none"}):
        with pytest.raises(ReportNotPossible):
            ordered(clerk, **values)
    assert ReportOrder.objects.count() == 1


def test_a_kind_that_is_gone_fails_with_a_sentence(order: ReportOrder) -> None:
    orders.request_due(at(8, 3, 4))
    ReportRun.objects.update(report="gone")
    run = services.make_now(ReportRun.objects.get())
    assert (run.state, run.error) == ("failed", services.NO_SUCH_REPORT)


@pytest.mark.parametrize(
    ("column", "value"), [("days_after", 0), ("days_after", 181), ("hour", 24)]
)
def test_the_database_keeps_times_sound(order: ReportOrder, column: str, value: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportOrder.objects.update(**{column: value})


def test_one_run_a_period_whoever_asks(order: ReportOrder) -> None:
    orders.request_due(at(8, 3, 4))
    ReportOrder.objects.update(last_period="2019-06")
    orders.request_due(at(8, 3, 4))
    assert periods() == ["2019-07"]


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, BACKEND)
    return client


def test_an_order_is_made_changed_and_dropped_on_pages(clerk: User) -> None:
    client, new = signed_in(clerk), reverse("exchange:report-order-new")
    given = {"report": "sample", "region": HUAN, "period_kind": "quarter", "format": "xlsx"}
    assert client.post(new, given | {"days_after": "0", "hour": "3"}).status_code == 422
    assert client.post(new, given | {"days_after": "9", "hour": "3"}).status_code == 302
    assert client.post(new, given | {"days_after": "9", "hour": "3"}).status_code == 422
    made = ReportOrder.objects.get()
    assert (made.days_after, made.breadth, made.made_by) == (9, "alone", clerk)
    page = reverse("exchange:report-order", args=[made.public_id])
    assert page in client.get(reverse("exchange:report-order-list")).content.decode()
    assert client.post(page, {"days_after": "5", "hour": "23"}).status_code == 302
    made.refresh_from_db()
    assert (made.days_after, made.hour, made.enabled) == (5, 23, False)
    services.request_ordered(made, orders.next_of(made))
    assert f"/reports/{ReportRun.objects.get().public_id}/" in client.get(page).content.decode()
    client.post(reverse("exchange:report-order-drop", args=[made.public_id]))
    assert ReportOrder.objects.count() == 0


def old_order(report: str, region: str, **values: str) -> ReportOrder:
    values = {"report": report, "region_code": region, "last_period": "2020-05"} | values
    values.setdefault("period_kind", "month")
    made: ReportOrder = ReportOrder.objects.create(**values)
    return made


def tables_ordered() -> list[tuple[str, str, str]]:
    found = ReportOrder.objects.order_by("report", "region_code")
    return list(found.values_list("report", "region_code", "breadth"))


def test_the_monthly_reports_of_before_become_orders_of_official_tables() -> None:
    for county, year in ((HUAN, timezone.localdate().year), ("622926", 2019)):
        day = timezone.localdate().replace(year=year, day=1) - datetime.timedelta(days=1)
        cell = {"measure": "training.attendances", "program": "skills", "category": "other"}
        month, now = day.replace(day=1), timezone.now()
        Rollup.objects.create(county_code=county, month=month, amount=1, as_of=now, **cell)
    old = importlib.import_module("exchange.migrations.0013_monthly_reports_are_ordered")
    old.order_what_was_made(apps, None)
    OFFICIAL.order_the_official_tables(apps, None)
    assert tables_ordered() == [
        ("ledger", HUAN, "alone"),
        *(("quota-execution", code, "alone") for code in ("62", "6210", HUAN)),
        *(("training-monthly", code, "alone") for code in ("62", "6210")),
    ]
    found = ReportOrder.objects.all()
    assert {(each.days_after, each.hour, each.enabled) for each in found} == {(1, 3, True)}
    assert all(is_made(order) for order in found)
    assert orders.request_due(timezone.now()) == 0
    assert not PeriodicTask.objects.filter(name="monthly-reports").exists()


def test_an_order_of_the_official_table_that_is_there_already_stays_alone() -> None:
    old, there = old_order("quota", "62"), old_order("quota-execution", "62")
    run = ReportRun.objects.create(report="quota", region_code="62", period="2020-05", order=old)
    ledgers = [old_order("ledger", "62", period_kind=often) for often in ("quarter", "year")]
    beneath = old_order("ledger", "62", breadth="beneath")
    OFFICIAL.order_the_official_tables(apps, None)
    run.refresh_from_db()
    assert (list(ReportOrder.objects.filter(report__startswith="quota")), run.order) == (
        [there],
        None,
    )
    for order, table in zip(ledgers, ("training-quarterly", "training-annual"), strict=True):
        order.refresh_from_db()
        assert (order.report, order.last_period) == (table, "2020-05")
    beneath.refresh_from_db()
    assert (beneath.report, beneath.breadth) == ("ledger", "beneath")


def test_an_order_of_what_is_no_longer_made_is_shown_as_such_and_can_be_dropped(
    clerk: User, woken: list[object]
) -> None:
    order, client = old_order("gone", HUAN), signed_in(clerk)
    assert orders.request_due(timezone.now()) == 0
    page = reverse("exchange:report-order", args=[order.public_id])
    listed = client.get(reverse("exchange:report-order-list")).content.decode()
    assert "report no longer made (gone)" in listed
    shown = client.get(page)
    assert (shown.status_code, shown.context["row"]["is_made"]) == (200, False)
    assert "Drop the order" in shown.content.decode()
    client.post(reverse("exchange:report-order-drop", args=[order.public_id]))
    assert (ReportOrder.objects.count(), ReportRun.objects.count()) == (0, 0)
