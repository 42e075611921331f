"""What-if: what a draft would mean, side by side, with measures of known amounts."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Region
from exchange.models import Rollup
from programs import proposing_quotas, quota_book
from programs.document_forms import field_of
from programs.models import QuotaLine
from programs.proposing_quotas import Proposal
from programs.quota_book import Line, Paper
from tests.factories import a_plan, a_program, an_account, divisions, issued

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 12, 31)


def came(county, month, amount, measure="training.attendances"):
    Rollup.objects.create(
        measure=measure,
        county_code=county,
        month=datetime.date.fromisoformat(f"{month}-01"),
        program="skills",
        category="other",
        amount=amount,
        as_of=timezone.now(),
    )


@pytest.fixture
def draft():
    """62 holds 100: 庆阳 60, 临夏 40. 10 are to go from one to the other."""
    divisions()
    plan, skills = a_plan(), a_program()
    given = [("62", 100), ("6210", 60), ("6229", 40)]
    issued(plan, *((code, skills, amount, False) for code, amount in given))
    document = quota_book.draw_up(
        plan=plan, region_code="62", kind="adjust", paper=Paper("2号", DAY), by=None
    )
    lines = [Line("6210", "skills", -10), Line("6229", "skills", 10)]
    quota_book.put_lines(document=document, lines=lines, version=1, by=None)
    return document


def shown(document):
    above = Region.objects.get(pk="62")
    places = list(Region.objects.beneath("62").order_by("code"))
    return Proposal(document, a_program(), above, places, DAY).side_by_side()


def test_places_stand_side_by_side_with_what_they_would_be(draft):
    came("621022", "2019-03", 30)
    came("622926", "2019-06", 20)
    one, two = shown(draft)
    assert [(row.place.code, row.now, row.then, row.done) for row in (one, two)] == [
        ("6210", 60, 50, 30),
        ("6229", 40, 50, 20),
    ]
    assert [(row.rate_now, row.rate_then) for row in (one, two)] == [(50, 60), (50, 40)]


def test_capacity_is_the_most_of_any_twelve_months(draft):
    for month, amount in (("2017-06", 7), ("2018-05", 9), ("2018-06", 40), ("2019-12", 1)):
        came("622926", month, amount)
    came("622926", "2016-12", 999)
    one, two = shown(draft)
    assert (one.capacity, two.capacity) == (0, 49)
    assert (one.is_beyond_capacity, two.is_beyond_capacity) == (False, True)


def test_a_measure_that_nobody_declares_leaves_its_column_out(draft, monkeypatch):
    monkeypatch.setattr(proposing_quotas, "all_measures", list)
    monkeypatch.setattr(proposing_quotas, "all_derived", list)
    found = {(row.capacity, row.cost, row.poor_villages) for row in shown(draft)}
    assert found == {(None, None, None)}


def test_what_is_entered_becomes_the_lines_of_the_draft(draft):
    client = Client()
    client.force_login(an_account("省", "province-officer", "62"))
    url = reverse("programs:document-outlook", args=[draft.public_id])
    page = client.get(url)
    assert page.context["sums"] == {"now": 100, "change": 0, "then": 100, "done": 0}
    assert page.context["findings"] == []
    sent = {field_of("6210", "skills"): "-20", field_of("6229", "skills"): "25", "version": 2}
    assert client.post(url, sent).url == url
    assert list(QuotaLine.objects.filter(document=draft).values_list("change", flat=True)) == [
        -20,
        25,
    ]
    assert len(client.get(url).context["findings"]) == 1
    assert client.post(url, sent).status_code == 422
    assert client.get(url, {"program": "none"}).status_code == 404
