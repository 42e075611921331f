"""Visits of a class while it is held (中期检查): what was counted, asked and found."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.rules import Batch, Finding, RuleBook, judge
from exchange.jobs import JobRefused
from exchange.submissions.explaining import sound_explanation
from training.models import ClassVisit, TrainingClass
from training.rules.visits import ENOUGH_ASKED

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("visit entered"), gettext_noop("visit removed"))

NOT_IN_SESSION = gettext_noop("The class is held from %(start)s to %(end)s. Check the day.")
NOT_YET = gettext_noop("This day has not come yet. Check the day.")
MORE_ASKED = gettext_noop("More people were asked than were present. Check both numbers.")
NOT_YOURS = gettext_noop("A visit is removed by who entered it, on the day it was entered.")


def enrolled_in(training_class: TrainingClass) -> int:
    return training_class.enrollments.active().count()


def finding_of(visit: ClassVisit) -> Finding | None:
    """What the rule says of a visit at which too few were asked."""
    columns = {name: [getattr(visit, name)] for name in ("enrolled", "asked", "visited_on")}
    found = judge(Batch(1, visit.county_code, columns), [ENOUGH_ASKED], RuleBook.load())
    return found[0] if found else None


@transaction.atomic
def enter_visit(
    *,
    training_class: TrainingClass,
    visited_on: datetime.date,
    seen: int,
    asked: int,
    remark: str,
    by: User,
) -> ClassVisit:
    """Write down a visit. Raises PermissionError outside the user's scope, JobRefused with what
    is wrong; where fewer were asked than usual, `remark` must say why."""
    county = training_class.county_code
    if not scope_of(by, Permission.VISIT_CLASSES).covers(county):
        raise PermissionError
    _on_a_day_of(training_class, visited_on)
    if asked > seen:
        raise JobRefused(MORE_ASKED)
    visit = ClassVisit(
        training_class=training_class,
        county_code=county,
        visited_on=visited_on,
        enrolled=enrolled_in(training_class),
        seen=seen,
        asked=asked,
        remark=remark,
        visited_by=by,
    )
    if finding := finding_of(visit):
        if not remark:
            raise JobRefused(finding.sentence, **finding.params)
        visit.remark = sound_explanation(remark, county)
    visit.save()
    _record("entered", visit, by)
    return visit


@transaction.atomic
def remove_visit(*, visit: ClassVisit, by: User) -> None:
    """Take a mistaken visit away again, on the day it was entered."""
    is_fresh = timezone.localdate(visit.at) == timezone.localdate()
    if visit.visited_by_id != by.pk or not is_fresh:
        raise JobRefused(NOT_YOURS)
    _record("removed", visit, by)
    visit.delete()


def _on_a_day_of(training_class: TrainingClass, day: datetime.date) -> None:
    start, end = training_class.start_date, training_class.end_date
    if not start <= day <= end:
        raise JobRefused(NOT_IN_SESSION, start=start.isoformat(), end=end.isoformat())
    if day > timezone.localdate():
        raise JobRefused(NOT_YET)


def _record(act: str, visit: ClassVisit, by: User) -> None:
    audit.record(
        f"training.visit.{act}",
        by=by,
        target=visit.training_class,
        region_code=visit.county_code,
        changes={"day": visit.visited_on.isoformat(), "seen": visit.seen, "asked": visit.asked},
    )
