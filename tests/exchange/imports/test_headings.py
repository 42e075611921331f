"""Which line is the heading, and which column is which."""

from exchange.imports.headings import Heading, find_heading, folded, wordings
from training.imports import COLUMNS

REQUIRED = [column.title for column in COLUMNS if column.required]


def test_marks_and_spaces_make_no_difference() -> None:
    wanted = {"乡镇": ["乡 镇", " 乡镇*", "乡镇：", "【乡镇】", "\x02乡镇"], "村社区": ["村(社区)"]}
    for plain, written in wanted.items():
        assert {folded(heading) for heading in written} == {plain}
    assert folded("ＩＤ号") == "id号"


def test_every_heading_a_column_goes_by_is_found_in_any_order() -> None:
    for column in COLUMNS:
        for heading in (column.title, *column.also):
            others = [title for title in REQUIRED if title != column.title]
            found = find_heading([[*reversed(others), heading]], COLUMNS)
            assert found is not None
            assert found.places[column.name] == len(others)
            assert found.unknown == []


def test_no_two_columns_go_by_the_same_heading() -> None:
    every = {(folded(heading), c.name) for c in COLUMNS for heading in (c.title, *c.also)}
    assert len(every) == len(wordings(COLUMNS))


def test_the_line_that_names_most_columns_is_the_heading() -> None:
    rows = [["环县2019年培训台账"], REQUIRED, [*REQUIRED, "性别"], ["张三", "男"]]
    assert find_heading(rows, COLUMNS) == Heading(
        2, {c.name: n for n, c in enumerate(c for c in COLUMNS if c.required)} | {"sex": 8}
    )


def test_of_equal_lines_the_first_is_the_heading() -> None:
    found = find_heading([REQUIRED, ["张三"], REQUIRED], COLUMNS)
    assert found is not None
    assert found.line == 0


def test_a_column_named_twice_is_the_first_and_unknown_ones_are_told() -> None:
    found = find_heading([["序号", *REQUIRED, "姓名", "", "  ", "班主任"]], COLUMNS)
    assert found is not None
    assert (found.places["name"], found.unknown) == (1, ["序号", "姓名", "班主任"])


def test_a_line_with_most_required_columns_tells_what_is_missing() -> None:
    found = find_heading([[t for t in REQUIRED if t not in ("结业时间", "姓名")]], COLUMNS)
    assert found is not None
    assert found.missing == ["姓名", "结业时间"]
    assert find_heading([REQUIRED[:4]], COLUMNS) is None
    assert find_heading([["a"]] * 30 + [REQUIRED], COLUMNS) is None
