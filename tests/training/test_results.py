"""Results for a whole roll at once: pasted, typed, changed by two desks, in a month that is closed."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import AuditEntry, User
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.submissions.closing import PeriodClosed
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from tests.factories import settled as rollups_settled
from tests.factories.submissions import a_month
from training import exams, pasting
from training.exams import Sitting
from training.models import Enrollment, ExamEntry, ExamRoll, RowChange
from training.refusing import RowsRefused
from training.results import ChangedMeanwhile, ExamResult, enter_results

pytestmark = pytest.mark.django_db
COUNTY = "621022"
EXAM = datetime.date(2019, 7, 15)
BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSED, FAILED = ExamResult("passed", Decimal(85), EXAM), ExamResult("failed", Decimal(40), EXAM)


@pytest.fixture
def clerk() -> User:
    translation.activate("en")
    divisions()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def roll(clerk: User) -> ExamRoll:
    """Three people, of whom two have one name, on a frozen roll."""
    taught = a_class()
    names = {1: "马福兰", 3: "马福兰", 5: "张玉"}
    rows = [enrolled(a_person(order, name=name), taught) for order, name in names.items()]
    rollups_settled()
    sitting = Sitting(EXAM, "县鉴定站", frozenset(row.pk for row in rows))
    roll = exams.draw_up(training_class=taught, sitting=sitting, by=clerk)
    exams.freeze(roll=roll, by=clerk)
    return roll


def entries(roll: ExamRoll) -> list[ExamEntry]:
    return list(roll.entries.order_by("pk"))


def enter(roll: ExamRoll, by: User, *results: ExamResult | None) -> int:
    """The results of the first entries, as somebody who sees them as they are now."""
    said = {
        entry.pk: (entry.version, said)
        for entry, said in zip(entries(roll), results, strict=False)
        if said
    }
    return enter_results(roll=roll, results=said, by=by)


class TestEntering:
    def test_facts_copies_and_figures(self, clerk: User, roll: ExamRoll) -> None:
        absent = ExamResult("absent", None, EXAM)
        assert enter(roll, clerk, PASSED, FAILED, absent) == 3
        found = [(e.result, e.score, e.version, e.entered_by) for e in entries(roll)]
        assert found == [
            ("passed", 85, 2, clerk),
            ("failed", 40, 2, clerk),
            ("absent", None, 2, clerk),
        ]
        copies = Enrollment.objects.order_by("pk").values_list("result", "score", "version")
        assert list(copies) == [("passed", 85, 1), ("failed", 40, 1), ("unassessed", None, 1)]
        assert rollups.differences_in(COUNTY, datetime.date(2019, 6, 1)) == []
        assert not RowChange.objects.filter(chapter="result").exists()
        assert AuditEntry.objects.get(verb="training.results.entered").changes["rows"] == 3

    def test_what_is_the_same_is_not_written(self, clerk: User, roll: ExamRoll) -> None:
        enter(roll, clerk, PASSED)
        assert enter(roll, clerk, PASSED, FAILED) == 1
        assert [e.version for e in entries(roll)] == [2, 2, 1]

    def test_a_change_leaves_what_was_there(self, clerk: User, roll: ExamRoll) -> None:
        other = an_account("other", "county-clerk", COUNTY)
        enter(roll, clerk, PASSED)
        enter(roll, other, FAILED)
        (entry, *_rest) = entries(roll)
        change = RowChange.objects.get(chapter="result")
        assert (change.row_key, change.version, change.by) == (entry.pk, 3, other.pk)
        assert change.before is not None
        assert (change.before["result"], change.before["score"]) == ("passed", "85")
        assert (entry.entered_by, entry.enrollment.result) == (clerk, "failed")

    def test_a_result_may_be_taken_back(self, clerk: User, roll: ExamRoll) -> None:
        enter(roll, clerk, PASSED)
        enter(roll, clerk, ExamResult())
        (entry, *_rest) = entries(roll)
        assert (entry.result, entry.resulted_on, entry.enrollment.result) == (
            "",
            None,
            "unassessed",
        )

    def test_the_newer_exam_counts(self, clerk: User, roll: ExamRoll) -> None:
        enter(roll, clerk, FAILED)
        (entry, *_rest) = entries(roll)
        day = EXAM + datetime.timedelta(30)
        sitting = Sitting(day, "县鉴定站", frozenset({entry.enrollment_id}))
        second = exams.draw_up(training_class=roll.training_class, sitting=sitting, by=clerk)
        exams.freeze(roll=second, by=clerk)
        enter(second, clerk, ExamResult("passed", None, day))
        assert Enrollment.objects.get(pk=entry.enrollment_id).result == "passed"

    def test_two_desks_do_not_overwrite_each_other(self, clerk: User, roll: ExamRoll) -> None:
        """Nothing is written, not even the rows that nobody else touched."""
        first, second, _third = entries(roll)
        enter(roll, clerk, PASSED)
        mine = {first.pk: (first.version, FAILED), second.pk: (second.version, PASSED)}
        with pytest.raises(ChangedMeanwhile) as refused:
            enter_results(roll=roll, results=mine, by=clerk)
        assert {key: e.result for key, e in refused.value.entries.items()} == {first.pk: "passed"}
        assert [e.result for e in entries(roll)] == ["passed", "", ""]

    @pytest.mark.parametrize(
        "said",
        [
            ExamResult("passed", None, EXAM - datetime.timedelta(1)),
            ExamResult("passed", None, datetime.date(2999, 1, 1)),
            ExamResult("absent", Decimal(3), EXAM),
            ExamResult("", Decimal(3), None),
        ],
    )
    def test_what_contradicts_itself_is_refused(
        self, clerk: User, roll: ExamRoll, said: ExamResult
    ) -> None:
        with pytest.raises(RowsRefused) as refused:
            enter(roll, clerk, said, PASSED)
        assert list(refused.value.findings) == [entries(roll)[0].pk]
        assert not ExamEntry.objects.exclude(result="").exists()

    def test_a_closed_month_takes_no_result(self, clerk: User, roll: ExamRoll) -> None:
        a_month("locked", month=datetime.date(2019, 7, 1))
        with pytest.raises(PeriodClosed) as refused:
            enter(roll, clerk, PASSED)
        assert f"{refused.value.month:%Y-%m}" == "2019-07"
        assert Enrollment.objects.filter(result="passed").count() == 0
        august = ExamResult("passed", None, datetime.date(2019, 8, 1))
        assert enter(roll, clerk, august) == 1

    def test_the_roll_is_frozen_first(self, clerk: User, roll: ExamRoll) -> None:
        taught = a_class(code="2019002")
        row = enrolled(a_person(7), taught)
        sitting = Sitting(EXAM, "县鉴定站", frozenset({row.pk}))
        draft = exams.draw_up(training_class=taught, sitting=sitting, by=clerk)
        with pytest.raises(JobRefused, match="not frozen yet"):
            enter(draft, clerk, PASSED)

    def test_another_county_is_not_the_clerks(self, roll: ExamRoll) -> None:
        with pytest.raises(PermissionError):
            enter(roll, an_account("other", "county-clerk", "621021"), PASSED)


def matched(roll: ExamRoll, text: str) -> list[tuple[str, Any]]:
    """Whom each line means by the place in the roll, or the sentence why nobody."""
    people = {place: entry.enrollment.person for place, entry in enumerate(entries(roll))}
    return [(each.who, each.trouble or each.key) for each in pasting.match_lines(text, people)]


class TestPasting:
    def test_by_number_and_by_name(self, roll: ExamRoll) -> None:
        whole, last, more = citizen_number(1), citizen_number(3)[-4:], citizen_number(5)[-6:]
        text = f"{whole}\t1\n{last}\t2\n\n张玉\t3\n"
        assert matched(roll, text) == [(whole, 0), (last, 1), ("张玉", 2)]
        assert matched(roll, f"{more}\t1") == [(more, 2)]

    @pytest.mark.parametrize("text", ["张玉 85", "张玉,85", "张玉，85", "张玉　85", "张 玉\t85"])
    def test_other_separators(self, roll: ExamRoll, text: str) -> None:
        assert [key for _who, key in matched(roll, text)] == [2]

    def test_nothing_is_guessed(self, roll: ExamRoll) -> None:
        wrong = "99" + citizen_number(5)[-4:]
        other = citizen_number(9)
        text = f"马福兰\t1\n李四\t1\n85\t1\n{wrong}\t1\n{other}\t1\n张玉\n张玉\t1\n张玉\t2"
        assert [key for _who, key in matched(roll, text)] == [
            pasting.SEVERAL,
            pasting.NOBODY,
            pasting.TOO_FEW,
            pasting.NOBODY,
            pasting.NOBODY,
            pasting.NO_VALUE,
            2,
            pasting.TWICE,
        ]


class TestPage:
    @pytest.fixture
    def desk(self, client: Client, clerk: User) -> Client:
        client.force_login(clerk, backend=BACKEND)
        client.cookies["django_language"] = "en"
        return client

    def sent(self, desk: Client, roll: ExamRoll) -> dict[str, str]:
        """What the page would send if nothing were typed."""
        sheet = desk.get(reverse("training:exam", args=[roll.pk])).context["sheet"]
        found = {"day": sheet.day}
        for line in sheet.lines:
            key = line.entry.pk
            found |= {f"result-{key}": line.result, f"score-{key}": line.score}
            found |= {f"day-{key}": line.day, f"was-{key}": line.before}
            found[f"version-{key}"] = str(line.version)
        return found

    def post(self, desk: Client, roll: ExamRoll, **sent: str) -> Any:
        return desk.post(reverse("training:results", args=[roll.pk]), sent)

    def test_what_is_pasted_is_shown_and_not_saved(self, desk: Client, roll: ExamRoll) -> None:
        text = f"{citizen_number(1)[-4:]}\t85\n{citizen_number(3)[-4:]}\t59.5\n张玉\t缺考\n李四\t90"
        sent = self.sent(desk, roll) | {"act": "paste", "pasted": text, "pass_mark": "60"}
        sheet = self.post(desk, roll, **sent).context["sheet"]
        assert [line.cells for line in sheet.lines] == [
            ("passed", "85", "2019-07-15"),
            ("failed", "59.5", "2019-07-15"),
            ("absent", "", "2019-07-15"),
        ]
        assert sheet.unmatched == ["Line 4: Nobody of this list is meant by “李四”."]
        assert not ExamEntry.objects.exclude(result="").exists()

    def test_a_score_alone_says_nothing_of_passing(self, desk: Client, roll: ExamRoll) -> None:
        sent = self.sent(desk, roll) | {"act": "paste", "pasted": "张玉\t85\n马福兰\t甲"}
        sheet = self.post(desk, roll, **sent).context["sheet"]
        assert sheet.lines[2].cells == ("", "85", "2019-07-15")
        saved = sent | {f"score-{sheet.lines[2].entry.pk}": "85", "act": "save"}
        answer = self.post(desk, roll, **saved)
        assert answer.status_code == 422
        assert "There is a score and no result" in answer.content.decode()

    def test_all_passed_and_saved(self, desk: Client, roll: ExamRoll) -> None:
        sheet = self.post(desk, roll, **self.sent(desk, roll), act="all-passed").context["sheet"]
        sent = {"act": "save", "day": sheet.day}
        for line in sheet.lines:
            names = ("result", "score", "day", "was", "version")
            cells = (*line.cells, line.before, str(line.version))
            sent |= {f"{n}-{line.entry.pk}": c for n, c in zip(names, cells, strict=True)}
        answer = self.post(desk, roll, **sent)
        assert answer.headers["Location"] == reverse("training:exam", args=[roll.pk])
        assert [e.result for e in entries(roll)] == ["passed"] * 3

    def test_mine_and_theirs_side_by_side(self, desk: Client, clerk: User, roll: ExamRoll) -> None:
        """Rows I left alone are not mine to clash about; saving again is meant."""
        first, _second, third = (entry.pk for entry in entries(roll))
        before = self.sent(desk, roll)
        other = an_account("李科员", "county-clerk", COUNTY)
        enter(roll, other, FAILED, PASSED)
        mine = {f"result-{first}": "passed", f"result-{third}": "passed", "act": "save"}
        answer = self.post(desk, roll, **(before | mine))
        sheet = answer.context["sheet"]
        assert answer.status_code == 422
        assert [line.theirs for line in sheet.lines] == [
            "李科员 did not pass 40 2019-07-15",
            "",
            "",
        ]
        assert [line.result for line in sheet.lines] == ["passed", "", "passed"]
        again = before | mine
        again |= {f"version-{first}": str(sheet.lines[0].version)}
        again |= {f"was-{first}": sheet.lines[0].before}
        assert self.post(desk, roll, **again).status_code == 302
        assert [e.result for e in entries(roll)] == ["passed", "passed", "passed"]

    @pytest.mark.parametrize(
        ("name", "cell", "sentence"),
        [
            ("score", "８五", "Write the score as a number"),
            ("score", "85.55", "Write the score as a number"),
            ("score", "NaN", "Write the score as a number"),
            ("day", "2019-02-30", "Write the day as"),
        ],
    )
    def test_unreadable_cells_keep_what_was_typed(
        self, desk: Client, roll: ExamRoll, name: str, cell: str, sentence: str
    ) -> None:
        key = entries(roll)[0].pk
        sent = self.sent(desk, roll) | {f"result-{key}": "passed", f"{name}-{key}": cell}
        page = self.post(desk, roll, **sent, act="save").content.decode()
        assert (sentence in page, f'value="{cell}"' in page) == (True, True)
        assert not ExamEntry.objects.exclude(result="").exists()

    def test_a_closed_month_is_told(self, desk: Client, roll: ExamRoll) -> None:
        a_month("submitted", month=datetime.date(2019, 7, 1))
        key = entries(roll)[0].pk
        sent = self.sent(desk, roll) | {f"result-{key}": "passed", "act": "save"}
        answer = self.post(desk, roll, **sent)
        assert (answer.status_code, "2019-07 is submitted" in answer.content.decode()) == (
            422,
            True,
        )
