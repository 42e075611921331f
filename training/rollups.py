"""Figures counted from the ledger."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from exchange.measures import Counts, Measure
from programs.models import Program
from talent.models import Category
from training.models import Enrollment


def program_names() -> dict[str, str]:
    """Of the programs a row can be of: those without parts."""
    return dict(Program.objects.filter(parts=None).values_list("code", "name"))


def category_names() -> dict[str, str]:
    return {category.value: str(category.label) for category in Category}


ATTENDANCES = Measure(
    key="training.attendances",
    label=_("training attendances"),
    unit=_("attendances"),
    definition=_(
        "Ledger rows by the month in which the class starts; a person in two classes counts twice."
    ),
    model=Enrollment,
    day="{row}.start_date",
    program="{row}.program_id",
    category="{row}.category",
    programs=program_names,
    categories=category_names,
    listing="training:ledger",
    where="{row}.state = 'active'",
)
COMPLETIONS = Measure(
    key="training.completions",
    label=_("completions"),
    unit=_("attendances"),
    definition=_(
        "Ledger rows by the month in which the class ends, without those who dropped out."
    ),
    model=Enrollment,
    day="{row}.end_date",
    program="{row}.program_id",
    category="{row}.category",
    programs=program_names,
    categories=category_names,
    listing="training:ledger",
    where="{row}.state = 'active' AND {row}.result <> 'dropped'",
)
PEOPLE = replace(
    ATTENDANCES,
    key="training.people",
    label=_("people trained"),
    unit=_("people"),
    definition=_(
        "Different people with a row in the ledger, by the month in which the class starts; who "
        "is in several classes counts once in each region and period."
    ),
    counts=Counts.PEOPLE,
    person="{row}.person_id",
)
COMPLETED = replace(
    COMPLETIONS,
    key="training.completed_people",
    label=_("people who completed"),
    unit=_("people"),
    definition=_(
        "Different people who completed a class, by the month in which it ends; who completed "
        "several counts once in each region and period."
    ),
    counts=Counts.PEOPLE,
    person="{row}.person_id",
)
CERTIFIED = replace(
    COMPLETED,
    key="training.certified_people",
    label=_("people with a certificate"),
    definition=_(
        "Different people who completed a class, by the month in which it ends, and have a "
        "certificate of it as known today."
    ),
    where=f"{COMPLETIONS.where} AND {{row}}.certificate_number <> ''",
    settled=False,
)
EMPLOYED = replace(
    COMPLETED,
    key="training.employed_people",
    label=_("people in work"),
    definition=_(
        "Different people who completed a class, by the month in which it ends, and are employed "
        "or self-employed as known today."
    ),
    where=f"{COMPLETIONS.where} AND {{row}}.employment IN ('employed', 'self-employed')",
    settled=False,
)
MEASURES = (ATTENDANCES, PEOPLE, COMPLETIONS, COMPLETED, CERTIFIED, EMPLOYED)
