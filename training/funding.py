"""Where the money of a class comes from: said by the roster that registers it, or afterwards."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange import rollups
from programs.models import Fund
from training.holding import hold
from training.models import TrainingClass

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("class funded"),)


def fund_class(*, training_class: TrainingClass, fund: Fund, by: User) -> None:
    """Say where the money of a class comes from; the figures by funds follow.

    Raises PermissionError outside the user's scope, CountyBusy while others write to the county.
    """
    county = training_class.county_code
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError
    with transaction.atomic():
        hold(county)
        training_class.refresh_from_db()
        before = training_class.fund
        if before == fund:
            return
        with rollups.counting(TrainingClass, [training_class.pk]):
            TrainingClass.objects.filter(pk=training_class.pk).update(fund=fund)
        training_class.fund = fund
        audit.record(
            "training.class.funded",
            by=by,
            target=training_class,
            region_code=county,
            changes={"from": before, "to": fund},
        )
