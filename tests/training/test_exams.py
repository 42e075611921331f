"""The roll of an exam: who may sit it, when it is frozen, and that nobody comes or goes afterwards."""

import datetime
import hashlib
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from core.models import AuditEntry, RuleValue, User
from exchange.jobs import JobRefused
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from training import exams
from training.exams import Sitting
from training.models import Enrollment, ExamEntry, ExamRoll, Lesson, Teacher, TrainingClass
from training.rules.exams import FROZEN_RULE, ROLL_AS_FROZEN

pytestmark = pytest.mark.django_db
COUNTY = "621022"
EXAM = datetime.date(2019, 7, 15)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clerk() -> User:
    translation.activate("en")
    divisions()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def taught(clerk: User) -> TrainingClass:
    found = a_class()
    for order in (1, 3, 5):
        enrolled(a_person(order), found)
    return found


@pytest.fixture
def rows(taught: TrainingClass) -> list[Enrollment]:
    return list(Enrollment.objects.order_by("pk"))


def sitting(*rows: Enrollment, **values: Any) -> Sitting:
    said = {"exam_on": EXAM, "assessor": "县职业技能鉴定站"} | values
    return Sitting(people=frozenset(row.pk for row in rows), **said)


def a_roll(clerk: User, taught: TrainingClass, *rows: Enrollment, **values: Any) -> ExamRoll:
    return exams.draw_up(training_class=taught, sitting=sitting(*rows, **values), by=clerk)


def refusal(act: Any) -> str:
    with pytest.raises(JobRefused) as refused:
        act()
    return refused.value.sentence % refused.value.params


class TestDrawingUp:
    def test_a_roll_holds_who_was_ticked(self, clerk: User, taught: Any, rows: Any) -> None:
        roll = a_roll(clerk, taught, *rows[:2])
        assert [entry.enrollment for entry in roll.entries.order_by("pk")] == rows[:2]
        assert set(exams.may_sit(taught)) == {rows[2]}
        assert set(exams.may_sit(taught, roll)) == set(rows)
        entry = AuditEntry.objects.get(verb="training.exam_roll.drawn_up")
        assert entry.changes == {"day": "2019-07-15", "people": 2}

    def test_a_second_roll_is_for_who_failed_or_was_absent(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        first = a_roll(clerk, taught, *rows)
        told = {"resulted_on": EXAM, "entered_by": clerk}
        for row, result in zip(rows, ("passed", "failed", "absent"), strict=True):
            first.entries.filter(enrollment=row).update(result=result, **told)
        assert set(exams.may_sit(taught)) == {rows[1], rows[2]}
        a_roll(clerk, taught, rows[1], exam_on=EXAM + datetime.timedelta(30))
        assert set(exams.may_sit(taught)) == {rows[2]}

    def test_who_left_or_dropped_out_sits_no_exam(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        Enrollment.objects.filter(pk=rows[0].pk).update(state="withdrawn")
        Enrollment.objects.filter(pk=rows[1].pk).update(result="dropped")
        assert refusal(lambda: a_roll(clerk, taught, *rows)).count("2 of these people") == 1
        assert not ExamRoll.objects.exists()

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"exam_on": datetime.date(2019, 6, 23)}, "cannot be before the class begins"),
            ({"assessor": "621022职业培训学校 鉴定组"}, "621022职业培训学校 teaches this class"),
            ({"assessor": "王五、张老师"}, "张老师 teaches this class"),
        ],
    )
    def test_what_contradicts_itself_is_refused(
        self, clerk: User, taught: Any, rows: Any, values: dict[str, Any], sentence: str
    ) -> None:
        teacher = Teacher.objects.create(
            institution=taught.institution, county_code=COUNTY, name="张老师"
        )
        Lesson.objects.create(
            training_class=taught,
            county_code=COUNTY,
            date=taught.start_date,
            subject="焊接",
            hours=4,
            teacher=teacher,
        )
        assert sentence in refusal(lambda: a_roll(clerk, taught, *rows, **values))

    def test_one_roll_a_day(self, clerk: User, taught: Any, rows: Any) -> None:
        a_roll(clerk, taught, rows[0])
        assert "a roll for an exam on that day" in refusal(lambda: a_roll(clerk, taught, rows[1]))

    def test_another_county_is_not_the_clerks(self, clerk: User, taught: Any, rows: Any) -> None:
        other = an_account("other", "county-clerk", "621021")
        with pytest.raises(PermissionError):
            a_roll(other, taught, *rows)


