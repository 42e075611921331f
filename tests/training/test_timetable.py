"""The timetable of a class: read line by line, kept as a whole, printed."""

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange.jobs import JobRefused
from tests.factories import a_class, an_account, divisions
from tests.factories.filings import a_filed_class
from training import filing, timetable
from training.lessons import LessonLine, cells_of, lines_pasted, read_lines
from training.models import Lesson, Teacher, TrainingClass
from training.timetable_papers import print_timetable

DAY = datetime.date
BLOCK = "2019/6/24\t电弧焊基础\t6\t理论\t张老师\n2019年6月25日\t平焊练习\t6.5\t实训\t李 老师\n\n"
LINES = [
    LessonLine(DAY(2019, 6, 24), "电弧焊基础", Decimal(6), False, "张老师"),
    LessonLine(DAY(2019, 6, 25), "平焊练习", Decimal("6.5"), True, "李老师"),
]


def cells(**more: str) -> dict[str, str]:
    usual = {"date": "2019-06-24", "subject": "焊接", "hours": "6", "kind": "理论", "teacher": ""}
    return usual | more


def test_a_block_of_a_spreadsheet_is_read() -> None:
    read = read_lines(lines_pasted(BLOCK))
    assert (read.lines, read.troubles) == (LINES, [[], []])


def test_headings_say_where_the_columns_stand() -> None:
    block = (
        "授课教师\t课时\t日期\t备注\t类型\t课程名称\n张老师\t6\t2019-06-24\t无\t理论\t电弧焊基础\n"
    )
    assert read_lines(lines_pasted(block)).lines == LINES[:1]


def test_a_cell_of_two_lines_stays_one_cell() -> None:
    (line,) = lines_pasted('2019-06-24\t"电弧焊\n基础"\t6\t理论\t张老师\n')
    assert line["subject"] == "电弧焊\n基础"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"date": "2019-02-30"},
            "“2019-02-30” in “日期” is not a day of the calendar. Write it like 2019-06-04.",
        ),
        ({"date": ""}, "“日期” is empty. Fill it in."),
        ({"hours": "六"}, "“六” in “课时” is not a number that can be. Write digits only."),
        ({"hours": "0"}, "“0” in “课时” is not a number that can be. Write digits only."),
        ({"hours": "25"}, "“25” in “课时” is not a number that can be. Write digits only."),
        ({"kind": "自习"}, "“自习” is not in the list for “类型”. Choose one of the listed words."),
        ({"subject": " "}, "“课程内容” is empty. Fill it in."),
        ({"subject": "长" * 101}, "“课程内容” has 101 characters; at most 100 fit. Shorten it."),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_left_out(
    wrong: dict[str, str], sentence: str
) -> None:
    with translation.override("en"):
        read = read_lines([cells(subject="甲"), cells(**wrong)])
    assert len(read.lines) == 1
    assert read.troubles == [[], [sentence]]


def test_a_subject_stands_once_a_day() -> None:
    with translation.override("en"):
        read = read_lines([cells(), cells(subject="乙"), cells(hours="2")])
    assert read.troubles == [
        [],
        [],
        ["This subject stands on this day in line 1 already. Put both into one line."],
    ]


@pytest.fixture
def clerk() -> User:
    divisions()
    load_rule_values()
    return an_account("clerk", "county-clerk", "621022")


def keep(found: TrainingClass, lines: list[LessonLine], by: User, seen: str = "") -> None:
    seen = seen or timetable.digest_of(timetable.lessons_of(found))
    timetable.keep_timetable(training_class=found, lines=lines, seen=seen, by=by)


@pytest.mark.django_db
def test_a_timetable_is_kept_as_a_whole(clerk: User) -> None:
    found = a_class()
    keep(found, LINES, clerk)
    assert list(Teacher.objects.values_list("name", flat=True)) == ["张老师", "李老师"]
    changed = LessonLine(DAY(2019, 6, 25), "平焊练习", Decimal(7), True, "张老师")
    added = LessonLine(DAY(2019, 6, 26), "立焊练习", Decimal(7), True)
    keep(found, [changed, added], clerk)
    keep(found, [changed, added], clerk)
    assert [c["subject"] for c in cells_of(timetable.lessons_of(found))] == ["平焊练习", "立焊练习"]
    acts = AuditEntry.objects.filter(verb="training.timetable.changed").order_by("id")
    assert list(acts.values_list("changes", flat=True)) == [
        {"added": 2, "changed": 0, "removed": 0},
        {"added": 1, "changed": 1, "removed": 1},
    ]
    assert Teacher.objects.count() == 2


