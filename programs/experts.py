"""Judgements over experts before they are listed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from programs.models import Expert, TitleGrade
from programs.wordings import GRADE

# The parameters of these rules in words.
PARAMETERS = (gettext_noop("least grade"),)
GRADE_RULE = "programs.expert_is_of_the_usual_grade"
ONE_ROW = "填表说明：一名专家在一个服务团只登记一次"


def _stands_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    first: dict[tuple[bytes, str], int] = {}
    for row, *key in batch.pairs("id_index", "team"):
        earlier = first.setdefault((key[0], key[1]), row)
        if earlier != row:
            yield row, "id_number", TWICE_IN_FILE, {"line": batch["line"][earlier]}


def _is_not_listed_yet(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    keys = {key for key in batch["id_index"] if key is not None}
    listed = Expert.objects.within(batch.region_code).listed(keys)
    for row, key, team in batch.pairs("id_index", "team"):
        if (key, team) in listed:
            yield row, "id_number", LISTED, {"day": f"{listed[key, team]:%Y-%m-%d}"}


def _is_of_usual_grade(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    grades = list(TitleGrade)  # the highest first
    for row, grade in enumerate(batch["grade"]):
        day = batch["start_date"][row] or timezone.localdate()
        least = book.value(GRADE_RULE, "least_grade", batch.region_code, day)
        if grade and least and grades.index(TitleGrade(grade)) > grades.index(TitleGrade(least)):
            yield row, "grade", BELOW_GRADE, {"least": GRADE[least]}


EXPERT_RULES = (
    Rule(
        key="programs.expert_stands_once_in_file",
        name=_("An expert stands once in a team of the file"),
        severity=Severity.BLOCK,
        citation=ONE_ROW,
        judge=_stands_once,
    ),
    Rule(
        key="programs.expert_is_not_listed_yet",
        name=_("An expert is not listed in the team yet"),
        severity=Severity.BLOCK,
        citation=ONE_ROW,
        judge=_is_not_listed_yet,
    ),
    Rule(
        key=GRADE_RULE,
        name=_("An expert holds a title of the usual grade"),
        severity=Severity.EXPLAIN,
        citation="各地规定不一，见规则参数",
        judge=_is_of_usual_grade,
    ),
)

TWICE_IN_FILE = gettext_noop(
    "The same expert is in this team on line %(line)s already. Delete one."
)
LISTED = gettext_noop(
    "This expert is listed in your county for this team already, since %(day)s. Nothing to do."
)
BELOW_GRADE = gettext_noop("The title is below the usual grade, %(least)s. Explain or check.")
