"""The ledger, its rows and the classes as their readers see them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from exchange.models import ImportBatch
from exchange.periods import Period
from tests.factories import (
    a_class,
    a_person,
    a_program,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from training.models import Enrollment, Institution

LEDGER = reverse("training:ledger")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    divisions()


@pytest.fixture
def clerk(client):
    return signed_in(client, "县", "county-clerk", "621022")


def signed_in(client, name, role, region, **more):
    user = an_account(name, role, region, **more)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def names(response):
    return [row["name"] for row in response.context["rows"]]


def asked(client, **query):
    return client.get(LEDGER, query)


def test_the_list_shows_a_row_in_words(clerk):
    enrolled(a_person(1), a_class(), region_code="621022201001")
    settled()
    page = asked(clerk)
    (row,) = page.context["rows"]
    shown = {k: row[k] for k in ("name", "mask", "place", "class_code", "hours")}
    assert shown == {
        "name": "张1",
        "mask": "621022********" + citizen_number(1)[14:],
        "place": "小南沟乡 李原村",
        "class_code": "2019001",
        "hours": "90",
    }
    assert citizen_number(1) not in page.content.decode()
    days = Enrollment.objects.values_list("start_date", "end_date").get()
    assert '<td class="date">{}<br>{}</td>'.format(*days) in page.content.decode()
    assert page.context["page"].total == 1
    assert page.context["as_of"] is not None


def test_a_list_asks_as_often_at_three_rows_as_at_one(clerk):
    def queries():
        with CaptureQueriesContext(connection) as asked_for:
            assert asked(clerk).status_code == 200
        return len(asked_for)

    enrolled(a_person(1), a_class(code="a"), region_code="621022201001")
    settled()
    one = queries()
    for n in (2, 3):
        taught = a_class(code=str(n), institution=f"校{n}", occupation=f"工{n}")
        enrolled(a_person(n), taught, region_code="621022100001")
    settled()
    assert queries() == one


def test_filters_find_what_they_say(clerk):
    other = a_program("startup")
    june = a_class(code="june")
    march = a_class(code="march", start_date=datetime.date(2018, 3, 1), program=other)
    enrolled(a_person(1, name="李雷"), june, region_code="621022201001")
    enrolled(a_person(2, name="韩梅"), june, region_code="621022100001", category="monitored")
    enrolled(a_person(3, name="李华"), march, region_code="621022100001")
    enrolled(a_person(4, name="王五"), june, state="withdrawn")
    settled()
    school = Institution.objects.get().pk
    expected = {
        (): ["韩梅", "李雷", "李华"],
        (("year", "2018"),): ["李华"],
        (("year", "2019"), ("month", "6")): ["韩梅", "李雷"],
        (("year", "2019"), ("month", "7")): [],
        (("period", "2018Q1"),): ["李华"],
        (("program", "startup"),): ["李华"],
        (("category", "monitored"),): ["韩梅"],
        (("region", "621022100"),): ["韩梅", "李华"],
        (("region", "621022201001"),): ["李雷"],
        (("q", "李"),): ["李雷", "李华"],
        (("state", "withdrawn"),): ["王五"],
        (("state", "all"),): ["王五", "韩梅", "李雷", "李华"],
        (("training_class", march.pk),): ["李华"],
        (("institution", school),): ["韩梅", "李雷", "李华"],
        (("measure", "training.completions"), ("year", "2019"), ("month", "7")): ["韩梅", "李雷"],
    }
    found = {query: names(asked(clerk, **dict(query))) for query in expected}
    assert found == expected


def test_the_total_is_that_of_the_rows_whoever_knows_it(clerk):
    for n in range(1, 4):
        enrolled(a_person(n), a_class())
    settled()
    kept = asked(clerk, year="2019", month="6")
    counted = asked(clerk, region="621022", q="张")
    assert (kept.context["page"].total, counted.context["page"].total) == (3, 3)
    assert (kept.context["as_of"] is not None, counted.context["as_of"]) == (True, None)


def test_the_rows_of_an_import(clerk):
    batch = ImportBatch.objects.create(
        kind="training",
        original_name="花名册.xlsx",
        stored_as="x",
        sha256="",
        size=1,
        region_code="621022",
        sheets=[{"number": 0, "name": "一班"}],
    )
    row = enrolled(a_person(1), a_class(), import_batch=batch, sheet=0, line=6)
    enrolled(a_person(2), a_class())
    assert names(asked(clerk, batch=str(batch.public_id))) == ["张1"]
    page = clerk.get(reverse("training:row", args=[row.pk]))
    came = {fact["label"]: fact for fact in page.context["lineage"]}
    assert [fact["value"] for fact in came.values()][:1] == ["花名册.xlsx"]
    assert "一班" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"month": "6"},
        {"year": "1066"},
        {"period": "2019-13"},
        {"batch": "0a8b1f6e-0000-4000-8000-000000000000"},
        {"training_class": "99999"},
        {"institution": "x"},
        {"measure": "salaries"},
    ],
)
def test_a_filter_that_cannot_be_read_shows_nothing(clerk, query):
    enrolled(a_person(1), a_class())
    settled()
    page = asked(clerk, **query)
    assert (page.status_code, names(page)) == (200, [])


@pytest.mark.parametrize("region", ["621021", "6210", "62", "622926", "999999", "62102x", "6"])
def test_another_region_is_not_there(clerk, region):
    assert asked(clerk, region=region).status_code == 404


def test_an_outsider_finds_nothing(client):
    row = enrolled(a_person(1), a_class())
    settled()
    stranger = signed_in(client, "邻县", "county-clerk", "622926")
    pages = [
        reverse("training:row", args=[row.pk]),
        reverse("training:class", args=[row.training_class_id]),
    ]
    assert [stranger.get(url).status_code for url in pages] == [404, 404]
    assert names(asked(stranger)) == []
    assert stranger.get(reverse("training:classes")).context["rows"] == []
    panel = stranger.get(reverse("training:panel-person", args=[row.person_id]))
    assert panel.context["rows"] == []


def test_an_institution_sees_its_own_classes_only(client):
    own, other = a_class(code="own", institution="甲校"), a_class(code="other", institution="乙校")
    Institution.objects.filter(name="甲校").update(key="91X")
    enrolled(a_person(1), own)
    enrolled(a_person(2), other)
    school = signed_in(client, "校", "", "")
    school.user.assignments.create(
        role="training-institution", region_id="621022", narrowed_to="91X"
    )
    assert names(asked(school)) == ["张1"]
    shown = school.get(reverse("training:classes")).context["rows"]
    assert [row["cells"][0]["value"] for row in shown] == ["own"]
    assert school.get(reverse("training:class", args=[other.pk])).status_code == 404


def test_a_wide_search_must_be_told_more(client):
    enrolled(a_person(1, name="张伟"), a_class())
    province = signed_in(client, "省", "province-officer", "62")
    assert names(asked(province, q="张")) == []
    assert asked(province, q="张").context["form"].errors.keys() == {"q"}
    assert names(asked(province, q="张伟")) == ["张伟"]


def test_what_the_roster_wrote_otherwise_is_shown(clerk):
    row = enrolled(a_person(1), a_class(), as_written={"village": "李塬村", "education": "初中生"})
    page = clerk.get(reverse("training:row", args=[row.pk]))
    written = {fact["label"]: fact["value"] for fact in page.context["written"]}
    assert written == {"行政村": "李塬村", "文化程度": "初中生"}


def reveal(client, row, **data):
    return client.post(reverse("training:reveal", args=[row.pk]), data)


def test_a_number_is_shown_for_a_reason_and_written_down(clerk):
    row = enrolled(a_person(1), a_class())
    page = reveal(clerk, row, field="id_number", reason="核对证件")
    assert citizen_number(1) in page.content.decode()
    entry = AuditEntry.objects.get(verb="talent.number.revealed")
    assert (entry.target_key, entry.region_code, entry.changes) == (
        str(row.person_id),
        "621022",
        {"field": "id_number", "reason": "核对证件"},
    )
    assert "13900000000" in reveal(clerk, row, field="phone", reason="回访").content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"field": "id_number"},
        {"field": "id_number", "reason": " "},
        {"field": "name", "reason": "核对证件"},
        {"field": "phone", "reason": "查 13900000000 本人"},
    ],
)
def test_no_reason_no_number(clerk, data):
    row = enrolled(a_person(1), a_class())
    page = reveal(clerk, row, **data)
    assert page.status_code == 422
    assert citizen_number(1) not in page.content.decode()
    assert AuditEntry.objects.filter(verb="talent.number.revealed").count() == 0


def test_who_may_not_see_numbers_cannot_reveal_them(client):
    row = enrolled(a_person(1), a_class())
    officer = signed_in(client, "市", "prefecture-officer", "6210")
    assert reveal(officer, row, field="phone", reason="核对证件").status_code == 403
    assert officer.get(reverse("training:row", args=[row.pk])).context["reveal_url"] == ""
    stranger = signed_in(client, "邻县", "county-clerk", "622926")
    assert reveal(stranger, row, field="phone", reason="核对证件").status_code == 404


def test_a_class_shows_its_roster(clerk):
    taught = a_class()
    for n in (1, 2):
        enrolled(a_person(n), taught)
    enrolled(a_person(3), taught, state="withdrawn")
    page = clerk.get(reverse("training:class", args=[taught.pk]))
    assert names(page) == ["张2", "张1"]
    (row,) = clerk.get(reverse("training:classes")).context["rows"]
    assert [cell["value"] for cell in row["cells"]][-1] == 2
    assert Enrollment.objects.count() == 3


def test_a_period_in_the_address_is_named_in_words(clerk):
    page = clerk.get(reverse("training:ledger"), {"period": "2019-06", "noted": "1"})
    shown = {str(chip["value"]) for chip in page.context["chips"]}
    assert shown == {Period.parse("2019-06").name, "有退回意见的行"}
