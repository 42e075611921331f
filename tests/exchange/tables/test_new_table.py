"""A new table costs a declaration and no code: declared in a file, filled, filed and printed."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from core.models import AuditEntry
from exchange.models import TableFiling
from tests.exchange.import_pages import signed_in
from tests.exchange.tables.world import a_quarter, known
from tests.factories.submissions import the_chain

pytestmark = pytest.mark.django_db
PERIOD = "2019Q2"
HERE = {"table": "sample", "region": "621022", "period": PERIOD}


@pytest.fixture(autouse=True)
def _plain_files(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def url(filing: TableFiling, act: str = "") -> str:
    return f"/tables/filings/{filing.public_id}/{act}"


def numbers(page: Any) -> list[list[str]]:
    return [[cell["text"] for cell in row["cells"]] for row in page.context["shown"]["rows"]]


def begun(clerk: Client) -> TableFiling:
    assert clerk.post("/tables/begin/", HERE).status_code == 302
    return TableFiling.objects.get()


def test_a_declared_table_is_filled_filed_and_printed(tmp_path: Path) -> None:
    a_quarter()
    people = the_chain()
    clerk, reviewer = signed_in(people["clerk"]), signed_in(people["reviewer"])
    officer = signed_in(people["prefecture"])
    with known(tmp_path):
        preview = clerk.get("/tables/of/sample/?region=621022&period=2019Q2")
        assert numbers(preview) == [
            ["4", "3", "1", "75.00%", "", ""],
            ["3", "2", "1", "66.67%", "", ""],
            ["0", "0", "0", "", "", ""],
            ["1", "1", "0", "100.00%", "", ""],
        ]
        rows = preview.context["shown"]["rows"]
        assert rows[1]["cells"][1]["url"].startswith(
            "/figures/of/training.attendances/?region=621022100"
        )
        filing = begun(clerk)
        lines = ["621022", "621022100", "621022201", "621022-"]
        said = {f"cell (5) {line}": n for line, n in zip(lines, "4301", strict=True)}
        said |= {"cell (6) 621022": "=1+1", "version": "1", "contact": "0934-1"}
        assert clerk.post(url(filing, "type/"), said).status_code == 302
        filing.refresh_from_db()
        why = {"line": "", "column": "late", "text": "因上级系统停机维护三天未能按时报送"}
        clerk.post(url(filing, "explain/"), why)
        filing.refresh_from_db()
        assert reviewer.get(url(filing)).context["standing"] == 0
        reviewer.post(url(filing, "file/"), {"version": filing.version})
        filing.refresh_from_db()
        assert (filing.state, len(filing.code), filing.cells.count()) == ("filed", 16, 25)
        book = b"".join(clerk.get(url(filing, "table.xlsx")).streaming_content)
        paper = b"".join(clerk.get(url(filing, "table.pdf")).streaming_content)
        again = b"".join(clerk.get(url(filing, "table.pdf")).streaming_content)
        officer.post(url(filing, "accept/"), {"version": filing.version})
        filing.refresh_from_db()
        assert filing.state == "accepted"
    check_book(book)
    check_paper(paper, filing)
    assert paper == again
    verbs = AuditEntry.objects.filter(verb__startswith="exchange.table.").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        f"exchange.table.{act}"
        for act in ("begun", "typed_in", "explained", "filed", *["taken_out"] * 3, "accepted")
    ]


def check_book(data: bytes) -> None:
    """Values as other programs read them; formulas where something is computed, nowhere else."""
    grid = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    body = [
        row
        for row in grid
        if row[1] in ("621022", "621022100", "621022201") or row[0] == "未填乡镇"
    ]
    assert [row[3:8] for row in body] == [
        [4.0, 3.0, 1.0, 0.75, 4.0],
        [3.0, 2.0, 1.0, 0.6667, 3.0],
        [0.0, 0.0, 0.0, "", 0.0],
        [1.0, 1.0, 0.0, 1.0, 1.0],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    first = next(cell.row for cell in sheet["A"] if cell.value == "合计")
    line = [sheet.cell(first, n).value for n in range(4, 10)]
    sums = f"=SUM(D{first + 1}:D{first + 3})"
    assert line == [
        sums,
        sums.replace("D", "E"),
        f"=D{first}-E{first}",
        f'=IFERROR(ROUND(E{first}/D{first},4),"")',
        f"=SUM(H{first + 1}:H{first + 3})",
        "=1+1",
    ]
    types = [sheet.cell(first, n).data_type for n in range(4, 10)]
    assert types == ["f", "f", "f", "f", "f", "s"]
    checks = [sheet.cell(first, n).value for n in range(10, 15)]
    assert checks[0] == f'=IF(ROUND(D{first}-(E{first}+F{first}),4)=0,"","不平衡")'
    beside = range(10, sheet.max_column + 1)
    titles = [[sheet.cell(row, n).value for n in beside] for row in range(1, first)]
    assert next(row for row in titles if any(row)) == [
        f"平衡校验：{relation}"
        for relation in (
            "(1)=(2)+(3)",
            "合计=各行之和［(1)栏］",
            "合计=各行之和［(2)栏］",
            "合计=各行之和［(5)栏］",
            "(1)≥(5)",
        )
    ]
    # A relation of lines is checked in the line of the whole, one of columns in every line.
    filled = [
        [sheet.cell(row, n).value is not None for n in beside] for row in range(first, first + 2)
    ]
    assert filled == [[True] * 5, [True, False, False, False, True]]
    assert sheet.print_area.endswith(f"$I${sheet.max_row}")
    heads = {str(cell.value) for row in sheet.iter_rows(max_row=first) for cell in row}
    for text in (
        "培训样表",
        "表号：样1表",
        "制定机关：样机关",
        "批准机关：批准机关",
        "文号：样发〔2019〕1号",
    ):
        assert text in heads
    assert {"有效期至：2099年12月31日", "填报单位：621022人社局", "计量单位：人次"} <= heads


def check_paper(data: bytes, filing: TableFiling) -> None:
    page = PdfReader(io.BytesIO(data)).pages[0]
    text = "".join(page.extract_text().split())
    for said in ("培训样表", "样发〔2019〕1号", "0934-1", "75.00%", "=1+1", filing.code[:4]):
        assert said in text
    assert "草稿" not in text
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)