class TestFreezing:
    def test_the_digest_is_of_the_people(self, clerk: User, taught: Any, rows: Any) -> None:
        roll = a_roll(clerk, taught, *rows)
        exams.freeze(roll=roll, by=clerk)
        indexes = sorted(bytes(row.person.id_number_index).hex() for row in rows)
        digest = hashlib.new("sm3", "\n".join(indexes).encode()).hexdigest()
        assert (roll.state, roll.frozen_by, roll.digest) == ("frozen", clerk, digest)
        assert exams.findings_of(roll) == []

    def test_a_frozen_roll_stays_and_says_so(self, clerk: User, taught: Any, rows: Any) -> None:
        """Each act holds a roll as it was before: it is PostgreSQL that refuses."""
        roll = a_roll(clerk, taught, *rows[:2])
        before = ExamRoll.objects.get(pk=roll.pk)
        exams.freeze(roll=roll, by=clerk)
        acts = {
            "come": lambda: exams.change(roll=before, sitting=sitting(*rows), by=clerk),
            "go": lambda: exams.change(roll=before, sitting=sitting(rows[0]), by=clerk),
            "day": lambda: exams.change(
                roll=before, sitting=sitting(*rows[:2], exam_on=EXAM.replace(day=16)), by=clerk
            ),
            "again": lambda: exams.freeze(roll=before, by=clerk),
            "discard": lambda: exams.discard(roll=before, by=clerk),
        }
        said = {name: refusal(act) for name, act in acts.items()}
        assert set(said.values()) == {exams.ROLL_IS_FROZEN}
        assert set(roll.entries.values_list("enrollment", flat=True)) == {r.pk for r in rows[:2]}

    def test_without_its_triggers_somebody_would_come(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        """The planted fault: nothing but the triggers keeps a frozen roll."""
        roll = a_roll(clerk, taught, *rows[:2])
        exams.freeze(roll=roll, by=clerk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("training_examroll", "training_examentry"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        exams.change(roll=roll, sitting=sitting(*rows), by=clerk)
        assert roll.entries.count() == 3

    def test_a_row_that_goes_to_another_person_is_told(
        self, clerk: User, taught: Any, rows: Any
    ) -> None:
        """The row stays on the roll; whose it is differs from what was frozen."""
        roll = a_roll(clerk, taught, *rows)
        exams.freeze(roll=roll, by=clerk)
        Enrollment.objects.filter(pk=rows[0].pk).update(person=a_person(9))
        assert [each.rule for each in exams.findings_of(roll)] == [ROLL_AS_FROZEN.key]

    def test_an_empty_roll_is_not_frozen(self, clerk: User, taught: Any, rows: Any) -> None:
        roll = a_roll(clerk, taught, rows[0])
        roll.entries.all().delete()
        assert refusal(lambda: exams.freeze(roll=roll, by=clerk)) == exams.NOBODY

    def test_who_left_meanwhile_holds_it_up(self, clerk: User, taught: Any, rows: Any) -> None:
        roll = a_roll(clerk, taught, *rows)
        Enrollment.objects.filter(pk=rows[0].pk).update(state="withdrawn")
        assert refusal(lambda: exams.freeze(roll=roll, by=clerk)).count("1 of these people") == 1
        exams.change(roll=roll, sitting=sitting(*rows[1:]), by=clerk)
        exams.freeze(roll=roll, by=clerk)

    @pytest.mark.parametrize(("ahead", "found"), [(8, []), (7, []), (6, [FROZEN_RULE])])
    def test_so_many_days_before_the_exam(
        self, clerk: User, taught: Any, rows: Any, ahead: int, found: list[str]
    ) -> None:
        RuleValue.objects.update_or_create(
            rule=FROZEN_RULE,
            parameter="days",
            region_code="",
            valid_from=datetime.date(2013, 1, 1),
            defaults={"value": 7, "citation": "x"},
        )
        day = timezone.localdate() + datetime.timedelta(ahead)
        roll = a_roll(clerk, taught, *rows, exam_on=day)
        assert [each.rule for each in exams.findings_of(roll)] == found
        exams.freeze(roll=roll, by=clerk)
        assert [each.rule for each in exams.findings_of(roll)] == found


class TestPages:
    @pytest.fixture
    def desk(self, client: Client, clerk: User) -> Client:
        client.force_login(clerk, backend=BACKEND)
        client.cookies["django_language"] = "en"
        return client

    def test_from_the_class_to_a_frozen_roll(self, desk: Client, taught: Any, rows: Any) -> None:
        page = desk.get(reverse("training:exams", args=[taught.pk]))
        assert page.content.count(b'name="people"') == page.content.count(b" checked") == 3
        sent = {"exam_on": "2019-07-15", "assessor": "县鉴定站", "people": [rows[0].pk, rows[2].pk]}
        desk.post(reverse("training:exam-draw-up", args=[taught.pk]), sent)
        roll = ExamRoll.objects.get()
        page = desk.get(reverse("training:exam", args=[roll.pk]))
        assert page.content.count(b" checked") == 2
        desk.post(reverse("training:exam-change", args=[roll.pk]), sent | {"people": [rows[1].pk]})
        desk.post(reverse("training:exam-freeze", args=[roll.pk]))
        assert [e.enrollment for e in ExamEntry.objects.all()] == [rows[1]]
        page = desk.get(reverse("training:exam", args=[roll.pk])).content.decode()
        assert ExamRoll.objects.get().digest in page
        assert reverse("training:exam-freeze", args=[roll.pk]) not in page

    def test_a_refusal_stands_on_the_page(self, desk: Client, taught: Any, rows: Any) -> None:
        sent = {"exam_on": "2019-07-15", "assessor": taught.institution.name, "people": rows[0].pk}
        answer = desk.post(reverse("training:exam-draw-up", args=[taught.pk]), sent)
        assert (answer.status_code, "teaches this class" in answer.content.decode()) == (422, True)
        answer = desk.post(
            reverse("training:exam-draw-up", args=[taught.pk]), sent | {"people": []}
        )
        assert (answer.status_code, exams.NOBODY in answer.content.decode()) == (422, True)

    def test_who_only_reads_finds_no_form(
        self, client: Client, clerk: User, taught: Any, rows: Any
    ) -> None:
        roll = a_roll(clerk, taught, *rows)
        reader = an_account("reader", "prefecture-officer", COUNTY[:4])
        client.force_login(reader, backend=BACKEND)
        for name, key in (("exams", taught.pk), ("exam", roll.pk)):
            page = client.get(reverse(f"training:{name}", args=[key]))
            assert (page.status_code, b'name="exam_on"' in page.content) == (200, False)

    def test_on_paper_with_five_signatures(
        self, desk: Client, clerk: User, taught: Any, rows: Any
    ) -> None:
        roll = a_roll(clerk, taught, *rows[:2])
        text = self.printed(desk, roll)
        assert ("名单尚未固定" in text, roll.digest in text) == (True, True)
        exams.freeze(roll=roll, by=clerk)
        text = self.printed(desk, roll)
        assert [order for order in (1, 3, 5) if citizen_number(order) in text] == [1, 3]
        signed = ("考评员", "考评组长", "督导员", "鉴定机构负责人", "考生签名", "成绩")
        assert [each for each in signed if each not in text] == []
        assert (roll.digest in text, "名单尚未固定" in text) == (True, False)
        entry = AuditEntry.objects.filter(verb="training.exam_roll.printed").latest("id")
        assert (entry.changes["rows"], entry.changes["numbers"]) == (2, 2)

    def test_numbers_are_masked_for_others(
        self, client: Client, clerk: User, taught: Any, rows: Any
    ) -> None:
        roll = a_roll(clerk, taught, *rows)
        reader = an_account("reader", "prefecture-officer", COUNTY[:4])
        client.force_login(reader, backend=BACKEND)
        assert citizen_number(1) not in self.printed(client, roll)

    def printed(self, client: Client, roll: ExamRoll) -> str:
        answer: Any = client.get(reverse("training:exam-paper", args=[roll.pk]))
        pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
        return "".join("".join(page.extract_text().split()) for page in pages)
