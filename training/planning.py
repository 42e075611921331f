"""A class that is to be held: what tells it from others, and what is planned of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from core.repairs import repair_text_column
from exchange.jobs import JobRefused
from programs.models import Program
from training.models import Institution, Occupation, TrainingClass
from training.rules.classes import END_BEFORE_START

CLASS_IS_THERE = gettext_noop(
    "A class of this number, institution, occupation and start is on file already. Draw its filing "
    "up from the page of that class."
)
NOT_OF_COUNTY = gettext_noop("This institution is not on file in your county. Choose another one.")


@dataclass(frozen=True)
class ClassFacts:
    """What tells a class from others; the occupation by its name, registered when it is new."""

    institution: Institution
    occupation: str
    program: Program
    level: str
    code: str
    start_date: datetime.date
    end_date: datetime.date


@dataclass(frozen=True)
class Planned:
    """What is filed of a class, hours in lessons."""

    planned_size: int
    hours_theory: Decimal
    hours_practice: Decimal
    place: str
    assessor: str = ""
    plan: str = ""

    @property
    def hours(self) -> Decimal:
        return self.hours_theory + self.hours_practice


def nobody_is_enrolled(training_class: TrainingClass) -> bool:
    """Whether the class itself may still be changed by its filing."""
    return not training_class.enrollments.exists()


def make_class(county: str, taught: ClassFacts, planned: Planned) -> TrainingClass:
    """Raises JobRefused when there is such a class. The county is held."""
    found = TrainingClass(county_code=county)
    rewrite_class(found, county, taught, planned)
    return found


def rewrite_class(found: TrainingClass, county: str, taught: ClassFacts, planned: Planned) -> None:
    """Raises JobRefused when another class is such a one. The county is held."""
    for name, value in (_class_columns(county, taught) | {"hours": planned.hours}).items():
        setattr(found, name, value)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise JobRefused(CLASS_IS_THERE) from None


def _class_columns(county: str, taught: ClassFacts) -> dict[str, Any]:
    if taught.institution.county_code != county:
        raise JobRefused(NOT_OF_COUNTY)
    if taught.end_date < taught.start_date:
        raise JobRefused(END_BEFORE_START)
    # As rosters are read, so that the roster finds the class that was filed.
    (code, name), _counts = repair_text_column([taught.code, taught.occupation], compact=True)
    occupation, _is_new = Occupation.objects.get_or_create(name=name)
    return {
        "institution": taught.institution,
        "occupation": occupation,
        "program": taught.program,
        "level": taught.level,
        "code": code,
        "start_date": taught.start_date,
        "end_date": taught.end_date,
    }
