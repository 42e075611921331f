"""Which line is the heading, and which column is which."""

from collections.abc import Sequence

from exchange.imports.headings import Heading, Names, folded
from training.imports import COLUMNS

NAMES = Names(COLUMNS)
REQUIRED = [column.title for column in COLUMNS if column.required]
PLACES = {c.name: place for place, c in enumerate(c for c in COLUMNS if c.required)}


def read(*lines: Sequence[str]) -> Heading | None:
    width = max(map(len, lines))
    return NAMES.read([[*line, *[""] * (width - len(line))] for line in lines], len(lines))


def understood(*lines: Sequence[str]) -> Heading:
    found = read(*lines)
    assert found is not None
    return found


def test_marks_and_spaces_make_no_difference() -> None:
    wanted = {"乡镇": ["乡 镇", " 乡镇*", "乡镇：", "【乡镇】", "\x02乡镇"], "村社区": ["村(社区)"]}
    for plain, written in wanted.items():
        assert {folded(heading) for heading in written} == {plain}
    assert folded("ＩＤ号") == "id号"


def test_every_heading_a_column_goes_by_is_found_in_any_order() -> None:
    for column in COLUMNS:
        for heading in (column.title, *column.also):
            others = [title for title in REQUIRED if title != column.title]
            found = understood([*reversed(others), heading])
            assert found.places[column.name] == len(others)
            assert found.unknown() == {}


def test_no_two_columns_go_by_the_same_heading() -> None:
    every = {(folded(heading), c.name) for c in COLUMNS for heading in (c.title, *c.also)}
    assert len(every) == len(NAMES.of_column)


def test_lines_of_groups_above_join_the_heading_where_they_say_more() -> None:
    groups = ["学员基本情况", "", "", "培训时间", "", "备注"]
    found = understood(groups, ["姓名", "身份证", "人员类别", "起", "止", ""])
    assert (found.depth, found.first_line) == (2, 1)
    assert found.places == {
        "name": 0,
        "id_number": 1,
        "category": 2,
        "start_date": 3,
        "end_date": 4,
        "remark": 5,
    }
    assert found.titles[4] == "培训时间/止"


def test_a_title_above_does_not_join_the_heading() -> None:
    found = understood(["环县2019年培训台账"], REQUIRED)
    assert (found.depth, found.line, found.places) == (1, 2, PLACES)


def test_a_column_that_two_headings_claim_is_not_guessed() -> None:
    found = understood(["序号", *REQUIRED, "姓名", "", "  ", "班主任"])
    assert "name" not in found.places
    assert found.unclear == {"name"}
    assert found.unknown() == {0: "序号", 1: "姓名", 9: "姓名", 12: "班主任"}


def test_the_official_heading_goes_before_another_usual_one() -> None:
    found = understood([*REQUIRED, "学历", "文化程度"])
    assert found.places["education"] == len(REQUIRED) + 1
    assert found.unknown() == {len(REQUIRED): "学历"}


def test_a_line_of_data_is_no_heading() -> None:
    assert read(["1", "姓名", "张三"]) is None
    assert read(["性别", "民族", "备注"]) is None
    assert read([*REQUIRED, "\x0212"]) is None


def test_what_an_office_has_matched_goes_before_what_is_known() -> None:
    titles = ["甲", "乙", "姓名"]
    digest = understood([*REQUIRED]).digest
    assert read(titles) is None
    mine = Heading(1, 1, dict(enumerate(titles))).digest
    names = Names(COLUMNS, {mine: {"甲": "name", "乙": "id_number", "姓名": ""}})
    found = names.read([titles], 1)
    assert found is not None
    assert (found.places, found.is_matched) == ({"name": 0, "id_number": 1}, True)
    assert found.unknown() == {2: "姓名"}
    assert mine != digest
