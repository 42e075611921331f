"""The demo's claims: made by the acts of the accounts whose step each is, once."""

import datetime

import pytest
from django.utils import timezone

from core.rule_values import load_rule_values
from exchange import rollups
from tests.factories import an_account, divisions
from tests.factories.claims import a_calendar, passed
from training.claims import findings_of
from training.demo.claims import load_claims
from training.models import Claim, Enrollment, FollowUp

pytestmark = pytest.mark.django_db
ORDERS = range(1, 41, 2)


def test_one_claim_is_approved_and_one_has_an_objection() -> None:
    divisions()
    load_rule_values()
    this_year = timezone.localdate().year
    a_calendar(years=(this_year, this_year + 1))
    clerk = an_account("clerk", "county-clerk", "621022")
    reviewer = an_account("reviewer", "county-reviewer", "621022")
    assert load_claims(clerk, reviewer) == 0
    passed(*ORDERS, by=clerk, exam_on=datetime.date(2019, 7, 10))
    assert (load_claims(clerk, reviewer), load_claims(clerk, reviewer)) == (2, 0)
    assert FollowUp.objects.count() == 15
    approved, objected = Claim.objects.order_by("pk")
    assert [(each.state, each.lines.count()) for each in (approved, objected)] == [
        ("approved", 10),
        ("published", 5),
    ]
    assert objected.objections.filter(settled_on=None).count() == 1
    hindrances = findings_of(objected, timezone.localdate())
    assert [found.rule for found in hindrances] == [
        "training.claim_was_published_long_enough",
        "training.claim_has_no_open_objection",
    ]
    assert Enrollment.objects.filter(subsidy__gt=0).count() == 10
    assert rollups.differences() == []
