"""The class a row names: its days, its hours, its size, its number."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from training.models import SkillLevel
from training.rules.history import CLASS_IDENTITY
from training.wordings import LEVEL

DATES = "填表说明：结业时间不早于开班时间"
BY_PROVINCE = "各省规定不一，见规则参数"


def _ends_after_it_starts(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    days = batch.first_rows("start_date", "end_date")
    if any(start and end and end < start for start, end in days):
        for row, start, end in batch.pairs("start_date", "end_date"):
            if end < start:
                yield row, "end_date", END_BEFORE_START


def _class_is_small(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    sizes = Counter(zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True))
    for key, row in batch.first_rows(*CLASS_IDENTITY).items():
        start = key[-1]
        most = start and book.value(SIZE_RULE, "most", batch.region_code, start)
        size = batch["planned_size"][row] or sizes[key]
        if most is not None and size > most:
            yield row, "class_code", CLASS_TOO_LARGE, {"size": size, "most": most}


def _hours_fit_days(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Says it once a class, on the first row that has these days and hours."""
    for key, row in batch.first_rows("class_code", "start_date", "end_date", "hours").items():
        _code, start, end, hours = key
        if None in key[1:] or end < start:
            continue
        most = book.value(HOURS_RULE, "most_a_day", batch.region_code, start)
        days = (end - start).days + 1
        if most is not None and hours > most * days:
            yield row, "hours", TOO_MANY_HOURS, {"hours": str(hours), "days": days, "most": most}


def _hours_suit_level(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Says it once a class and level, on its first row; a level without a least takes the general."""
    for key, row in batch.first_rows("class_code", "start_date", "level", "hours").items():
        _code, start, level, hours = key
        if start is None or hours is None:
            continue
        least = _least_hours(book, batch.region_code, level, start)
        if least is not None and hours < least:
            params = {"hours": str(hours), "least": least, "level": LEVEL.get(level, "")}
            yield row, "hours", TOO_FEW_AT_LEVEL if level else TOO_FEW_HOURS, params


def _least_hours(
    book: RuleBook, region_code: str, level: str | None, day: datetime.date
) -> int | None:
    of_level: int | None = (
        book.value(LEVEL_HOURS_RULE, LEAST[level], region_code, day) if level in LEAST else None
    )
    general: int | None = book.value(LEVEL_HOURS_RULE, "least", region_code, day)
    return general if of_level is None else of_level


def _class_number_is_free(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """One number should be one class: rows of a number that differ make two classes."""
    first: dict[str, tuple[Any, ...]] = {}
    for identity, row in batch.first_rows(*CLASS_IDENTITY).items():
        code = identity[0]
        if None in identity or first.setdefault(code, identity) == identity:
            continue
        yield row, "class_code", NUMBER_TWICE, {"code": code}


SIZE_RULE = "training.class_is_not_too_large"
HOURS_RULE = "training.hours_fit_the_days"
LEVEL_HOURS_RULE = "training.hours_suit_the_level"
LEAST: dict[str, str] = {
    SkillLevel.JUNIOR: "least_junior",
    SkillLevel.INTERMEDIATE: "least_intermediate",
    SkillLevel.SENIOR: "least_senior",
}

ENDS_AFTER_IT_STARTS = Rule(
    key="training.class_ends_after_it_starts",
    name=_("A class does not end before it starts"),
    severity=Severity.BLOCK,
    citation=DATES,
    judge=_ends_after_it_starts,
)
CLASS_SIZE = Rule(
    key=SIZE_RULE,
    name=_("A class is not larger than allowed"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_class_is_small,
)
HOURS_A_DAY = Rule(
    key=HOURS_RULE,
    name=_("The hours fit into the days of the class"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_hours_fit_days,
)
HOURS_FOR_LEVEL = Rule(
    key=LEVEL_HOURS_RULE,
    name=_("A class has the hours that its level takes"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_hours_suit_level,
)
CLASS_NUMBER = Rule(
    key="training.class_number_means_one_class",
    name=_("A class number stands for one class"),
    severity=Severity.EXPLAIN,
    citation="班级编号在县内唯一（填表说明）",
    judge=_class_number_is_free,
)

END_BEFORE_START = gettext_noop("The class ends before it starts. Check both dates.")
CLASS_TOO_LARGE = gettext_noop(
    "The class has %(size)s people; at most %(most)s are allowed. Explain or check."
)
TOO_MANY_HOURS = gettext_noop(
    "%(hours)s hours in %(days)s days is more than %(most)s a day. Explain or check hours and dates."
)
TOO_FEW_HOURS = gettext_noop(
    "%(hours)s hours; at least %(least)s are usual. Explain or check the hours."
)
TOO_FEW_AT_LEVEL = gettext_noop(
    "%(hours)s hours for level %(level)s; at least %(least)s are usual. Explain or check the hours."
)
NUMBER_TWICE = gettext_noop(
    "Class number %(code)s stands for more than one class here: institution, occupation or start "
    "differ. They are kept as classes of their own. Explain or check."
)
