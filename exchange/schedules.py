"""What the clock does by itself, as declared; the schedule lives in the database and may be edited."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


@dataclass(frozen=True)
class Calendar:
    """Times as crontab writes them, by the portal's clock."""

    minute: str
    hour: str = "*"
    day_of_month: str = "*"


@dataclass(frozen=True)
class Schedule:
    """A task and when the clock calls it: every so often, or by the calendar.

    A call that no worker has taken up when the next one is due is dropped.
    """

    name: str
    task: str
    description: str
    every: datetime.timedelta | Calendar


SCHEDULES = (
    Schedule(
        "wake-forgotten-jobs",
        "exchange.sweep_jobs",
        gettext_noop("Sends imports and reports again that were dropped on the way."),
        datetime.timedelta(seconds=15),
    ),
    Schedule(
        "remove-expired-reports",
        "exchange.remove_expired_reports",
        gettext_noop("Removes the files of reports that are past their time."),
        Calendar(minute="17"),
    ),
    Schedule(
        "tidy-imports",
        "exchange.tidy_imports",
        gettext_noop("Stops imports that nobody decides on and removes uploads that were cut off."),
        Calendar(minute="47", hour="1"),
    ),
    Schedule(
        "close-opened-months",
        "exchange.close_opened_months",
        gettext_noop(
            "Locks months again whose days of being open are over and that did not change."
        ),
        Calendar(minute="7"),
    ),
    Schedule(
        "recount-outdated",
        "exchange.recount_outdated",
        gettext_noop("Counts figures anew whose declaration has changed, as after an upgrade."),
        datetime.timedelta(minutes=10),
    ),
    Schedule(
        "check-rollups",
        "exchange.check_rollups",
        gettext_noop("Compares the kept figures with the ledger; any difference is an error."),
        Calendar(minute="30", hour="2"),
    ),
    Schedule(
        "check-quotas",
        "programs.check_quotas",
        gettext_noop("Adds the quota book up anew; any difference is an error."),
        Calendar(minute="50", hour="2"),
    ),
    Schedule(
        "send-mail",
        "exchange.send_mail",
        gettext_noop("Mails the notices of those who gave an address."),
        datetime.timedelta(seconds=60),
    ),
    Schedule(
        "anchor-receipts",
        "exchange.anchor_receipts",
        gettext_noop("Writes receipts into the anchor file that could not be written at once."),
        Calendar(minute="5"),
    ),
    Schedule(
        "mail-anchors",
        "exchange.mail_anchors",
        gettext_noop("Mails the newest link of every chain of receipts to whoever keeps them."),
        Calendar(minute="40", hour="6"),
    ),
    Schedule(
        "verify-receipts",
        "exchange.verify_receipts",
        gettext_noop("Compares everything that was sealed with what is there now."),
        Calendar(minute="30", hour="3"),
    ),
    Schedule(
        "open-months",
        "exchange.open_months",
        gettext_noop("Expects last month's ledger of every county with an office."),
        Calendar(minute="20", hour="0"),
    ),
    Schedule(
        "remind",
        "exchange.remind",
        gettext_noop("Reminds of months that are due, late, returned or wait for their review."),
        Calendar(minute="30", hour="8"),
    ),
    Schedule(
        "remove-compared",
        "training.remove_compared",
        gettext_noop("Removes lists and workbooks that were compared and are past their time."),
        Calendar(minute="27"),
    ),
    Schedule(
        "follow-ups-due",
        "training.follow_ups_due",
        gettext_noop("Tells counties whose trainees are to be asked about their employment."),
        Calendar(minute="40", hour="8"),
    ),
    Schedule(
        "ordered-reports",
        "exchange.request_ordered_reports",
        gettext_noop("Makes the reports that each level ordered, once their time has come."),
        datetime.timedelta(minutes=10),
    ),
)


@transaction.atomic
def load(schedules: tuple[Schedule, ...] = SCHEDULES, *, reset: bool = False) -> tuple[int, int]:
    """Put the declared schedules into the database; returns how many are new and how many changed.

    One that is there keeps the times, and the off switch, that an administrator gave
    it, unless `reset` says to go back to what is declared.
    """
    added = changed = 0
    for schedule in schedules:
        declared: dict[str, object] = {"task": schedule.task, "description": schedule.description}
        found = PeriodicTask.objects.filter(name=schedule.name).first()
        if found is None:
            PeriodicTask.objects.create(name=schedule.name, **declared, **_times(schedule))
            added += 1
            continue
        if reset:
            declared |= _times(schedule) | {"enabled": True}
        changed += _change(found, declared)
    return added, changed


def _change(found: PeriodicTask, values: dict[str, object]) -> bool:
    """Save what differs. Saving tells the running clock to read its schedule again."""
    differing = {name: value for name, value in values.items() if getattr(found, name) != value}
    for name, value in differing.items():
        setattr(found, name, value)
    if differing:
        found.save()
    return bool(differing)


def _times(schedule: Schedule) -> dict[str, object]:
    if isinstance(schedule.every, datetime.timedelta):
        seconds = int(schedule.every.total_seconds())
        interval, _ = IntervalSchedule.objects.get_or_create(
            every=seconds, period=IntervalSchedule.SECONDS
        )
        return {"interval": interval, "crontab": None, "expire_seconds": seconds}
    calendar, _ = CrontabSchedule.objects.get_or_create(
        **asdict(schedule.every), timezone=settings.TIME_ZONE
    )
    return {"crontab": calendar, "interval": None, "expire_seconds": None}
