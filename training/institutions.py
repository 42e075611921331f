"""Judgements over a list of training institutions, and how their codes are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from stdnum.cn import uscc

from core.repairs import Repair
from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from exchange.imports.columns import Reading, text

STANDARD = "GB 32100-2015《法人和其他组织统一社会信用代码编码规则》"
ONE_ROW = "填表说明：一家机构填一行"
# Two characters of the authority and kind, six digits of the place, ten of the organization.
_LETTER = "0-9A-HJ-NP-RTUWXY"
_shape = re.compile(f"[{_LETTER}]{{2}}[0-9]{{6}}[{_LETTER}]{{10}}")
_read_text = text(40, compact=True)


def read_credit_codes(cells: Sequence[str], reading: Reading) -> list[str | None]:
    """Unified social credit codes in capitals, None where they are in trouble."""
    values = _read_text(cells, reading)
    for row, code in enumerate(values):
        if code is None:
            continue
        if code != code.upper():
            reading.repairs[Repair.CAPITALS] += 1
            values[row] = code = code.upper()
        if sentence := trouble_of(code):
            reading.trouble(CREDIT_CODE_IS_SOUND, row, sentence, length=len(code))
            values[row] = None
    return values


def trouble_of(code: str) -> str:
    """The sentence of what is wrong with a code in capitals, '' for a sound one."""
    if len(code) != 18:
        return WRONG_LENGTH
    if not _shape.fullmatch(code):
        return WRONG_CHARACTERS
    return "" if uscc.calc_check_digit(code[:17]) == code[17] else WRONG_CHECK


def _stands_once(column: str, sentence: str) -> Any:
    def judge(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
        first: dict[str, int] = {}
        for row, value in enumerate(batch[column]):
            if value is not None and first.setdefault(value, row) != row:
                yield row, column, sentence, {"line": batch["line"][first[value]]}

    return judge


def _code_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """An institution keeps the code it has, and a code belongs to one institution."""
    for row, name, code in batch.pairs("name", "key"):
        registered = batch["known"][row].get("key")
        if registered and registered != code:
            yield row, "key", OTHER_CODE, {"name": name, "registered": registered}
        owner = batch["owner"][row]
        if owner and owner != name:
            yield row, "key", TAKEN, {"name": owner}


def _changes_are_meant(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, known in enumerate(batch["known"]):
        for column in ("address", "licence_until"):
            value, was = batch[column][row], known.get(column)
            if was and value is not None and value != was:
                yield row, column, CHANGES, {"was": str(was), "value": str(value)}


CREDIT_CODE_IS_SOUND = Rule(
    key="training.credit_code_is_sound",
    name=_("A unified social credit code agrees with its check character"),
    severity=Severity.BLOCK,
    citation=STANDARD,
)
INSTITUTION_RULES = (
    Rule(
        key="training.institution_stands_once_in_file",
        name=_("An institution stands once in the file"),
        severity=Severity.BLOCK,
        citation=ONE_ROW,
        judge=_stands_once("name", gettext_noop("This name stands on line %(line)s already.")),
    ),
    Rule(
        key="training.credit_code_stands_once_in_file",
        name=_("A unified social credit code stands once in the file"),
        severity=Severity.BLOCK,
        citation=STANDARD,
        judge=_stands_once("key", gettext_noop("This code stands on line %(line)s already.")),
    ),
    Rule(
        key="training.credit_code_agrees_with_register",
        name=_("A unified social credit code belongs to one institution and stays with it"),
        severity=Severity.BLOCK,
        citation=STANDARD,
        judge=_code_agrees,
    ),
    Rule(
        key="training.institution_is_changed_knowingly",
        name=_("What is on file of an institution is changed knowingly"),
        severity=Severity.EXPLAIN,
        citation="填表说明：变更已登记信息须核实",
        judge=_changes_are_meant,
    ),
)

WRONG_LENGTH = gettext_noop(
    "The code has %(length)s characters; a unified social credit code has 18. Check it."
)
WRONG_CHARACTERS = gettext_noop(
    "This is no unified social credit code: its 3rd to 8th characters are digits, and the "
    "letters I, O, S, V and Z do not occur. Check it."
)
# Without the code: one of digits alone would be masked as a personal number.
WRONG_CHECK = gettext_noop(
    "The code does not agree with its check character. Compare it with the certificate."
)
OTHER_CODE = gettext_noop(
    "%(name)s is registered in your county with the code %(registered)s. Check name and code."
)
TAKEN = gettext_noop(
    "This code belongs to %(name)s, which is registered in your county. Check name and code."
)
CHANGES = gettext_noop("“%(was)s” is on file; this row replaces it by “%(value)s”.")
