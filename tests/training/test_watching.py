"""Very many certificates of one issuer in a month stand out."""

import datetime

import pytest

from core.models import User
from core.rule_values import load_rule_values
from exchange.anomalies import found_in
from exchange.figures import Figure
from exchange.periods import Period
from talent.models import Credential
from tests.factories import a_person, an_account, divisions

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 6, 20)


def issued(number: int, *, day=DAY, **values):
    person, by = a_person(1), User.objects.get()
    values = {"issuer": "某鉴定所", "county_code": "621022"} | values
    first = Credential.objects.count()
    Credential.objects.bulk_create(
        Credential(
            person=person,
            kind="level",
            number=f"S{first + n:021}",
            issued_on=day,
            entered_by=by,
            **values,
        )
        for n in range(number)
    )


def june(region="62"):
    figure = Figure("training.attendances", region, Period.parse("2019-06"))
    return [anomaly.params for anomaly in found_in(figure)]


@pytest.fixture(autouse=True)
def world():
    divisions()
    load_rule_values()
    an_account("环", "county-clerk", "621022")


def test_more_than_the_value_in_a_month_stands_out():
    issued(500)
    assert june() == []
    issued(1)
    assert june() == [{"issuer": "某鉴定所", "figure": "501", "most": "500"}]
    assert june("6229") == []


def test_other_issuers_months_and_withdrawn_ones_are_counted_apart():
    issued(400)
    issued(200, issuer="另一家")
    issued(200, day=datetime.date(2019, 7, 1))
    issued(200, state=Credential.State.WITHDRAWN)
    issued(200, issuer="")
    assert june() == []
