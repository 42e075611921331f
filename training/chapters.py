"""The chapters of the ledger as a book: its rows, and each kind of fact that comes later.

A row of the ledger lies in the month its class starts. Results, certificates, claims and
employment come months afterwards, when that month is long locked: each is a row of its own
and lies in the month in which it happened.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.rules import Finding
from exchange.periods import Period
from talent.models import Credential
from training.canonical import SOURCES
from training.imports import OWN_COLUMNS
from training.models import ClaimLine, Enrollment, ExamEntry, FollowUp
from training.stored_claims import judge_claims, judge_follow_ups
from training.stored_facts import judge_certificates, judge_results
from training.worded import HEADINGS

# The key of a fact and what a rule says of it, for the facts of a county and month.
Judge = Callable[[str, datetime.date], Iterable[tuple[int, Finding]]]

# What the canonical cells hold that is no column of the roster, or goes by another name there.
LEDGER_TITLES = {column.name: column.title for column in OWN_COLUMNS} | {
    "person": HEADINGS["id_number"],
    "region_code": HEADINGS["village"],
    "program": "培训项目",
    "state": "在册状态",
    "as_written": "原表写法",
    "batch": "导入批次",
    "sheet": "工作表",
    "line": "行号",
    "entered_by": "录入人",
}
# Of whom a fact is: the person of its row, and which row.
OF_ROW = {
    "person": "enrollment__person__id_number_index",
    "row": "enrollment_id",
}
OF_ROW_TITLES = {"person": HEADINGS["id_number"], "row": "台账行", "entered_by": "录入人"}


KEY = attrgetter("key")


@dataclass(frozen=True)
class Chapter:
    """One kind of row of the book.

    `sources` maps canonical columns to lookups of `model`; `day` is the column, of both, in
    whose month a row lies. `row` is the column that holds the key of the ledger row, `author`
    that of the user who wrote it. `judge` tells what rules say of a month's stored facts.
    """

    key: str
    name: str | Promise
    model: type[Enrollment | Credential | ClaimLine | ExamEntry | FollowUp]
    day: str
    sources: Mapping[str, str]
    titles: Mapping[str, str]
    row: str = "enrollment_id"
    author: str = "entered_by"
    judge: Judge | None = None

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def of_month(self, county_code: str, month: datetime.date) -> QuerySet[Any]:
        """The rows of a county's month by its first day, whatever their state."""
        period = Period.month_of(month)
        days = {f"{self.day}__gte": period.first_day, f"{self.day}__lte": period.last_day}
        return self.rows().filter(county_code=county_code, **days)


LEDGER = Chapter(
    key="enrollment",
    name=_("rows of the ledger"),
    model=Enrollment,
    day="start_date",
    sources=SOURCES,
    titles=LEDGER_TITLES,
    row="pk",
)
RESULTS = Chapter(
    key="result",
    name=_("results"),
    model=ExamEntry,
    day="resulted_on",
    sources=OF_ROW
    | {
        "exam_on": "roll__exam_on",
        "assessor": "roll__assessor",
        "result": "result",
        "score": "score",
        "resulted_on": "resulted_on",
        "entered_by": "entered_by",
    },
    titles=OF_ROW_TITLES
    | {
        "exam_on": "鉴定日期",
        "assessor": "考核鉴定机构",
        "result": "考核结果",
        "score": "成绩",
        "resulted_on": "成绩日期",
    },
    judge=judge_results,
)
CERTIFICATES = Chapter(
    key="certificate",
    name=_("certificates"),
    model=Credential,
    day="issued_on",
    sources={
        "person": "person__id_number_index",
        "row": "enrollment_key",
        "kind": "kind",
        "number": "number",
        "state": "state",
        "issued_on": "issued_on",
        "issuer": "issuer",
        "occupation": "occupation",
        "level": "level",
        "entered_by": "entered_by",
    },
    titles=OF_ROW_TITLES
    | {
        "kind": "证书类别",
        "number": "证书编号",
        "state": "证书状态",
        "issued_on": "发证日期",
        "issuer": "发证机构",
        "occupation": HEADINGS["occupation"],
        "level": HEADINGS["level"],
    },
    row="enrollment_key",
    judge=judge_certificates,
)
EMPLOYMENT = Chapter(
    key="employment",
    name=_("employment"),
    model=FollowUp,
    day="visited_on",
    sources=OF_ROW
    | {
        "visited_on": "visited_on",
        "way": "way",
        "employment": "employment",
        "employer": "employer",
        "evidence": "evidence",
        "entered_by": "entered_by",
    },
    titles=OF_ROW_TITLES
    | {
        "visited_on": "回访日期",
        "way": "回访方式",
        "employment": "就业情况",
        "employer": "就业单位或经营项目",
        "evidence": "佐证材料",
    },
    judge=judge_follow_ups,
)
CLAIMS = Chapter(
    key="claim",
    name=_("subsidies"),
    model=ClaimLine,
    day="approved_on",
    sources=OF_ROW
    | {
        "claim": "claim_id",
        "standard": "claim__standard",
        "employment": "employment",
        "share": "share",
        "amount": "amount",
        "approved_on": "approved_on",
        "made_by": "claim__made_by",
        "decided_by": "claim__decided_by",
    },
    titles=OF_ROW_TITLES
    | {
        "claim": "申领单",
        "standard": "补贴标准（元）",
        "employment": "就业情况",
        "share": "补贴比例",
        "amount": "补贴金额（元）",
        "approved_on": "审批日期",
        "made_by": "申领经办人",
        "decided_by": "审批人",
    },
    author="claim__made_by",
    judge=judge_claims,
)
# In the order in which their rows are sealed.
CHAPTERS = {
    chapter.key: chapter
    for chapter in sorted((LEDGER, RESULTS, CERTIFICATES, EMPLOYMENT, CLAIMS), key=KEY)
}