@pytest.mark.django_db
def test_nobody_overwrites_what_they_have_not_seen(clerk: User) -> None:
    found = a_class()
    seen = timetable.digest_of([])
    keep(found, LINES, clerk)
    with pytest.raises(JobRefused) as refusal:
        keep(found, LINES[:1], clerk, seen)
    assert refusal.value.sentence == timetable.CHANGED_MEANWHILE
    assert Lesson.objects.count() == 2


@pytest.mark.django_db
def test_only_the_county_s_clerk_keeps_it_and_not_while_a_decision_waits(clerk: User) -> None:
    others = [
        an_account("r", "county-reviewer", "621022"),
        an_account("s", "county-clerk", "622926"),
    ]
    filed = a_filed_class(clerk)
    for other in others:
        with pytest.raises(PermissionError):
            keep(filed.training_class, LINES, other)
    with pytest.raises(JobRefused) as refusal:
        keep(filed.training_class, LINES, clerk)
    assert refusal.value.sentence == timetable.WAITS
    filing.return_(filing=filed, version=filed.version, by=others[0], decision="缺课程表")
    keep(filed.training_class, LINES, clerk)
    assert Lesson.objects.count() == 2


@pytest.mark.django_db
def test_the_paper_holds_every_lesson_and_is_upright(clerk: User) -> None:
    found = a_class()
    keep(found, LINES, clerk)
    (page,) = PdfReader(io.BytesIO(print_timetable(found, by=clerk).read())).pages
    text = "".join(page.extract_text().split())
    for word in ("培训班课程表", "2019年6月24日", "平焊练习", "李老师", "理论6课时", "实操6.5课时"):
        assert word in text
    assert page.mediabox.height > page.mediabox.width
    assert AuditEntry.objects.get(verb="training.timetable.printed").changes["rows"] == 2


class Desk:
    """The page of a class's timetable as a clerk works on it."""

    def __init__(self, user: User, found: TrainingClass) -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(user)
        self.url = reverse("training:timetable", args=[found.pk])

    def lines(self, page: Any) -> list[dict[str, str]]:
        return [line["cells"] for line in page.context["lines"] if line["cells"]["subject"]]

    def sends(self, act: str, page: Any, lines: list[dict[str, str]], **more: Any) -> Any:
        typed = {name: [line[name] for line in lines] for name in cells()}
        sent = typed | {"act": act, "seen": page.context["seen"]} | more
        return self.client.post(f"{self.url}change/", sent)


@pytest.mark.django_db
def test_lines_are_pasted_looked_through_and_saved(clerk: User) -> None:
    found = a_class()
    desk = Desk(clerk, found)
    page = desk.client.get(desk.url)
    filled = desk.sends("paste", page, [], pasted=BLOCK)
    assert [line["kind"] for line in desk.lines(filled)] == ["理论", "实操"]
    assert not Lesson.objects.exists()
    saved = desk.sends("save", filled, desk.lines(filled))
    assert (saved.status_code, Lesson.objects.count()) == (302, 2)
    page = desk.client.get(desk.url)
    again = desk.sends("paste", page, desk.lines(page), pasted="2019.6.24\t电弧焊基础\t5\t理论\t")
    assert [line["hours"] for line in desk.lines(again)] == ["5", "6.5"]
    desk.sends("save", again, desk.lines(again), remove="1")
    assert [(lesson.subject, lesson.hours) for lesson in Lesson.objects.all()] == [
        ("电弧焊基础", Decimal(5))
    ]


@pytest.mark.django_db
def test_a_wrong_line_is_marked_and_nothing_is_lost(clerk: User) -> None:
    desk = Desk(clerk, a_class())
    page = desk.client.get(desk.url)
    answer = desk.sends("save", page, [cells(), cells(date="2019-13-01", subject="乙")])
    assert answer.status_code == 422
    assert [bool(line["troubles"]) for line in answer.context["lines"]][:2] == [False, True]
    assert len(desk.lines(answer)) == 2
    assert not Lesson.objects.exists()


@pytest.mark.django_db
def test_who_may_not_enter_reads_it(clerk: User) -> None:
    found = a_class()
    keep(found, LINES, clerk)
    desk = Desk(an_account("officer", "prefecture-officer", "6210"), found)
    page = desk.client.get(desk.url)
    assert "平焊练习" in page.content.decode()
    assert '<form method="post" action' not in page.content.decode().split("<main")[1]
    assert desk.client.post(f"{desk.url}change/").status_code == 403
