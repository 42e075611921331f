"""Figures counted from the ledger."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.measures import Counts, Derived, Measure
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
    unit=pgettext_lazy("unit of a figure", "attendances"),
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
    unit=pgettext_lazy("unit of a figure", "attendances"),
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
    unit=pgettext_lazy("unit of a figure", "people"),
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
    unit=pgettext_lazy("unit of a figure", "people"),
    definition=_(
        "Different people who completed a class, by the month in which it ends; who completed "
        "several counts once in each region and period."
    ),
    counts=Counts.PEOPLE,
    person="{row}.person_id",
)
WITH_CERTIFICATE = f"{COMPLETIONS.where} AND {{row}}.certificate_number <> ''"
IN_WORK = f"{COMPLETIONS.where} AND {{row}}.employment IN ('employed', 'self-employed')"
CERTIFIED = replace(
    COMPLETIONS,
    key="training.certified",
    label=_("completions with a certificate"),
    definition=_("Completions of which a certificate was issued, as known today."),
    where=WITH_CERTIFICATE,
    settled=False,
)
CERTIFIED_PEOPLE = replace(
    COMPLETED,
    key="training.certified_people",
    label=_("people with a certificate"),
    definition=_(
        "Different people who completed a class, by the month in which it ends, and have a "
        "certificate of it as known today."
    ),
    where=WITH_CERTIFICATE,
    settled=False,
)
EMPLOYED = replace(
    COMPLETIONS,
    key="training.employed",
    label=_("completions followed by work"),
    definition=_("Completions of people who are employed or self-employed as known today."),
    where=IN_WORK,
    settled=False,
)
EMPLOYED_PEOPLE = replace(
    COMPLETED,
    key="training.employed_people",
    label=_("people in work"),
    definition=_(
        "Different people who completed a class, by the month in which it ends, and are employed "
        "or self-employed as known today."
    ),
    where=IN_WORK,
    settled=False,
)
SUBSIDIES = replace(
    COMPLETIONS,
    key="training.subsidies",
    label=_("subsidies"),
    unit=pgettext_lazy("unit of a figure", "yuan"),
    definition=_(
        "Subsidies approved for completions so far, by the month in which the class ends."
    ),
    where=f"{COMPLETIONS.where} AND {{row}}.subsidy IS NOT NULL",
    amount="{row}.subsidy",
    settled=False,
)
# Designations are dated; a village may be named by several policies and counts once.
IN_POOR_VILLAGES = replace(
    ATTENDANCES,
    key="training.in_poor_villages",
    label=_("attendances in poor villages"),
    definition=_(
        "Ledger rows of villages that are designated poor villages on the day the class starts."
    ),
    where=f"""{ATTENDANCES.where} AND EXISTS (
        SELECT FROM core_policyareavillage AS named WHERE named.village_id = {{row}}.region_code
            AND coalesce(named.valid_from, '-infinity') <= {{row}}.start_date
            AND coalesce(named.valid_to, 'infinity') >= {{row}}.start_date)""",
    settled=False,
)
CERTIFICATE_RATE = Derived(
    key="training.certificate_rate",
    label=_("certificate rate"),
    unit="%",
    definition=_("People with a certificate among the people who completed."),
    how="rate",
    parts=(CERTIFIED_PEOPLE.key, COMPLETED.key),
)
EMPLOYMENT_RATE = Derived(
    key="training.employment_rate",
    label=_("employment rate"),
    unit="%",
    definition=_("People in work among the people who completed."),
    how="rate",
    parts=(EMPLOYED_PEOPLE.key, COMPLETED.key),
)
COST_A_HEAD = Derived(
    key="training.cost_a_head",
    label=_("cost a head"),
    unit=pgettext_lazy("unit of a figure", "yuan"),
    definition=_("Subsidies divided by the people who completed."),
    how="rate",
    parts=(SUBSIDIES.key, COMPLETED.key),
)
LEDGER_MEASURES = (
    ATTENDANCES,
    PEOPLE,
    COMPLETIONS,
    COMPLETED,
    CERTIFIED,
    CERTIFIED_PEOPLE,
    EMPLOYED,
    EMPLOYED_PEOPLE,
    SUBSIDIES,
    IN_POOR_VILLAGES,
    CERTIFICATE_RATE,
    EMPLOYMENT_RATE,
    COST_A_HEAD,
)
