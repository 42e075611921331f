"""The source of funds of a class: from its roster or its page, and the figures that are split by it."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from exchange import rollups
from exchange.amounts import By
from exchange.figures import Figure
from exchange.imports.services import take_rows
from exchange.periods import Period
from programs.models import Fund
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled, settled
from tests.factories.rosters import a_row, judged
from training.funding import fund_class
from training.models import Enrollment, TrainingClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    divisions()
    a_program("skills")
    return an_account("clerk", "county-clerk", "621022")


def by_fund(key="training.funded"):
    found = Figure(key, "62", Period.parse("2019")).parts(By.CATEGORY)
    return {part.key: part.value for part in found}


def test_a_roster_says_where_the_money_of_a_new_class_comes_from(clerk):
    rows = [
        a_row(1, fund="就业补助资金"),
        a_row(3, fund="就业补助资金"),
        a_row(5, class_code="2", fund="社会捐助"),
        a_row(7, class_code="3"),
    ]
    take_rows(judged(*rows), options={"program": "skills"}, by=clerk)
    funds = dict(TrainingClass.objects.values_list("code", "fund"))
    assert funds == {"2019001": "employment-funds", "2": "charity", "3": "unknown"}
    assert by_fund() == {"employment-funds": 2, "charity": 1, "unknown": 1}
    kept = [row.as_written or {} for row in Enrollment.objects.all()]
    assert [row for row in kept if "fund" in row] == []
    assert rollups.differences() == []


def test_a_wording_that_nobody_knows_is_found(clerk):
    assert [finding.column for finding in judged(a_row(1, fund="不知道")).findings] == ["fund"]


def test_the_figures_follow_when_a_class_is_funded_otherwise(clerk):
    taught = a_class()
    enrolled(a_person(1), taught, certificate_number="A1", subsidy=1200, employment="employed")
    enrolled(a_person(2), taught, result="dropped", subsidy=600)
    settled()
    fund_class(training_class=taught, fund=Fund.ENTERPRISE, by=clerk)
    assert by_fund() == {"enterprise": 1}
    assert by_fund("training.funded_certified") == {"enterprise": 1}
    assert by_fund("training.funded_employed") == {"enterprise": 1}
    assert by_fund("training.funded_amount") == {"enterprise": 1200}
    assert rollups.differences() == []
    entry = AuditEntry.objects.get(verb="training.class.funded")
    assert entry.changes == {"from": "unknown", "to": "enterprise"}
    fund_class(training_class=taught, fund=Fund.ENTERPRISE, by=clerk)
    assert AuditEntry.objects.filter(verb="training.class.funded").count() == 1


def test_only_who_enters_the_ledger_says_it(clerk):
    taught = a_class()
    stranger = an_account("stranger", "county-clerk", "622926")
    with pytest.raises(PermissionError):
        fund_class(training_class=taught, fund=Fund.CHARITY, by=stranger)


def test_the_page_of_a_class_shows_and_changes_it(clerk, client):
    taught = a_class()
    client.force_login(clerk)
    own = reverse("training:class-fund", args=[taught.pk])
    page = client.get(reverse("training:class", args=[taught.pk]))
    assert own in [act["url"] for act in page.context["actions"]]
    assert client.get(own).context["form"].initial == {"fund": "unknown"}
    assert client.post(own, {"fund": "gold"}).status_code == 422
    assert client.post(own, {"fund": "own-claim"}).status_code == 302
    taught.refresh_from_db()
    assert taught.fund == "own-claim"
