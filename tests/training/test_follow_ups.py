"""Follow-ups: entered many at once, never over somebody else's, due when their day comes."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import AuditEntry, RuleValue, User
from core.rule_values import load_rule_values
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.models import Notice
from exchange.periods import months_later
from tests.factories import (
    a_class,
    a_person,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from tests.factories.submissions import a_month
from training.follow_up_block import read_block
from training.follow_up_days import due, follow_ups_due, latest_end
from training.follow_ups import Answer, keep_follow_ups
from training.models import Enrollment, FollowUp, RowChange, TrainingClass

pytestmark = pytest.mark.django_db
COUNTY = "621022"
ENDED = datetime.date(2019, 7, 8)
AUGUST = datetime.date(2019, 8, 1)
DAY = datetime.date(2019, 8, 6)


@pytest.fixture
def clerk() -> User:
    translation.activate("en")
    divisions()
    load_rule_values()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def rows(clerk: User) -> list[Enrollment]:
    found = a_class()
    rows = [enrolled(a_person(order), found) for order in (1, 3, 5)]
    settled()
    return rows


def of(rows: list[Enrollment]) -> TrainingClass:
    return rows[0].training_class


def an_answer(row: Enrollment, employment: str = "employed", **more: Any) -> Answer:
    values = {"visited_on": DAY, "way": "phone", "employer": "环县某合作社"} | more
    return Answer(row=row.pk, employment=employment, **values)


def keep(rows: list[Enrollment], by: User, *answers: Answer) -> tuple[int, int]:
    return keep_follow_ups(training_class=of(rows), answers=answers, by=by)


def copies(rows: list[Enrollment]) -> list[str]:
    found = Enrollment.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return list(found.values_list("employment", flat=True))


def refusal(rows: list[Enrollment], by: User, *answers: Answer) -> str:
    before = list(FollowUp.objects.values())
    with pytest.raises(JobRefused) as refused:
        keep(rows, by, *answers)
    assert list(FollowUp.objects.values()) == before
    return refused.value.sentence % refused.value.params


def test_answers_are_copied_onto_the_rows_and_written_down(rows: Any, clerk: User) -> None:
    assert keep(rows, clerk, an_answer(rows[0]), an_answer(rows[1], "unemployed")) == (2, 0)
    assert copies(rows) == ["employed", "unemployed", "unknown"]
    entry = AuditEntry.objects.get(verb="training.employment.followed_up")
    assert (entry.changes, entry.region_code) == ({"new": 2, "changed": 0}, COUNTY)
    assert rollups.differences() == []
    assert not RowChange.objects.exists()


def test_an_older_answer_entered_later_does_not_hide_the_newest(rows: Any, clerk: User) -> None:
    keep(rows, clerk, an_answer(rows[0]))
    keep(rows, clerk, an_answer(rows[0], "unemployed", visited_on=ENDED))
    assert copies(rows)[0] == "employed"


def test_a_change_keeps_what_stood_there(rows: Any, clerk: User) -> None:
    keep(rows, clerk, an_answer(rows[0]))
    first = FollowUp.objects.get()
    other = an_account("other", "county-clerk", COUNTY)
    changed = an_answer(rows[0], "unemployed", employer="", key=first.pk, version=1)
    assert keep(rows, other, changed) == (0, 1)
    assert keep(
        rows, other, an_answer(rows[0], "unemployed", employer="", key=first.pk, version=2)
    ) == (0, 0)
    note = RowChange.objects.get()
    assert (note.chapter, note.row_key, note.version, note.by) == (
        "employment",
        first.pk,
        2,
        other.pk,
    )
    assert (note.before or {})["employment"] == "employed"
    first.refresh_from_db()
    assert (first.version, first.entered_by, copies(rows)[0]) == (2, clerk, "unemployed")


def test_what_somebody_changed_meanwhile_is_not_written_over(rows: Any, clerk: User) -> None:
    keep(rows, clerk, an_answer(rows[0]))
    key = FollowUp.objects.get().pk
    keep(rows, clerk, an_answer(rows[0], "unemployed", key=key, version=1))
    late = an_answer(rows[0], "self-employed", key=key, version=1)
    assert refusal(rows, clerk, an_answer(rows[1]), late) == (
        "Somebody changed the follow-up of 张1 meanwhile. Load the page again and compare."
    )


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (ENDED - datetime.timedelta(1), "张1 was asked on 2019-07-07, before the class ended on"),
        (datetime.date(2199, 1, 1), "张1: the day 2199-01-01 has not come yet."),
    ],
)
def test_days_that_cannot_be_are_refused(rows: Any, clerk: User, day: Any, told: str) -> None:
    assert refusal(rows, clerk, an_answer(rows[0], visited_on=day)).startswith(told)


def test_one_day_has_one_follow_up(rows: Any, clerk: User) -> None:
    keep(rows, clerk, an_answer(rows[0]))
    told = "张1 already has a follow-up of 2019-08-06. Change that one instead of entering another."
    assert refusal(rows, clerk, an_answer(rows[0], "unemployed")) == told
    twice = [an_answer(rows[1]), an_answer(rows[1], "unemployed")]
    assert refusal(rows, clerk, *twice) == told.replace("张1", "张3")


def test_a_closed_month_is_told_in_a_sentence(rows: Any, clerk: User) -> None:
    a_month("locked", month=AUGUST)
    assert refusal(rows, clerk, an_answer(rows[0])) == (
        "The ledger of 2019-08 is locked, so its rows stay as they are. To change one, request a "
        "correction of it."
    )
    a_month("locked", month=datetime.date(2019, 6, 1))
    september = datetime.date(2019, 9, 2)
    assert keep(rows, clerk, an_answer(rows[0], visited_on=september)) == (1, 0)


def test_others_may_not(rows: Any) -> None:
    for role, region in (("county-clerk", "621021"), ("county-reviewer", COUNTY)):
        with pytest.raises(PermissionError):
            keep(rows, an_account(f"{role}-x", role, region), an_answer(rows[0]))


def test_rows_of_another_class_are_refused(rows: Any, clerk: User) -> None:
    other = enrolled(a_person(7), a_class(code="2019002"))
    assert refusal(rows, clerk, an_answer(other)).startswith("Some of these people are no longer")


class TestBlock:
    def read(self, rows: Any, *lines: str) -> Any:
        block = read_block("\r\n".join(lines), rows)
        places = {row.pk: place for place, row in enumerate(rows)}
        return {places[key]: cells for key, cells in block.cells.items()}, block.troubles

    def test_lines_are_matched_by_name_or_digits(self, rows: Any) -> None:
        lines = [
            "张1\t\t2019/8/6\t电话\t已就业\t环县某合作社\t合同",
            f"\t{citizen_number(3)}\t2019年8月6日\t上门\t未就业",
            f"张5\t{citizen_number(5)[-4:]}\t\t\t自主创业",
        ]
        cells, troubles = self.read(rows, *lines)
        assert troubles == []
        assert cells == {
            0: {
                "visited_on": "2019-08-06",
                "way": "phone",
                "employment": "employed",
                "employer": "环县某合作社",
                "evidence": "合同",
            },
            1: {"visited_on": "2019-08-06", "way": "visit", "employment": "unemployed"},
            2: {"employment": "self-employed"},
        }

    def test_headings_say_the_order(self, rows: Any) -> None:
        cells, troubles = self.read(
            rows, "序号\t就业情况\t姓名", "1\t已就业\t张3", "", "2\t未就业\t张1"
        )
        assert (cells, troubles) == (
            {1: {"employment": "employed"}, 0: {"employment": "unemployed"}},
            [],
        )

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("李四\t\t\t\t已就业", "line 1: nobody in the class fits “李四”"),
            (f"张1\t{citizen_number(3)}\t\t\t已就业", "line 1: nobody in the class fits “张1"),
            ("张1\t1\t\t\t已就业", "line 1: nobody in the class fits “张1 1”"),
            ("张1\t\t\t\t在打工", "line 1: “在打工” is none of the words for 就业情况"),
            ("张1\t\t2019-02-30\t\t已就业", "line 1: “2019-02-30” is no day"),
            ("张1\t\t\t\t已就业\t" + "长" * 101, "line 1: 就业单位或经营项目 is longer than 100"),
            ("张1\t\t\t\t已就业\t\t\t\t多", "line 1 has more columns than the table"),
            ("\t\t\t\t已就业", "line 1: nobody in the class fits “”"),
        ],
    )
    def test_nothing_is_guessed(self, rows: Any, line: str, told: str) -> None:
        cells, troubles = self.read(rows, line)
        assert (cells, len(troubles), troubles[0][: len(told)]) == ({}, 1, told)

    def test_a_name_that_two_have_wants_digits(self, rows: Any) -> None:
        rows.append(enrolled(a_person(7, name="张1"), of(rows)))
        cells, troubles = self.read(
            rows, "张1\t\t\t\t已就业", f"张1\t{citizen_number(7)[-4:]}\t\t\t未就业"
        )
        assert cells == {3: {"employment": "unemployed"}}
        assert troubles == [
            "line 1: more than one person fits “张1”; add the last four digits of the number"
        ]

    def test_somebody_stands_there_once(self, rows: Any) -> None:
        cells, troubles = self.read(rows, "张1\t\t\t\t已就业", "张1\t\t\t\t未就业")
        assert cells == {0: {"employment": "employed"}}
        assert troubles == ["line 2: “张1” stands on an earlier line already"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2019-08-31", 6, "2020-02-29"),
        ("2018-08-31", 6, "2019-02-28"),
        ("2019-12-15", 1, "2020-01-15"),
        ("2020-01-31", -2, "2019-11-30"),
        ("2020-01-01", 12, "2021-01-01"),
    ],
)
def test_months_later(day: str, months: int, later: str) -> None:
    found = months_later(datetime.date.fromisoformat(day), months)
    assert found == datetime.date.fromisoformat(later)


def test_the_latest_end_is_the_last_one_whose_day_has_come() -> None:
    """Against every day of two years, one of them a leap year."""
    first = datetime.date(2019, 1, 1)
    days = [first + datetime.timedelta(n) for n in range(731)]
    for today in days[400:]:
        assert latest_end(today, 6) == max(end for end in days if months_later(end, 6) <= today)


class TestDue:
    BEFORE, COMES = datetime.date(2020, 1, 7), datetime.date(2020, 1, 8)

    def due(self, day: datetime.date) -> list[int]:
        return list(due(Enrollment.objects.all(), day).order_by("pk").values_list("pk", flat=True))

    def test_six_months_after_the_end(self, rows: Any) -> None:
        assert self.due(self.BEFORE) == []
        assert self.due(self.COMES) == [row.pk for row in rows]

    def test_who_left_or_was_found_at_work_or_asked_in_time_is_not(
        self, rows: Any, clerk: User
    ) -> None:
        more = [enrolled(a_person(order), of(rows)) for order in (7, 9)]
        Enrollment.objects.filter(pk=more[0].pk).update(result="dropped")
        Enrollment.objects.filter(pk=more[1].pk).update(state="withdrawn")
        keep(rows, clerk, an_answer(rows[0]), an_answer(rows[1], "unemployed"))
        assert self.due(self.COMES) == [rows[1].pk, rows[2].pk]
        keep(rows, clerk, an_answer(rows[1], "unemployed", visited_on=self.COMES))
        assert self.due(self.COMES) == [rows[2].pk]

    def test_a_region_may_say_otherwise(self, rows: Any) -> None:
        RuleValue.objects.create(
            rule="training.trainees_are_followed_up",
            parameter="months",
            region_code="6210",
            valid_from=datetime.date(2013, 1, 1),
            value=3,
            citation="试",
        )
        assert self.due(datetime.date(2019, 10, 7)) == []
        assert len(self.due(datetime.date(2019, 10, 8))) == 3

    def test_the_clock_tells_each_county_once_a_class(self, rows: Any, clerk: User) -> None:
        an_account("reviewer", "county-reviewer", COUNTY)
        an_account("elsewhere", "county-clerk", "621021")
        second = a_class(code="2019002", start_date=datetime.date(2019, 6, 26))
        enrolled(a_person(9), second)
        days = [datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(31)]
        told = {day.day: [follow_ups_due(day), follow_ups_due(day)] for day in days}
        assert {day: times for day, times in told.items() if any(times)} == {8: [1, 0], 10: [1, 0]}
        notices = Notice.objects.order_by("id")
        assert [(n.recipient.username, n.params["people"], n.url) for n in notices] == [
            (who, people, "/training/follow-ups/?due=1&region=621022")
            for people in (3, 4)
            for who in ("clerk", "reviewer")
        ]

    def test_a_clock_that_stood_still_tells_afterwards(self, rows: Any) -> None:
        assert follow_ups_due(self.BEFORE) == 0
        assert follow_ups_due(datetime.date(2020, 3, 1)) == 1
        assert follow_ups_due(datetime.date(2020, 3, 2)) == 0

    def test_nobody_is_told_of_people_who_were_asked(self, rows: Any, clerk: User) -> None:
        keep(rows, clerk, *(an_answer(row) for row in rows))
        assert follow_ups_due(self.COMES) == 0


class TestPages:
    @pytest.fixture
    def client(self, clerk: User) -> Any:
        client = Client(headers={"accept-language": "en"})
        client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def page(self, rows: Any) -> str:
        return reverse("training:class-follow-ups", args=[of(rows).pk])

    def sent(self, rows: Any, **cells: str) -> dict[str, str]:
        """Cells by place of the row: employment_0."""
        parted = ((name.rpartition("_"), cell) for name, cell in cells.items())
        return {f"{rows[int(n)].pk}-{name}": cell for (name, _, n), cell in parted}

    def test_day_and_way_are_given_once_for_all(self, client: Any, rows: Any) -> None:
        sent = self.sent(rows, employment_0="employed", employment_2="unemployed", way_2="visit")
        answer = client.post(self.page(rows), sent | {"day": "2019-08-06", "for_all": "phone"})
        assert answer.status_code == 302
        kept = FollowUp.objects.order_by("enrollment")
        assert list(kept.values_list("enrollment", "visited_on", "way", "employment")) == [
            (rows[0].pk, DAY, "phone", "employed"),
            (rows[2].pk, DAY, "visit", "unemployed"),
        ]

    def test_what_is_lacking_is_told_at_its_row(self, client: Any, rows: Any) -> None:
        answer = client.post(self.page(rows), self.sent(rows, employment_0="employed"))
        wrong = [sorted(form.errors) for form in answer.context["table"].forms]
        assert (answer.status_code, wrong) == (422, [["visited_on", "way"], [], []])
        nothing = client.post(self.page(rows), {})
        assert (nothing.status_code, FollowUp.objects.count()) == (422, 0)
        assert "Nothing is filled in" in nothing.content.decode()

    def test_a_pasted_block_fills_the_table_and_saves_nothing(self, client: Any, rows: Any) -> None:
        block = "张1\t\t2019-08-06\t电话\t已就业\n李四\t\t\t\t已就业"
        sent = self.sent(rows, employment_1="unemployed") | {"block": block, "read": "1"}
        page = client.post(self.page(rows), sent)
        forms = page.context["table"].forms
        shown = [form["employment"].value() or "" for form in forms]
        assert shown == ["employed", "unemployed", ""]
        assert [form.is_filled for form in forms] == [True, False, False]
        assert "nobody in the class fits “李四”" in page.content.decode()
        assert not FollowUp.objects.exists()

    def test_the_last_ones_are_changed_in_the_same_table(
        self, client: Any, rows: Any, clerk: User
    ) -> None:
        keep(rows, clerk, an_answer(rows[0]))
        url = f"{self.page(rows)}?change=1"
        form = client.get(url).context["table"].forms[0]
        shown = {name: form[name].value() for name in form.fields}
        sent = {f"{rows[0].pk}-{name}": str(value) for name, value in shown.items()}
        sent[f"{rows[0].pk}-employment"] = "self-employed"
        assert client.post(url, sent).status_code == 302
        assert FollowUp.objects.get().employment == "self-employed"
        stale = client.post(url, sent)
        assert (stale.status_code, "meanwhile" in stale.content.decode()) == (422, True)

    def test_the_list_is_filtered_by_its_address(self, client: Any, rows: Any, clerk: User) -> None:
        keep(rows, clerk, an_answer(rows[0]))
        lists = reverse("training:follow-ups")

        def listed(query: str) -> list[str]:
            return [
                row["cells"][0]["value"] for row in client.get(f"{lists}?{query}").context["rows"]
            ]

        assert listed("") == ["张5", "张3", "张1"]
        assert listed("due=1") == ["张5", "张3"]
        assert listed("employment=employed") == ["张1"]
        assert listed("ended=2019-07&code=2019001") == ["张5", "张3", "张1"]
        assert listed("ended=2019-08") == listed("code=9") == []

    def test_the_panel_counts_them(self, client: Any, rows: Any) -> None:
        panel = client.get(reverse("training:panel-follow-ups"))
        assert [(item["count"], item["url"]) for item in panel.context["items"]] == [
            (3, "/training/follow-ups/?due=1&region=621022")
        ]
