"""Judgements over ledger rows before they are enrolled."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from talent.identity import sex_of
from training.models import Enrollment

# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("least"),
    gettext_noop("most"),
    gettext_noop("most male"),
    gettext_noop("most female"),
    gettext_noop("most a day"),
)

DATES = "填表说明：结业时间不早于开班时间"
ONE_ROW = "同一人同一班只登记一次（财政补贴培训管理办法通例）"


def _ends_after_it_starts(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, start, end in batch.pairs("start_date", "end_date"):
        if end < start:
            yield row, "end_date", END_BEFORE_START


def _once_in_file(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """The first of equal rows stands; each further one is held and names its first."""
    seen: dict[tuple[Any, ...], int] = {}
    names = batch["name"]
    for row, key in enumerate(
        zip(batch["id_index"], *map(batch.__getitem__, CLASS_IDENTITY), strict=True)
    ):
        if key[0] is None or key[1] is None:
            continue
        first = seen.setdefault(key, row)
        if first != row:
            line = batch["line"][first]
            yield row, "id_number", TWICE_IN_FILE, {"line": line, "name": names[first] or ""}


def _not_in_ledger_yet(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    keys = [key for key in batch["id_index"] if key is not None]
    known = Enrollment.objects.classes_by_person(keys, batch.region_code)
    identities = zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True)
    for row, (person, identity) in enumerate(zip(batch["id_index"], identities, strict=True)):
        entered = known.get((person, *identity))
        if entered is not None:
            yield row, "id_number", IN_LEDGER, {"day": f"{entered:%Y-%m-%d}"}


def _old_enough(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Age on the day the class starts, by sex; never on the day of the import."""
    for row, born, start in batch.pairs("born", "start_date"):
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
        sex = sex_of(batch["id_number"][row])  # a roster may lack the column of that name
        bounds = _age_bounds(book, batch.region_code, sex, start)
        if bounds and not bounds[0] <= age <= bounds[1]:
            yield row, "id_number", AGE, {"age": age, "least": bounds[0], "most": bounds[1]}


def _age_bounds(
    book: RuleBook, region_code: str, sex: str, day: datetime.date
) -> tuple[int, int] | None:
    least = book.value(AGE_RULE, "least", region_code, day)
    most = book.value(AGE_RULE, "most_female" if sex == "2" else "most_male", region_code, day)
    return None if least is None or most is None else (least, most)


def _class_is_small(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    sizes: dict[tuple[Any, ...], list[int]] = {}
    for row, key in enumerate(zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True)):
        sizes.setdefault(key, []).append(row)
    for key, rows in sizes.items():
        start = key[-1]
        most = start and book.value(SIZE_RULE, "most", batch.region_code, start)
        if most is not None and len(rows) > most:
            yield rows[0], "class_code", CLASS_TOO_LARGE, {"size": len(rows), "most": most}


def _hours_fit_days(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Says it once a class, on the first row that has these days and hours."""
    checked: set[tuple[Any, ...]] = set()
    for row, start, end in batch.pairs("start_date", "end_date"):
        hours = batch["hours"][row]
        key = (batch["class_code"][row], start, end, hours)
        if hours is None or end < start or key in checked:
            continue
        checked.add(key)
        most = book.value(HOURS_RULE, "most_a_day", batch.region_code, start)
        days = (end - start).days + 1
        if most is not None and hours > most * days:
            yield row, "hours", TOO_MANY_HOURS, {"hours": str(hours), "days": days, "most": most}


def _class_number_is_free(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """One number should be one class: rows of a number that differ make two classes."""
    first: dict[str, tuple[Any, ...]] = {}
    told: set[tuple[Any, ...]] = set()
    for row, identity in enumerate(zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True)):
        if None in identity or identity in told:
            continue
        code = identity[0]
        if first.setdefault(code, identity) == identity:
            continue
        told.add(identity)
        yield row, "class_code", NUMBER_TWICE, {"code": code}


AGE_RULE = "training.trainee_is_of_working_age"
SIZE_RULE = "training.class_is_not_too_large"
HOURS_RULE = "training.hours_fit_the_days"
# What makes a class the same class; its start comes last.
CLASS_IDENTITY = ("class_code", "institution", "occupation", "start_date")

ENDS_AFTER_IT_STARTS = Rule(
    key="training.class_ends_after_it_starts",
    name=_("A class does not end before it starts"),
    severity=Severity.BLOCK,
    citation=DATES,
    judge=_ends_after_it_starts,
)
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
WORKING_AGE = Rule(
    key=AGE_RULE,
    name=_("A trainee is of working age when the class starts"),
    severity=Severity.EXPLAIN,
    citation="各省规定不一，见规则参数",
    judge=_old_enough,
)
CLASS_SIZE = Rule(
    key=SIZE_RULE,
    name=_("A class is not larger than allowed"),
    severity=Severity.EXPLAIN,
    citation="各省规定不一，见规则参数",
    judge=_class_is_small,
)
HOURS_A_DAY = Rule(
    key=HOURS_RULE,
    name=_("The hours fit into the days of the class"),
    severity=Severity.EXPLAIN,
    citation="各省规定不一，见规则参数",
    judge=_hours_fit_days,
)
CLASS_NUMBER = Rule(
    key="training.class_number_means_one_class",
    name=_("A class number stands for one class"),
    severity=Severity.EXPLAIN,
    citation="班级编号在县内唯一（填表说明）",
    judge=_class_number_is_free,
)
ENROLLMENT_RULES = (
    ENDS_AFTER_IT_STARTS,
    ONCE_IN_FILE,
    NOT_IN_LEDGER_YET,
    WORKING_AGE,
    CLASS_SIZE,
    HOURS_A_DAY,
    CLASS_NUMBER,
)

END_BEFORE_START = gettext_noop("The class ends before it starts. Check both dates.")
TWICE_IN_FILE = gettext_noop(
    "The same person is in the same class on line %(line)s already (%(name)s). Delete one."
)
IN_LEDGER = gettext_noop(
    "This person is in the ledger for this class already, since %(day)s. Nothing to do."
)
AGE = gettext_noop(
    "%(age)s years old when the class starts; %(least)s to %(most)s is usual. Explain or check."
)
CLASS_TOO_LARGE = gettext_noop(
    "The class has %(size)s people; at most %(most)s are allowed. Explain or check."
)
TOO_MANY_HOURS = gettext_noop(
    "%(hours)s hours in %(days)s days is more than %(most)s a day. Explain or check hours and dates."
)
NUMBER_TWICE = gettext_noop(
    "Class number %(code)s stands for more than one class here: institution, occupation or start "
    "differ. They are kept as classes of their own. Explain or check."
)
