"""The exam of a class: who assesses, when the roll was frozen, what a result says by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.repairs import repair_text_column
from core.rules import Batch, Rule, RuleBook, Severity, Verdict

APART = "考培分离：培训与考核鉴定由不同机构、人员承担（http://fsou.com/html/text/lar/172521/17252169_2.html，核实，未见原文）"
AHEAD = "考核鉴定前7日固定鉴定人员名单（http://fsou.com/html/text/lar/172521/17252169_2.html，核实，未见原文）"
BY_ITSELF = "填表说明：成绩日期不早于鉴定日期，缺考人员不填成绩"
BETWEEN_NAMES = re.compile(r"[、，,；;/\s]+")


def _assessor_is_another(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`teachers` holds the names of those who teach the class; said once a class and assessor."""
    for key, row in batch.first_rows("assessor", "institution", "teachers").items():
        assessor, institution, teachers = key
        if not assessor:
            continue
        if institution and _folded(institution) in _folded(assessor):
            yield row, "assessor", TRAINER_ASSESSES, {"name": institution}
            continue
        named = set(map(_folded, BETWEEN_NAMES.split(assessor)))
        teaching = [name for name in teachers or () if _folded(name) in named]
        if teaching:
            yield row, "assessor", TRAINER_ASSESSES, {"name": "、".join(teaching)}


def _folded(name: str) -> str:
    (repaired,), _counts = repair_text_column([name], compact=True)
    return repaired.casefold()


def _roll_is_frozen_in_time(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Said once a roll, on the first of its rows; `frozen_on` is the day it is or was frozen."""
    for key, row in batch.first_rows("roll", "exam_on", "frozen_on").items():
        _roll, exam_on, frozen_on = key
        if exam_on is None or frozen_on is None:
            continue
        least = book.value(FROZEN_RULE, "days", batch.region_code, exam_on)
        days = (exam_on - frozen_on).days
        if least is None or days >= least:
            continue
        said = {"exam": exam_on.isoformat(), "frozen": frozen_on.isoformat(), "least": least}
        yield row, "exam_on", FROZEN_LATE, said


def _roll_is_as_frozen(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`digest` was taken when the roll was frozen, `digest_now` is of those who stand on it."""
    for row, frozen, now in batch.pairs("digest", "digest_now"):
        if frozen != now:
            yield row, "person", OTHER_PEOPLE


def _result_agrees_with_itself(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    today = timezone.localdate()
    for row, exam_on, resulted_on in batch.pairs("exam_on", "resulted_on"):
        if resulted_on < exam_on:
            yield row, "resulted_on", RESULT_TOO_EARLY, {"exam": exam_on.isoformat()}
        elif resulted_on > today:
            yield row, "resulted_on", RESULT_TO_COME
    for row, result, score in zip(range(batch.size), batch["result"], batch["score"], strict=True):
        if score is not None and result == "absent":
            yield row, "score", ABSENT_WITH_SCORE
        elif score is not None and not result:
            yield row, "result", SCORE_ALONE


FROZEN_RULE = "training.exam_roll_is_frozen_in_time"

ASSESSOR_APART = Rule(
    key="training.assessor_is_not_the_trainer",
    name=_("Who trains a class does not assess it"),
    severity=Severity.BLOCK,
    citation=APART,
    judge=_assessor_is_another,
)
ROLL_FROZEN_IN_TIME = Rule(
    key=FROZEN_RULE,
    name=_("The exam roll is frozen days before the exam"),
    severity=Severity.EXPLAIN,
    citation=AHEAD,
    judge=_roll_is_frozen_in_time,
)
ROLL_AS_FROZEN = Rule(
    key="training.exam_roll_is_as_frozen",
    name=_("The people of a frozen roll are those it was frozen with"),
    severity=Severity.EXPLAIN,
    citation=AHEAD,
    judge=_roll_is_as_frozen,
)
RESULT_AGREES = Rule(
    key="training.result_agrees_with_itself",
    name=_("A result agrees with its exam and its score"),
    severity=Severity.BLOCK,
    citation=BY_ITSELF,
    judge=_result_agrees_with_itself,
)
ROLL_RULES = (ASSESSOR_APART, ROLL_FROZEN_IN_TIME, ROLL_AS_FROZEN)
EXAM_RULES = (*ROLL_RULES, RESULT_AGREES)
# The parameters of these rules in words.
PARAMETERS = (gettext_noop("days"),)

TRAINER_ASSESSES = gettext_noop(
    "%(name)s teaches this class and cannot assess it. Name another assessor."
)
FROZEN_LATE = gettext_noop(
    "The exam is on %(exam)s and its roll was frozen on %(frozen)s; at least %(least)s days before "
    "are asked. Explain or check the day of the exam."
)
OTHER_PEOPLE = gettext_noop(
    "The people of the roll are not those it was frozen with: since then a row of the ledger was given "
    "another person, or the roll was altered. Look at the changes of the rows and explain."
)
RESULT_TOO_EARLY = gettext_noop(
    "The result is dated before the exam of %(exam)s. Correct the day of the result."
)
RESULT_TO_COME = gettext_noop("The day of the result is still to come. Correct it.")
SCORE_ALONE = gettext_noop(
    "There is a score and no result. Choose whether it passed, or clear the score."
)
ABSENT_WITH_SCORE = gettext_noop(
    "Who did not sit the exam has no score. Clear the score or choose another result."
)
