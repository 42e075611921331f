"""Figures counted from postings and teams of experts."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.measures import Derived, Measure
from programs.models import Expert, Posting, PostingKind, TeamKind, TitleGrade

UNGRADED = "none"


def posting_names() -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in PostingKind}


def team_names() -> dict[str, str]:
    return {team.value: str(team.label) for team in TeamKind}


def grade_names() -> dict[str, str]:
    named = {grade.value: str(grade.label) for grade in TitleGrade}
    return named | {UNGRADED: str(pgettext_lazy("grade of title", "none"))}


BEGUN = Measure(
    key="programs.postings_begun",
    label=_("postings begun"),
    unit=pgettext_lazy("unit of a figure", "postings"),
    definition=_("Postings by the month in which they start."),
    model=Posting,
    day="{row}.start_date",
    where="true",
    person="{row}.person_id",
    category="{row}.kind",
    settled=False,
    split_by=_("kind of posting"),
    categories=posting_names,
)
ENDED = replace(
    BEGUN,
    key="programs.postings_ended",
    label=_("postings ended"),
    definition=_("Postings by the month of the first day after their end."),
    day="({row}.end_date + 1)",
    where="{row}.end_date IS NOT NULL",
)
POSTED = Derived(
    key="programs.postings",
    label=_("people posted"),
    unit=pgettext_lazy("unit of a figure", "postings"),
    definition=_("Postings begun until the last day of the period, without those that ended."),
    how="stock",
    parts=(BEGUN.key, ENDED.key),
)
EXPERTS = Measure(
    key="programs.experts",
    label=_("experts listed"),
    unit=pgettext_lazy("unit of a figure", "experts"),
    definition=_(
        "Experts by the month in which their service starts; where that is not known, in which "
        "they were listed."
    ),
    model=Expert,
    day="coalesce({row}.start_date, ({row}.created_at AT TIME ZONE 'Asia/Shanghai')::date)",
    where="true",
    person="{row}.person_id",
    category="{row}.team",
    place="",
    settled=False,
    split_by=_("team of experts"),
    categories=team_names,
)
BY_GRADE = replace(
    EXPERTS,
    key="programs.experts_by_grade",
    label=_("experts listed, by grade of title"),
    category=f"coalesce(nullif({{row}}.grade, ''), '{UNGRADED}')",
    split_by=_("grade of title"),
    categories=grade_names,
)
MEASURES = (BEGUN, ENDED, POSTED, EXPERTS, BY_GRADE)
