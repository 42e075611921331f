"""Poor villages of the demo, invented: every sixth village of its counties."""

from __future__ import annotations

import datetime

from core.models import PolicyArea, Region
from training.demo.rosters import COUNTIES
from training.villages import designate_villages

SOURCE = "演示数据，非真实名单"
SINCE, UNTIL = datetime.date(2014, 1, 1), datetime.date(2020, 12, 31)


def designate() -> int:
    """Returns how many are new."""
    area, _made = PolicyArea.objects.get_or_create(
        key="demo-poor-villages",
        defaults={"name": "贫困村（演示数据）", "kind": "provincial", "source": SOURCE},
    )
    villages = Region.objects.filter(level=Region.Level.VILLAGE)
    codes = [
        code
        for county in COUNTIES
        for code in villages.within(county.code).order_by("code").values_list("pk", flat=True)[::6]
    ]
    return designate_villages(
        area=area, codes=codes, source=SOURCE, valid_from=SINCE, valid_to=UNTIL, by=None
    )
