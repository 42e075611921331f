"""A year by the clock: two provinces' due days and ladders, over the Spring Festival and New Year.

The days of 2026 are those of the State Council's notice as the library has them; what follows
was worked out by hand from it. The local day of 宁夏 is made up.
"""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from core.models import AuditEntry, Holiday, LocalHoliday, Region, RuleValue, User
from core.rule_values import load_rule_values
from core.workdays import seed_holidays
from exchange.deadlines import Clock, open_months, remind
from exchange.models import Notice, Reminder, Submission
from exchange.submissions import books
from tests.factories import an_account, an_office, divisions
from tests.factories.books import a_book

pytestmark = pytest.mark.django_db

GANSU, NINGXIA = "621022", "640522"  # the 10th of the following month; its 5th working day
FIRST, LAST = datetime.date(2025, 12, 20), datetime.date(2027, 1, 20)

# The last day in time, by month.
DUE = {
    "2025-12": ("2026-01-12", "2026-01-08"),  # a Saturday; 4 January is made up
    "2026-01": ("2026-02-10", "2026-02-06"),
    "2026-02": ("2026-03-10", "2026-03-06"),
    "2026-03": ("2026-04-10", "2026-04-08"),  # over Qingming
    "2026-04": ("2026-05-11", "2026-05-11"),  # a Sunday; over May Day, 9 May is made up
    "2026-05": ("2026-06-10", "2026-06-08"),  # 宁夏 has 3 June off
    "2026-06": ("2026-07-10", "2026-07-07"),
    "2026-07": ("2026-08-10", "2026-08-07"),
    "2026-08": ("2026-09-10", "2026-09-07"),
    "2026-09": ("2026-10-10", "2026-10-13"),  # a made-up Saturday; over the National Day
    "2026-10": ("2026-11-10", "2026-11-06"),
    "2026-11": ("2026-12-10", "2026-12-07"),
    "2026-12": ("2027-01-11", "2027-01-08"),  # a Sunday
}
# When a county submits a month, if not as soon as it is expected; None: not at all.
SUBMITTED: dict[tuple[str, str], str | None] = {
    (GANSU, "2026-01"): "2026-03-03",  # over the festival up to the province
    (NINGXIA, "2026-01"): "2026-02-09",  # one working day late
    (NINGXIA, "2026-05"): "2026-06-07",
    (GANSU, "2026-09"): "2026-10-12",
    (NINGXIA, "2026-09"): "2026-10-09",
    (GANSU, "2026-12"): None,
    (NINGXIA, "2026-12"): None,
}
# The prefecture returns this month of 甘肃 on a day; it comes back on another.
RETURNED = ("2026-06", "2026-07-13", "2026-07-17")
# The prefecture looks at what is submitted at once, but for this month of 宁夏.
UNREVIEWED = ("2026-07", "2026-08-12")

