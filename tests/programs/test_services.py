"""Quotas: what is handed down never exceeds what there is, and every act is written down."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditEntry
from programs import services
from programs.models import Plan, Quota
from programs.services import QuotaTrouble
from tests.factories import a_plan, a_program, an_account, divisions

pytestmark = pytest.mark.django_db
PAPER = "庆人社发〔2019〕12号"


@pytest.fixture
def top():
    divisions()
    return services.issue(
        plan=a_plan(), program=a_program(), amount=1000, document_number=PAPER, by=None
    )


def allot(parent, region_code, amount, **more):
    more = {"document_number": PAPER, "by": None} | more
    return services.allot(parent=parent, region_code=region_code, amount=amount, **more)


def adjust(quota, amount, **more):
    more = {"document_number": "调整1号", "by": None} | more
    return services.adjust(quota=quota, amount=amount, **more)


def held(quota):
    quota.refresh_from_db()
    return quota.amount, quota.allotted


def test_an_allotment_is_drawn_from_the_parent(top):
    given = allot(top, "6210", 600)
    assert held(top) == (1000, 600)
    assert (given.amount, given.parent_id, given.document_number) == (600, top.pk, PAPER)


def test_more_than_is_left_is_refused_with_what_is_left(top):
    allot(top, "6210", 600)
    with pytest.raises(QuotaTrouble) as trouble:
        allot(top, "6229", 401)
    assert trouble.value.params == {"remainder": 400, "amount": 1000, "more": 401}
    assert trouble.value.region_code == "6229"
    assert held(top) == (1000, 600)
    assert Quota.objects.count() == 2


def test_all_of_it_may_be_handed_down(top):
    allot(top, "6210", 600)
    allot(top, "6229", 400)
    assert held(top) == (1000, 1000)


@pytest.mark.parametrize("region", ["621022", "62", "61", "6299"])
def test_only_the_next_level_down_is_given_anything(top, region):
    with pytest.raises(QuotaTrouble) as trouble:
        allot(top, region, 1)
    assert trouble.value.sentence == services.NOT_BENEATH


def test_a_second_allotment_is_an_adjustment(top):
    allot(top, "6210", 100)
    with pytest.raises(QuotaTrouble) as trouble:
        allot(top, "6210", 100)
    assert trouble.value.sentence == services.ALREADY
    assert held(top) == (1000, 100)


def test_an_adjustment_moves_the_difference(top):
    given = allot(top, "6210", 600)
    assert adjust(given, 900).document_number == "调整1号"
    assert held(top) == (1000, 900)
    adjust(given, 200)
    assert held(top) == (1000, 200)
    with pytest.raises(QuotaTrouble) as trouble:
        adjust(given, 1001)
    assert trouble.value.params["remainder"] == 800
    assert (held(top), held(given)) == ((1000, 200), (200, 0))


def test_a_quota_does_not_shrink_below_what_it_has_handed_down(top):
    given = allot(top, "6210", 600)
    allot(given, "621022", 500)
    with pytest.raises(QuotaTrouble) as trouble:
        adjust(given, 499)
    assert (trouble.value.sentence, trouble.value.params) == (
        services.HANDED_DOWN,
        {"allotted": 500},
    )
    assert (held(top), held(given)) == ((1000, 600), (600, 500))
    adjust(given, 500)
    assert (held(top), held(given)) == ((1000, 500), (500, 500))


def test_what_is_listed_apart_draws_nothing_and_its_parts_draw_on_it(top):
    apart = allot(top, "6210", 5000, listed_apart=True)
    assert held(top) == (1000, 0)
    part = allot(apart, "621022", 3000)
    assert part.listed_apart is True
    assert held(apart) == (5000, 3000)
    with pytest.raises(QuotaTrouble):
        allot(apart, "621021", 2001)
    adjust(apart, 6000)
    assert (held(top), held(apart)) == ((1000, 0), (6000, 3000))
    assert allot(top, "6210", 1000).listed_apart is False


@pytest.mark.parametrize("amount", [-1, -1000])
def test_nothing_is_less_than_0(top, amount):
    given = allot(top, "6210", 600)
    for act in (lambda: allot(top, "6229", amount), lambda: adjust(given, amount)):
        with pytest.raises(QuotaTrouble) as trouble:
            act()
        assert trouble.value.sentence == services.BELOW_ZERO
    assert held(top) == (1000, 600)


def test_the_database_keeps_children_below_the_parent(top):
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=top.pk).update(allotted=1001)


def test_one_document_shifts_places_between_regions_or_does_nothing(top):
    services.distribute(
        parent=top, amounts={"6210": 700, "6229": 300}, document_number=PAPER, by=None
    )
    top.refresh_from_db()
    changed = services.distribute(
        parent=top,
        amounts={"6210": 900, "6229": 100},
        document_number="调整2号",
        version=top.version,
        by=None,
    )
    assert (changed, held(top)) == (2, (1000, 1000))
    with pytest.raises(QuotaTrouble):
        services.distribute(
            parent=top, amounts={"6210": 950, "6229": 90}, document_number="x", by=None
        )
    amounts = dict(top.children.values_list("region_code", "amount"))
    assert (amounts, held(top)) == ({"6210": 900, "6229": 100}, (1000, 1000))


def test_a_form_shown_before_another_change_is_refused(top):
    shown = top.version
    allot(top, "6210", 1)
    with pytest.raises(QuotaTrouble) as trouble:
        services.distribute(
            parent=top, amounts={"6229": 1}, document_number=PAPER, version=shown, by=None
        )
    assert trouble.value.sentence == services.CHANGED


def test_who_may_allot(top):
    province = an_account("省", "province-officer", "62")
    prefecture = an_account("市", "prefecture-officer", "6210")
    clerk = an_account("县", "county-clerk", "621022")
    given = allot(top, "6210", 600, by=province)
    part = allot(given, "621022", 100, by=prefecture)
    for act in (
        lambda: allot(top, "6229", 1, by=prefecture),
        lambda: adjust(given, 700, by=prefecture),
        lambda: adjust(part, 200, by=clerk),
        lambda: allot(given, "621021", 1, by=clerk),
    ):
        with pytest.raises(PermissionError):
            act()
    assert (held(top), held(given), held(part)) == ((1000, 600), (600, 100), (100, 0))


def test_every_act_is_written_down(top):
    officer = an_account("省", "province-officer", "62")
    given = allot(top, "6210", 600, by=officer)
    adjust(given, 500, by=officer)
    entries = AuditEntry.objects.filter(target_type="programs.quota").order_by("id")
    assert [(e.verb, e.region_code, e.changes) for e in entries] == [
        ("programs.quota.issued", "62", {"amount": 1000, "document": PAPER}),
        (
            "programs.quota.allotted",
            "6210",
            {"amount": 600, "listed_apart": False, "document": PAPER},
        ),
        ("programs.quota.adjusted", "6210", {"from": 600, "to": 500, "document": "调整1号"}),
    ]


def test_a_plan_is_opened_once(top):
    officer = an_account("省", "province-officer", "62")
    facts = {
        "name": "甘肃省2020年培训计划",
        "kind": Plan.Kind.YEAR,
        "region_code": "62",
        "first_day": datetime.date(2020, 1, 1),
        "last_day": datetime.date(2020, 12, 31),
        "document_number": "甘人社通〔2020〕1号",
        "by": officer,
    }
    plan = services.open_plan(**facts)
    assert (plan.pk is not None, plan.region_code) == (True, "62")
    with pytest.raises(QuotaTrouble) as trouble:
        services.open_plan(**facts)
    assert trouble.value.sentence == services.OPEN_ALREADY
    with pytest.raises(PermissionError):
        services.open_plan(**facts | {"by": an_account("市", "prefecture-officer", "6210")})
