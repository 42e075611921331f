"""Villages that a policy designates, such as poor villages 贫困村: with them the figures that count by it."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import PolicyArea, PolicyAreaVillage, Region, User
from core.policy_areas import UnknownCounties
from exchange import rollups
from training.rollups import IN_POOR_VILLAGES

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("villages designated"),)


class UnknownVillages(UnknownCounties):
    """Codes that the list of divisions does not hold as villages."""


@transaction.atomic
def designate_villages(
    *,
    area: PolicyArea,
    codes: Collection[str],
    source: str,
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
    by: User | None,
) -> int:
    """Designate villages by their 12-digit codes, from a day to a day, both included.

    Those that are designated from that day already stay; returns how many are new. The figures
    of poor villages are counted anew. Raises UnknownVillages.
    """
    villages = Region.objects.filter(level=Region.Level.VILLAGE, pk__in=codes)
    if missing := set(codes) - set(villages.values_list("pk", flat=True)):
        raise UnknownVillages(missing)
    before = area.villages.count()
    PolicyAreaVillage.objects.bulk_create(
        [
            PolicyAreaVillage(
                area=area, village_id=code, valid_from=valid_from, valid_to=valid_to, source=source
            )
            for code in sorted(set(codes))
        ],
        ignore_conflicts=True,
    )
    if added := area.villages.count() - before:
        rollups.rebuild([IN_POOR_VILLAGES])
        audit.record("training.villages.designated", by=by, target=area, changes={"new": added})
    return added
