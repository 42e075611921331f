"""One person, several classes: the same one twice, two at once, the same skill again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from training.rules.differing import differing
from training.rules.history import CLASS_IDENTITY, earlier, in_ledger, told, with_others

ONE_ROW = "同一人同一班只登记一次（财政补贴培训管理办法通例）"


def _once_in_file(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """The first of equal rows stands; each further one is held and names its first."""
    seen: dict[tuple[Any, ...], int] = {}
    names = batch["name"]
    keys = list(zip(batch["id_index"], *map(batch.__getitem__, CLASS_IDENTITY), strict=True))
    for row, key in enumerate(keys if len(set(keys)) < len(keys) else ()):
        if key[0] is None or key[1] is None:
            continue
        first = seen.setdefault(key, row)
        if first != row:
            line = batch["line"][first]
            yield row, "id_number", TWICE_IN_FILE, {"line": line, "name": names[first] or ""}


def _not_in_ledger_yet(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """A class is of one county, so the same one can only be in the own county's ledger."""
    known = {
        (person, *each.identity): each
        for person, attended in in_ledger(batch).items()
        for each in attended
    }
    if not known:
        return
    identities = zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True)
    there = (
        known.get((person, batch.region_code, *identity))
        for person, identity in zip(batch["id_index"], identities, strict=True)
    )
    found = {row: each for row, each in enumerate(there) if each}
    for row, columns in differing(batch, {row: each.key for row, each in found.items()}):
        day = f"{found[row].entered:%Y-%m-%d}"
        if columns:
            yield row, "id_number", IN_LEDGER_OTHERWISE, {"day": day, "columns": "、".join(columns)}
        else:
            yield row, "id_number", IN_LEDGER, {"day": day}


def _one_class_at_a_time(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Names the first class that overlaps; of two rows in the file both are told."""
    for row, mine, others in with_others(batch):
        other = next((each for each in others if each.overlaps(mine)), None)
        if other is not None:
            sentence = OVERLAPS_LEDGER if other.key else OVERLAPS_LINE
            yield row, "start_date", sentence, told(batch, other)


def _same_skill_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, mine, before in earlier(batch):
        same = [each for each in before if each.skill == mine.skill]
        most = same and book.value(SKILL_RULE, "most", batch.region_code, mine.start)
        if most and len(same) >= most:
            other = same[-1]
            sentence = SKILL_IN_LEDGER if other.key else SKILL_ON_LINE
            yield row, "occupation", sentence, told(batch, other)


def _higher_bars_lower(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Levels count downwards: 1 is the highest. A row without a level bars nothing."""
    for row, mine, others in with_others(batch):
        (occupation, level) = mine.skill
        higher = (
            each
            for each in others
            if each.skill[0] == occupation and "" < each.level < level and each.start <= mine.start
        )
        other = next(higher, None)
        if other is not None:
            sentence = HIGHER_IN_LEDGER if other.key else HIGHER_ON_LINE
            yield row, "level", sentence, told(batch, other)


SKILL_RULE = "training.same_skill_is_trained_once"

ONCE_IN_FILE = Rule(
    key="training.person_stands_once_in_file",
    name=_("A person stands once in a class of the file"),
    severity=Severity.BLOCK,
    citation=ONE_ROW,
    judge=_once_in_file,
)
NOT_IN_LEDGER_YET = Rule(
    key="training.person_is_not_in_class_yet",
    name=_("A person is not in the ledger for the class yet"),
    severity=Severity.BLOCK,
    citation=ONE_ROW,
    judge=_not_in_ledger_yet,
)
ONE_CLASS_AT_A_TIME = Rule(
    key="training.person_is_in_one_class_at_a_time",
    name=_("A person is in one class at a time"),
    severity=Severity.EXPLAIN,
    citation="审计通例：同一人不得在同一时段参加两个培训班（核实，未见原文）",
    judge=_one_class_at_a_time,
)
SAME_SKILL_ONCE = Rule(
    key=SKILL_RULE,
    name=_("A person is trained once in an occupation at a level"),
    severity=Severity.EXPLAIN,
    citation="各省规定不一，见规则参数",
    judge=_same_skill_once,
)
HIGHER_BARS_LOWER = Rule(
    key="training.higher_level_bars_lower",
    name=_("Who was trained at a higher level is not trained at a lower one"),
    severity=Severity.EXPLAIN,
    citation=(
        "已享受高等级补贴的，不再享受低等级补贴"
        "（https://max.book118.com/html/2026/0313/7135032034011061.shtm，未注明省份，核实）"
    ),
    judge=_higher_bars_lower,
)

TWICE_IN_FILE = gettext_noop(
    "The same person is in the same class on line %(line)s already (%(name)s). Delete one."
)
IN_LEDGER = gettext_noop(
    "This person is in the ledger for this class already, since %(day)s, unchanged. Nothing to do."
)
IN_LEDGER_OTHERWISE = gettext_noop(
    "This person is in the ledger for this class already, since %(day)s, but it says otherwise in: "
    "%(columns)s. Check which is right; nothing is changed by this row."
)
OVERLAPS_LINE = gettext_noop(
    "The days overlap with the same person's class %(code)s on line %(line)s. Explain or check the dates."
)
OVERLAPS_LEDGER = gettext_noop(
    "The days overlap with class %(code)s of %(county)s, where this person is in the ledger. "
    "Explain or check the dates."
)
SKILL_ON_LINE = gettext_noop(
    "The same person is trained in this occupation and level on line %(line)s too (class %(code)s). "
    "Explain or check."
)
SKILL_IN_LEDGER = gettext_noop(
    "This person was trained in this occupation and level before, in class %(code)s of %(county)s. "
    "Explain or check."
)
HIGHER_ON_LINE = gettext_noop(
    "The same person is trained in this occupation at a higher level on line %(line)s "
    "(class %(code)s). Explain or check."
)
HIGHER_IN_LEDGER = gettext_noop(
    "This person was trained in this occupation at a higher level before, in class %(code)s of "
    "%(county)s. Explain or check."
)
