"""Tables of web pages, as other systems export them under a spreadsheet's name."""

import pytest

from exchange.files import Limits, markup, preflight

TWO_ROWS = "<table><tr><td>姓名</td></tr><tr><td>马吉</td></tr></table>"
ENCODINGS = {
    "declared, in fact GB18030": ('<meta charset="gb2312">', "gb18030"),
    "declared the long way": ('<meta content="text/html; charset=GBK">', "gb18030"),
    "not declared": ("", "gb18030"),
    "declared wrongly": ('<meta charset="gb2312">', "utf-8"),
    "utf-8": ("<meta charset=utf-8>", "utf-8"),
    "utf-8 with mark": ("", "utf-8-sig"),
    "utf-16 with mark": ("<meta charset='utf-16'>", "utf-16"),
    "utf-16 without": ("", "utf-16-le"),
}
RARE = "𬀩䶮㛃𰻝·一"


def columns(block):
    return [list(column) for column in block.columns]


@pytest.mark.parametrize(("meta", "codec"), ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_with_every_name(read, meta, codec):
    (block,) = read(f"<html>{meta}{TWO_ROWS.replace('马吉', RARE)}".encode(codec), "名册.xls")
    assert columns(block) == [["姓名", RARE]]


def test_two_bytes_that_are_both_follow_the_declaration(read):
    page = '<meta charset="gb2312"><table><tr><td>一<tr><td>1</table>'
    (block,) = read(page.encode("gb18030"), "名册.xls")
    assert columns(block) == [["一", "1"]]


def test_spans_are_merges_and_their_value_stands_once(read):
    (block,) = read(
        "<table><tr><th rowspan=2>姓名<th colspan='2'>时间<tr><td>起<td>止"
        "<tr><td rowspan=999999>马吉<td colspan=7>一<tr><td>二<td>三</table>".encode(),
        "名册.html",
    )
    assert columns(block) == [
        ["姓名", "", "马吉", ""],
        ["时间", "起", "一", "二"],
        ["", "止", "", "三"],
    ]
    assert block.merges == [(1, 1, 2, 1), (1, 2, 1, 3), (3, 1, 4, 1), (3, 2, 3, 3)]


def test_rowspans_of_neighbours_keep_later_cells_in_their_columns(read):
    page = "<table><tr><td rowspan=2>a<td>b<td rowspan=2>c<tr><td colspan=9>d<td>e</table>"
    (block,) = read(page.encode(), "a.xls")
    assert columns(block) == [["a", ""], ["b", "d"], ["c", ""], ["", "e"]]
    assert block.merges == [(1, 1, 2, 1), (1, 3, 2, 3)]


def test_what_stands_around_a_table_becomes_its_lines(read):
    page = (
        "<title>x</title><style>td{}</style><!-- <table> --><h3>一班&nbsp;&amp;<b> 春季</b></h3>"
        f"<p>共 1 人<br>2019年{TWO_ROWS}制表人：<span>王</span><script>'<td>'</script>"
    )
    (block,) = read(page.encode(), "名册.xls")
    assert columns(block) == [["一班\xa0& 春季", "共 1 人", "2019年", "姓名", "马吉", "制表人：王"]]
    assert (block.sheet, block.height) == ("1", 6)


def test_each_table_is_a_sheet_by_caption_or_number(read):
    named = TWO_ROWS.replace("<tr>", "<caption> 二班 </caption><tr>", 1)
    title = "<table><tr><td>全县</td></tr></table>"
    blocks = read(f"{title}{TWO_ROWS}{named}{named}".encode(), "名册.xls")
    assert [(block.sheet, columns(block)[0][0], block.sheet_number) for block in blocks] == [
        ("1", "全县", 1), ("二班", "二班", 2), ("3", "二班", 3),
    ]  # fmt: skip


def test_a_frame_is_no_table_and_a_table_of_one_row_in_a_cell_its_text(read):
    (block,) = read(
        "<table><tr><td>标题<tr><td><table><tr><td><table><tr><td>马</td><td>吉</table><td>b"
        "<tr><td>1<td>2</table><tr><td>签字</table>".encode(),
        "名册.xls",
    )
    assert columns(block) == [["标题", "签字", "马 吉", "1"], ["", "", "b", "2"]]


def test_a_table_in_a_table_of_data_is_a_sheet_of_its_own(read):
    page = "<table><tr><td>a<td>b<tr><td>1<td><table><tr><td>x<tr><td>y</table></table>"
    assert [columns(block) for block in read(page.encode(), "a.xls")] == [
        [["a", "1"], ["b", ""]],
        [["x", "y"]],
    ]


def test_hidden_rows_are_read_and_named_and_hidden_tables_too(read):
    page = f"{TWO_ROWS}{TWO_ROWS}".replace("<tr>", "<tr style='mso-x:1;Display : NONE'>", 1)
    page = "<p>题</p>" + page.replace("</table><table", "</table><table hidden")
    one, two = read(page.encode(), "名册.xls")
    assert (one.hidden_lines, one.hidden) == ([2], False)
    assert (two.hidden_lines, two.hidden) == ([], True)


def test_what_a_cell_hides_is_not_its_text(read):
    page = TWO_ROWS.replace(
        "马吉", "<span style='display:none'>1<span>2</span></span>马吉<b hidden>x"
    )
    (block,) = read(page.encode(), "名册.xls")
    assert columns(block) == [["姓名", "马吉"]]


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("<td>621022197003041234", "621022197003041234"),
        ("<td>007", "007"),
        ("<td>=1+1", "=1+1"),
        ("<td> 马 \n 吉 ", "马 吉"),
        ("<td>马<br>吉", "马 吉"),
        ("<td>&nbsp;", ""),
        ("<td>&nbsp;马", "\xa0马"),
        ("<td>&lt;b&gt;&#x4dae;", "<b>䶮"),
        ("<td x:num>90", "\x0290"),
        ("<td x:num='90.5'>90.50", "\x0290.5"),
        ("<td x:num='1200'>1,200", "\x021200"),
        ("<td sdval='90' sdnum='2052;'>90", "\x0290"),
        ("<td x:num='6.21022197003041E+17'>6.21E+17", "\x02621022197003041000"),
        ("<td x:num='43620'>2019-06-04", "2019-06-04"),
        ("<td x:num='621022197003041234'>621022197003041234", "621022197003041234"),
        ("<td x:num style=\"mso-number-format:'\\@'\">0012", "0012"),
        ("<td x:num style='mso-number-format:\"\\@\"'>0012", "0012"),
        ("<td x:num='1e999'>1", "1"),
        ("<td x:num='x'>1", "1"),
        ("<td x:str='  a'>a", "  a"),
        ("<td x:err='#REF!'>#REF!", "\x05#REF!"),
        ("<td title='a>b'>c", "c"),
        ("<td title='a>c", "c"),
        ("<td>a\x02b", "ab"),
    ],
)
def test_cells_are_text_unless_the_page_says_otherwise(read, cell, form):
    (block,) = read(f"<table><tr><td>a<td>b<tr><td>a{cell}</table>".encode(), "a.xls")
    assert block.columns[1] == ["b", form]


