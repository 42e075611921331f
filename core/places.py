"""How people write the names of places, and the letters they type to find them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from pypinyin import Style, lazy_pinyin

_NATIONALITIES = (
    "乌孜别克|柯尔克孜"
    "|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春"
    "|蒙古|布依|朝鲜|土家|哈尼|傈僳|高山|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯"
    "|阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺"
    "|回|藏|蔵|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各"
)
_PEOPLES = f"(?:(?:{_NATIONALITIES})族)+"
# Autonomous places of the north may leave 族 out of their official names.
_AUTONOMOUS = re.compile(
    rf"(?P<people>(?:{_PEOPLES}|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|鄂伦春)+)自治(?P<kind>[州县旗])$"
)
_PEOPLES_TOWNSHIP = re.compile(rf"(?P<people>{_PEOPLES})(?P<kind>乡|镇|苏木)$")
_PROVINCE_KIND = re.compile(r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")
_STREET_OFFICE = re.compile(r"街道?办(?:事处)?$")
# The tail is loose because the official list itself has slips such as 村村民委会 and 居委会会.
_COMMITTEE = re.compile(
    r"(?P<of>村[（(]居[）)]|村民[村居]|居民居|村民|居民|村|居)(?:[委员会]{2,6}|委)$"
    r"|(?:(?<=社区)|(?<=嘎查))[委员会]{2,6}$"
)
_DOUBLED = (
    (re.compile("(?<=.)行政村$"), "村"),
    (re.compile("村村+$"), "村"),
    (re.compile("(?:社区){2,}$"), "社区"),
    (re.compile("(社区|嘎查)村$"), r"\1"),
)


def short_place_name(name: str, level: int) -> str:
    """The name as people write it; both sides of a comparison are passed through it.

    `level` is 1 province, 2 prefecture, 3 county, 4 township, 5 village. Villages lose
    their committee (李原村民委员会 and 李原村委会 are 李原村, 新寺居委会 is 新寺社区),
    street offices theirs, and autonomous places the peoples they are named for
    (东乡族自治县 is 东乡县). A name that is short already comes back unchanged.
    """
    bare = "".join(name.split())
    return _SHORTENERS[level](bare) or bare


def _short_province(name: str) -> str:
    return _PROVINCE_KIND.sub("", name)


def _without_peoples(pattern: re.Pattern[str], name: str) -> str:
    found = pattern.search(name)
    if not found:
        return name
    # 东乡族自治县 is named for its people alone, so the people stays.
    return (name[: found.start()] or found["people"].removesuffix("族")) + found["kind"]


def _short_county(name: str) -> str:
    return _without_peoples(_AUTONOMOUS, name)


def _short_township(name: str) -> str:
    return _without_peoples(_PEOPLES_TOWNSHIP, _STREET_OFFICE.sub("街道", name))


def _short_village(name: str) -> str:
    found = _COMMITTEE.search(name)
    short = _named_for(name[: found.start()], found["of"] or "") if found else name
    for doubled, once in _DOUBLED:
        short = doubled.sub(once, short)
    return short


def _named_for(stem: str, committee_of: str) -> str:
    """The place a committee is of: 李原 with 村民 is 李原村, 新寺 with 居民 is 新寺社区."""
    if not stem or not committee_of or stem.endswith("社区"):
        return stem
    if committee_of.startswith("居"):
        return stem + "社区"
    return stem if stem.endswith(("村", "嘎查")) else stem + "村"


_SHORTENERS: dict[int, Callable[[str], str]] = {
    1: _short_province,
    2: _short_county,
    3: _short_county,
    4: _short_township,
    5: _short_village,
}

# Readings that these characters have in names of places, against the dictionary's first.
_PLACE_READINGS = {"长": "c", "重": "c", "藏": "z", "厦": "x", "宕": "t"}


def pinyin_initials(text: str) -> str:
    """First letters of the characters' readings, lower case: 环县 gives 'hx'.

    Read character by character: phrase dictionaries misread places (民乐, 朝阳) and
    take a minute over the whole country. Marks are dropped, digits and letters kept.
    """
    return "".join(map(_initial, text))


@functools.cache
def _initial(character: str) -> str:
    if character in _PLACE_READINGS:
        return _PLACE_READINGS[character]
    letters = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="default")
    return "".join(letters).lower() if letters[0].isalnum() and letters[0].isascii() else ""
