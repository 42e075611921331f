"""Certificates: what the number says, whether it is anybody else's, and that an exam was passed.

The columns are those of `training.stored_facts.certificates_batch`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.models import Region
from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from talent.models import Credential
from training.certificates import LONGEST, Decoded, decode
from training.wordings import LEVEL

FORMS = (
    "证书编号规则（https://www.qqbanlv.com/wenku/12/315172.html、http://www.jmdrkj.cn/209234.html、"
    "https://max.book118.com/html/2023/0227/8016057074005041.shtm，核实，未见原文）"
)
ONCE = "证书编号唯一（证书编号规则，核实，未见原文）"
BY_ITSELF = "填表说明：经考核鉴定合格方可发证，发证日期不早于鉴定日期"
LEVELS = {level.value: words for level, words in LEVEL.items()}
NUMBERED = {Credential.Kind.LEVEL.value, Credential.Kind.QUALIFICATION.value}
KINDS = {
    Credential.Kind.LEVEL.value: "职业技能等级证书",
    Credential.Kind.QUALIFICATION.value: "职业资格证书",
}


def decoded_numbers(batch: Batch) -> list[Decoded | None]:
    return [decode(number) if number else None for number in batch["number"]]


def provinces(batch: Batch) -> set[str]:
    """The codes of all provinces; what stands for a ministry or company is none."""
    codes = Region.objects.filter(level=Region.Level.PROVINCE).values_list("code", flat=True)
    return set(codes) | {batch.region_code[:2]}


def _number_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, decoded in enumerate(batch.once(decoded_numbers)):
        if len(batch["number"][row] or "") > LONGEST:
            yield row, "number", TOO_LONG, {"most": LONGEST}
        if decoded is None:
            continue
        kind, issued, level = (batch[name][row] for name in ("kind", "issued_on", "level"))
        if kind and kind != decoded.kind:
            yield row, "number", OTHER_KIND, {"kind": KINDS[decoded.kind]}
        if issued and f"{issued:%y}" != decoded.year:
            yield row, "number", OTHER_YEAR, {"year": decoded.year, "issued": str(issued)}
        if decoded.province != batch.region_code[:2] and decoded.province in batch.once(provinces):
            yield row, "number", OTHER_PROVINCE, {"province": decoded.province}
        if level and decoded.level.isdigit() and decoded.level != level:
            said = {"number": LEVELS[decoded.level], "level": LEVELS[level]}
            yield row, "number", OTHER_LEVEL, said


def _number_is_known(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, decoded in enumerate(batch.once(decoded_numbers)):
        number = batch["number"][row]
        if not number or decoded is None:
            if number and batch["kind"][row] in NUMBERED:
                yield row, "number", UNKNOWN_FORM
            continue
        if decoded.province not in batch.once(provinces):
            yield row, "number", NO_PROVINCE, {"province": decoded.province}
        if not decoded.level.isdigit():
            yield row, "number", LEVEL_LETTER, {"letter": decoded.level}


def _number_is_free(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Where it is used is told of one's own county only."""
    first: dict[tuple[Any, Any], int] = {}
    taken = batch.once(others_with_numbers)
    for row, kind, number in batch.pairs("kind", "number"):
        if not number:
            continue
        other = taken.get((kind, number))
        again = first.setdefault((kind, number), row)
        if other is not None and other.pk != batch["key"][row]:
            if other.county_code == batch.region_code:
                yield row, "number", USED_HERE, {"name": other.person.name}
            else:
                yield row, "number", USED_ELSEWHERE
        elif again != row:
            yield row, "number", TWICE, {"name": batch["name"][again] or ""}


def others_with_numbers(batch: Batch) -> dict[tuple[str, str], Credential]:
    """Valid certificates, of whatever county, that have numbers of the batch."""
    numbers = {number for number in batch["number"] if number}
    found = Credential.objects.filter(number__in=numbers, state=Credential.State.VALID)
    return {(each.kind, each.number): each for each in found.select_related("person")}


def _follows_a_pass(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """`exam_on` is the day of the exam that the person passed, `row_state` of the ledger's row."""
    today = timezone.localdate()
    for row, issued in enumerate(batch["issued_on"]):
        exam_on = batch["exam_on"][row]
        if batch["row_state"][row] == "withdrawn":
            yield row, "row", ROW_WITHDRAWN
        elif exam_on is None:
            yield row, "issued_on", NOT_PASSED
        elif issued is not None and issued < exam_on:
            yield row, "issued_on", ISSUED_TOO_EARLY, {"exam": exam_on.isoformat()}
        elif issued is not None and issued > today:
            yield row, "issued_on", ISSUED_TO_COME


NUMBER_AGREES = Rule(
    key="training.certificate_number_agrees",
    name=_("A certificate's number agrees with its year, province and level"),
    severity=Severity.BLOCK,
    citation=FORMS,
    judge=_number_agrees,
)
NUMBER_IS_KNOWN = Rule(
    key="training.certificate_number_is_known",
    name=_("A certificate's number has a known form"),
    severity=Severity.EXPLAIN,
    citation=FORMS,
    judge=_number_is_known,
)
NUMBER_IS_FREE = Rule(
    key="training.certificate_number_is_given_once",
    name=_("A certificate's number is given once"),
    severity=Severity.BLOCK,
    citation=ONCE,
    judge=_number_is_free,
)
FOLLOWS_A_PASS = Rule(
    key="training.certificate_follows_a_pass",
    name=_("A certificate follows an exam that was passed"),
    severity=Severity.BLOCK,
    citation=BY_ITSELF,
    judge=_follows_a_pass,
)
CERTIFICATE_RULES = (FOLLOWS_A_PASS, NUMBER_AGREES, NUMBER_IS_KNOWN, NUMBER_IS_FREE)

TOO_LONG = gettext_noop("A number has %(most)s characters at most. Correct the number.")
OTHER_KIND = gettext_noop(
    "This is the number of a %(kind)s. Choose that kind of certificate or correct the number."
)
OTHER_YEAR = gettext_noop(
    "The number says the year %(year)s, the certificate was issued on %(issued)s. Correct one of them."
)
OTHER_PROVINCE = gettext_noop(
    "The number says province %(province)s, which is not this county's. Correct the number."
)
OTHER_LEVEL = gettext_noop(
    "The number says %(number)s, the person was trained for %(level)s. Correct the number or the row."
)
UNKNOWN_FORM = gettext_noop(
    "The number has none of the known forms: 16 digits, Y or S and 21 digits, or two letters and 20 "
    "digits. Explain or check the number."
)
NO_PROVINCE = gettext_noop(
    "%(province)s stands in the number where a province does, but is none. Explain or check the number."
)
LEVEL_LETTER = gettext_noop(
    "The number has the letter %(letter)s for the level, as above senior technician. Explain or "
    "check the number."
)
USED_HERE = gettext_noop("%(name)s has a certificate of this number already. Correct the number.")
USED_ELSEWHERE = gettext_noop(
    "A certificate of this number was entered in another county already. Check the number with the "
    "body that issued it."
)
TWICE = gettext_noop("The number stands at %(name)s already. Correct one of them.")
NOT_PASSED = gettext_noop(
    "No exam that the person passed is on file. Enter the result first, or withdraw the certificate."
)
ROW_WITHDRAWN = gettext_noop(
    "The row of the ledger that this certificate belongs to is withdrawn. Withdraw the certificate too."
)
ISSUED_TOO_EARLY = gettext_noop(
    "The certificate is dated before the exam of %(exam)s. Correct the day of issue."
)
ISSUED_TO_COME = gettext_noop("The day of issue is still to come. Correct it.")
