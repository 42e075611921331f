"""Figures counted from the ledger."""

from django.utils.translation import gettext_lazy as _

from exchange.rollups import Measure
from training.models import Enrollment

ATTENDANCES = Measure(
    key="training.attendances",
    label=_("attendances"),
    unit=_("attendances"),
    definition=_(
        "Ledger rows by the month in which the class starts; a person in two classes counts twice."
    ),
    model=Enrollment,
    day="start_date",
    program="program_id",
    category="category",
    where="state = 'active'",
)
COMPLETIONS = Measure(
    key="training.completions",
    label=_("completions"),
    unit=_("attendances"),
    definition=_(
        "Ledger rows by the month in which the class ends, without those who dropped out."
    ),
    model=Enrollment,
    day="end_date",
    program="program_id",
    category="category",
    where="state = 'active' AND result <> 'dropped'",
)
