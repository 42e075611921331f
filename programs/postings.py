"""Judgements over postings before they are written: their days, their terms, who may go."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from programs.models import Posting, PostingKind
from programs.wordings import POSTING

# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("first-secretary least months"),
    gettext_noop("first-secretary most months"),
    gettext_noop("first-secretary most years of age"),
    gettext_noop("deputy-of-township most months"),
    gettext_noop("deputy-of-county least months"),
    gettext_noop("deputy-of-county most months"),
    gettext_noop("deputy-of-county most years of age"),
    gettext_noop("three-supports least months"),
    gettext_noop("three-supports most months"),
    gettext_noop("three-supports most years of age"),
    gettext_noop("village-graduate most months"),
    gettext_noop("special-post most months"),
    gettext_noop("west-plan least months"),
    gettext_noop("west-plan most months"),
    gettext_noop("technical-envoy most months"),
)
TERM_RULE = "programs.posting_is_of_the_usual_term"
AGE_RULE = "programs.cadre_is_of_the_usual_age"
Spell = tuple[datetime.date, datetime.date | None]


def _ends_after_it_starts(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, start, end in batch.pairs("start_date", "end_date"):
        if end < start:
            yield row, "end_date", END_BEFORE_START


def _in_one_place_in_file(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """The first of rows that share a day stands; each further one is held and names it."""
    kept: dict[bytes, list[tuple[int, Spell]]] = {}
    for row, key, start in batch.pairs("id_index", "start_date"):
        spell = start, batch["end_date"][row]
        earlier = kept.setdefault(key, [])
        shared = next((other for other, days in earlier if share_a_day(spell, days)), None)
        if shared is None:
            earlier.append((row, spell))
        else:
            yield row, "start_date", TWICE_IN_FILE, {"line": batch["line"][shared]}


def _in_one_place_on_file(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    keys = {key for key in batch["id_index"] if key is not None}
    on_file = Posting.objects.within(batch.region_code).spells_by_person(keys)
    for row, key, start in batch.pairs("id_index", "start_date"):
        for kind, first, last in on_file.get(key, ()):
            if share_a_day((start, batch["end_date"][row]), (first, last)):
                label = POSTING[PostingKind(kind)]
                params = {"kind": label, "start": str(first), "end": str(last or "")}
                yield row, "start_date", ON_FILE if last else ON_FILE_OPEN, params
                break


def share_a_day(one: Spell, other: Spell) -> bool:
    """Whether two spells, both days included, have a day in common; without an end they go on."""
    last = datetime.date.max
    return one[0] <= (other[1] or last) and other[0] <= (one[1] or last)


def _is_of_usual_term(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, start, end in batch.pairs("start_date", "end_date"):
        least, most = (
            _value(batch, book, row, TERM_RULE, f"{m}_months") for m in ("least", "most")
        )
        months = months_between(start, end)
        if least is not None and months < least:
            yield row, "end_date", TOO_SHORT, {"months": months, "least": least}
        elif most is not None and months > most:
            yield row, "end_date", TOO_LONG, {"months": months, "most": most}


def _is_of_usual_age(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Age on the day the posting starts; never on the day of the import."""
    for row, born, start in batch.pairs("born", "start_date"):
        most = _value(batch, book, row, AGE_RULE, "most_years_of_age")
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
        if most is not None and age > most:
            yield row, "id_number", TOO_OLD, {"age": age, "most": most}


def _value(batch: Batch, book: RuleBook, row: int, rule: str, parameter: str) -> Any:
    kind, start = batch["kind"][row], batch["start_date"][row]
    return kind and book.value(rule, f"{kind}_{parameter}", batch.region_code, start)


def months_between(start: datetime.date, end: datetime.date) -> int:
    """Whole months from a day to a day, both included: 2019-03-01 to 2021-02-28 is 24."""
    after = end + datetime.timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month
    return months - (after.day < start.day)


DAYS = "填表说明：结束日期不早于开始日期"
ONE_PLACE = "同一人同一时间只在一处派驻（选派管理通例，核实）"
VARIES = "各地规定不一，见规则参数"
BLOCK, EXPLAIN = Severity.BLOCK, Severity.EXPLAIN
POSTING_RULES = (
    Rule(
        key="programs.posting_ends_after_it_starts",
        name=_("A posting does not end before it starts"),
        severity=BLOCK,
        citation=DAYS,
        judge=_ends_after_it_starts,
    ),
    Rule(
        key="programs.cadre_is_in_one_place_in_file",
        name=_("Nobody stands in two postings of the file on one day"),
        severity=BLOCK,
        citation=ONE_PLACE,
        judge=_in_one_place_in_file,
    ),
    Rule(
        key="programs.cadre_is_in_one_place",
        name=_("Nobody is in two postings of the county on one day"),
        severity=BLOCK,
        citation=ONE_PLACE,
        judge=_in_one_place_on_file,
    ),
    Rule(
        key=TERM_RULE,
        name=_("A posting is of the usual term"),
        severity=EXPLAIN,
        citation=VARIES,
        judge=_is_of_usual_term,
    ),
    Rule(
        key=AGE_RULE,
        name=_("A cadre is of the usual age when the posting starts"),
        severity=EXPLAIN,
        citation=VARIES,
        judge=_is_of_usual_age,
    ),
)

END_BEFORE_START = gettext_noop("The posting ends before it starts. Check both dates.")
TWICE_IN_FILE = gettext_noop(
    "The same person is in another posting at this time on line %(line)s. Check the dates of both."
)
ON_FILE = gettext_noop(
    "This person is on file in your county as %(kind)s from %(start)s to %(end)s. Nobody is in two "
    "postings at a time: check the dates."
)
ON_FILE_OPEN = gettext_noop(
    "This person is on file in your county as %(kind)s since %(start)s without an end. Nobody is "
    "in two postings at a time: check the dates."
)
TOO_SHORT = gettext_noop(
    "%(months)s months is shorter than the usual %(least)s. Explain or check the dates."
)
TOO_LONG = gettext_noop(
    "%(months)s months is longer than the usual %(most)s. Explain or check the dates."
)
TOO_OLD = gettext_noop(
    "%(age)s years old when the posting starts; %(most)s at most is usual. Explain or check."
)
