"""Names: as written, in every character of GB 18030, found by key and by initials."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.repairs import Repair
from talent.names import (
    INITIALS_LENGTH,
    NAME_LENGTH,
    NameTrouble,
    fold_name,
    fold_names,
    judge_name,
    judge_names,
    name_initials,
    name_initials_many,
    repair_name,
    repair_name_column,
)

MISSING, LENGTH, CHARACTERS = NameTrouble.MISSING, NameTrouble.LENGTH, NameTrouble.CHARACTERS
LONG_NAME = "·".join(["阿卜杜热西提"] * 8)  # 55 characters


@pytest.mark.parametrize(
    ("raw", "text", "kinds"),
    [
        ("张三", "张三", []),
        ("阿依努尔·买买提", "阿依努尔·买买提", []),
        *[
            (f"阿依努尔{dot}买买提", "阿依努尔·买买提", [Repair.NAME_DOT])
            for dot in "•‧・･．.。｡∙⋅˙﹒"
        ],
        ("阿依努尔··买买提", "阿依努尔·买买提", [Repair.NAME_DOT]),
        ("阿依努尔 . 买买提", "阿依努尔·买买提", [Repair.NAME_DOT]),
        ("阿依努尔 · 买买提", "阿依努尔·买买提", [Repair.SPACES]),
        ("魏\u3000\u3000军", "魏军", [Repair.SPACES]),
        ("李 小 明", "李小明", [Repair.SPACES]),
        (" 欧阳修\t", "欧阳修", [Repair.SPACES]),
        ("阿依努尔 买买提", "阿依努尔 买买提", []),
        ("阿依努尔\u3000买买提", "阿依努尔 买买提", [Repair.SPACES]),
        ("J. Smith", "J. Smith", []),
        ("张三.", "张三.", []),
        ("\u200b张三\ufeff", "张三", [Repair.ZERO_WIDTH]),
        ("'张三", "张三", [Repair.APOSTROPHE]),
        ("Ｊohn", "John", [Repair.FULL_WIDTH]),
        ("\uf92c\U0002f800", "\uf92c\U0002f800", []),
    ],
)
def test_repair(raw: str, text: str, kinds: list[Repair]) -> None:
    assert repair_name(raw) == (text, kinds)
    assert repair_name_column([raw]) == ([text], {kind.value: 1 for kind in kinds})


def test_a_column_counts_cells() -> None:
    cells = ["魏 军", "张三", "木合塔尔•艾山", "魏 军", "木合塔尔 ‧ 艾山"]
    assert repair_name_column(cells) == (
        ["魏军", "张三", "木合塔尔·艾山", "魏军", "木合塔尔·艾山"],
        {"spaces": 3, "name-dot": 2},
    )


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("张三", None),
        ("王", None),
        ("阿依努尔·买买提", None),
        ("阿依努尔 买买提", None),
        (LONG_NAME, None),
        ("张䶮", None),
        ("李𠮷", None),
        ("\U00031350\U0002ebf0\U000323b0", None),
        ("﨎\ue863〇", None),
        ("བཀྲ་ཤིས", None),
        ("ئايگۈل", None),
        ("ᠪᠠᠭᠠᠲᠤᠷ", None),
        ("ꆈꌠ", None),
        ("Maria Anna", None),
        ("", MISSING),
        ("  ", MISSING),
        ("张" * (NAME_LENGTH + 1), LENGTH),
        ("张3", CHARACTERS),
        ("张三（大）", CHARACTERS),
        ("张三?", CHARACTERS),
        ("张\ufffd", CHARACTERS),
        ("张□", CHARACTERS),
        ("合计:25人", CHARACTERS),
        ("·张三", CHARACTERS),
        ("张三·", CHARACTERS),
        ("买买提··艾山", CHARACTERS),
        ("张三\u200b", CHARACTERS),
        ("\x0212", CHARACTERS),
    ],
)
def test_judgement(name: str, trouble: NameTrouble | None) -> None:
    assert judge_name(name) is trouble
    assert judge_names(["张三", name]) == [None, trouble]


def test_sentences() -> None:
    with translation.override("en"):
        assert [str(trouble) for trouble in NameTrouble] == [t.sentence for t in NameTrouble]
    assert not any("%" in trouble.sentence for trouble in NameTrouble)


def test_every_ideograph_of_gb18030_may_stand_in_a_name() -> None:
    planes = [range(0x4E00, 0xA000), range(0x3400, 0x4DC0), range(0x20000, 0x33480)]
    characters = [chr(code) for plane in planes for code in plane]
    assert [c for c in characters if judge_name("张" + c) is not None] == []
    assert [c for c in characters if fold_name(c) != c] == []
    assert [c for c in characters if repair_name("张" + c) != ("张" + c, [])] == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张三", "张三"),
        ("阿依努尔·买买提", "阿依努尔买买提"),
        ("阿依努尔•买买提", "阿依努尔买买提"),
        ("阿依努尔．买买提", "阿依努尔买买提"),
        ("魏\u3000军\u200b", "魏军"),
        ("Maria ＡNNA", "mariaanna"),
        ("\uf92c", "\uf92c"),  # a normal form would make it U+90DE
        ("\U0002f800", "\U0002f800"),
        ("\ue863", "䶮"),  # private use in GBK, U+4DAE since
        ("\ue81e", "\u9fb4"),
        ("\ue831", "\U000215d7"),
        ("⽥", "田"),  # a radical copied from a PDF
        ("", ""),
    ],
)
def test_search_key(name: str, key: str) -> None:
    assert fold_name(name) == key
    assert fold_names([name, name]) == [key, key]


@given(st.text(max_size=120))
def test_folding_again_changes_nothing_and_keeps_the_length(name: str) -> None:
    key = fold_name(name)
    assert fold_name(key) == key
    assert len(key) <= NAME_LENGTH


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("张三", "zs"),
        ("单雄信", "sxx"),
        ("仇英", "qy"),
        ("解晓东", "xxd"),
        ("曾国藩", "zgf"),
        ("查良镛", "zly"),
        ("区楚良", "ocl"),
        ("盖叫天", "gjt"),
        ("翟志刚", "zzg"),
        ("尉迟恭", "ycg"),
        ("尉健行", "wjx"),
        ("万俟卨", "mqx"),
        ("澹台灭明", "ttmm"),
        ("欧阳修", "oyx"),
        ("李解", "lj"),
        ("查干·巴特尔", "cgbte"),
        ("阿依努尔·买买提", "aynemmt"),
        ("李𠮷", "l"),
        ("张䶮", "zy"),
        ("张\ue863", "zy"),
        ("Maria Anna", "mariaanna"),
        ("བཀྲ་ཤིས", ""),
        ("", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert name_initials(name) == initials
    assert name_initials_many(["张三", name]) == ["zs", initials]


def test_initials_fit_their_column() -> None:
    assert name_initials("张" * 80) == "z" * INITIALS_LENGTH
