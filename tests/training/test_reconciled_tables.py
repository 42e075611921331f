"""Another office's workbook of an official table: its cells, and the people behind those that differ."""

import datetime
import io
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.models import Region, User
from exchange.periods import Period
from exchange.reports.forms import LABELS
from exchange.tables.declared import table_of
from exchange.tables.filling import fill
from exchange.tables.heads import Signed, foot_of, form_of, head_of
from exchange.tables.sheets import sheet_of
from exchange.workbooks import Kind, write_workbook
from tests.factories import (
    a_class,
    a_person,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from tests.factories.reconciling import a_workbook, compared
from training.models import Reconciliation
from training.reconciling.tables import printed

pytestmark = pytest.mark.django_db
JUNE, QINGYANG, HUAN = Period.parse("2019-06"), "6210", "621022"
HEADS = ("姓名", "身份证号码", "县区", "人员类别", "开班时间")
MOMENT = datetime.datetime(2019, 7, 1, tzinfo=datetime.UTC)


def table_as_it_stands(region: str = QINGYANG) -> bytes:
    filled = fill(table_of("training-monthly"), Region.objects.get(pk=region), JUNE)
    form, kept = form_of(filled), io.BytesIO()
    head, foot = head_of(filled, form, Signed()), foot_of(filled, form, Signed(), MOMENT)
    write_workbook(kept, [sheet_of(filled, head, foot)], labels=LABELS)
    return kept.getvalue()


@pytest.fixture
def officer() -> User:
    """Three people of 环县 and one of 庆城县 were in classes of June."""
    divisions()
    for order in (1, 2, 3):
        enrolled(a_person(order), a_class())
    enrolled(a_person(4), a_class("621021", "Q1"))
    settled()
    return an_account("officer", "prefecture-officer", QINGYANG)


def cells(job: Reconciliation) -> list[tuple[Any, ...]]:
    assert (job.state, job.error) == ("done", "")
    found = job.lines.of_cells()
    return [
        (c.name.split()[-1], c.theirs["code"], c.theirs["value"], c.ours["value"]) for c in found
    ]


def test_a_table_that_agrees_has_no_difference(officer: User) -> None:
    job = compared(
        table_as_it_stands(), officer, region_code=QINGYANG, period="2019-06", kind="table"
    )
    assert (cells(job), job.table, job.counts["lacking"]) == ([], "training-monthly", [])
    lines = 1 + Region.objects.beneath(QINGYANG).count()
    assert job.counts["cells"] == lines * len(table_of("training-monthly").columns)


def test_each_cell_that_differs_is_named_with_the_people_behind_it(officer: User) -> None:
    theirs = table_as_it_stands()
    people = [[f"张{n}", citizen_number(n), "环县"] for n in (1, 2, 3)]
    people.append(["张4", citizen_number(4), Region.objects.get(pk="621021").name])
    rows = [[*told, "建档立卡贫困劳动力", "2019-06-24"] for told in people]
    enrolled(a_person(5), a_class())
    settled()
    asked: dict[str, Any] = {"region_code": QINGYANG, "period": "2019-06", "kind": "table"}
    roster = io.BytesIO(a_workbook(rows, HEADS))
    job = compared(theirs, officer, **asked, roster=roster, roster_name="people.xlsx")
    changed = ("(1)", "(2)", "(3)", "(4)")
    assert cells(job) == [
        *((QINGYANG, code, "4", "5") for code in changed),
        *((HUAN, code, "3", "4") for code in changed),
    ]
    assert [(d.way, d.name) for d in job.lines.of_people()] == [("extra", "张5")]
    client = Client()
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    page = reverse("training:reconciliation", args=[job.public_id])
    shown = client.get(page).context["table_cells"]
    assert [len(client.get(each["people"]).context["rows"]) for each in shown] == [1] * 8
    assert {client.get(each["url"]).status_code for each in shown} == {200}
    book = load_workbook(io.BytesIO(client.get(f"{page}file/").getvalue()))
    assert [sheet.max_row for sheet in book] == [9, 2, 3]
    other = client.get(f"{page}lines/?cell={job.lines.of_people().get().pk}")
    assert other.status_code == 404


def test_people_who_are_not_in_a_cells_figure_are_not_behind_it(officer: User) -> None:
    theirs = table_as_it_stands()
    enrolled(a_person(5), a_class("621021", "Q1"), category="unemployed")
    settled()
    data = a_workbook([["张9", citizen_number(9), "环县", "", "2019-06-24"]], HEADS)
    asked: dict[str, Any] = {"region_code": QINGYANG, "period": "2019-06", "kind": "table"}
    job = compared(theirs, officer, **asked, roster=io.BytesIO(data), roster_name="a.xlsx")
    found = {c.theirs["code"]: c for c in job.lines.of_cells().filter(name__endswith="621021")}
    assert set(found) == {"(1)", "(2)", "(3)", "(8)"}
    client = Client()
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    url = reverse("training:reconciliation-lines", args=[job.public_id])

    def behind(code: str) -> list[str]:
        rows = client.get(f"{url}?cell={found[code].pk}").context["rows"]
        return [row["line"].name for row in rows]

    assert (behind("(1)"), behind("(8)")) == (["张4", "张5"], ["张5"])


def test_a_workbook_that_is_no_table_of_ours_is_refused(officer: User) -> None:
    asked = {"region_code": QINGYANG, "kind": "table"}
    job = compared(a_workbook([["1"]], ["培训台账月报表"]), officer, **asked, period="2019-06")
    assert (job.state, "培训台账月报表" in job.error_params["titles"]) == ("failed", True)
    assert compared(table_as_it_stands(), officer, **asked, period="2019").state == "failed"


@pytest.mark.parametrize(
    ("kind", "cell", "shown"),
    [
        ("integer", "\x021200", "1,200"),
        ("integer", "1,200", "1,200"),
        ("integer", "—", "0"),
        ("integer", "若干", "若干"),
        ("wan", "\x0212.3", "12.30"),
        ("percent", "\x020.5", "50.00%"),
        ("percent", "50%", "50.00%"),
    ],
)
def test_a_cell_is_compared_as_it_is_printed(kind: str, cell: str, shown: str) -> None:

    column = replace(table_of("training-monthly").columns[0], kind=Kind(kind))
    assert printed(column, cell) == shown
