"""Results and certificates in their months: judged as they are stored, sealed, and looked at twice."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import Region, RuleValue, User
from exchange.models import SealFinding, Submission
from exchange.submissions.diffs import differences
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from talent.models import Credential
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
from tests.factories.submissions import a_month
from training import book, exams
from training.certifying import Issue, certify, withdraw
from training.exams import Sitting
from training.models import Enrollment, ExamEntry, ExamRoll
from training.results import ExamResult, enter_results
from training.rules.exams import FROZEN_RULE

pytestmark = pytest.mark.django_db
COUNTY = "621022"
EXAM = datetime.date(2019, 8, 20)
AUGUST = EXAM.replace(day=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def number(serial: int) -> str:
    return f"S0001620001231950{serial:05}"


@pytest.fixture
def clerk() -> User:
    translation.activate("en")
    divisions()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def rows(clerk: User) -> list[Enrollment]:
    """Three who passed in August and two of them with certificates of August."""
    taught = a_class()
    rows = [enrolled(a_person(order), taught) for order in (1, 3, 5)]
    settled()
    sitting = Sitting(EXAM, "县鉴定站", frozenset(row.pk for row in rows))
    roll = exams.draw_up(training_class=taught, sitting=sitting, by=clerk)
    exams.freeze(roll=roll, by=clerk)
    passed = ExamResult("passed", None, EXAM)
    enter(clerk, dict.fromkeys(rows, passed))
    issued(clerk, {rows[0]: 1, rows[1]: 2})
    return rows


def enter(by: User, results: dict[Enrollment, ExamResult]) -> None:
    roll = ExamRoll.objects.get()
    entries = {entry.enrollment_id: entry for entry in roll.entries.all()}
    said = {entries[row.pk].pk: (entries[row.pk].version, o) for row, o in results.items()}
    enter_results(roll=roll, results=said, by=by)


def issued(by: User, serials: dict[Enrollment, int]) -> None:
    issue = Issue("level", datetime.date(2019, 8, 28), "县鉴定站")
    numbers = {row.pk: number(serial) for row, serial in serials.items()}
    certify(training_class=next(iter(serials)).training_class, issue=issue, numbers=numbers, by=by)


def by_sql(table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def judged() -> list[tuple[str, int, str, str]]:
    """What the check of August tells, but for the rules of the ledger's rows proper."""
    return [
        (each.chapter, each.row_key, each.finding.rule.split(".")[1], each.finding.severity)
        for each in book.judge(COUNTY, AUGUST, lambda _done, _total: None)
    ]


class TestTheMonthsCheck:
    def test_sound_facts_are_passed_over(self, rows: Any) -> None:
        assert judged() == []

    def test_a_late_roll_is_explained_once(self, rows: Any) -> None:
        said = {"parameter": "days", "valid_from": datetime.date(2013, 1, 1), "citation": "x"}
        RuleValue.objects.create(rule=FROZEN_RULE, region_code="", value=7, **said)
        first = ExamEntry.objects.order_by("pk")[0]
        assert judged() == [
            ("result", first.pk, "exam_roll_is_frozen_in_time", "explain"),
        ]

    @pytest.mark.parametrize(
        ("statement", "rule"),
        [
            (
                "UPDATE training_examentry SET result = 'absent', score = 1",
                "result_agrees_with_itself",
            ),
            (
                "UPDATE training_examentry SET resulted_on = '2019-08-19'",
                "result_agrees_with_itself",
            ),
            (
                "UPDATE training_examroll SET assessor = '621022职业培训学校'",
                "assessor_is_not_the_trainer",
            ),
        ],
    )
    def test_what_contradicts_the_stored_results(
        self, rows: Any, statement: str, rule: str
    ) -> None:
        Credential.objects.all().delete()
        by_sql(statement.split()[1], statement)
        first, *others = ExamEntry.objects.order_by("pk")
        told = [first] if "assessor" in rule else [first, *others]
        assert judged() == [("result", entry.pk, rule, "block") for entry in told]

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ("number = 'S0001630001231950' || right(number, 5)", "certificate_number_agrees"),
            ("number = right(number, 9)", "certificate_number_is_known"),
            ("level = '4'", "certificate_number_agrees"),
            ("issued_on = '2019-08-19'", "certificate_follows_a_pass"),
            ("kind = 'qualification'", "certificate_number_agrees"),
        ],
    )
    def test_what_contradicts_the_stored_certificates(
        self, rows: Any, change: str, found: str
    ) -> None:
        Region.objects.get_or_create(code="63", defaults={"name": "青海省", "level": 1})
        by_sql("talent_credential", f"UPDATE talent_credential SET {change}")
        keys = Credential.objects.order_by("pk").values_list("pk", flat=True)
        severity = "explain" if found.endswith("known") else "block"
        assert judged() == [("certificate", key, found, severity) for key in keys]

    def test_a_result_that_was_changed_under_a_certificate(self, rows: Any) -> None:
        by_sql("training_examentry", "UPDATE training_examentry SET result = 'failed'")
        assert {(chapter, rule) for chapter, _key, rule, _severity in judged()} == {
            ("certificate", "certificate_follows_a_pass")
        }

    def test_a_certificate_of_a_withdrawn_row(self, rows: Any) -> None:
        Enrollment.objects.filter(pk=rows[0].pk).update(state="withdrawn")
        first = Credential.objects.order_by("pk")[0]
        assert judged() == [("certificate", first.pk, "certificate_follows_a_pass", "block")]

    def test_withdrawn_certificates_are_not_judged(self, clerk: User, rows: Any) -> None:
        by_sql("talent_credential", "UPDATE talent_credential SET level = '4'")
        for credential in Credential.objects.all():
            withdraw(credential=credential, by=clerk, reason="编号登记有误")
        assert judged() == []

    def test_a_roll_with_other_people_is_explained_once(self, rows: Any) -> None:
        Enrollment.objects.filter(pk=rows[1].pk).update(person=a_person(9))
        first = ExamEntry.objects.order_by("pk")[0]
        assert judged() == [("result", first.pk, "exam_roll_is_as_frozen", "explain")]