RUNGS = [
    ("2026-02-03", NINGXIA, "2026-01", "before-3"),
    ("2026-02-05", GANSU, "2026-01", "before-3"),
    ("2026-02-05", NINGXIA, "2026-01", "before-1"),
    ("2026-02-06", NINGXIA, "2026-01", "due"),
    ("2026-02-09", GANSU, "2026-01", "before-1"),
    ("2026-02-09", NINGXIA, "2026-01", "after-1"),
    ("2026-02-10", GANSU, "2026-01", "due"),
    ("2026-02-11", GANSU, "2026-01", "after-1"),
    ("2026-02-13", GANSU, "2026-01", "after-3"),
    ("2026-02-13", GANSU, "2026-01", "prefecture"),
    # 14 February is made up, 15 to 23 are the festival, 28 is made up.
    ("2026-03-02", GANSU, "2026-01", "province"),
    ("2026-06-02", NINGXIA, "2026-05", "before-3"),
    ("2026-06-05", NINGXIA, "2026-05", "before-1"),
    ("2026-07-08", GANSU, "2026-06", "r1-review"),
    ("2026-07-14", GANSU, "2026-06", "r1-after-1"),
    ("2026-07-16", GANSU, "2026-06", "r1-after-3"),
    ("2026-07-16", GANSU, "2026-06", "r1-prefecture"),
    ("2026-08-07", NINGXIA, "2026-07", "r1-review"),
    # 30 September, but the month is expected from 1 October on, and nobody works before the 8th.
    ("2026-10-08", GANSU, "2026-09", "before-3"),
    ("2026-10-09", GANSU, "2026-09", "before-1"),
    ("2026-10-09", NINGXIA, "2026-09", "before-3"),
    ("2026-10-10", GANSU, "2026-09", "due"),
    ("2026-10-12", GANSU, "2026-09", "after-1"),
    ("2027-01-05", NINGXIA, "2026-12", "before-3"),
    ("2027-01-06", GANSU, "2026-12", "before-3"),
    ("2027-01-07", NINGXIA, "2026-12", "before-1"),
    ("2027-01-08", GANSU, "2026-12", "before-1"),
    ("2027-01-08", NINGXIA, "2026-12", "due"),
    ("2027-01-11", GANSU, "2026-12", "due"),
    ("2027-01-11", NINGXIA, "2026-12", "after-1"),
    ("2027-01-12", GANSU, "2026-12", "after-1"),
    ("2027-01-13", NINGXIA, "2026-12", "after-3"),
    ("2027-01-13", NINGXIA, "2026-12", "prefecture"),
    ("2027-01-14", GANSU, "2026-12", "after-3"),
    ("2027-01-14", GANSU, "2026-12", "prefecture"),
]
# Who is told by which rungs.
TOLD = {
    "clerk": {"before-3", "before-1", "due", "after-1", "after-3", "r1-after-1", "r1-after-3"},
    "prefecture": {"prefecture", "r1-prefecture", "r1-review"},
    "province": {"province"},
}


@pytest.fixture(autouse=True)
def two_provinces(monkeypatch: pytest.MonkeyPatch) -> None:
    divisions()
    for code, name, level in (("64", "宁夏", 1), ("6405", "中卫市", 2), (NINGXIA, "海原县", 3)):
        Region.objects.create(code=code, name=name, level=level, parent_id=code[:-2] or None)
    monkeypatch.setattr(books, "_books", {"double": a_book()})
    seed_holidays()
    Holiday.objects.create(
        date=datetime.date(2027, 1, 1), is_workday=False, name="元旦", source="test"
    )
    LocalHoliday.objects.create(
        region_code="64",
        date=datetime.date(2026, 6, 3),
        is_workday=False,
        name="test",
        source="test",
    )
    load_rule_values()
    RuleValue.objects.create(
        rule="exchange.month_is_submitted_in_time",
        parameter="due",
        region_code="64",
        valid_from=datetime.date(2013, 1, 1),
        value={"workdays": 5},
        citation="test",
    )
    for county in (GANSU, NINGXIA):
        an_office(county)
        an_account(f"clerk{county}", "county-clerk", county)
        an_account(f"prefecture{county}", "prefecture-officer", county[:4])
        an_account(f"province{county}", "province-officer", county[:2])


def days() -> Iterator[datetime.date]:
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + datetime.timedelta(days=number)


def at(day: datetime.date, hour: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, 30)))


def month_text(submission: Submission) -> str:
    return f"{submission.month:%Y-%m}"


def move(submission: Submission, state: str, **values: Any) -> None:
    Submission.objects.filter(pk=submission.pk).update(state=state, **values)


def people_act(day: datetime.date) -> None:
    """What counties and prefectures do on a day, without the acts themselves."""
    today = day.isoformat()
    for submission in Submission.objects.exclude(state="accepted"):
        county, month = submission.county_code, month_text(submission)
        in_hand = submission.state in {"draft", "returned"}
        comes = SUBMITTED.get((county, month), today)
        if (county, month) == (GANSU, RETURNED[0]) and submission.state == "returned":
            comes = RETURNED[2]
        if in_hand and comes == today:
            move(submission, "submitted", round=submission.round + 1, submitted_at=at(day, 9))
        elif submission.state == "submitted":
            review(submission, county, month, day)


def review(submission: Submission, county: str, month: str, day: datetime.date) -> None:
    today = day.isoformat()
    if (county, month) == (GANSU, RETURNED[0]) and submission.round == 1:
        if today == RETURNED[1]:
            move(submission, "returned", returned_at=at(day, 10))
    elif (county, month) != (NINGXIA, UNREVIEWED[0]) or today == UNREVIEWED[1]:
        move(submission, "accepted")


