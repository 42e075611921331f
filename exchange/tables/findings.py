"""What stands against filing a table: each finding with its cell, both sums and what to do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_noop

from core.models import Region
from core.rules import Rule, RuleBook, Severity, say
from core.workdays import CalendarYearMissing, WorkdayCalendar
from exchange.measures import settled_keys
from exchange.models import Rollup, Submission
from exchange.periods import Period
from exchange.reports.forms import Form
from exchange.tables import rules
from exchange.tables.declared import Due, Table
from exchange.tables.duties import COUNTY
from exchange.tables.filling import Filled
from exchange.tables.relations import Broken, Place
from exchange.tables.rules import IS_FILED_IN_TIME
from exchange.tables.strangers import programs_on_no_line

NAMED = 5  # so many counties are named in a sentence
OF_TABLE = ""  # the line of what is said of the table as a whole
LATE, MONTHS, FORM = Place(OF_TABLE, "late"), Place(OF_TABLE, "months"), Place(OF_TABLE, "form")

EXPIRED = gettext_noop(
    "The form of this table was in force until %(until)s. It can no longer be filed; ask who "
    "issues it for the form that follows."
)
NOT_YET = gettext_noop("The form of this table is in force from %(since)s on only.")
UNBALANCED = gettext_noop(
    "%(relation)s does not hold: %(left)s on the left, %(right)s on the right. Look at the "
    "figures behind both and have what is wrong corrected."
)
IMPLAUSIBLE = gettext_noop(
    "%(relation)s does not hold: %(left)s on the left, %(right)s on the right. If both are right, "
    "explain why."
)
STRANGERS = gettext_noop(
    "%(relation)s does not hold: %(left)s on the left, %(right)s on the right. No line counts "
    "these programs: %(programs)s. The declaration of the table must name them."
)
MISSING = gettext_noop("This cell must be filled in before the table is filed.")
OPEN_MONTHS = gettext_noop(
    "%(months)s months that this table counts are not submitted yet. Submit them first."
)
OPEN_BELOW = gettext_noop(
    "%(months)s months of counties are not submitted yet: %(counties)s. Wait for them, or explain "
    "why the table is filed without them."
)
TOO_LATE = gettext_noop("This table was due on %(due)s. Say why it is late.")


@dataclass(frozen=True)
class Finding:
    """What a rule says of a cell, or of the table as a whole, and what its office said to it."""

    rule: Rule
    severity: Severity
    place: Place
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)
    explanation: str = ""

    def __str__(self) -> str:
        return say(self.sentence, dict(self.params))

    @property
    def stands(self) -> bool:
        """Whether it keeps the table from being filed."""
        return self.severity is Severity.BLOCK or not self.explanation


def findings_of(
    filled: Filled, form: Form, today: datetime.date, explained: Mapping[Place, str]
) -> list[Finding]:
    """Everything that rules say of a filled table, with the explanations that are there."""
    found = [*_form(form, today), *_months(filled), *_late(filled, today), *_cells(filled)]
    return [replace(each, explanation=explained.get(each.place, "")) for each in found]


def _form(form: Form, today: datetime.date) -> Iterator[Finding]:
    rule = rules.FORM_IS_IN_FORCE
    if form.valid_to is not None and form.valid_to < today:
        params = {"until": form.valid_to.isoformat()}
        yield Finding(rule, Severity.BLOCK, FORM, EXPIRED, params)
    if form.valid_from is not None and form.valid_from > today:
        params = {"since": form.valid_from.isoformat()}
        yield Finding(rule, Severity.BLOCK, FORM, NOT_YET, params)


def _months(filled: Filled) -> Iterator[Finding]:
    if not filled.table.closed_months:
        return
    open_in = open_months(filled.region, filled.counted_since, filled.period.last_day)
    months = sum(open_in.values())
    if not months:
        return
    if len(filled.region.code) == COUNTY:
        counted = {"months": months}
        yield Finding(rules.MONTHS_ARE_CLOSED, Severity.BLOCK, MONTHS, OPEN_MONTHS, counted)
        return
    names = dict(Region.objects.filter(pk__in=open_in).values_list("code", "name"))
    told = "、".join(names.get(code, code) for code in sorted(open_in)[:NAMED])
    told += "……" if len(open_in) > NAMED else ""
    params = {"months": months, "counties": told}
    yield Finding(rules.MONTHS_ARE_CLOSED, Severity.EXPLAIN, MONTHS, OPEN_BELOW, params)


def open_months(region: Region, first: datetime.date, last: datetime.date) -> dict[str, int]:
    """How many months of each county have settled figures, or are expected, and are not closed.

    Of those from one day to another.
    """
    spanned = {"month__gte": first.replace(day=1), "month__lte": last}
    months = Submission.objects.within(region.code).filter(**spanned)
    settled = Rollup.objects.within(region.code).filter(measure__in=settled_keys())
    figures = settled.filter(**spanned).exclude(amount=0)
    known = {*months.values_list("county_code", "month")}
    known |= set(figures.values_list("county_code", "month"))
    left = known - set(months.closed().values_list("county_code", "month"))
    return {county: sum(c == county for c, _month in left) for county, _month in left}


def _late(filled: Filled, today: datetime.date) -> Iterator[Finding]:
    due = due_on(filled.table, filled.region.code, filled.period)
    if due is not None and due < today:
        params = {"due": due.isoformat()}
        yield Finding(IS_FILED_IN_TIME, Severity.EXPLAIN, LATE, TOO_LATE, params)


def due_on(
    table: Table, region_code: str, period: Period, book: RuleBook | None = None
) -> datetime.date | None:
    """The last day in time: as a dated value of the region says, else as the table does.

    A value names tables, or `all`. A day off counts as the next working day.
    """
    book = book or RuleBook.load()
    said = book.value(IS_FILED_IN_TIME.key, "due", region_code, period.last_day) or {}
    value = said.get(table.key)
    due = Due.read(value) if value else table.due
    day = due.day(period) or Due.read(said.get("all", {})).day(period)
    if day is None:
        return None
    try:
        calendar = WorkdayCalendar(region_code)
        return day if calendar.is_workday(day) else calendar.add(day, 1)
    except CalendarYearMissing:
        return day


def _cells(filled: Filled) -> Iterator[Finding]:
    for place in filled.missing:
        yield Finding(rules.IS_COMPLETE, Severity.BLOCK, place, MISSING)
    for broken in filled.broken:
        yield _of_broken(filled, broken)


def _of_broken(filled: Filled, broken: Broken) -> Finding:
    params: dict[str, Any] = {
        "relation": broken.relation.printed(),
        "left": number_format(broken.left.normalize(), use_l10n=False, force_grouping=False),
        "right": number_format(broken.right.normalize(), use_l10n=False, force_grouping=False),
    }
    if broken.relation.severity != "block":
        return Finding(rules.ASKED_TO_BALANCE, Severity.EXPLAIN, broken.place, IMPLAUSIBLE, params)
    strangers = programs_on_no_line(filled, broken)
    sentence = STRANGERS if strangers else UNBALANCED
    params |= {"programs": "、".join(strangers)} if strangers else {}
    return Finding(rules.BALANCES, Severity.BLOCK, broken.place, sentence, params)
