"""What institutions a place has to teach with, as proposals of quotas ask."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from exchange.periods import Period
from training.models import Enrollment, TrainingClass


def institutions_that_taught(
    region_code: str, digits: int, period: Period, programs: Collection[str]
) -> dict[str, int]:
    """How many institutions held classes of the programs, by place; begun in the period."""
    people = Enrollment.objects.active().filter(training_class=OuterRef("pk"))
    classes = TrainingClass.objects.within(region_code).starting(period)
    held = classes.filter(Exists(people), program__in=programs)
    return held.institutions_by_place(digits)
