"""Whether a paper agrees with the receipt whose code stands on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.models import Receipt

ACTS = (gettext_noop("receipt checked"),)


@dataclass(frozen=True)
class Verdict:
    """What stands on the paper beside what was sealed."""

    rows: int
    people: int
    agrees: bool


@transaction.atomic
def check_paper(*, receipt: Receipt, rows: int, people: int, by: User) -> Verdict:
    """Compare a paper's rows and people with the receipt's; who asked is written down."""
    agrees = (rows, people) == (receipt.rows, receipt.people)
    audit.record(
        "exchange.receipt.checked",
        by=by,
        target=receipt,
        region_code=receipt.county_code,
        changes={"rows": rows, "people": people, "agrees": agrees},
    )
    return Verdict(rows, people, agrees)