class TestSeals:
    @pytest.fixture
    def sealed(self, clerk: User, rows: Any, settings: Any, tmp_path: Path) -> Submission:
        settings.ANCHORS_FILE = tmp_path / "heads.txt"
        month = a_month("submitted", month=AUGUST, round=1, submitted_by=clerk)
        seal(submission=month, by=clerk)
        return month

    def found(self) -> set[tuple[str, int | None]]:
        faults = SealFinding.objects.filter(verification=verify(), row_key__isnull=False)
        return {(fault.kind, fault.row_key) for fault in faults}

    def test_untouched_facts_give_nothing(self, sealed: Submission) -> None:
        assert self.found() == set()

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("training_examentry", "score = 61"),
            ("training_examentry", "resulted_on = resulted_on + 1"),
            ("talent_credential", "issuer = '县鉴定站1'"),
            ("talent_credential", "number = left(number, -1) || '9'"),
        ],
    )
    def test_one_byte_changed_is_named(self, sealed: Submission, table: str, change: str) -> None:
        model = ExamEntry if table == "training_examentry" else Credential
        key = model.objects.order_by("pk").values_list("pk", flat=True)[0]
        by_sql(table, f"UPDATE {table} SET {change} WHERE id = {key}")
        assert ("row-changed", key) in self.found()

    @pytest.mark.parametrize("table", ["training_examentry", "talent_credential"])
    def test_a_fact_that_is_gone_is_named(self, sealed: Submission, table: str) -> None:
        model = ExamEntry if table == "training_examentry" else Credential
        key = model.objects.order_by("pk").values_list("pk", flat=True)[0]
        by_sql(table, f"DELETE FROM {table} WHERE id = {key}")
        assert ("row-gone", key) in self.found()

    def test_the_second_look_shows_what_changed_and_no_more(
        self, client: Client, clerk: User, rows: Any, sealed: Submission
    ) -> None:
        """One result changed, one certificate withdrawn and its number given to another."""
        sealed.state = "returned"
        sealed.save()
        enter(clerk, {rows[2]: ExamResult("passed", None, EXAM + datetime.timedelta(1))})
        first, second = Credential.objects.order_by("pk")
        withdraw(credential=second, by=clerk, reason="编号登记有误")
        issued(clerk, {rows[2]: 2})
        third = Credential.objects.latest("pk")
        sealed.round = 2
        sealed.save()
        seal(submission=sealed, by=clerk)
        changed = rows[2].exam_entries.get()
        assert [
            (each.chapter, each.key, each.kind, each.cells) for each in differences(sealed)
        ] == [
            ("certificate", second.pk, "changed", (("state", "valid", "withdrawn"),)),
            ("certificate", third.pk, "added", ()),
            ("result", changed.pk, "changed", (("resulted_on", "2019-08-20", "2019-08-21"),)),
        ]
        assert first.pk not in {each.key for each in differences(sealed)}
        self.is_shown_in_words(client, sealed)

    def is_shown_in_words(self, client: Client, month: Submission) -> None:
        officer = an_account("officer", "prefecture-officer", COUNTY[:4])
        client.force_login(officer, backend=BACKEND)
        client.cookies["django_language"] = "en"
        page = client.get(reverse("exchange:submission-changes", args=[month.pk]))
        shown = {}
        for each in page.context["rows"]:
            who, of = each["row"].who.split()[0], each["row"].of.split(" · ")[1]
            shown[who, of, str(each["kind"])] = list(each["cells"])
        assert shown == {
            ("张3", "certificates", "changed"): [("证书状态", "valid", "withdrawn")],
            ("张5", "certificates", "added"): [],
            ("张5", "results", "changed"): [("成绩日期", "2019-08-20", "2019-08-21")],
        }