def test_formulas_are_text_and_never_computed(read):
    page = "<table><tr><td>a<tr><td x:num='3' x:fmla='=SUM(A1)'>3<td x:fmla='=B9'></table>"
    (block,) = read(page.encode(), "a.xls")
    assert columns(block) == [["a", "\x06=SUM(A1)"], ["", "\x06=B9"]]
    assert block.results == {(1, 0): "\x023"}


def test_tags_may_be_missing_or_foreign(read):
    page = (
        "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><!--[if gte mso 9]><xml>"
        "<x:Name>Sheet1</x:Name></xml><![endif]--></head><tr><td>a<p>b</p></td><![if x]>"
        "<td>c<o:p></o:p><tr></tr><tr><td>d</tbody></table></td>"
    )
    (block,) = read(page.encode(), "a.xls")
    assert columns(block) == [["a b", "", "d"], ["c", "", ""]]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>请登录</body></html>",
        "<table><tr><td>会话已超时</td></tr></table>",
        "<table><tr><td></td></tr><tr><td>x</td></tr></table>",
        "<!DOCTYPE html><table><tr><td>用户<td><input><tr><td>口令<td><input type=Password></table>",
        "<!-- <td>",
        "<table><td></table>",
    ],
)
def test_pages_without_a_roster_are_refused(refusal, page):
    assert refusal(page.encode(), "名册.xls") == "web-page"


def test_web_archives_and_deep_nests_are_refused(refusal):
    archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"
    assert refusal((archive + TWO_ROWS).encode(), "名册.xls") == "web-archive"
    assert refusal(("<table><tr><td>" * 99).encode(), "名册.xls") == "unreadable"
    assert refusal((TWO_ROWS * 301).encode(), "名册.xls") == "unsafe"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<tr><td>a" * 11, "too-many-rows"),
        ("<tr><td>a<tr>" + "<td>a" * 6, "too-many-columns"),
        ("<tr><td colspan=5>a<td>b<tr><td>c", "too-many-columns"),
        ("<tr><td>a<td>b<td>c" * 9, "too-many-cells"),
        ("<p>a" * 11 + "<td>", "too-many-rows"),
        (TWO_ROWS * 6, "too-many-rows"),
    ],
)
def test_limits(refusal, page, code):
    limits = Limits(max_rows=10, max_columns=5, max_cells=25)
    assert refusal(f"<table>{page}".encode(), "a.xls", limits=limits) == code


def test_the_content_decides(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(("\r\n" + TWO_ROWS).encode("utf-16"))
    for name in ("名册.xls", "名册.csv", "名册.htm"):
        assert preflight(path, name=name) == "html"


@pytest.mark.parametrize("piece", ["<!--", "<td '", "<td a='", "<", "<a " * 9, "&#", "<![", "</"])
def test_unclosed_marks_end_where_they_are(piece):
    assert next(markup.tags(f"<b>{piece}<i>")) == ("", "b", {})
    assert sum(1 for _ in markup.tags(piece * 20_000)) <= 20_001
