import datetime
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from core.models import AuditEntry
from exchange import schedules, tasks, upkeep
from exchange.models import Rollup
from programs import tasks as programs_tasks
from tests.factories import a_class, a_person, divisions, enrolled, settled
from training import tasks as training_tasks

pytestmark = pytest.mark.django_db


def test_every_schedule_names_a_task_that_exists() -> None:
    assert tasks.sweep_jobs.name in current_app.tasks
    assert training_tasks.follow_ups_due.name in current_app.tasks
    assert programs_tasks.check_quotas.name in current_app.tasks
    assert {each.task for each in schedules.SCHEDULES} <= current_app.tasks.keys()


def test_schedules_are_loaded_once() -> None:
    count = len(schedules.SCHEDULES)
    assert schedules.load() == (count, 0)
    assert PeriodicTask.objects.count() == count
    sweep = PeriodicTask.objects.get(name="wake-forgotten-jobs")
    assert (sweep.interval.every, sweep.interval.period, sweep.expire_seconds) == (
        15,
        "seconds",
        15,
    )
    nightly = PeriodicTask.objects.get(name="check-rollups").crontab
    assert (nightly.minute, nightly.hour, nightly.day_of_month) == ("30", "2", "*")
    assert str(nightly.timezone) == "Asia/Shanghai"
    PeriodicTasks.objects.update(last_update=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    assert schedules.load() == (0, 0)
    assert PeriodicTasks.last_change().year == 2020


def test_an_edited_time_stays_until_it_is_reset() -> None:
    schedules.load()
    nightly = PeriodicTask.objects.get(name="check-rollups")
    other = PeriodicTask.objects.get(name="verify-receipts").crontab
    nightly.crontab, nightly.enabled, nightly.task = other, False, "exchange.old_name"
    nightly.save()
    call_command("load_schedules", stdout=StringIO())
    nightly.refresh_from_db()
    assert (nightly.crontab, nightly.enabled) == (other, False)
    assert nightly.task == "exchange.check_rollups"
    out = StringIO()
    call_command("load_schedules", "--reset", stdout=out)
    nightly.refresh_from_db()
    assert (nightly.crontab.hour, nightly.enabled) == ("2", True)


def test_a_check_that_finds_nothing_is_a_good_one() -> None:
    divisions()
    enrolled(a_person(), a_class())
    settled()
    assert upkeep.check_rollups() == 0
    entry = AuditEntry.objects.get(verb="exchange.rollups.checked")
    assert (entry.succeeded, entry.changes) == (True, {"differences": 0, "first": []})


def test_a_figure_that_is_not_what_the_rows_say_is_an_error() -> None:
    divisions()
    enrolled(a_person(), a_class())
    settled()
    Rollup.objects.filter(measure="training.attendances").update(amount=2)
    assert upkeep.check_rollups() == 1
    entry = AuditEntry.objects.get(verb="exchange.rollups.checked")
    assert (entry.succeeded, entry.changes["differences"]) == (False, 1)
    first = entry.changes["first"][0]
    assert (first["county_code"], first["kept"], first["counted"]) == ("621022", "2.00", "1")
    assert Rollup.objects.get(measure="training.attendances").amount == 2
