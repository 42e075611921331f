"""Judgements over the register's own roster: who belongs to a household, and what is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from talent.identity import sex_of
from talent.models import FILED_POOR_TO, Category, Relation

CHECKER = "户信息逻辑核验通例：一户一名户主、至多一名配偶、夫妻性别不同（核实）"
SCHOOLING = "户信息逻辑核验通例：文化程度与在校生状况只填一项（核实）"
ONE_ROW = "填表说明：一人填一行"
ONE_PLACE = "同一时间一人只在一户、只在一县登记（户信息登记通例，核实）"


class Member(NamedTuple):
    """Of a household: a row of the roster, or (None) somebody on file only."""

    row: int | None
    relation: str | None
    sex: str | None


def _lives_here(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, known in enumerate(batch["known"]):
        if known and known["county_code"] != batch.region_code:
            yield row, "id_number", ELSEWHERE


def _stands_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    first: dict[bytes, int] = {}
    for row, key in enumerate(batch["id_index"]):
        if key is not None and first.setdefault(key, row) != row:
            yield row, "id_number", TWICE, {"line": batch["line"][first[key]]}


def _one_household(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, (known, code) in enumerate(zip(batch["known"], batch["household_code"], strict=True)):
        own = known.get("county_code") == batch.region_code
        if own and code is not None and known["household"] not in {None, code}:
            params = {"code": known["household"], "day": f"{known['member_from']:%Y-%m-%d}"}
            yield row, "household_code", OTHER_HOUSEHOLD, params


def _category_has_a_day(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, category in enumerate(batch["category"]):
        if category is not None and batch["category_from"][row] is None:
            yield row, "category_from", NO_FIRST_DAY


def _filed_poor_is_over(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, category, day in batch.pairs("category", "category_from"):
        if category == Category.FILED_POOR and day > FILED_POOR_TO:
            yield row, "category_from", FILED_POOR_CLOSED, {"last": str(FILED_POOR_TO)}


def _households(batch: Batch) -> Iterator[tuple[str, list[Member]]]:
    """Each household of the roster with its members, those on file who are not in it included."""
    in_file: dict[str, list[int]] = {}
    for row, code in enumerate(batch["household_code"]):
        if code is not None:
            in_file.setdefault(code, []).append(row)
    here = set(batch["id_index"])
    for code, rows in in_file.items():
        on_file = batch["others"][rows[0]]
        others = [Member(None, *facts) for key, *facts in on_file if key not in here]
        yield code, [_member(batch, row) for row in rows] + others


def _member(batch: Batch, row: int) -> Member:
    number = batch["id_number"][row]
    return Member(row, batch["relation"][row], number and sex_of(number))


def _one_head(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for code, members in _households(batch):
        heads = [member for member in members if member.relation == Relation.HEAD]
        if len(heads) != 1:
            sentence = SEVERAL_HEADS if heads else NO_HEAD
            yield _told_at(heads, members), "relation", sentence, {"code": code, "n": len(heads)}


def _one_spouse(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for code, members in _households(batch):
        spouses = [member for member in members if member.relation == Relation.SPOUSE]
        if len(spouses) > 1:
            params = {"code": code, "n": len(spouses)}
            yield _told_at(spouses, members), "relation", SEVERAL_SPOUSES, params


def _spouses_differ(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for code, members in _households(batch):
        pair = [m for m in members if m.relation in {Relation.HEAD, Relation.SPOUSE}]
        known = [m.sex for m in pair if m.sex is not None]
        if len({m.relation for m in pair}) == len(pair) == len(known) == 2 > len(set(known)):
            yield _told_at(pair, members), "relation", SAME_SEX, {"code": code}


def _told_at(found: list[Member], members: list[Member]) -> int:
    """The last row of the roster among those found, or else its first of the household."""
    rows = [member.row for member in found if member.row is not None]
    return rows[-1] if rows else min(m.row for m in members if m.row is not None)


def _one_of_two(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Only where a roster has both columns: one that never fills the second has none."""
    if not any(batch["studying"]) or not any(batch["education"]):
        return
    for row, pair in enumerate(zip(batch["education"], batch["studying"], strict=True)):
        if (pair[0] is None) == (pair[1] is None):
            yield row, "education", BOTH if pair[0] else NEITHER


