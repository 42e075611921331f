"""Lines of a roster that are not people: titles, headings, totals, signatures, notes."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Sequence

from exchange.files import cells as marks


class LineKind(enum.StrEnum):
    """What a line is that is no data; each is counted, and its number kept."""

    TITLE = "title"
    HEADING = "heading"
    REPEATED = "repeated"
    TOTAL = "total"
    SIGNATURE = "signature"
    NOTE = "note"
    BLANK = "blank"
    LEFT_OUT = "left-out"
    OTHER = "other"


TOTAL = re.compile(r"(?:.{0,20}?[小合总共累]\s*计|(?:以上|本\w)?共有?\s*\d+\s*[人名])(?![划\w]{5})")
TOTAL_WORD = re.compile(r"(?:本[页班组村乡镇]|全[县市乡镇村班]|各班)?[小合总共累]\s*计\s*[:：]?")
# What a total counts: 25, 25人, 其中女12人, or the formula that adds it up.
QUANTITY = re.compile(
    r"=.*|#.*|[\d.,，%]{1,9}|.{0,12}?[\d.]{1,9}\s*(?:人次?|名|户|万?元|天|个|期|个?[学课]时)[)）]?"
)
SIGNATURE = re.compile(
    r"(?:负责人|填[报表]人|制表人?|经办人?|审核人?|复核人?|校长|班主任|分管领导|联系人|联系电话|填[报表]日期"
    r"|报出日期|填[报表]时间|日\s*期|填报单位|签[字章名]|盖章|公章)\s*(?:[(（][^)）]*[)）])?\s*[:：]"
    r"|[(（](?:盖章|公章|签[字章])[)）]"
)
# An office or a day, as they stand alone at the foot of a table.
OFFICE = re.compile(r"[^:：]{2,}(?:局|中心|学校|学院|政府|办公室|公司|委员会|工作站)")
DAY = re.compile(
    r"(?:\d{4}|[〇○零一二三四五六七八九]{4}|\s*)\s*[-./年]\s*[\d一二三四五六七八九十]{0,3}\s*[-./月]"
    r"\s*[\d一二三四五六七八九十]{0,3}\s*日?\s*"
)
NOTE = re.compile(
    r"(?:备?注|说\s*明|填表说明|填报说明|提示)\s*\d?[:：.、]|\d{1,2}\s*[.、．]\s*\D{4,}|★|※|[^，。；]{4,}[，。；]"
)
NAME = re.compile(
    r"(?!.*(?:班|期|表|册|名单|台账|情况|[村镇乡县届批组])$)[\u3400-\u9fff]{2,4}|.{2,9}[·•].{1,15}"
)
PERSONAL_NUMBER = re.compile(r"'?(?:\d{17}[\dXx]|\d{15})")
LABELLED = re.compile(r"[^\s:：]{2,16}\s*[:：]")
MOST_IN_TITLE, MOST_CLOSING = 4, 2
RUNNING_NUMBER = re.compile(r"\d{0,6}")
TOTAL_WORDS = frozenset(("合计", "小计", "总计", "共计", "合 计", "小 计", "总 计"))
COLUMN_NUMBERS = frozenset("甲乙丙丁戊己庚辛壬癸") | {str(number) for number in range(1, 100)}


def kind_of_line(
    row: Sequence[str], known: Collection[int], keys: Collection[int], *, is_above: bool
) -> LineKind | None:
    """What a line within a table is, or None for data.

    `known` are the places of the table's columns, `keys` those whose cells make a row
    somebody's; `is_above` tells that a heading follows. When in doubt it is data: then it
    is held and shown, never lost.
    """
    filled = {place: marks.content(cell).strip() for place, cell in enumerate(row) if cell.strip()}
    texts, own = list(filled.values()), [filled[place] for place in keys if place in filled]
    if not texts:
        return LineKind.BLANK
    if any(map(PERSONAL_NUMBER.fullmatch, texts)):
        return None
    if is_total(texts):
        return LineKind.TOTAL
    if any(map(NAME.fullmatch, own[:1])) and not SIGNATURE.search(texts[0]):
        return None
    if is_signature(texts):
        return LineKind.SIGNATURE
    if len(own) < 2 and len(texts) <= 2 and NOTE.match(texts[0]):
        return LineKind.NOTE
    if all(map(RUNNING_NUMBER.fullmatch, texts)) and filled.keys().isdisjoint(known):
        return LineKind.BLANK
    if is_above and is_title(texts, own):
        return LineKind.TITLE
    return None if len(own) > 1 or not filled.keys().isdisjoint(known) else LineKind.OTHER


def is_total(texts: Sequence[str]) -> bool:
    """Whether a line only counts: beside the word for it at most the name of what is counted."""
    others = [text for text in texts if not QUANTITY.fullmatch(text) or TOTAL.match(text)]
    words = [text for text in others if TOTAL.match(text)]
    allowed = len(words) + any(map(TOTAL_WORD.fullmatch, words))
    return bool(words) and len(others) <= allowed


def is_signature(texts: Sequence[str]) -> bool:
    """Whether a line is signed: offices, days and signers' labels, each with what is beside it."""
    closing = [bool(OFFICE.fullmatch(t) or DAY.fullmatch(t) or SIGNATURE.search(t)) for t in texts]
    beside = [False, *(text.endswith((":", "：")) for text in texts[:-1])]
    return all(map(any, zip(closing, beside, strict=True))) and (
        len(texts) <= MOST_CLOSING or any(map(SIGNATURE.search, texts))
    )


def is_title(texts: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a line above a heading is no row of the table before: labels, or few cells."""
    if any(map(LABELLED.match, texts)):
        return True
    return len(own) < 2 and len(texts) <= MOST_IN_TITLE and not RUNNING_NUMBER.fullmatch(texts[0])


def numbers_columns(row: Sequence[str]) -> bool:
    """Whether the line under a heading only numbers its columns: 甲 乙 1 2 3."""
    texts = [marks.content(cell).strip("（）() ") for cell in row if cell.strip()]
    return len(texts) > 2 and len(set(texts)) == len(texts) and COLUMN_NUMBERS.issuperset(texts)
