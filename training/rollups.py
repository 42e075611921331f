"""Figures counted from the ledger."""

from django.utils.translation import gettext_lazy as _

from exchange.measures import Measure
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