def _changes_are_meant(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, changes in enumerate(batch["changes"]):
        if changes:
            yield row, "id_number", CHANGES, {"facts": "、".join(changes)}


def _rule(severity: Severity, key: str, name: Any, citation: str, judge: Any) -> Rule:
    return Rule(key=f"talent.{key}", name=name, severity=severity, citation=citation, judge=judge)


BLOCK, NEAR, EXPLAIN = Severity.BLOCK, Severity.NEAR_BLOCK, Severity.EXPLAIN
HOUSEHOLD_RULES = (
    _rule(
        BLOCK,
        "person_is_of_this_county",
        _("A person is registered in the county that files the roster"),
        ONE_PLACE,
        _lives_here,
    ),
    _rule(
        BLOCK,
        "person_stands_once_in_register_roster",
        _("A person stands once in the file"),
        ONE_ROW,
        _stands_once,
    ),
    _rule(
        BLOCK,
        "person_is_in_one_household",
        _("A person belongs to one household at a time"),
        ONE_PLACE,
        _one_household,
    ),
    _rule(
        BLOCK,
        "category_has_its_first_day",
        _("A category is given with the day it holds from"),
        "填表说明：填写类别的须填写起始日期",
        _category_has_a_day,
    ),
    _rule(
        BLOCK,
        "filed_poor_ended_when_it_was_closed",
        _("Nobody is filed as poor after that was closed"),
        "建档立卡于2020年收官后不再新增（核实）",
        _filed_poor_is_over,
    ),
    _rule(
        NEAR, "household_has_one_head", _("A household has exactly one head"), CHECKER, _one_head
    ),
    _rule(
        NEAR,
        "household_has_one_spouse",
        _("A household has at most one spouse of its head"),
        CHECKER,
        _one_spouse,
    ),
    _rule(
        NEAR,
        "spouses_differ_in_sex",
        _("Head and spouse differ in sex by their ID numbers"),
        CHECKER,
        _spouses_differ,
    ),
    _rule(
        EXPLAIN,
        "education_or_studying",
        _("Either education or present schooling is filled in"),
        SCHOOLING,
        _one_of_two,
    ),
    _rule(
        EXPLAIN,
        "person_is_changed_knowingly",
        _("What is registered of a person is changed knowingly"),
        "填表说明：变更已登记信息须核实",
        _changes_are_meant,
    ),
)

ELSEWHERE = gettext_noop(
    "This ID number is registered in another county. A roster moves nobody from county to county: "
    "have the registration moved first."
)
TWICE = gettext_noop("The same person stands on line %(line)s already. Delete one.")
OTHER_HOUSEHOLD = gettext_noop(
    "This person belongs to household %(code)s since %(day)s. A roster moves nobody between "
    "households: move the person first, or correct the household number."
)
NO_FIRST_DAY = gettext_noop("The category has no first day. Write the day it holds from.")
FILED_POOR_CLOSED = gettext_noop("Nobody was filed as poor after %(last)s. Check category and day.")
NO_HEAD = gettext_noop("Household %(code)s has no head. Add one, or check the relations.")
SEVERAL_HEADS = gettext_noop("Household %(code)s has %(n)s heads. Check the relations.")
SEVERAL_SPOUSES = gettext_noop(
    "Household %(code)s has %(n)s spouses of its head. Check the relations."
)
SAME_SEX = gettext_noop(
    "In household %(code)s head and spouse have the same sex by their ID numbers. Check the "
    "relations and both numbers."
)
BOTH = gettext_noop("Education and present schooling are both filled in. Leave one empty.")
NEITHER = gettext_noop("Neither education nor present schooling is filled in. Fill in one.")
CHANGES = gettext_noop(
    "This person is registered; the row changes: %(facts)s. Check that it is meant."
)
