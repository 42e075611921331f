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


TOTAL = re.compile(r"(?:本[页班组村乡镇]|全[县市乡镇村班]|各班)?(?:小|合|总|共|累)\s*计")
SIGNATURE = re.compile(
    r"(?:负责人|填[报表]人|制表人?|经办人?|审核人?|复核人?|校长|班主任|分管领导|联系人|联系电话|填[报表]日期"
    r"|报出日期|填报单位|签[字章名]|盖章|公章)\s*(?:[(（][^)）]*[)）])?\s*[:：]"
    r"|[(（](?:盖章|公章|签[字章])[)）]|\d{4}\s*年\s*\d{0,2}\s*月\s*\d{0,2}\s*日\s*$"
)
NOTE = re.compile(
    r"(?:备?注|说\s*明|填表说明|填报说明|提示)\s*[:：]|\d{1,2}\s*[.、．]\s*\D{4,}|★|※"
)
RUNNING_NUMBER = re.compile(r"\d{0,6}")
TOTAL_WORDS = frozenset(("合计", "小计", "总计", "共计", "合 计", "小 计", "总 计"))
COLUMN_NUMBERS = frozenset("甲乙丙丁戊己庚辛壬癸") | {str(number) for number in range(1, 100)}


def kind_of_line(
    row: Sequence[str], known: Collection[int], keys: Collection[int], *, before_heading: bool
) -> LineKind | None:
    """What a line within a table is, or None for data.

    `known` are the places of the table's columns, `keys` those whose cells make a row
    somebody's. When in doubt it is data: then it is held and shown, never lost.
    """
    filled = {place: marks.content(cell).strip() for place, cell in enumerate(row) if cell.strip()}
    texts = list(filled.values())
    people = sum(place in filled for place in keys)
    if not texts:
        return LineKind.BLANK
    if people > 1 and (people == len(keys) or not any(map(TOTAL.match, texts[:2]))):
        return None
    if any(map(TOTAL.match, texts[:2])):
        return LineKind.TOTAL
    if any(map(SIGNATURE.search, texts)):
        return LineKind.SIGNATURE
    if len(texts) <= 2 and NOTE.match(texts[0]):
        return LineKind.NOTE
    if before_heading:
        return LineKind.TITLE
    if any(place in filled for place in known):
        return None
    return LineKind.BLANK if all(map(RUNNING_NUMBER.fullmatch, texts)) else LineKind.OTHER


def numbers_columns(row: Sequence[str]) -> bool:
    """Whether the line under a heading only numbers its columns: 甲 乙 1 2 3."""
    texts = [marks.content(cell).strip("（）() ") for cell in row if cell.strip()]
    return len(texts) > 2 and len(set(texts)) == len(texts) and COLUMN_NUMBERS.issuperset(texts)
