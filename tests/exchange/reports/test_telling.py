"""Who orders reports hears of those that were not made."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import User
from exchange import jobs
from exchange.jobs import JobRefused
from exchange.models import Notice, ReportOrder, ReportRun
from exchange.periods import Period
from exchange.reports import ReportContext, kinds, services
from tests.exchange.reports.conftest import SAMPLE
from tests.factories import an_account, an_office

pytestmark = pytest.mark.usefixtures("places", "sample", "woken")
HUAN = "621022"


@pytest.fixture
def officer() -> User:
    return an_account("officer", "province-officer", "62")


def ordered(by: User, **values: Any) -> ReportRun:
    values = {"report": "sample", "region_code": "62", "period_kind": "month"} | values
    order = ReportOrder.objects.create(made_by=by, last_period="2019-06", **values)
    return services.request_ordered(order, Period.parse("2019-07"))


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient__username", "url"))


def refused_for(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table of this region can be made."""

    def sheets(context: ReportContext) -> Any:
        if context.region.code == code:
            raise JobRefused("No.")
        return SAMPLE.sheets(context)

    monkeypatch.setitem(kinds._kinds, "sample", replace(SAMPLE, sheets=sheets))


def test_its_owner_is_told_once_a_failure_and_can_make_it_again(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account("colleague", "province-officer", "62")
    run = ordered(officer)
    with monkeypatch.context() as broken:
        refused_for("62", broken)
        assert services.make_now(run).state == "failed"
        page = reverse("exchange:report-detail", args=[run.public_id])
        assert told() == [("officer", page)]
        client = Client()
        client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
        again = reverse("exchange:report-retry", args=[run.public_id])
        assert again in client.get(page).content.decode()
        client.post(again)
        run.refresh_from_db()
        assert services.make_now(run).state == "failed"
        assert told() == [("officer", page)] * 2
    services.retry(run, by=officer)
    assert services.make_now(run).state == "done"
    assert len(told()) == 2
    notice = Notice.objects.first()
    assert notice is not None
    assert (notice.region_code, notice.params["place"], notice.params["period"]) == (
        "62",
        "甘肃省",
        "2019-07",
    )


def test_a_part_of_a_bundle_is_named(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office(HUAN)
    run = ordered(officer, breadth="beneath")
    refused_for(HUAN, monkeypatch)
    services.make_now(run)
    (notice,) = Notice.objects.all()
    assert (notice.recipient, notice.params["at"]) == (officer, "环县")
    assert "环县" in str(notice)


def test_it_is_told_when_it_broke_off_for_the_last_time_only(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "make", breaks)
    run, seen = ordered(officer), []
    for _attempt in range(jobs.ATTEMPTS):
        jobs.run(run._meta.label_lower, run.pk)
        seen.append(len(told()))
    assert seen == [0, 0, 1]


def test_it_is_told_when_no_worker_lived_to_say_so(officer: User) -> None:
    run = ordered(officer)
    ReportRun.objects.update(state="running", attempt=jobs.ATTEMPTS, lease_until=timezone.now())
    assert jobs.claim(ReportRun, run.pk) is None
    assert jobs.claim(ReportRun, run.pk) is None
    assert len(told()) == 1


def test_where_its_owner_is_gone_those_of_the_region_are_told(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account("colleague", "province-officer", "62")
    an_account("clerk", "county-clerk", HUAN)
    refused_for("62", monkeypatch)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    services.make_now(ordered(officer))
    assert [name for name, _url in told()] == ["colleague"]


def test_what_somebody_waits_for_is_told_on_its_page(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused_for("62", monkeypatch)
    asked = services.request_report(report="sample", region_code="62", period="2019-07", by=officer)
    assert services.make_now(asked).state == "failed"
    dropped = ordered(officer)
    ReportOrder.objects.all().delete()
    assert services.make_now(dropped).state == "failed"
    assert told() == []
