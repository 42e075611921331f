"""The official tables of the portal, cell by cell, against numbers counted by hand.

GOLDEN holds a file a table: its lines as a spreadsheet reads them, in the order of the columns.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from core.models import Region
from exchange.papers import write_paper
from exchange.periods import Period
from exchange.reports.forms import LABELS
from exchange.tables import declared
from exchange.tables.filling import Filled, fill
from exchange.tables.heads import Signed, foot_of, form_of, head_of
from exchange.tables.sheets import sheet_of
from exchange.workbooks import SheetSpec, write_workbook
from programs.models import Quota
from programs.wordings import POSTING, TEAM
from talent.wordings import CATEGORY
from tests.factories import a_plan, a_program, a_quota
from tests.training.tables_world import the_ledger, the_plan, the_teams

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_world")]
GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.tsv"))
PLACES = ("62", "6210", "6229")


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        the_ledger()
        the_plan()
        the_teams()
        yield
        transaction.set_rollback(True)


def filled(key: str, region: str, period: str) -> Filled:
    place = Region.objects.get(pk=region)
    return fill(declared.table_of(key), place, Period.parse(period))


def sheet(of: Filled) -> SheetSpec:
    form = form_of(of)
    return sheet_of(of, head_of(of, form, Signed()), foot_of(of, form, Signed(), timezone.now()))


def as_read(spec: SheetSpec) -> list[list[str]]:
    """The lines between headings and foot, as another program reads the workbook."""
    file = io.BytesIO()
    write_workbook(file, [spec], labels=LABELS)
    grid = (
        CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
        .get_sheet_by_index(0)
        .to_python()
    )
    codes = next(n for n, row in enumerate(grid) if row[0] == "甲")
    lines = len(list(spec.totals)) + len(list(spec.rows))  # type: ignore[arg-type]
    body = [row[: len(spec.columns)] for row in grid[codes + 1 : codes + 1 + lines]]
    return [[shown(value) for value in row] for row in body]


def shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return str(int(value)) if value == int(value) else f"{value:g}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_table_says_what_was_counted_by_hand(file: Path) -> None:
    key, region, period = file.stem.split("_")
    with translation.override("zh-hans"):
        of = filled(key, region, period)
        spec = sheet(of)
        found = as_read(spec)
    assert found == [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    assert [
        str(each.relation.text) for each in of.broken if each.relation.severity == "block"
    ] == []
    paper = io.BytesIO()
    info = write_paper(paper, spec, labels=LABELS)
    assert info.undrawn == ()
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(paper).pages)
    for said in (of.table.title, "草稿，未报送", "表号：待核定", "栏目关系"):
        assert said in text


def test_every_declared_table_has_its_golden_file() -> None:
    assert {file.stem.split("_")[0] for file in FILES} == {t.key for t in declared.all_tables()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_figure_leads_to_an_address_that_says_the_same(file: Path) -> None:
    of = filled(*file.stem.split("_"))
    addressed = [(cell.value, cell.figure) for cell in of.cells.values() if cell.figure]
    told = [(value, figure.value()) for value, figure in addressed]
    assert [pair for pair in told if pair[0] != pair[1]] == []
    assert len(told) >= 2


def test_tables_call_things_as_rosters_do_and_leave_none_out() -> None:
    monthly = declared.table_of("training-monthly").columns
    said = {c.options["category"][0]: c.title for c in monthly if "category" in c.options}
    assert said == CATEGORY
    teams = {}
    for line in declared.table_of("talent-teams").lines:
        teams |= dict.fromkeys(line.categories, line.title.partition(". ")[2])
    assert teams == {**POSTING, **TEAM}
    annual = declared.table_of("training-annual").columns
    grouped = [key for c in annual for key in c.options.get("category", ())]
    assert sorted(grouped) == sorted(CATEGORY)


def test_a_plan_of_a_place_beneath_is_no_line_of_ones_own() -> None:
    a_quota(a_plan(name="州计划", region_code="6229"), a_program("skills"), "6229", 7)
    plans = {
        region: {line.titles[0] for line in filled("quota-execution", region, "2019Q2").lines}
        for region in ("62", "6229")
    }
    assert plans["6229"] - plans["62"] == {"州计划"}
    assert plans["62"] < plans["6229"]


def test_quotas_by_place_lead_to_the_book_of_the_one_quota_or_to_all_of_the_place() -> None:
    """Several are added up, so they are shown side by side."""
    a_quota(a_plan(name="州计划", region_code="6229"), a_program("startup"), "6229", 7)
    own = {q.region_code: q.pk for q in Quota.objects.filter(program="labor", listed_apart=False)}
    apart = Quota.objects.get(listed_apart=True)
    found = filled("quota-by-place", "62", "2019Q2").cells
    pages = {place: (found[place, "(1)"].page, found[place, "(2)"].page) for place in PLACES}
    assert pages == {
        "62": (f"/programs/quotas/{own['62']}/", f"/programs/quotas/{apart.pk}/"),
        "6210": (f"/programs/quotas/{own['6210']}/", ""),
        "6229": ("/programs/quotas/?region=6229", f"/programs/quotas/{apart.pk}/"),
    }
    assert {found[place, "(3)"].page for place in PLACES} == {""}
