"""Plans: opened once, a year under a phase that holds it."""

import datetime

import pytest

from programs import services
from programs.models import Plan
from programs.services import QuotaTrouble
from tests.factories import a_plan, an_account, divisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts():
    divisions()
    return {
        "name": "甘肃省2020年培训计划",
        "kind": Plan.Kind.YEAR,
        "region_code": "62",
        "first_day": datetime.date(2020, 1, 1),
        "last_day": datetime.date(2020, 12, 31),
        "document_number": "甘人社通〔2020〕1号",
        "by": an_account("省", "province-officer", "62"),
    }


def test_a_plan_is_opened_once(facts):
    plan = services.open_plan(**facts)
    assert (plan.pk is not None, plan.region_code) == (True, "62")
    with pytest.raises(QuotaTrouble) as trouble:
        services.open_plan(**facts)
    assert trouble.value.sentence == services.OPEN_ALREADY
    with pytest.raises(PermissionError):
        services.open_plan(**facts | {"by": an_account("市", "prefecture-officer", "6210")})


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"last_day": datetime.date(2020, 6, 30)}, False),
        ({"region_code": "6210"}, False),
        ({"kind": Plan.Kind.YEAR}, False),
    ],
)
def test_a_year_lies_under_a_phase_that_holds_it(facts, changes, holds):
    phase = {
        "kind": Plan.Kind.PHASE,
        "first_day": datetime.date(2018, 1, 1),
        "last_day": datetime.date(2020, 12, 31),
    }
    facts["phase"] = a_plan("2018—2020年", **phase | changes)
    if holds:
        assert services.open_plan(**facts).phase == facts["phase"]
    else:
        with pytest.raises(QuotaTrouble) as trouble:
            services.open_plan(**facts)
        assert trouble.value.sentence == services.NOT_A_PHASE
