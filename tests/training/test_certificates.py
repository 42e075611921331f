"""Certificates: what a number says, whose it is, and a class's certificates entered at once."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import AuditEntry, Region, User
from exchange.jobs import JobRefused
from exchange.submissions.closing import PeriodClosed
from talent.models import Credential
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from tests.factories.facts import a_result
from tests.factories.submissions import a_month
from training.certificates import Decoded, decode, following, normal
from training.certifying import Issue, certify, to_certify, withdraw
from training.models import Enrollment, RowChange, TrainingClass
from training.refusing import RowsRefused
from training.results import ExamResult, copy_outcomes, enter_results

pytestmark = pytest.mark.django_db
COUNTY = "621022"
ISSUED = datetime.date(2019, 9, 2)
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Of Gansu (62), of 2019.
LEVEL = "S0001" + "62" + "000123" + "19" + "5" + "000001"
QUALIFICATION = "19" + "62" + "10" + "2" + "003" + "5" + "00001"
ABOVE = "Y0001" + "62" + "000123" + "19" + "T" + "000001"


class TestNumbers:
    def test_skill_level(self) -> None:
        assert decode(LEVEL) == Decoded("level", "19", "62", "0001", "5", "000001", "", "000123")

    def test_vocational_qualification(self) -> None:
        said = Decoded("qualification", "19", "62", "2003", "5", "00001", "10")
        assert decode(QUALIFICATION) == said

    def test_above_senior_technician(self) -> None:
        decoded = decode(ABOVE)
        assert decoded is not None
        assert (len(ABOVE), decoded.level, decoded.province) == (22, "T", "62")

    @pytest.mark.parametrize("level", "12345")
    @pytest.mark.parametrize("number", [LEVEL, QUALIFICATION])
    def test_every_level_of_both_forms(self, number: str, level: str) -> None:
        place = -7 if number == LEVEL else -6
        decoded = decode(number[:place] + level + number[place + 1 :])
        assert decoded is not None
        assert decoded.level == level

    @pytest.mark.parametrize(
        "number",
        [
            "",
            LEVEL[:-1],
            LEVEL + "1",
            "X" + LEVEL[1:],
            LEVEL[:-7] + "0" + LEVEL[-6:],
            LEVEL[:-7] + "6" + LEVEL[-6:],
            QUALIFICATION[:-1],
            QUALIFICATION + "1",
            QUALIFICATION[:6] + "5" + QUALIFICATION[7:],
            QUALIFICATION[:-6] + "0" + QUALIFICATION[-5:],
            "SY" + LEVEL[2:],
            LEVEL.replace("1", "١"),
            " " + LEVEL,
        ],
    )
    def test_no_known_form(self, number: str) -> None:
        assert decode(number) is None

    def test_as_it_is_kept(self) -> None:
        assert normal(" ｓ0001 62００0123 195000001\t") == LEVEL

    def test_the_serial_counts_up(self) -> None:
        assert following(LEVEL) == LEVEL[:-1] + "2"
        assert following(QUALIFICATION[:-5] + "00099") == QUALIFICATION[:-5] + "00100"
        assert following("环县结业〔2019〕09") == "环县结业〔2019〕10"
        assert [following(n) for n in (LEVEL[:-6] + "999999", "甲字", "结业9")] == ["", "", ""]


@pytest.fixture
def clerk() -> User:
    translation.activate("en")
    divisions()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def rows(clerk: User) -> list[Enrollment]:
    """Three who passed on 2019-08-20, of level 5."""
    taught = a_class()
    rows = [enrolled(a_person(order), taught) for order in (1, 3, 5)]
    for row in rows:
        a_result(row, clerk)
    copy_outcomes(row.pk for row in rows)
    return rows


@pytest.fixture
def taught(rows: Any) -> TrainingClass:
    found: TrainingClass = rows[0].training_class
    return found


def give(taught: TrainingClass, by: User, numbers: dict[int, str], **issue: Any) -> Any:
    issue = {"kind": "level", "issued_on": ISSUED, "issuer": "县鉴定站"} | issue
    return certify(training_class=taught, issue=Issue(**issue), numbers=numbers, by=by)


def serial(number: int) -> str:
    return f"{LEVEL[:-6]}{number:06}"


def said_of(refused: Any) -> dict[int, list[str]]:
    return {key: [str(each) for each in found] for key, found in refused.value.findings.items()}


class TestEntering:
    def test_facts_and_copies(self, clerk: User, taught: Any, rows: Any) -> None:
        assert (
            give(taught, clerk, {rows[0].pk: serial(1), rows[1].pk: serial(2), rows[2].pk: ""})
            == []
        )
        found = Credential.objects.order_by("pk").values_list(
            "person", "number", "level", "occupation", "enrollment_key", "county_code", "issuer"
        )
        assert list(found) == [
            (row.person_id, serial(n), "5", "电焊工", row.pk, COUNTY, "县鉴定站")
            for n, row in enumerate(rows[:2], start=1)
        ]
        copies = Enrollment.objects.order_by("pk").values_list("certificate_number", flat=True)
        assert list(copies) == [serial(1), serial(2), ""]
        assert list(to_certify(taught)) == [rows[2]]
        assert AuditEntry.objects.get(verb="talent.credentials.granted").changes == {"rows": 2}

    @pytest.mark.parametrize(
        ("number", "issue", "sentence"),
        [
            (serial(1), {"issued_on": datetime.date(2020, 1, 1)}, "The number says the year 19"),
            (LEVEL[:5] + "63" + LEVEL[7:], {}, "The number says province 63"),
            (LEVEL[:15] + "4" + LEVEL[16:], {}, "The number says 中级"),
            (QUALIFICATION, {}, "This is the number of a 职业资格证书"),
            (LEVEL, {"kind": "completion"}, "This is the number of a 职业技能等级证书"),
            ("1" * 31, {}, "30 characters at most"),
            (serial(1), {"issued_on": datetime.date(2019, 8, 19)}, "dated before the exam"),
            (
                serial(1),
                {"issued_on": datetime.date(2099, 1, 1)},
                "The day of issue is still to come",
            ),
        ],
    )
    def test_what_contradicts_itself_is_refused(
        self, clerk: User, taught: Any, rows: Any, number: str, issue: Any, sentence: str
    ) -> None:
        """Nothing is written, not even what is sound; the twin: each sound number is taken."""
        Region.objects.get_or_create(code="63", defaults={"name": "青海省", "level": 1})
        with pytest.raises(RowsRefused) as refused:
            give(taught, clerk, {rows[0].pk: number}, **issue)
        assert sentence in " ".join(said_of(refused)[rows[0].pk])
        assert not Credential.objects.exists()

    @pytest.mark.parametrize(
        ("number", "kind", "rules"),
        [
            (LEVEL, "level", []),
            (QUALIFICATION, "qualification", []),
            (ABOVE, "level", ["training.certificate_number_is_known"]),
            ("环鉴2019-1", "level", ["training.certificate_number_is_known"]),
            (
                "19" + "99" + QUALIFICATION[4:],
                "qualification",
                ["training.certificate_number_is_known"],
            ),
            ("环县结业2019001", "completion", []),
            ("环县单项2019001", "skill", []),
        ],
    )
    def test_what_is_not_known_is_to_be_explained(
        self, clerk: User, taught: Any, rows: Any, number: str, kind: str, rules: list[str]
    ) -> None:
        found = give(taught, clerk, {rows[0].pk: number}, kind=kind)
        assert [each.rule for each in found] == rules
        assert Credential.objects.get().number == number

    def test_the_same_number_twice(self, clerk: User, taught: Any, rows: Any) -> None:
        with pytest.raises(RowsRefused) as refused:
            give(taught, clerk, {rows[0].pk: LEVEL, rows[1].pk: LEVEL.lower()})
        assert said_of(refused) == {
            rows[1].pk: ["The number stands at 张1 already. Correct one of them."]
        }

    def test_a_number_of_the_own_county_is_named(self, clerk: User, taught: Any, rows: Any) -> None:
        give(taught, clerk, {rows[0].pk: LEVEL})
        with pytest.raises(RowsRefused) as refused:
            give(taught, clerk, {rows[1].pk: LEVEL})
        assert said_of(refused)[rows[1].pk] == [
            "张1 has a certificate of this number already. Correct the number."
        ]

    def test_a_number_of_another_county_names_nobody(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        elsewhere = a_person(9, name="外县人", county_code="621021")
        more = {"kind": "level", "issued_on": ISSUED, "entered_by": clerk}
        Credential.objects.create(person=elsewhere, county_code="621021", number=LEVEL, **more)
        with pytest.raises(RowsRefused) as refused:
            give(taught, clerk, {rows[1].pk: LEVEL})
        (sentence,) = said_of(refused)[rows[1].pk]
        assert ("in another county" in sentence, "外县人" in sentence, "621021" in sentence) == (
            True,
            False,
            False,
        )

    def test_the_database_keeps_a_number_once(self, clerk: User, taught: Any, rows: Any) -> None:
        """The planted fault: without the rule the constraint refuses, in a sentence too."""
        give(taught, clerk, {rows[0].pk: LEVEL})
        with pytest.MonkeyPatch.context() as planted:
            planted.setattr("training.certifying.CERTIFICATE_RULES", ())
            with pytest.raises(JobRefused, match="entered by somebody else just now"):
                give(taught, clerk, {rows[1].pk: LEVEL})

    def test_who_did_not_pass_gets_none(self, clerk: User, taught: Any, rows: Any) -> None:
        Enrollment.objects.filter(pk=rows[0].pk).update(result="failed")
        with pytest.raises(JobRefused, match="left the class, have not passed"):
            give(taught, clerk, {rows[0].pk: LEVEL})

    def test_a_closed_month_takes_none(self, clerk: User, taught: Any, rows: Any) -> None:
        a_month("locked", month=datetime.date(2019, 9, 1))
        with pytest.raises(PeriodClosed):
            give(taught, clerk, {rows[0].pk: LEVEL})
        give(taught, clerk, {rows[0].pk: LEVEL}, issued_on=datetime.date(2019, 10, 1))

    def test_another_county_is_not_the_clerks(self, taught: Any, rows: Any) -> None:
        with pytest.raises(PermissionError):
            give(taught, an_account("x", "county-clerk", "621021"), {rows[0].pk: LEVEL})


class TestWithdrawing:
    def test_the_number_is_free_and_the_copy_gone(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        give(taught, clerk, {rows[0].pk: LEVEL})
        credential = Credential.objects.get()
        withdraw(credential=credential, by=clerk, reason="编号登记有误")
        credential.refresh_from_db()
        assert (credential.state, credential.version) == ("withdrawn", 2)
        assert Enrollment.objects.get(pk=rows[0].pk).certificate_number == ""
        change = RowChange.objects.get(chapter="certificate")
        assert (change.row_key, change.version, change.reason) == (credential.pk, 2, "编号登记有误")
        give(taught, clerk, {rows[1].pk: LEVEL})

    def test_twice_is_told(self, clerk: User, taught: Any, rows: Any) -> None:
        give(taught, clerk, {rows[0].pk: LEVEL})
        credential = Credential.objects.get()
        withdraw(credential=credential, by=clerk, reason="编号登记有误")
        with pytest.raises(JobRefused, match="withdrawn by somebody else"):
            withdraw(credential=credential, by=clerk, reason="编号登记有误")

    def test_a_result_stays_while_it_carries_a_certificate(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        give(taught, clerk, {rows[0].pk: LEVEL})
        entry = rows[0].exam_entries.get()
        roll = entry.roll
        type(roll).objects.filter(pk=roll.pk).update(
            state="frozen", frozen_by=clerk, frozen_at=taught.created_at
        )
        failed = {entry.pk: (1, ExamResult("failed", None, entry.resulted_on))}
        with pytest.raises(RowsRefused) as refused:
            enter_results(roll=roll, results=failed, by=clerk)
        assert said_of(refused)[entry.pk] == [
            f"The certificate {LEVEL} was given for this result. Withdraw it first."
        ]
        withdraw(credential=Credential.objects.get(), by=clerk, reason="编号登记有误")
        assert enter_results(roll=roll, results=failed, by=clerk) == 1


class TestPage:
    @pytest.fixture
    def desk(self, client: Client, clerk: User) -> Client:
        client.force_login(clerk, backend=BACKEND)
        client.cookies["django_language"] = "en"
        return client

    def post(self, desk: Client, taught: TrainingClass, **sent: str) -> Any:
        url = reverse("training:certificates-enter", args=[taught.pk])
        issue = {"kind": "level", "issued_on": str(ISSUED), "issuer": "县鉴定站"}
        return desk.post(url, issue | sent)

    def numbers(self, answer: Any) -> list[str]:
        return [line.number for line in answer.context["sheet"].lines]

    def test_counted_up_from_the_first(self, desk: Client, taught: Any, rows: Any) -> None:
        first = {f"number-{rows[0].pk}": serial(9)}
        answer = self.post(desk, taught, act="count", **first)
        assert self.numbers(answer) == [serial(9), serial(10), serial(11)]
        assert not Credential.objects.exists()
        sent = {f"number-{row.pk}": serial(n) for n, row in enumerate(rows, start=9)}
        answer = self.post(desk, taught, act="save", **sent)
        assert answer.headers["Location"] == reverse("training:certificates", args=[taught.pk])
        assert Credential.objects.count() == 3
        page = desk.get(reverse("training:certificates", args=[taught.pk]))
        assert [serial(n).encode() in page.content for n in (9, 10, 11)] == [True] * 3

    def test_counting_goes_on_from_a_number_that_is_there(
        self, desk: Client, taught: Any, rows: Any
    ) -> None:
        sent = {f"number-{rows[1].pk}": serial(40)}
        assert self.numbers(self.post(desk, taught, act="count", **sent)) == [
            "",
            serial(40),
            serial(41),
        ]
        answer = self.post(desk, taught, act="count")
        assert answer.context["sheet"].unmatched[0].startswith("Fill in the first number")

    def test_a_column_in_the_order_of_the_table(self, desk: Client, taught: Any, rows: Any) -> None:
        column = [serial(n) for n in (1, 2, 3)]
        answer = self.post(desk, taught, act="paste", pasted="\n".join(column))
        assert self.numbers(answer) == column
        short = self.post(desk, taught, act="paste", pasted="\n".join(column[:2]))
        assert self.numbers(short) == ["", "", ""]
        assert (
            "A column of 2 numbers was pasted and the table has 3"
            in short.context["sheet"].unmatched[0]
        )

    def test_a_block_by_people(self, desk: Client, taught: Any, rows: Any) -> None:
        text = f"{citizen_number(5)[-4:]}\t{serial(5)}\n张1\t{serial(1)}\n李四\t{serial(7)}"
        answer = self.post(desk, taught, act="paste", pasted=text)
        assert self.numbers(answer) == [serial(1), "", serial(5)]
        assert answer.context["sheet"].unmatched == [
            "Line 3: Nobody of this list is meant by “李四”."
        ]

    def test_findings_stand_at_their_lines(self, desk: Client, taught: Any, rows: Any) -> None:
        wrong = {f"number-{rows[1].pk}": "S0001" + "62" + "000123" + "18" + "5" + "000001"}
        answer = self.post(desk, taught, act="save", **wrong)
        lines = answer.context["sheet"].lines
        assert answer.status_code == 422
        assert [len(line.troubles) for line in lines] == [0, 1, 0]
        assert "The number says the year 18" in answer.content.decode()

    def test_what_is_to_be_explained_is_told_when_it_is_saved(
        self, desk: Client, taught: Any, rows: Any
    ) -> None:
        self.post(desk, taught, act="save", **{f"number-{rows[0].pk}": "环鉴2019-1"})
        page = desk.get(reverse("training:certificates", args=[taught.pk])).content.decode()
        assert "To be explained when the month is submitted" in page

    def test_withdrawn_by_its_button(
        self, desk: Client, clerk: User, taught: Any, rows: Any
    ) -> None:
        give(taught, clerk, {rows[0].pk: LEVEL})
        url = reverse("training:certificate-withdraw", args=[Credential.objects.get().pk])
        assert desk.post(url, {"reason": ""}).status_code == 422
        assert desk.post(url, {"reason": "编号登记有误"}).status_code == 302
        assert Credential.objects.get().state == "withdrawn"
