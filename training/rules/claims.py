"""The claim of a subsidy: for whom, in what time, at which share, and what comes before its approval."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from exchange.periods import months_later
from training.models import Claim, Enrollment

BY_RESULT = "按培训成效补贴：六个月内就业的足额补贴，未就业的按比例补贴（http://m.jizihe.com/page/2015/0429/26833584.shtml，核实，未见原文）"
IN_TIME = "申领时限各地规定不一，见规则参数"
PUBLICITY = "补贴申领须经公示；公示天数未查到全国统一规定，比照职称评审公示（https://www.fudaoke.com/exam/835333.html，核实）"
# From which day the time for a claim runs, by the word of the rule's value.
SINCE = {"assessment": "assessed_on", "certificate": "issued_on"}
AT_WORK = frozenset({Enrollment.Employment.EMPLOYED, Enrollment.Employment.SELF_EMPLOYED})


def _is_for_who_passed(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`day` is the day of the claim; `certificate` the number, if there is one."""
    cells = zip(*map(batch.__getitem__, ("day", "result", "level", "certificate")), strict=True)
    for row, (day, result, level, certificate) in enumerate(cells):
        results = book.value(PASSED_RULE, "results", batch.region_code, day)
        asked = book.value(PASSED_RULE, "certificate", batch.region_code, day)
        if results is not None and result not in results:
            yield row, "result", NOT_PASSED, {"name": batch["name"][row]}
        elif asked and level and not certificate:
            yield row, "certificate", NO_CERTIFICATE, {"name": batch["name"][row]}


def _is_claimed_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`claimed` holds the number and the state of another claim that stands for the row."""
    for row, claimed in enumerate(batch["claimed"]):
        if claimed:
            number, state = claimed
            sentence = APPROVED_ALREADY if state == Claim.State.APPROVED else CLAIMED_ALREADY
            yield row, "claim", sentence, {"name": batch["name"][row], "claim": number}


def _is_made_in_time(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, day in enumerate(batch["day"]):
        window = book.value(WINDOW_RULE, "window", batch.region_code, day)
        if not window:
            continue
        since, name = batch[SINCE[window["from"]]][row], {"name": batch["name"][row]}
        if since is None:
            yield row, SINCE[window["from"]], NO_DAY[window["from"]], name
            continue
        last = last_day(since, window)
        if day > last:
            yield row, "day", TOO_LATE, name | {"last": last.isoformat()}


def last_day(since: datetime.date, window: dict[str, Any]) -> datetime.date:
    """The last day within {"months": n} or {"days": n} of a day."""
    after: datetime.date = months_later(since, window.get("months", 0))
    return after + datetime.timedelta(window.get("days", 0))


def _follows_employment(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`asked` is what the last follow-up within the months of the rule said, if there was one."""
    for row, share, asked in batch.pairs("share", "asked"):
        day = batch["day"][row]
        full = book.value(EMPLOYMENT_RULE, "employed", batch.region_code, day)
        if full is not None and share >= Decimal(str(full)) and asked not in AT_WORK:
            months = book.value(EMPLOYMENT_RULE, "months", batch.region_code, day)
            yield row, "share", FULL_WITHOUT_WORK, {"name": batch["name"][row], "months": months}


def _was_published(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, day, until in batch.pairs("day", "publicity_until"):
        if day <= until:
            yield row, "publicity_until", STILL_PUBLISHED, {"until": until.isoformat()}


def _has_no_open_objection(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, objection in enumerate(batch["objection"]):
        if objection:
            raised_on, text = objection
            yield row, "objection", STILL_OPEN, {"day": raised_on.isoformat(), "text": text}


PASSED_RULE = "training.subsidy_is_for_who_passed"
WINDOW_RULE = "training.claim_is_made_in_time"
EMPLOYMENT_RULE = "training.subsidy_follows_employment"
PUBLICITY_RULE = "training.claim_was_published_long_enough"

SUBSIDY_FOR_WHO_PASSED = Rule(
    PASSED_RULE,
    _("The subsidy is for those who passed"),
    Severity.BLOCK,
    "培训合格并取得相应证书后申领补贴，各地规定不一，见规则参数",
    _is_for_who_passed,
)
CLAIMED_ONCE = Rule(
    "training.subsidy_is_claimed_once",
    _("A row of the ledger is claimed for once"),
    Severity.BLOCK,
    "同一人同一班次只能申领一次补贴（填表说明）",
    _is_claimed_once,
)
CLAIM_IN_TIME = Rule(
    WINDOW_RULE, _("A subsidy is claimed in time"), Severity.EXPLAIN, IN_TIME, _is_made_in_time
)
SUBSIDY_FOLLOWS_EMPLOYMENT = Rule(
    EMPLOYMENT_RULE,
    _("The share of a subsidy follows employment"),
    Severity.EXPLAIN,
    BY_RESULT,
    _follows_employment,
)
PUBLISHED_LONG_ENOUGH = Rule(
    PUBLICITY_RULE,
    _("A claim is published before it is approved"),
    Severity.BLOCK,
    PUBLICITY,
    _was_published,
)
NO_OPEN_OBJECTION = Rule(
    "training.claim_has_no_open_objection",
    _("No objection to a claim is open when it is approved"),
    Severity.BLOCK,
    PUBLICITY,
    _has_no_open_objection,
)
# Of the lines when a claim is drawn up and published, and of the claim when it is approved.
LINE_RULES = (SUBSIDY_FOR_WHO_PASSED, CLAIMED_ONCE, CLAIM_IN_TIME, SUBSIDY_FOLLOWS_EMPLOYMENT)
APPROVAL_RULES = (PUBLISHED_LONG_ENOUGH, NO_OPEN_OBJECTION)
CLAIM_RULES = (*LINE_RULES, *APPROVAL_RULES)
# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("results"),
    gettext_noop("certificate"),
    gettext_noop("window"),
    gettext_noop("employed"),
    gettext_noop("other"),
    gettext_noop("workdays"),
)

NOT_PASSED = gettext_noop("%(name)s did not pass, so no subsidy can be claimed.")
NO_CERTIFICATE = gettext_noop(
    "%(name)s has no certificate on file, which a class with a level asks for. Enter it first."
)
CLAIMED_ALREADY = gettext_noop("%(name)s stands in claim no. %(claim)s, which is not decided yet.")
APPROVED_ALREADY = gettext_noop("%(name)s was granted the subsidy by claim no. %(claim)s.")
TOO_LATE = gettext_noop(
    "%(name)s: the last day to claim was %(last)s. Explain why it is claimed later."
)
NO_DAY = {
    "assessment": gettext_noop(
        "%(name)s has no exam on file, so it cannot be told whether the claim is in time. Explain."
    ),
    "certificate": gettext_noop(
        "%(name)s has no certificate on file, so it cannot be told whether the claim is in time. "
        "Explain."
    ),
}
FULL_WITHOUT_WORK = gettext_noop(
    "%(name)s: the full share, though the last follow-up within %(months)s months of the class "
    "found no work. Explain or check the share."
)
STILL_PUBLISHED = gettext_noop(
    "The claim is published until the end of %(until)s and can be approved after that."
)
STILL_OPEN = gettext_noop("The objection of %(day)s is not settled yet: “%(text)s”")
