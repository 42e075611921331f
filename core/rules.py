"""Rules: judgements over a batch of rows before an act, dated, cited, with a severity.

A rule reads, never writes. It judges a whole batch column by column, so that the
same rule serves one row typed on a page and a hundred thousand from a file.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import RuleValue


class Severity(models.TextChoices):
    """强制 holds the row; 准强制 must be zero before filing; 核实 asks for an explanation."""

    BLOCK = "block", _("mandatory")
    NEAR_BLOCK = "near-block", _("near-mandatory")
    EXPLAIN = "explain", _("to be explained")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one row.

    `row` is the row's index in its batch. `sentence` is an untranslated message
    with %(name)s places for `params`, so that it is shown in the reader's language.
    """

    rule: str
    severity: str
    row: int
    column: str
    sentence: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self.sentence, self.params)


def say(sentence: str, params: dict[str, Any]) -> str:
    """The finding's sentence in the active language."""
    return gettext(sentence) % params if params else gettext(sentence)


T = TypeVar("T")
Verdict = tuple[int, str, str] | tuple[int, str, str, dict[str, Any]]


@dataclass
class Batch:
    """Rows to be judged, as columns: `columns[name][row]`, all of `size` rows.

    A cell is typed (str, int, Decimal, date) or None when it is empty or could
    not be read; the trouble of an unreadable cell is already among the findings.
    """

    size: int
    region_code: str
    columns: dict[str, list[Any]]
    _known: dict[Callable[[Batch], Any], Any] = field(default_factory=dict, repr=False)

    def once(self, load: Callable[[Batch], T]) -> T:
        """What `load` finds out for this batch, asked once however many rules want it."""
        if load not in self._known:
            self._known[load] = load(self)
        found: T = self._known[load]
        return found

    def __getitem__(self, name: str) -> list[Any]:
        found = self.columns.get(name)
        return found if found is not None else [None] * self.size

    def first_rows(self, *names: str) -> dict[tuple[Any, ...], int]:
        """Each different combination of these columns' cells, with the first row that has it."""
        cells = list(zip(*map(self.__getitem__, names), strict=True))
        found = dict(zip(reversed(cells), range(self.size - 1, -1, -1), strict=True))
        return dict(sorted(found.items(), key=itemgetter(1)))

    def pairs(self, first: str, second: str) -> Iterator[tuple[int, Any, Any]]:
        """Rows in which both cells are filled, as (row, first, second)."""
        for row, (a, b) in enumerate(zip(self[first], self[second], strict=True)):
            if a is not None and b is not None:
                yield row, a, b


@dataclass(frozen=True)
class Rule:
    """A declared judgement.

    `key` is app.sentence_that_must_hold. `judge(batch, value)` yields
    (row, column, sentence[, params]) for each row that breaks it; `value(name,
    region_code, day)` gives a dated parameter. A rule without a judge names a
    trouble of shape, found while a cell is read.
    """

    key: str
    name: str | Promise
    severity: Severity
    citation: str
    judge: Callable[[Batch, RuleBook], Iterable[Verdict]] | None = None

    def findings(self, batch: Batch, book: RuleBook) -> Iterator[Finding]:
        if self.judge is None:
            return
        for row, column, sentence, *params in self.judge(batch, book):
            yield self.finding(row, column, sentence, *params)

    def finding(
        self, row: int, column: str, sentence: str, params: dict[str, Any] | None = None
    ) -> Finding:
        return Finding(self.key, self.severity.value, row, column, sentence, params or {})


class RuleBook:
    """The dated values of rule parameters, loaded once for a batch."""

    def __init__(self, values: Iterable[RuleValue]) -> None:
        self._values: dict[tuple[str, str], list[RuleValue]] = {}
        self._found: dict[tuple[str, str, str, datetime.date], Any] = {}
        for value in values:
            self._values.setdefault((value.rule, value.parameter), []).append(value)

    @classmethod
    def load(cls) -> RuleBook:
        return cls(RuleValue.objects.all())

    def value(self, rule: str, parameter: str, region_code: str, day: datetime.date) -> Any:
        """The value in force on the day in the nearest region that sets one, or None."""
        asked = (rule, parameter, region_code, day)
        if asked not in self._found:
            found = self.row(*asked)
            self._found[asked] = None if found is None else found.value
        return self._found[asked]

    def row(
        self, rule: str, parameter: str, region_code: str, day: datetime.date
    ) -> RuleValue | None:
        """Like `value`, with its citation and whether it still wants checking."""
        in_force = [
            v
            for v in self._values.get((rule, parameter), ())
            if region_code.startswith(v.region_code)
            and v.valid_from <= day
            and (v.valid_to is None or day <= v.valid_to)
        ]
        return max(in_force, key=lambda v: (len(v.region_code), v.valid_from), default=None)


_registry: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Put rules in the registry; a second rule of a key or one without a source is refused."""
    for rule in rules:
        if rule.key in _registry and _registry[rule.key] is not rule:
            raise ImproperlyConfigured(f"Rule {rule.key} is declared twice.")
        if not (rule.citation and rule.name):
            raise ImproperlyConfigured(f"Rule {rule.key} names no source or has no name.")
        _registry[rule.key] = rule


def registered() -> dict[str, Rule]:
    return dict(_registry)


def judge(batch: Batch, rules: Sequence[Rule], book: RuleBook | None = None) -> list[Finding]:
    """All findings of the rules over the batch, in the order of the rules."""
    book = book or RuleBook.load()
    return [finding for rule in rules for finding in rule.findings(batch, book)]


def held_rows(findings: Iterable[Finding]) -> set[int]:
    """Rows that a mandatory finding holds back."""
    return {f.row for f in findings if f.severity == Severity.BLOCK}
