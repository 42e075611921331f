import datetime
import zipfile
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone, translation

from core.models import AuditEntry, User
from exchange import jobs
from exchange.causes import Cause
from exchange.models import ReportRun
from exchange.periods import PeriodUnreadable
from exchange.reports import services
from exchange.reports.making import folder
from exchange.reports.snapshot import snapshot
from tests.factories import an_account, an_office

pytestmark = pytest.mark.usefixtures("places", "sample", "woken")


def asked(by: User | None, region: str = "621022", **values: object) -> ReportRun:
    values = {"report": "sample", "period": "2019-12"} | values
    return services.request_report(region_code=region, by=by, **values)


def made(by: User | None, region: str = "621022", **values: object) -> ReportRun:
    return services.make_now(asked(by, region, **values))


def verbs(run: ReportRun) -> list[str]:
    entries = AuditEntry.objects.filter(target_key=str(run.pk)).order_by("pk")
    return [entry.verb for entry in entries]


def test_a_report_is_asked_for_made_and_opened(woken: list[object]) -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    run = asked(clerk)
    assert (run.state, run.office_id, woken) == ("queued", clerk.office_id, [run])
    before = timezone.now()
    services.make_now(run)
    assert (run.state, run.rows, run.file_name) == ("done", 1, "环县地区表2019-12.xlsx")
    assert before <= run.as_of <= timezone.now()
    assert (run.expires_at - run.finished_at).days == 90
    with services.open_file(run, by=clerk) as file:
        assert len(file.read()) == run.size
    assert verbs(run) == [f"exchange.report.{act}" for act in ("requested", "made", "opened")]
    opened = AuditEntry.objects.get(verb="exchange.report.opened")
    assert (opened.actor_id, opened.region_code) == (clerk.pk, "621022")
    assert opened.changes["numbers"] == 7


def test_the_file_lies_apart_and_is_its_owners_only() -> None:
    run = made(an_account("clerk", "county-clerk", "621022"))
    path = folder() / run.stored_as
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in folder().iterdir()] == [run.stored_as]
    assert str(run.public_id) not in run.stored_as


def test_outside_the_scope_nothing_can_be_asked_for_or_opened() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    for region in ("621021", "6210", "62", "", "9", "999999", "621022100"):
        with pytest.raises(PermissionError):
            asked(an_account(f"c{region}", "county-clerk", "622926"), region)
    run = made(clerk)
    for stranger in (
        an_account("next", "county-clerk", "621021"),
        an_account("elsewhere", "prefecture-officer", "6229"),
        an_account("system", "system-administrator", "62"),
        an_account("nobody"),
    ):
        assert services.openable(run, stranger) is False
        with pytest.raises(PermissionError):
            services.open_file(run, by=stranger)
    assert list(ReportRun.objects.visible_to(an_account("n2", "county-clerk", "621021"))) == []


@pytest.mark.parametrize(
    ("values", "trouble"),
    [
        ({"report": "none"}, services.ReportNotPossible),
        ({"region": "629999"}, services.ReportNotPossible),
        ({"region": "621022100"}, services.ReportNotPossible),
        ({"period": "2019-13"}, PeriodUnreadable),
        ({"period": "2099"}, services.ReportNotPossible),
    ],
)
def test_what_cannot_be_made_is_refused_at_the_door(
    values: dict[str, str], trouble: type[Exception]
) -> None:
    officer = an_account("officer", "province-officer", "62")
    with pytest.raises(trouble):
        asked(officer, **({"region": "62"} | values))
    assert ReportRun.objects.count() == 0


def test_asking_twice_gives_the_run_that_is_being_made() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    first = asked(clerk)
    assert asked(clerk) == first
    assert asked(an_account("other", "county-clerk", "621022")) != first
    services.make_now(first)
    assert asked(clerk) != first


def test_personal_numbers_open_only_for_whom_may_see_them() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    officer = an_account("officer", "prefecture-officer", "6210")
    full, masked, by_clock = made(clerk), made(officer), made(None)
    assert [run.parameters["numbers"] for run in (full, masked, by_clock)] == [7, 0, 7]
    assert [services.openable(run, clerk) for run in (full, masked, by_clock)] == [True] * 3
    assert [services.openable(run, officer) for run in (full, masked, by_clock)] == [
        False,
        True,
        False,
    ]
    assert ReportRun.objects.visible_to(officer).count() == 3


def lose_roles(user: User) -> None:
    user.assignments.all().delete()


def lose_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("loss", [lose_roles, lose_account])
def test_rights_are_looked_at_again_when_the_worker_begins(loss: Callable[[User], None]) -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    run = asked(clerk)
    loss(clerk)
    services.make_now(run)
    assert (run.state, run.error) == ("failed", services.NOT_ENTITLED)
    assert list(folder().iterdir()) == []


