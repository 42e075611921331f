"""Who may be trained: by age and category on the first day, and how often."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.models import PolicyArea, PolicyAreaCounty
from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from talent.identity import sex_of
from talent.known import keys_of, known_people
from talent.models import Category, Person
from talent.wordings import CATEGORY
from training.rules.history import Attendance, earlier

Span = tuple[datetime.date | None, datetime.date | None]


def _old_enough(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Age on the day the class starts, by sex; never on the day of the import."""
    allowed: dict[tuple[str, datetime.date], Birthdays | None] = {}
    numbers = batch["id_number"]  # a roster may lack the column of the sex
    for row, born, start in batch.pairs("born", "start_date"):
        key = numbers[row][16], start
        if key not in allowed:
            allowed[key] = _birthdays(book, batch.region_code, sex_of(numbers[row]), start)
        span = allowed[key]
        if span and not span.first <= born <= span.last:
            age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
            yield row, "id_number", AGE, {"age": age, "least": span.least, "most": span.most}


class Birthdays(NamedTuple):
    """The first and last day of birth of those who are `least` to `most` years old on a day."""

    first: datetime.date
    last: datetime.date
    least: int
    most: int


def _birthdays(book: RuleBook, region_code: str, sex: str, day: datetime.date) -> Birthdays | None:
    bounds = _age_bounds(book, region_code, sex, day)
    if bounds is None:
        return None
    least, most = bounds
    first = _years_before(day, most + 1) + datetime.timedelta(1)
    return Birthdays(first, _years_before(day, least), least, most)


def _years_before(day: datetime.date, years: int) -> datetime.date:
    """The last day of birth of those who are that old; a 29th of February may not be there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _age_bounds(
    book: RuleBook, region_code: str, sex: str, day: datetime.date
) -> tuple[int, int] | None:
    least = book.value(AGE_RULE, "least", region_code, day)
    most = book.value(AGE_RULE, "most_female" if sex == "2" else "most_male", region_code, day)
    return None if least is None or most is None else (least, most)


def _category_holds(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """By the register's dated categories, for people of the own county who have any; 建档立卡
    by the day on which it was closed."""
    spells = batch.once(_read_spells)
    if not spells and not _names_closed(batch, book):
        return
    for row, category, start in batch.pairs("category", "start_date"):
        if category == Category.FILED_POOR and _is_closed(book, batch.region_code, start):
            yield row, "category", FILED_POOR_CLOSED, {"category": CATEGORY[category]}
            continue
        known = spells.get(batch["id_index"][row], ())
        held = [span for of, *span in known if of == category]
        if known and not any(_lies_in(start, *span) for span in held):
            params = {"category": CATEGORY[category], "start": f"{start:%Y-%m-%d}"}
            yield row, "category", NOT_OF_CATEGORY, params


def _names_closed(batch: Batch, book: RuleBook) -> bool:
    """Whether a row is of the category that is closed, and starts after that."""
    return any(
        category == Category.FILED_POOR and start and _is_closed(book, batch.region_code, start)
        for category, start in batch.first_rows("category", "start_date")
    )


def _read_spells(
    batch: Batch,
) -> dict[bytes, list[tuple[str, datetime.date, datetime.date | None]]]:
    of = keys_of(known_people(batch))
    found = Person.objects.categories_of(of, batch.region_code) if of else {}
    return {of[key]: spells for key, spells in found.items()}


def _is_closed(book: RuleBook, region_code: str, start: datetime.date) -> bool:
    last: str | None = book.value(CATEGORY_RULE, "last_day_filed_poor", region_code, start)
    return last is not None and start > datetime.date.fromisoformat(last)


def _lies_in(day: datetime.date, first: datetime.date | None, last: datetime.date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _not_too_often_a_year(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, mine, before in earlier(batch):
        same_year = [each for each in before if each.start.year == mine.start.year]
        yield from _counted(batch, book, YEARLY_RULE, row, mine, same_year)


def _not_too_often_in_life(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, mine, before in earlier(batch):
        yield from _counted(batch, book, LIFETIME_RULE, row, mine, before)


def _counted(
    batch: Batch,
    book: RuleBook,
    rule: str,
    row: int,
    mine: Attendance,
    before: Sequence[Attendance],
) -> Iterator[Verdict]:
    most = _most(batch, book, rule, mine.start)
    times = len({each.identity for each in before}) + 1
    if most is not None and times > most:
        params = {"times": times, "most": most}
        if rule == YEARLY_RULE:
            yield row, "id_number", TOO_OFTEN_A_YEAR, params | {"year": mine.start.year}
        else:
            yield row, "id_number", TOO_OFTEN, params


def _most(batch: Batch, book: RuleBook, rule: str, day: datetime.date) -> int | None:
    """The cap on the day; where the county lies in deep poverty then, the looser one if any."""
    general: int | None = book.value(rule, "most", batch.region_code, day)
    if any(_lies_in(day, *span) for span in batch.once(_deep_poverty)):
        looser: int | None = book.value(rule, "most_in_deep_poverty", batch.region_code, day)
        return general if looser is None else looser
    return general


def _deep_poverty(batch: Batch) -> list[Span]:
    """From when to when the county counted as deeply poor."""
    areas = PolicyAreaCounty.objects.filter(
        county=batch.region_code, area__kind=PolicyArea.Kind.DEEP_POVERTY
    )
    return list(areas.values_list("valid_from", "valid_to"))


AGE_RULE = "training.trainee_is_of_working_age"
CATEGORY_RULE = "training.category_holds_on_first_day"
YEARLY_RULE = "training.person_is_not_trained_too_often_a_year"
LIFETIME_RULE = "training.person_is_not_trained_too_often"
BY_PROVINCE = "各省规定不一，见规则参数"

WORKING_AGE = Rule(
    key=AGE_RULE,
    name=_("A trainee is of working age when the class starts"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_old_enough,
)
CATEGORY_ON_FIRST_DAY = Rule(
    key=CATEGORY_RULE,
    name=_("The category holds on the first day of the class"),
    severity=Severity.EXPLAIN,
    citation="审计通例：人员类别须在开班日有效（http://sxphc.cn/jhcwc/info/1138/1776.htm，核实）",
    judge=_category_holds,
)
YEARLY_CAP = Rule(
    key=YEARLY_RULE,
    name=_("A person is not trained too often in a year"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_not_too_often_a_year,
)
LIFETIME_CAP = Rule(
    key=LIFETIME_RULE,
    name=_("A person is not trained too often altogether"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_not_too_often_in_life,
)

AGE = gettext_noop(
    "%(age)s years old when the class starts; %(least)s to %(most)s is usual. Explain or check."
)
FILED_POOR_CLOSED = gettext_noop(
    "“%(category)s” was closed before the class starts. Check the category or explain."
)
NOT_OF_CATEGORY = gettext_noop(
    "The register does not have this person as “%(category)s” on %(start)s, the first day. "
    "Check the proof or explain."
)
TOO_OFTEN_A_YEAR = gettext_noop(
    "Training no. %(times)s of this person in %(year)s; at most %(most)s a year are usual. "
    "Explain or check."
)
TOO_OFTEN = gettext_noop(
    "Training no. %(times)s of this person; at most %(most)s altogether are usual. Explain or check."
)
