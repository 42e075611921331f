"""A roster of quotas: what does not fit is held, what fits is drawn as on the page."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.imports.staging import Judged
from exchange.models import ImportBatch
from programs.balancing import differences
from programs.handing_down import CHANGED, hand_down
from programs.imports.quotas import COLUMNS
from programs.models import Quota, QuotaDocument, QuotaLine
from programs.quota_book import ISSUED_ONCE, Paper
from tests.factories import a_plan, a_program, a_quota, an_account, divisions
from tests.factories.rosters import worked

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 3, 1)
TITLES = {column.name: column.title for column in COLUMNS}


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()


@pytest.fixture
def top() -> Quota:
    return a_quota(a_plan(), a_program(name="就业技能培训"), "62", 1000)


def row(place: str = "庆阳市", amount: str = "600", **changes: str) -> dict[str, str]:
    given = {"program": "就业技能培训", "year": "2019", "document_number": "1号"}
    return given | {"place": place, "amount": amount} | changes


def judged(*rows: dict[str, str], region: str = "62") -> Judged:
    return services.judge_rows(kind_of("quotas"), region, rows)


def found(*rows: dict[str, str], region: str = "62") -> list[tuple[int, str, dict[str, Any]]]:
    findings = judged(*rows, region=region).findings
    return [(f.row, f.rule.partition(".")[2], f.params) for f in findings]


def brought_in(*rows: dict[str, str], region: str = "62", by: Any = None) -> ImportBatch:
    text = io.StringIO()
    lines = [list(TITLES.values()), *([r.get(name, "") for name in TITLES] for r in rows)]
    csv.writer(text).writerows(lines)
    batch = services.bring_in(
        file=io.BytesIO(text.getvalue().encode()),
        name="指标.csv",
        kind=kind_of("quotas"),
        region_code=region,
        options={},
        by=by,
    )
    return worked(batch)


def written(*rows: dict[str, str], **more: Any) -> ImportBatch:
    batch = brought_in(*rows, **more)
    services.confirm(batch, by=more.get("by"))
    return worked(batch)


def children(quota: Quota) -> list[tuple[Any, ...]]:
    rows = Quota.objects.naming_document().filter(parent=quota)
    rows = rows.order_by("region_code", "listed_apart")
    return list(rows.values_list("region_code", "amount", "listed_apart", "document_number"))


def test_what_fits_is_handed_down_and_names_its_line(top: Quota) -> None:
    officer = an_account("省", "province-officer", "62")
    batch = written(row(), row("临夏回族自治州", "400", document_number="2号"), by=officer)
    assert (batch.state, batch.written, batch.held) == ("done", 2, 0)
    assert children(top) == [("6210", 600, False, "1号"), ("6229", 400, False, "2号")]
    top.refresh_from_db()
    assert top.allotted == 1000
    documents = QuotaDocument.objects.filter(import_batch=batch).order_by("number")
    named = list(documents.values_list("number", "region_code", "kind", "issued_by__name"))
    assert named == [("1号", "62", "break-down", "省"), ("2号", "62", "break-down", "省")]
    lines = QuotaLine.objects.filter(document__import_batch=batch).order_by("line")
    assert list(lines.values_list("region_code", "sheet", "line")) == [
        ("6210", 1, 2),
        ("6229", 1, 3),
    ]


@pytest.mark.parametrize("name", ["临夏回族自治州", "临夏州", "6229"])
def test_a_region_is_known_by_name_and_code(top: Quota, name: str) -> None:
    assert found(row(name)) == []


def test_what_is_not_one_of_ours_is_held_and_told(top: Quota) -> None:
    assert found(
        row("环县"),
        row("西宁市"),
        row(program="没有的项目"),
        row(year="2018"),
        row(amount="-5"),
    ) == [
        (0, "quota_is_for_the_next_level_down", {"place": "环县"}),
        (1, "quota_is_for_the_next_level_down", {"place": "西宁市"}),
        (2, "program_is_known", {"program": "没有的项目"}),
        (3, "quota_is_drawn_from_one", {"program": "就业技能培训", "year": "2018"}),
        (4, "number_is_plausible", {"title": "指标数", "value": "-5"}),
    ]


def test_a_row_that_would_overspend_is_held_and_the_rest_is_not(top: Quota) -> None:
    assert found(row(amount="700"), row("临夏州", "301"), row("6210", "1")) == [
        (1, "quotas_fit_what_is_left", {"left": 300, "amount": 1000, "more": 301}),
        (2, "quota_stands_once_in_file", {"line": 1}),
    ]
    assert found(row(amount="700"), row("临夏州", "300")) == []


def test_what_shrinks_makes_room(top: Quota) -> None:
    written(row(amount="600"), row("临夏州", "400"))
    assert found(row(amount="700"), row("临夏州", "300")) == []
    less = row("临夏州", "300", document_number="2号")
    batch = written(row(amount="700", document_number="2号"), less)
    assert [amount for _code, amount, *_more in children(top)] == [700, 300]
    assert batch.state == "done"
    assert found(row(amount="701"), row("临夏州", "300"))[0][2]["left"] == 0


def test_a_row_that_is_held_makes_no_room(top: Quota) -> None:
    written(row(amount="600"), row("临夏州", "400"))
    held = row("临夏州", "300", document_number="")
    assert [rule for _row, rule, _params in found(row(amount="700"), held)] == [
        "quotas_fit_what_is_left",
        "required_cell_is_filled",
    ]


def test_a_quota_is_not_set_below_what_it_gave(top: Quota) -> None:
    written(row())
    written(row("环县", "500"), region="6210")
    assert found(row(amount="499")) == [(0, "quota_keeps_what_it_handed_down", {"given": 500})]
    assert found(row(amount="500")) == []


def test_what_is_listed_apart_stands_beside(top: Quota) -> None:
    written(row(amount="1000"), row("临夏州", "5000", apart="是"))
    assert children(top) == [("6210", 1000, False, "1号"), ("6229", 5000, True, "1号")]
    top.refresh_from_db()
    assert top.allotted == 1000
    assert found(row("东乡族自治县", "5001", apart="是"), region="6229")[0][2]["left"] == 5000


def test_two_plans_of_a_year_are_not_chosen_between(top: Quota) -> None:
    a_quota(a_plan("另一计划"), top.program, "62", 10)
    assert found(row())[0][:2] == (0, "quota_is_drawn_from_one")


def test_what_was_changed_meanwhile_refuses_the_whole_file(top: Quota) -> None:
    batch = brought_in(row(amount="600"), row("临夏州", "400"))
    hand_down(parent=top, amounts={"6229": 500}, paper=Paper("3号", DAY), by=None)
    services.confirm(batch, by=None)
    assert (worked(batch).state, batch.error) == ("failed", CHANGED)
    assert children(top) == [("6229", 500, False, "3号")]


def test_a_paper_is_dated_by_the_file_and_comes_once(top: Quota) -> None:
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    assert found(row(dated=str(tomorrow))) == [(0, "quota_document_is_dated_by_today", {})]
    written(row(dated="2019-03-01"))
    document = QuotaDocument.objects.get(number="1号")
    assert (document.dated, document.lines.get().change) == (DAY, 600)
    batch = written(row("临夏州", "100", dated="2019-03-01"))
    assert (batch.state, batch.error) == ("failed", ISSUED_ONCE)
    assert written(row("临夏州", "100", dated="2019-03-02")).written == 1
    assert differences() == []


def test_the_page_of_the_quotas_shows_what_an_import_gave(top: Quota, client: Client) -> None:
    other = a_quota(top.plan, a_program("brand"), "62", 10)
    a_quota(top.plan, other.program, "6210", 5, parent=other)
    a_quota(top.plan, top.program, "6210", 5, parent=top)
    batch = written(row("临夏州"))
    client.force_login(an_account("省", "province-officer", "62"))
    page = client.get(f"{reverse('programs:quotas')}?batch={batch.public_id}")
    shown = [[line["cells"][0]["value"] for line in p["rows"]] for p in page.context["programs"]]
    assert shown == [["甘肃省", "临夏回族自治州"]]
    assert page.context["chips"][0]["value"] == "指标.csv"
    client.force_login(an_account("他市", "prefecture-officer", "6210"))
    for unseen in (batch.public_id, "x"):
        address = f"{reverse('programs:quotas')}?batch={unseen}"
        assert client.get(address).status_code == 404
