"""Judgements over rows of what is planned for a place before they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from programs.models import Quota, QuotaDocument

DIVISIONS = "国家统计局统计用区划代码和城乡划分代码（2023年版）"
NUMBERED = "指标以编号文件下达、分解、调整、收回（计划管理通例，核实）"
PHASES = "阶段计划分年度安排，各年度之和不超过阶段计划（计划管理通例，核实）"
HANDING_DOWN = "指标逐级分解下达，下级之和不超过上级（计划管理通例，核实）"

GIVING = frozenset(
    {QuotaDocument.Kind.ISSUE, QuotaDocument.Kind.BREAK_DOWN, QuotaDocument.Kind.OPENING}
)


def _place_is_beneath(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, (place, code) in enumerate(zip(batch["place"], batch["region_code"], strict=True)):
        if place is not None and code is None:
            yield row, "place", NOT_BENEATH, {"place": place}


def _program_is_known(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, (name, code) in enumerate(zip(batch["program"], batch["program_code"], strict=True)):
        if name is not None and code is None:
            yield row, "program", NO_PROGRAM, {"program": name}


def _comes_from_one(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """A row is drawn from the one quota that its region has for the program and the year."""
    for row, _code, year in batch.pairs("program_code", "year"):
        found = len(batch["parents"][row])
        if found != 1:
            params = {"program": batch["program"][row], "year": str(year)}
            yield row, "year", SEVERAL_PARENTS if found else NO_PARENT, params


def _stands_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    first: dict[Any, int] = {}
    for row, key, _amount in _sound(batch):
        earlier = first.setdefault(key, row)
        if earlier != row:
            yield row, "place", TWICE, {"line": batch["line"][earlier]}


def _dated_by_today(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    today = timezone.localdate()
    for row, dated in enumerate(batch["dated"]):
        if dated is not None and dated > today:
            yield row, "dated", NOT_YET


def _keeps_what_it_gave(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    held = _held(batch)
    for row, key, amount in _sound(batch):
        given = held.get(key, (0, 0))[1]
        if amount < given:
            yield row, "amount", GIVEN_ALREADY, {"given": given}


def _fits_what_is_left(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """What shrinks makes room first; then rows take from it in the order of the file."""
    held, growth = _held(batch), list[tuple[int, int, int]]()
    parents = Quota.objects.in_bulk({key[0] for _row, key, _amount in _sound(batch)})
    room = {pk: quota.remainder for pk, quota in parents.items()}
    seen: set[Any] = set()
    for row, key, amount in _sound(batch):
        had, given = held.get(key, (0, 0))
        beside = key[2] and not parents[key[0]].listed_apart
        is_first = key not in seen
        seen.add(key)
        if beside or amount < given or not is_first:
            continue
        room[key[0]] += max(had - amount, 0)
        growth += [(row, key[0], amount - had)] * (amount > had)
    for row, parent, more in growth:
        if more > room[parent]:
            params = {"left": room[parent], "amount": parents[parent].amount, "more": more}
            yield row, "amount", NOT_ENOUGH, params
        else:
            room[parent] -= more


def _sound(batch: Batch) -> Iterator[tuple[int, tuple[int, str, bool], int]]:
    """(row, (parent, region, listed apart), amount) of the rows that mean one quota."""
    for row, code, amount in batch.pairs("region_code", "amount"):
        if len(batch["parents"][row]) == 1 and batch["document_number"][row] is not None:
            yield row, (batch["parents"][row][0], code, batch["apart"][row] == "yes"), int(amount)


def _held(batch: Batch) -> dict[tuple[int, str, bool], tuple[int, int]]:
    return Quota.objects.handed_down({key[0] for _row, key, _amount in _sound(batch)})


def _names_its_paper(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    (paper,) = batch["paper"]
    if not paper.number and paper.kind != QuotaDocument.Kind.OPENING:
        yield -1, "number", NO_NUMBER
    if paper.dated is None:
        yield -1, "dated", NO_DATE
    elif paper.dated > timezone.localdate():
        yield -1, "dated", NOT_YET
    if not batch.size:
        yield -1, "lines", NO_LINES


def _moves_as_its_kind(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    (paper,) = batch["paper"]
    is_opening = paper.kind == QuotaDocument.Kind.OPENING
    for row, (place, change) in enumerate(zip(batch["place"], batch["change"], strict=True)):
        if not batch["is_in_reach"][row]:
            yield row, "place", OUT_OF_REACH, {"place": place}
        elif not batch["is_drawn"][row] and not is_opening:
            yield row, "place", NOTHING_ABOVE, {"place": place}
        if change < 0 and paper.kind in GIVING:
            yield row, "change", ONLY_GROWS, {"place": place}
        elif change > 0 and paper.kind == QuotaDocument.Kind.CLAW_BACK:
            yield row, "change", ONLY_SHRINKS, {"place": place}


def _children_stay_within(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """What is left above is told once, however many lines draw on it."""
    told: set[Any] = set()
    for row, (place, change) in enumerate(zip(batch["place"], batch["change"], strict=True)):
        amount, allotted = batch["amount"][row], batch["allotted"][row]
        if amount < 0:
            params = {"place": place, "had": batch["had"][row], "less": -change}
            yield row, "change", LESS_THAN_NOTHING, params
        elif change < 0 and amount < allotted:
            params = {"place": place, "amount": amount, "allotted": allotted}
            yield row, "change", HOLDS_MORE, params
        held, given, more = batch["above"][row] or (0, 0, 0)
        if change > 0 and given > held and batch["parent"][row] not in told:
            told.add(batch["parent"][row])
            params = {"place": place, "amount": held, "left": held - given + more, "more": more}
            yield row, "change", TOO_MUCH, params


def _years_stay_within(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, (place, change) in enumerate(zip(batch["place"], batch["change"], strict=True)):
        amount, scheduled = batch["amount"][row], batch["scheduled"][row]
        if scheduled > max(amount, 0):
            yield row, "change", YEARS_HOLD_MORE, {"place": place, "scheduled": scheduled}
        held, spread, more = batch["phase"][row] or (0, 0, 0)
        if change > 0 and spread + more > held:
            params = {"place": place, "amount": held, "left": held - spread, "more": more}
            yield row, "change", PHASE_IS_SPENT, params


def _rule(key: str, name: Any, citation: str, judge: Any) -> Rule:
    return Rule(
        key=f"programs.{key}",
        name=name,
        severity=Severity.BLOCK,
        citation=citation,
        judge=judge,
    )


QUOTA_RULES = (
    _rule(
        "quota_is_for_the_next_level_down",
        _("A quota is given to a region directly beneath"),
        DIVISIONS,
        _place_is_beneath,
    ),
    _rule(
        "program_is_known",
        _("The program stands in the portal's list"),
        "填表说明：项目按所列名称填写",
        _program_is_known,
    ),
    _rule(
        "quota_is_drawn_from_one",
        _("The region that hands down has one quota of the program and year"),
        HANDING_DOWN,
        _comes_from_one,
    ),
    _rule(
        "quota_stands_once_in_file",
        _("A region stands once in the file for a program and year"),
        "填表说明：同一地区同一项目同一年度只填一行",
        _stands_once,
    ),
    _rule(
        "quota_document_is_dated_by_today",
        _("A document that moves quotas is not dated after today"),
        NUMBERED,
        _dated_by_today,
    ),
    _rule(
        "quota_keeps_what_it_handed_down",
        _("A quota is not set below what was handed down from it"),
        HANDING_DOWN,
        _keeps_what_it_gave,
    ),
    _rule(
        "quotas_fit_what_is_left",
        _("What is handed down does not exceed what there is"),
        HANDING_DOWN,
        _fits_what_is_left,
    ),
)

DOCUMENT_RULES = (
    _rule(
        "document_names_its_paper",
        _("A document that moves quotas names its number and its date"),
        NUMBERED,
        _names_its_paper,
    ),
    _rule(
        "document_moves_what_its_kind_says",
        _("A document moves quotas of places beneath, in the direction of its kind"),
        NUMBERED,
        _moves_as_its_kind,
    ),
    _rule(
        "children_stay_within_the_parent",
        _("What the next level down holds stays within the quota above"),
        HANDING_DOWN,
        _children_stay_within,
    ),
    _rule(
        "years_stay_within_the_phase",
        _("What the years of a phase hold stays within the phase"),
        PHASES,
        _years_stay_within,
    ),
)

NO_NUMBER = gettext_noop("Enter the document's number: each change names the paper it comes from.")
NO_DATE = gettext_noop("Enter the date of the document.")
NOT_YET = gettext_noop("The document is dated after today. Check the date.")
NO_LINES = gettext_noop("The document moves no quota yet. Enter what it changes.")
OUT_OF_REACH = gettext_noop(
    "%(place)s does not lie beneath the region that hands down. Take this line off."
)
NOTHING_ABOVE = gettext_noop(
    "The region above %(place)s has no quota of this program in the plan. Give it one first, by "
    "this document or another."
)
ONLY_GROWS = gettext_noop(
    "This kind of document only gives. To take from %(place)s, draw up an adjustment."
)
ONLY_SHRINKS = gettext_noop(
    "This kind of document only takes back. To give to %(place)s, draw up an adjustment."
)
LESS_THAN_NOTHING = gettext_noop("%(place)s holds %(had)s; %(less)s cannot be taken from it.")
HOLDS_MORE = gettext_noop(
    "%(place)s would hold %(amount)s but has handed down %(allotted)s. Take that back first, or "
    "leave it more."
)
TOO_MUCH = gettext_noop(
    "Only %(left)s is left for %(place)s and its neighbors in the quota of %(amount)s above; this "
    "document asks for %(more)s more. Lower its lines, or raise the quota above."
)
PHASE_IS_SPENT = gettext_noop(
    "Only %(left)s of %(amount)s is left for %(place)s in the phase; this year asks for %(more)s "
    "more. Lower it, or raise the phase first."
)
YEARS_HOLD_MORE = gettext_noop(
    "The years of this phase hold %(scheduled)s for %(place)s; it cannot be less than that."
)
NOT_BENEATH = gettext_noop(
    "“%(place)s” does not lie directly beneath your region. Write the official name or code."
)
NO_PROGRAM = gettext_noop("There is no program “%(program)s”. Write the name as the plan has it.")
NO_PARENT = gettext_noop(
    "Your region has no quota of “%(program)s” in a plan of the year %(year)s to hand down from. "
    "Check program and year."
)
SEVERAL_PARENTS = gettext_noop(
    "Several plans of the year %(year)s give your region a quota of “%(program)s”. Hand this one "
    "down on the page of the quotas."
)
TWICE = gettext_noop(
    "This region stands on line %(line)s already for the program and year. Delete one."
)
GIVEN_ALREADY = gettext_noop(
    "%(given)s has been handed down from this quota already; it cannot be set lower."
)
NOT_ENOUGH = gettext_noop(
    "Only %(left)s of %(amount)s is left to hand down; this row takes %(more)s more. Lower it, or "
    "lower another row first."
)
