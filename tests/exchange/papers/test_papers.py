"""A printed table: its pages, its letters, and what it says of those it cannot draw."""

import io
import lzma
from dataclasses import replace

import pytest
from pypdf import PdfReader

from exchange.papers import Undrawn, write_paper
from exchange.papers.faces import MAIN, faces
from exchange.reports.forms import LABELS
from exchange.workbooks import CellUnwritable, Column, Foot, Head, Kind, SheetSpec

COLUMNS = (
    Column("序号", Kind.INTEGER, width=5),
    Column("姓名", width=20),
    Column("签名", width=20),
)
A4, A3 = (595, 842), (842, 1191)


def a_sheet(rows, **more):
    head = Head(title="花名册", reporting_office="某学校", unit="人")
    foot = Foot(lines=((("填表人", "某"),),), notes=("注。",))
    return SheetSpec(name="表", columns=COLUMNS, rows=rows, head=head, foot=foot, **more)


def printed(rows, **more):
    file = io.BytesIO()
    info = write_paper(file, a_sheet(rows, **more), labels=LABELS)
    return info, file.getvalue()


def pages(data):
    return ["".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(data)).pages]


def many(count):
    return ([n, f"张{n}", ""] for n in range(1, count + 1))


def test_heading_and_page_number_stand_on_every_page():
    info, data = printed(many(100), landscape=False)
    found = pages(data)
    assert (info.rows, info.pages) == (100, len(found))
    assert [page.count("序号姓名签名") for page in found] == [1] * len(found)
    assert [f"第{n}页共" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    assert [n for n in range(1, 101) if f"张{n}" not in "".join(found)] == []
    assert "填表人：某" in found[-1]


@pytest.mark.parametrize(("paper", "size"), [("A4", A4), ("A3", A3)])
@pytest.mark.parametrize("landscape", [True, False])
def test_the_paper_is_as_large_as_its_name_says(paper, size, landscape):
    box = PdfReader(io.BytesIO(printed(many(1), paper=paper, landscape=landscape)[1])).pages[0]
    found = round(box.mediabox.width), round(box.mediabox.height)
    assert found == (size[::-1] if landscape else size)


def test_the_same_rows_make_the_same_bytes():
    rows = [[1, "𠮷田བཀྲ་ཤིས", ""], [2, "ئابدۇللا", ""]]
    first = printed(rows)[1]
    printed([[1, "ᠪᠠᠭᠠ𪚥", ""]])
    assert printed(rows)[1] == first


def test_every_font_is_embedded():
    reader = PdfReader(io.BytesIO(printed([[1, "张𠮷བཀྲ", ""]])[1]))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert {"/FontFile2" in font["/FontDescriptor"] for font in fonts} == {True}


def test_what_no_font_has_is_printed_as_its_code_and_named_once_for_each_place():
    info, data = printed([[1, "甲", ""], [2, "\ue000乙\ue000", ""]])
    assert info.undrawn == (Undrawn("\ue000", 2, "姓名"),)
    (page,) = pages(data)
    assert "[U+E000]乙[U+E000]" in page
    assert "表中以编码代替：第2行“姓名”U+E000" in page


def test_the_fonts_an_office_adds_are_asked_too(settings, tmp_path):
    settings.OWN_FONTS_DIR = tmp_path
    before = len(list(faces()))
    packed = (settings.FONTS_DIR / MAIN).read_bytes()
    (tmp_path / "own.ttf").write_bytes(lzma.decompress(packed))
    assert [face.fontName for face in faces()][before:] == ["own"]


def test_a_row_higher_than_a_page_goes_on_on_the_next():
    info, data = printed([[1, "长" * 3000, ""]])
    assert info.pages > 1
    assert sum(page.count("长") for page in pages(data)) == 3000


def test_a_value_its_column_cannot_show_is_refused():
    with pytest.raises(CellUnwritable):
        printed([[object(), "甲", ""]])


def test_groups_stand_above_their_columns_and_totals_are_printed():
    columns = (
        Column("地区"),
        Column("人次", Kind.INTEGER, group="本月"),
        Column("率", Kind.PERCENT, group="本月"),
    )
    sheet = SheetSpec(
        name="表", columns=columns, rows=[["环县", 12, 0.5]], totals=[["合计", 12, 0.5]]
    )
    file = io.BytesIO()
    write_paper(file, sheet, labels=LABELS)
    (page,) = pages(file.getvalue())
    assert {"本月", "地区", "人次", "合计1250.00%", "环县1250.00%"} == {
        part for part in ("本月", "地区", "人次", "合计1250.00%", "环县1250.00%") if part in page
    }


def test_sheets_of_different_papers_are_one_document():
    first = a_sheet(many(60), landscape=False)
    second = a_sheet([[1, "\ue001", ""]], paper="A3")
    told, file = [], io.BytesIO()
    info = write_paper(
        file, first, second, a_sheet([[1, "甲", ""]]), labels=LABELS, progress=told.append
    )
    found = pages(file.getvalue())
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(file.getvalue())).pages]
    sides = [tuple(sorted((round(box.width), round(box.height)))) for box in boxes]
    assert sides == [A4] * (len(found) - 2) + [A3, A4]
    assert (info.rows_by_sheet, info.rows, info.pages) == ((60, 1, 1), 62, len(found))
    counted = [f"第{n}页共{len(found)}页" in page for n, page in enumerate(found, 1)]
    assert counted == [True] * len(found)
    # What no font has is named under the sheet it stands in.
    assert [n for n, page in enumerate(found, 1) if "U+E001" in page] == [len(found) - 1]
    assert info.undrawn == (Undrawn("\ue001", 1, "姓名"),)
    write_paper(io.BytesIO(), a_sheet(many(250)), labels=LABELS, progress=told.append)
    assert told == [100, 200]


def test_what_is_signed_with_stands_apart():
    signed = ["单位负责人：", "填表人：" + "镇原县经办员" * 5, "报出日期：2026年11月22日"]
    sheet = replace(
        a_sheet(many(1)), foot=Foot(lines=(tuple(each.split("：") for each in signed),))
    )
    file = io.BytesIO()
    write_paper(file, sheet, labels=LABELS)
    at: dict[str, float] = {}
    PdfReader(file).pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, *_: at.setdefault(text.strip(), tm[4])
    )
    ends = [at[each] + 9 * len(each) for each in signed[:2]]  # 9 points a Chinese character
    assert at[signed[1]] > ends[0]
    assert at[signed[2]] > ends[1]
