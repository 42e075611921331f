"""Judgements over the posts of units: how many of the higher grades may be filled.

The part of intermediate and senior posts may float where a dated value of a policy area
says so. Posts set up specially stand outside of all of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.models import PolicyAreaCounty
from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from programs.models import PostCeiling

# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("points of float"),
    gettext_noop("policy area of the float"),
)
WITHIN_RATIO = "programs.posts_within_ratio"
ONE_LINE = "填表说明：同一单位同一岗位系列同一日期只填一行"
RATIO = "深度贫困地区中高级岗位结构比例可上浮10个百分点，特设岗位不占总量和结构比例（核实）"
POSTS = ("total", "senior", "intermediate", "special")
FILLED = ("filled_senior", "filled_intermediate", "filled_special")


def points_of_float(
    book: RuleBook, region_code: str, days: Iterable[datetime.date]
) -> Mapping[datetime.date, float]:
    """By how many points a county's part of higher posts may exceed what is approved, by day."""
    return {day: _points(book, region_code, day) for day in set(days)}


def _points(book: RuleBook, region_code: str, day: datetime.date) -> float:
    area = book.value(WITHIN_RATIO, "policy_area_of_the_float", region_code, day)
    points = book.value(WITHIN_RATIO, "points_of_float", region_code, day)
    if not area or not points:
        return 0
    member = PolicyAreaCounty.objects.on(day).filter(area__key=area, county=region_code)
    return float(points) if member.exists() else 0


def allowed(total: int, approved: int, points: float) -> int:
    """How many intermediate and senior posts may be filled; a part of a post is none."""
    return min(approved + int(total * points / 100), max(total, approved))


def _within_ratio(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    days = {day for day in batch["as_of"] if day is not None}
    points = points_of_float(book, batch.region_code, days)
    for row, day in enumerate(batch["as_of"]):
        posts = [batch[name][row] for name in (*POSTS[:3], *FILLED[:2])]
        if day is None or None in posts:
            continue
        total, senior, intermediate, *filled = map(int, posts)
        most = allowed(total, senior + intermediate, points[day])
        if sum(filled) > most:
            told = {"filled": sum(filled), "most": most, "points": f"{points[day]:g}"}
            yield row, "filled_senior", ABOVE, told


def _special_within(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, approved in enumerate(batch["special"]):
        filled = batch["filled_special"][row] or 0
        if filled > (approved or 0):
            params = {"filled": int(filled), "approved": int(approved or 0)}
            yield row, "filled_special", SPECIAL_ABOVE, params


def _grades_within(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, total in enumerate(batch["total"]):
        posts = [batch[name][row] for name in ("senior", "intermediate")]
        if total is not None and None not in posts and sum(posts) > total:
            yield row, "total", MORE_THAN_ALL, {"higher": int(sum(posts)), "total": int(total)}


def _stands_once(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    on_file = set(
        PostCeiling.objects.within(batch.region_code).values_list("unit", "series", "as_of")
    )
    first: dict[tuple[str, str, datetime.date], int] = {}
    for row, unit, day in batch.pairs("unit", "as_of"):
        key = (unit, batch["series"][row] or "", day)
        earlier = first.setdefault(key, row)
        if earlier != row:
            yield row, "unit", TWICE_IN_FILE, {"line": batch["line"][earlier]}
        elif key in on_file:
            yield row, "unit", ON_FILE


POST_RULES = (
    Rule(
        key="programs.posts_stand_once",
        name=_("The posts of a unit are listed once a day"),
        severity=Severity.BLOCK,
        citation=ONE_LINE,
        judge=_stands_once,
    ),
    Rule(
        key="programs.higher_posts_within_the_total",
        name=_("A unit has no more senior and intermediate posts than posts"),
        severity=Severity.BLOCK,
        citation="填表说明：高级、中级岗位数之和不超过岗位总数",
        judge=_grades_within,
    ),
    Rule(
        key=WITHIN_RATIO,
        name=_("Senior and intermediate posts are filled within the ratio that is allowed"),
        severity=Severity.EXPLAIN,
        citation=RATIO,
        judge=_within_ratio,
    ),
    Rule(
        key="programs.special_posts_within_approval",
        name=_("Posts set up specially are filled as far as they were approved"),
        severity=Severity.EXPLAIN,
        citation=RATIO,
        judge=_special_within,
    ),
)
# What may come to speak against posts that are on file: by a later value of a rule.
LATER_RULES = POST_RULES[2:]

ABOVE = gettext_noop(
    "%(filled)s senior and intermediate posts are filled; %(most)s are allowed, a float of "
    "%(points)s points included. Special posts, which have a column of their own, are not "
    "counted. Explain or check the figures."
)
SPECIAL_ABOVE = gettext_noop(
    "%(filled)s special posts are filled; %(approved)s were approved. Explain or check."
)
MORE_THAN_ALL = gettext_noop(
    "%(higher)s senior and intermediate posts are more than all %(total)s posts. Check the figures."
)
TWICE_IN_FILE = gettext_noop("This unit stands on line %(line)s already for the day. Delete one.")
ON_FILE = gettext_noop("The posts of this unit are on file for the day already. Nothing to do.")
