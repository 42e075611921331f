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
from tests.factories import (
    a_class,
    a_person,
    a_plan,
    a_program,
    an_account,
    divisions,
    enrolled,
    issued,
    settled,
)

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
    monkeypatch.setattr(proposing_quotas, "teaching", [])
    known = ("people", "capacity", "institutions", "cost", "poor_villages")
    found = {tuple(getattr(row, name) for name in known) for row in shown(draft)}
    assert found == {(None,) * 5}
    assert {row.coverage for row in shown(draft)} == {None}


def test_coverage_is_places_for_the_people_taught_so_far_each_once(draft):
    """Also in years long ago and in other programs."""
    brand = a_program("brand")
    for order, day, program in (
        (1, datetime.date(2012, 5, 1), a_program()),
        (1, datetime.date(2019, 5, 1), brand),
        (2, datetime.date(2019, 5, 1), brand),
    ):
        taught = a_class("622926", f"{day.year}", start_date=day, program=program)
        enrolled(a_person(order), taught)
    enrolled(a_person(3), a_class("622926", "next", start_date=datetime.date(2020, 1, 5)))
    settled()
    one, two = shown(draft)
    assert [(row.people, row.coverage) for row in (one, two)] == [(0, None), (2, 2500)]


def test_institutions_behind_the_capacity_held_classes_of_the_program_in_those_months(draft):
    skills, brand = a_program(), a_program("brand")
    for number, (name, county, day, program) in enumerate(
        (
            ("甲", "622926", datetime.date(2019, 5, 1), skills),
            ("甲", "622926", datetime.date(2018, 5, 1), skills),
            ("乙", "622926", datetime.date(2017, 1, 1), skills),
            ("丙", "622926", datetime.date(2016, 12, 31), skills),
            ("丁", "622926", datetime.date(2019, 5, 1), brand),
            ("戊", "621022", datetime.date(2019, 5, 1), skills),
        )
    ):
        taught = a_class(county, str(number), start_date=day, program=program, institution=name)
        enrolled(a_person(number), taught)
    a_class("622926", "nobody", institution="己", start_date=datetime.date(2019, 5, 1))
    assert [row.institutions for row in shown(draft)] == [1, 2]


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