def test_a_year_of_deadlines() -> None:
    for day in days():
        open_months(day)
        for hour in (8, 20):  # twice a day: nothing doubles
            remind(at(day, hour))
        people_act(day)
        if day.day == 1:
            open_months(day)
    assert {
        month_text(submission): str(submission.due_on)
        for submission in Submission.objects.filter(county_code=GANSU)
    } == {month: due for month, (due, _other) in DUE.items()} | {"2025-11": "2025-12-10"}
    assert {
        month_text(submission): str(submission.due_on)
        for submission in Submission.objects.filter(county_code=NINGXIA)
    } == {month: due for month, (_other, due) in DUE.items()} | {"2025-11": "2025-12-05"}
    taken = [
        (
            f"{timezone.localdate(reminder.sent_at)}",
            reminder.submission.county_code,
            month_text(reminder.submission),
            reminder.rung,
        )
        for reminder in Reminder.objects.select_related("submission")
    ]
    assert sorted(taken) == sorted(RUNGS)
    for county in (GANSU, NINGXIA):
        for role, names in TOLD.items():
            told = Notice.objects.filter(recipient__username=f"{role}{county}", kind="month")
            expected = [rung for _day, place, _month, rung in RUNGS if place == county]
            assert (county, role, told.count()) == (
                county,
                role,
                sum(rung in names for rung in expected),
            )


def test_a_clock_that_stood_still_tells_the_newest_rung_only() -> None:
    open_months(datetime.date(2026, 2, 1))
    before = Notice.objects.count()
    remind(at(datetime.date(2026, 2, 12), 8))
    rungs = Reminder.objects.filter(submission__county_code=GANSU).values_list("rung", flat=True)
    assert sorted(rungs) == ["after-1", "before-1", "before-3", "due"]
    told = Notice.objects.filter(recipient__username=f"clerk{GANSU}")
    assert Notice.objects.count() - before > 0
    assert [notice.params for notice in told] == [
        {"county": "环县", "month": "2026-01", "due": "2026-02-10", "days": 2}
    ]


def test_a_year_without_a_calendar_stops_nobody_else() -> None:
    an_account("admin", "system-administrator", "62")
    an_account("other", "system-administrator", "64")
    Holiday.objects.filter(date__year=2027).delete()
    january = datetime.date(2027, 1, 2)
    for _again in range(2):
        open_months(january)
    assert Submission.objects.filter(due_on=None, month="2026-12-01").count() == 2
    told = Notice.objects.filter(kind="calendar").values_list("recipient__username", flat=True)
    assert sorted(told) == ["admin", "other"]
    Holiday.objects.create(
        date=datetime.date(2027, 1, 1), is_workday=False, name="元旦", source="test"
    )
    open_months(january)
    assert Submission.objects.filter(due_on=None).count() == 0


def test_a_county_straight_under_its_province_climbs_to_it() -> None:
    Region.objects.create(code="6290", name="省直辖", level=2, parent_id="62")
    Region.objects.create(code="629001", name="直管市", level=3, parent_id="6290")
    an_office("629001")
    User.objects.filter(username=f"prefecture{GANSU}").delete()
    open_months(datetime.date(2026, 2, 1))
    remind(at(datetime.date(2026, 2, 13), 8))
    told = Notice.objects.filter(recipient__username=f"province{GANSU}", region_code="629001")
    assert [notice.params["days"] for notice in told] == [3]


def test_due_days_are_opened_once_and_written_down() -> None:
    day = datetime.date(2026, 2, 1)
    assert (open_months(day), open_months(day)) == (2, 0)
    entry = AuditEntry.objects.get(verb="exchange.month.opened")
    assert entry.changes == {"month": "2026-01", "counties": 2}


def test_where_no_day_is_set_nothing_is_expected() -> None:
    RuleValue.objects.filter(parameter="due").delete()
    clock = Clock(datetime.date(2026, 2, 1))
    assert clock.due_on(GANSU, datetime.date(2026, 1, 1)) is None
    open_months(datetime.date(2026, 2, 1))
    remind(at(datetime.date(2026, 3, 20), 8))
    assert Reminder.objects.count() == 0
