"""Quota documents on their pages: from a plan to an issued paper, and what others see of it."""

import datetime
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exchange.models import Notice
from programs import quota_book
from programs.document_forms import field_of, pasted_fields
from programs.forms import Amount
from programs.models import Plan, Quota, QuotaDocument
from programs.quota_book import Line, Paper
from tests.factories import a_plan, a_program, an_account, divisions, issued

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 3, 1)


@pytest.fixture
def plan():
    divisions()
    return a_plan()


@pytest.fixture
def skills(plan):
    return a_program()


@pytest.fixture
def officer(client, plan):
    user = an_account("省", "province-officer", "62")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def another(role, region):
    client = Client()
    client.force_login(
        an_account(f"{role}{region}", role, region),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def at(name, document, **query):
    asked = f"?{urlencode(query)}" if query else ""
    return reverse(f"programs:{name}", args=[document.public_id]) + asked


def drafted(plan, *lines, region_code="62", kind="adjust"):
    paper = Paper("甘人社通〔2019〕7号", DAY)
    document = quota_book.draw_up(
        plan=plan, region_code=region_code, kind=kind, paper=paper, by=None
    )
    quota_book.put_lines(document=document, lines=lines, version=1, by=None)
    return document


def test_from_a_plan_to_an_issued_document(officer, skills, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    days = {"first_day": "2020-01-01", "last_day": "2020-12-31"}
    sent = {"region": "62", "name": "2020年计划", "kind": "year"} | days
    there = officer.post(reverse("programs:plan-new"), sent)
    plan = Plan.objects.get(name="2020年计划")
    assert there.url == f"{reverse('programs:document-new')}?plan={plan.pk}&region=62&kind=issue"
    sent = {"region": "62", "plan": plan.pk, "kind": "issue"}
    there = officer.post(reverse("programs:document-new"), sent)
    document = QuotaDocument.objects.get()
    assert there.url == at("document-lines", document)
    lines = {field_of("62", "skills"): 100, field_of("6210", "skills"): 60, "version": 1}
    assert officer.post(at("document-lines", document), lines).url == at("document", document)
    page = officer.get(at("document", document))
    assert [found.column for found in page.context["findings"]] == ["number", "dated"]
    paper = {"version": 2, "number": "甘人社通〔2020〕1号", "dated": "2020-01-15"}
    scan = {"attachment": SimpleUploadedFile("文件.pdf", b"%PDF-1.4")}
    assert officer.post(at("document-paper", document), paper | scan).status_code == 302
    assert b"".join(officer.get(at("document-attachment", document))) == b"%PDF-1.4"
    assert officer.get(at("document", document)).context["findings"] == []
    officer.post(at("document-issue", document), {"version": 3})
    document.refresh_from_db()
    amounts = dict(Quota.objects.values_list("region_code", "amount"))
    assert (document.state, amounts) == ("issued", {"62": 100, "6210": 60})
    for name in ("document-lines", "document-paper"):
        assert officer.get(at(name, document)).status_code == 404
    assert officer.post(at("document-issue", document), {"version": 4}).status_code == 404


def test_what_stands_against_it_is_listed_and_nothing_moves(officer, plan, skills):
    issued(plan, ("62", skills, 100, False), ("6210", skills, 60, False))
    document = drafted(plan, Line("6229", "skills", 41), Line("621022", "skills", 61))
    page = officer.get(at("document", document))
    assert [found.params["left"] for found in page.context["findings"]] == [60, 40]
    page = officer.post(at("document-issue", document), {"version": document.version}, follow=True)
    document.refresh_from_db()
    assert (document.state, len(page.context["messages"])) == ("draft", 1)


def test_the_lines_stand_in_a_table_and_can_be_pasted(officer, plan, skills):
    issued(plan, ("62", skills, 100, False), ("6210", skills, 60, False))
    document = drafted(plan, Line("6210", "skills", -5))
    page = officer.get(at("document-lines", document))
    cells = [
        (row["place"].code, cell["field"].value(), cell["quota"] and cell["quota"].amount)
        for row in page.context["standing"]
        for cell in row["cells"]
    ]
    assert cells == [("62", None, 100), ("6210", -5, 60), ("6229", None, None)]
    pasted = {
        "act": "paste",
        "pasted": "地区\tskills\n庆阳市\t-7\n临夏州\t+7\n某地\t1",
        "version": 2,
    }
    page = officer.post(at("document-lines", document), pasted)
    values = [cell["field"].value() for row in page.context["standing"] for cell in row["cells"]]
    assert (values, page.context["strange"]) == ([None, "-7", "+7"], ["某地"])
    assert list(document.lines.values_list("change", flat=True)) == [-5]
    beneath = officer.get(at("document-lines", document, at="6210"))
    assert [row["place"].code for row in beneath.context["standing"]] == ["621021", "621022"]
    assert officer.get(at("document-lines", document, at="63")).status_code == 404
    apart = {"version": 2, field_of("6229", "skills"): 9}
    assert officer.post(at("document-lines", document, apart="yes"), apart).status_code == 302
    named = document.lines.order_by("change").values_list("listed_apart", "change")
    assert list(named) == [(False, -5), (True, 9)]
    one = {"version": 3, field_of("6210", "skills"): "x"}
    assert officer.post(at("document-lines", document), one).status_code == 422


def test_figures_are_taken_as_pages_show_them():
    amount = Amount(required=False)
    assert [amount.clean(said) for said in ("1,200", "-1,200", "１２００", "")] == [
        1200,
        -1200,
        1200,
        None,
    ]


def test_pasted_columns_go_by_their_heads_or_by_their_order(plan, skills):
    other = a_program("brand", name="劳务品牌培训", order=2)
    places = list(divisions().values())[1:3]
    headed = pasted_fields("\t劳务品牌培训\tskills\n6210\t1\t2", places, [skills, other])
    plain = pasted_fields("庆阳市 2 1", places, [skills, other])
    expected = {field_of("6210", "brand"): "1", field_of("6210", "skills"): "2"}
    assert headed == (expected, [])
    assert plain == (expected, [])


def test_a_draft_is_given_up(officer, plan, skills):
    document = drafted(plan, Line("62", "skills", 5))
    assert officer.post(at("document-drop", document), {"version": 9}).status_code == 302
    assert QuotaDocument.objects.count() == 1
    officer.post(at("document-drop", document), {"version": document.version})
    assert QuotaDocument.objects.count() == 0


def test_a_place_sees_what_concerns_it_and_is_told(plan, skills):
    users = {
        region: an_account(f"told{region}", role, region)
        for role, region in (
            ("prefecture-officer", "6210"),
            ("prefecture-officer", "6229"),
            ("county-clerk", "621022"),
            ("county-clerk", "621021"),
        )
    }
    document = drafted(
        plan, Line("62", "skills", 100), Line("6210", "skills", 60), Line("621022", "skills", 9)
    )
    clerk = another("county-clerk", "621022")
    assert clerk.get(at("document", document)).status_code == 404
    quota_book.issue(document=document, by=None)
    told = {
        notice.recipient_id: (notice.params["change"], notice.params["lines"], notice.url)
        for notice in Notice.objects.all()
    }
    url = at("document", document)
    assert told[users["6210"].pk] == ("+69", 2, url)
    assert told[users["621022"].pk] == ("+9", 1, url)
    assert told.keys() & {users["6229"].pk, users["621021"].pk} == set()
    page = clerk.get(at("document", document))
    assert [each["line"].region_code for each in page.context["lines"]] == ["621022"]
    assert page.context["elsewhere"] == {"lines": 2, "sum": 160}
    listed = clerk.get(reverse("programs:documents"))
    assert [row["moved"]["sum"] for row in listed.context["rows"]] == [9]
    stranger = another("county-clerk", "621021")
    assert stranger.get(url).status_code == 404


def test_the_book_of_a_quota(officer, plan, skills):
    issued(plan, ("62", skills, 100, False), ("6210", skills, 60, False))
    issued(plan, ("6210", skills, -10, False), kind="claw-back", number="2号")
    quota = Quota.objects.get(region_code="6210")
    page = officer.get(reverse("programs:quota", args=[quota.pk]))
    assert [(e.change, e.amount) for e in page.context["entries"]] == [(60, 60), (-10, 50)]
    top = officer.get(reverse("programs:quota", args=[quota.parent_id]))
    assert [each["quota"].amount for each in top.context["children"]] == [50]
    prefecture = another("prefecture-officer", "6210")
    found = [
        prefecture.get(reverse("programs:quota", args=[pk])).status_code
        for pk in (quota.pk, quota.parent_id)
    ]
    assert found == [200, 404]


def test_the_list_narrows(officer, plan, skills):
    issued(plan, ("62", skills, 100, False), ("6210", skills, 60, False))
    drafted(plan, Line("6210", "skills", 1))
    url = reverse("programs:documents")
    for query, states in (
        ({}, ["draft", "issued"]),
        ({"state": "draft"}, ["draft"]),
        ({"kind": "opening"}, ["issued"]),
        ({"region": "6229"}, []),
        ({"region": "6210"}, ["issued"]),
        ({"plan": plan.pk}, ["draft", "issued"]),
    ):
        rows = officer.get(url, query).context["rows"]
        assert [row["document"].state for row in rows] == states, query


def test_the_api_tells_documents_with_the_lines_of_the_readers_regions(plan, skills):
    document = issued(plan, ("62", skills, 100, False), ("6210", skills, 60, False))
    (told,) = (
        another("prefecture-officer", "6210").get("/api/v1/quota-documents/").json()["results"]
    )
    assert (told["id"], told["state"]) == (str(document.public_id), "issued")
    assert [(line["region_code"], line["change"]) for line in told["lines"]] == [("6210", 60)]
    other = another("prefecture-officer", "6229")
    assert other.get("/api/v1/quota-documents/").json()["results"] == []
    assert other.get(f"/api/v1/quota-documents/{document.public_id}/").status_code == 404
