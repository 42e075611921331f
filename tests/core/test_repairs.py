"""Repairs of text: what they change, what they leave, and that cells are counted."""

import pytest

from core.repairs import Repair, repair_text, repair_text_column


@pytest.mark.parametrize(
    ("cell", "text", "kinds"),
    [
        ("盐沟村", "盐沟村", []),
        ("", "", []),
        ("  盐沟村\u3000", "盐沟村", [Repair.SPACES]),
        ("环县\u3000\u3000环城镇", "环县 环城镇", [Repair.SPACES]),
        ("第一行\n第二行", "第一行 第二行", [Repair.SPACES]),
        ("New  York", "New  York", []),
        ("\ufeff盐沟\u200b村\u202c", "盐沟村", [Repair.ZERO_WIDTH]),
        ("２０１９年第Ａ期", "2019年第A期", [Repair.FULL_WIDTH]),
        ("电工（初级），含实训；", "电工（初级），含实训；", []),
        ("'0934", "0934", [Repair.APOSTROPHE]),
        (" ’ 0934", "0934", [Repair.SPACES, Repair.APOSTROPHE]),
        ("‘两后生’培训", "‘两后生’培训", []),
        ("O'Brien", "O'Brien", []),
        ("\u200b\u00a0１", "1", [Repair.ZERO_WIDTH, Repair.FULL_WIDTH, Repair.SPACES]),
        ("\x0243597", "\x0243597", []),
        ("\x032019-06-04", "\x032019-06-04", []),
    ],
)
def test_general_text(cell: str, text: str, kinds: list[Repair]) -> None:
    assert repair_text(cell) == (text, kinds)
    assert repair_text_column([cell]) == ([text], {kind.value: 1 for kind in kinds})


@pytest.mark.parametrize(
    ("cell", "text", "kinds"),
    [
        ("汉\u3000族", "汉族", [Repair.SPACES]),
        ("139 1234 8657", "13912348657", [Repair.SPACES]),
        ("'13912348657", "13912348657", [Repair.APOSTROPHE]),
        ("小学", "小学", []),
    ],
)
def test_compact_text(cell: str, text: str, kinds: list[Repair]) -> None:
    assert repair_text(cell, compact=True) == (text, kinds)
    assert repair_text_column([cell], compact=True) == ([text], {kind.value: 1 for kind in kinds})


def test_cells_are_counted_once_a_kind() -> None:
    cells = [" 甲\u3000", "乙", " 甲\u3000", "\u200b\u200b丙 ", "", "丁"]
    assert repair_text_column(cells) == (
        ["甲", "乙", "甲", "丙", "", "丁"],
        {"spaces": 3, "zero-width": 1},
    )


def test_a_clean_column_comes_back_itself() -> None:
    cells = ["甲", "乙", "\x021"]
    repaired, counts = repair_text_column(cells)
    assert repaired is cells
    assert counts == {}


def test_what_only_looks_suspicious_is_not_counted() -> None:
    assert repair_text_column(["New York", "‘引’号"]) == (["New York", "‘引’号"], {})
