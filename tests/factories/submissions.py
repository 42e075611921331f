"""Months on their way up."""

import datetime
from typing import Any

from exchange.models import Submission
from tests.factories.accounts import an_account

JUNE = datetime.date(2019, 6, 1)


def a_month(state: str = "draft", *, county: str = "621022", **values: Any) -> Submission:
    """A month of a county in this state; who brought it there is made beside it."""
    values = {"book": "ledger", "prefecture_code": county[:4], "month": JUNE} | values
    if state == "reopened":
        values.setdefault("open_until", datetime.datetime.now(datetime.UTC) + datetime.timedelta(1))
    return Submission.objects.create(county_code=county, state=state, **values)


def the_chain(county: str = "621022") -> dict[str, Any]:
    """An account at each step of a month's way: clerk, reviewer, prefecture, province."""
    seats = {
        "clerk": ("county-clerk", county),
        "reviewer": ("county-reviewer", county),
        "prefecture": ("prefecture-officer", county[:4]),
        "province": ("province-officer", county[:2]),
    }
    return {who: an_account(f"{who}-{county}", *seat) for who, seat in seats.items()}
