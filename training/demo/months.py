"""The demo's months on their way up: at every step one, by the acts of the accounts whose step it is.

All of it happens on the day of the first start, so due days are set around that day.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone

from core.models import User
from exchange import jobs
from exchange.models import Correction, LedgerCheck, Submission
from exchange.submissions import checking, correcting, explaining, moves, qr, returning
from exchange.submissions.books import Line
from exchange.workbooks.pictures import png_of
from training.book import LEDGER_BOOK

OCTOBER, NOVEMBER = datetime.date(2018, 10, 1), datetime.date(2018, 11, 1)
LATE = "县里光缆中断三天，花名册补齐后才能报送。"
WHY = {
    "training.trainee_is_of_working_age": "经核对户口簿和身份证，本人自愿参训且身体健康，村委会已出具证明。",
    "training.same_skill_is_trained_once": "上次培训未取得证书，乡镇劳务站同意再次参训。",
}
WHY_ELSE = "已与培训机构的签到册和结业名单逐人核对，情况与台账一致。"
# Column noted at ('' for the whole row), and what the prefecture's officer writes.
NOTES = (
    ("hours", "学时与开班备案的课时计划不符，请核对签到册后更正。"),
    ("end_date", "结业时间早于考核通知上的日期，请核实。"),
    ("", "该学员未在结业名单上，请说明是否中途退出。"),
)
ASKED = {"hours": "96"}
WHY_ASKED = "录入时学时少记，以结业花名册登记的学时为准。"
EVIDENCE = "结业花名册扫描件（演示）.png"

Act = Callable[[Submission, User], None]


@dataclass(frozen=True)
class DemoMonth:
    """A county's month, on which day from the start it is due, and who does what with it."""

    county: str
    month: datetime.date
    due_in: int
    acts: tuple[tuple[str, Act], ...] = ()


def load_months(users: Mapping[str, User]) -> int:
    """Begin the months that are not there yet and bring each as far as it goes; returns how many."""
    added = 0
    for each in MONTHS:
        of_county = Submission.objects.of(LEDGER_BOOK.key, each.county)
        if not of_county.filter(month=each.month).exists():
            _load(each, users)
            added += 1
    return added


def _load(asked: DemoMonth, users: Mapping[str, User]) -> None:
    month = moves.open_month(
        county=asked.county,
        month=asked.month,
        book=LEDGER_BOOK.key,
        by=users[CLERKS[asked.county]],
    )
    due_on = timezone.localdate() + datetime.timedelta(asked.due_in)
    Submission.objects.filter(pk=month.pk).update(due_on=due_on)
    for username, act in asked.acts:
        month.refresh_from_db()
        act(month, users[username])


def submit(month: Submission, by: User) -> None:
    """Have the month checked, explain what is asked, and submit it."""
    _work(month, LedgerCheck.Step.CHECK, by)
    for rule in set(month.findings.values_list("rule", flat=True)):
        found = month.findings.filter(rule=rule)
        explaining.explain(submission=month, findings=found, text=WHY.get(rule, WHY_ELSE), by=by)
    _work(month, LedgerCheck.Step.SUBMIT, by)


def _work(month: Submission, step: LedgerCheck.Step, by: User) -> None:
    reason = LATE if checking.is_late(month) else ""
    check = checking.request_check(submission=month, step=step, by=by, late_reason=reason)
    jobs.run(check._meta.label_lower, check.pk)
    check.refresh_from_db()
    if check.state != LedgerCheck.State.DONE:
        raise RuntimeError(f"The demo's month was not sound: {check.error} {check.error_params}")


def accept(month: Submission, by: User) -> None:
    moves.accept(submission=month, version=month.version, by=by)


def return_(month: Submission, by: User) -> None:
    """Pin the notes to rows and cells, and send the month back."""
    for (column, text), (chapter, key, _version, _cells) in zip(NOTES, _lines(month), strict=False):
        returning.note(submission=month, row=(chapter, key), column=column, text=text, by=by)
    moves.return_(submission=month, version=month.version, by=by)


def lock(month: Submission, by: User) -> None:
    moves.lock(submission=month, version=month.version, by=by)


def ask_correction(month: Submission, by: User) -> None:
    chapter, key, version, _cells = next(_lines(month))
    correcting.ask(
        submission=month,
        kind=Correction.Kind.CHANGE,
        row=(chapter, key),
        row_version=version,
        cells=ASKED,
        reason=WHY_ASKED,
        file=io.BytesIO(png_of(qr.matrix_of("DEMO"))),
        name=EVIDENCE,
        by=by,
    )


def _lines(month: Submission) -> Iterator[Line]:
    return islice(LEDGER_BOOK.lines(month.county_code, month.month, None), len(NOTES))


HUANXIAN, ZHENYUAN, DONGXIANG = "621022", "621027", "622926"
CLERKS = {HUANXIAN: "huanxian", ZHENYUAN: "zhenyuan", DONGXIANG: "dongxiang"}
MONTHS = (
    DemoMonth(
        HUANXIAN,
        OCTOBER,
        4,
        (
            ("huanxian-shenhe", submit),
            ("qingyang", accept),
            ("gansu", lock),
            ("huanxian", ask_correction),
        ),
    ),
    DemoMonth(ZHENYUAN, OCTOBER, -6, (("zhenyuan-shenhe", submit), ("qingyang", accept))),
    DemoMonth(
        DONGXIANG, OCTOBER, 4, (("dongxiang-shenhe", submit), ("linxia", accept), ("gansu", lock))
    ),
    DemoMonth(HUANXIAN, NOVEMBER, 9, (("huanxian-shenhe", submit), ("qingyang", return_))),
    DemoMonth(ZHENYUAN, NOVEMBER, -2),
    DemoMonth(DONGXIANG, NOVEMBER, 9, (("dongxiang-shenhe", submit),)),
)