def test_rights_are_looked_at_again_when_the_file_is_opened() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    run = made(clerk)
    clerk.assignments.all().delete()
    assert services.openable(run, User.objects.get(pk=clerk.pk)) is False


def test_a_failed_report_is_made_again_in_the_name_of_who_asks(
    monkeypatch: pytest.MonkeyPatch, woken: list[object]
) -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    reviewer = an_account("reviewer", "county-reviewer", "621022")
    with monkeypatch.context() as broken:
        broken.setattr(services, "make", _refuse)
        run = made(clerk)
    assert (run.state, run.error_sentence) == ("failed", "No room")
    with pytest.raises(PermissionError):
        services.retry(run, by=an_account("next", "county-clerk", "621021"))
    services.retry(run, by=reviewer)
    assert (run.state, run.attempt, run.requested_by, woken) == ("queued", 0, reviewer, [run, run])
    with pytest.raises(services.ReportNotPossible):
        services.retry(run, by=reviewer)
    services.make_now(run)
    assert (run.state, run.error, run.error_sentence) == ("done", "", "")


def _refuse(*_: object) -> None:
    raise jobs.JobRefused("No room")


def test_what_breaks_off_leaves_no_file_and_is_tried_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def break_off(run: ReportRun, *_: object) -> None:
        (folder() / "half.xlsx").write_bytes(b"")
        tries.append(run.attempt)
        raise RuntimeError

    monkeypatch.setattr(services, "make", break_off)
    monkeypatch.setattr(services.uuid, "uuid4", lambda: type("Name", (), {"hex": "half"}))
    run = made(an_account("clerk", "county-clerk", "621022"))
    assert (run.state, run.error, tries) == ("failed", Cause.UNKNOWN.sentence, [1, 2, 3])
    assert list(folder().iterdir()) == []


def test_a_run_that_was_taken_over_keeps_none_of_this_workers_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = asked(an_account("clerk", "county-clerk", "621022"))
    make = services.make

    def taken_over(*arguments: object) -> object:
        done = make(*arguments)
        ReportRun.objects.filter(pk=run.pk).update(attempt=2)
        return done

    monkeypatch.setattr(services, "make", taken_over)
    jobs.run("exchange.reportrun", run.pk)
    run.refresh_from_db()
    assert (run.state, run.stored_as, list(folder().iterdir())) == ("running", "", [])
    assert verbs(run) == ["exchange.report.requested"]


def test_a_file_past_its_time_goes_and_its_run_says_so() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    old, new = made(clerk), made(clerk)
    ReportRun.objects.filter(pk=old.pk).update(
        expires_at=datetime.datetime(2020, 3, 1, 4, tzinfo=datetime.UTC)
    )
    assert [services.openable(run, clerk) for run in (old, new)] == [False, True]
    assert services.remove_expired() == 1
    old.refresh_from_db()
    assert (old.state, old.stored_as, old.error) == ("done", "", services.EXPIRED)
    with translation.override("en"):
        assert "2020-03-01" in old.error_sentence
    assert [path.name for path in folder().iterdir()] == [new.stored_as]
    assert services.remove_expired() == 0


def test_strays_of_killed_workers_go_but_not_what_is_being_written(settings: object) -> None:
    run = made(an_account("clerk", "county-clerk", "621022"))
    (folder() / "stray.part").write_bytes(b"")
    services.remove_expired()
    assert len(list(folder().iterdir())) == 2
    settings.CELERY_TASK_TIME_LIMIT = -1
    services.remove_expired()
    assert [path.name for path in folder().iterdir()] == [run.stored_as]


def test_a_file_that_vanished_is_told() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    run = made(clerk)
    (folder() / run.stored_as).unlink()
    with pytest.raises(services.ReportNotPossible, match="no longer there"):
        services.open_file(run, by=clerk)


def test_the_snapshot_sees_one_moment_and_writes_nothing() -> None:
    with snapshot() as as_of, connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        cursor.execute("SELECT transaction_timestamp()")
        assert cursor.fetchone() == (as_of,)
        with pytest.raises(Exception, match="read-only"):
            an_office("62")


def test_the_workbook_bears_head_and_foot() -> None:
    clerk = an_account("clerk", "county-clerk", "621022", office=an_office("621022", "环县人社局"))
    clerk.name = "王秀英"
    clerk.save()
    run = made(clerk)
    with zipfile.ZipFile(folder() / run.stored_as) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    as_of = timezone.localtime(run.as_of)
    for text in (
        "表号：样表1",
        "制定机关：甘肃省人力资源和社会保障厅",
        "填报单位：环县人社局",
        "计量单位：个",
        "单位负责人：",
        "填表人：王秀英",
        f"报出日期：{as_of.year}年{as_of.month}月{as_of.day}日",
        f"1. 数据截至{as_of.year}年{as_of.month}月{as_of.day}日{as_of:%H:%M}。",
        "2. 样表",
    ):
        assert text in sheet
