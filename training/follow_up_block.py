"""Reading a block of follow-ups that was copied out of a spreadsheet: whose line each is, in words.

Nothing is guessed: a line is somebody's when name and last digits fit one person of the
class, and its words are those of the form. Any other line is told of with its reason.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_noop

from core.rules import say
from core.sealing import blind_index
from exchange.files.cells import clean
from exchange.imports.dates import one_date
from talent.identity import repair_id_number
from talent.imports import ID_NUMBER_FIELD
from talent.names import fold_name
from training.models import Enrollment, FollowUp

Employment, Way = Enrollment.Employment, FollowUp.Way
# What a list calls its columns; without headings they stand in this order.
HEADINGS = {
    "name": ("姓名", "学员姓名"),
    "number": ("身份证号码", "身份证号", "公民身份号码", "身份证后四位", "证件号码"),
    "visited_on": ("回访日期", "回访时间", "日期"),
    "way": ("回访方式", "方式"),
    "employment": ("就业情况", "就业去向", "就业状态"),
    "employer": ("就业单位或经营项目", "就业单位", "单位名称"),
    "evidence": ("佐证材料", "佐证", "证明材料"),
}
COLUMN_OF = {title: name for name, titles in HEADINGS.items() for title in titles}
WORDS: dict[str, dict[str, str]] = {
    "way": {
        "电话": Way.PHONE,
        "电话回访": Way.PHONE,
        "上门": Way.VISIT,
        "入户": Way.VISIT,
        "实地走访": Way.VISIT,
        "资料核查": Way.RECORD,
        "数据比对": Way.RECORD,
    },
    "employment": {
        "已就业": Employment.EMPLOYED,
        "就业": Employment.EMPLOYED,
        "自主创业": Employment.SELF_EMPLOYED,
        "创业": Employment.SELF_EMPLOYED,
        "未就业": Employment.UNEMPLOYED,
        "未知": Employment.UNKNOWN,
    },
}
CHOICES: dict[str, type[TextChoices]] = {"way": Way, "employment": Employment}
LONGEST = {"employer": 100, "evidence": 200}
WHOLE_NUMBER, LAST_DIGITS = 18, 4

NOBODY = gettext_noop("line %(line)s: nobody in the class fits “%(who)s”")
SEVERAL = gettext_noop(
    "line %(line)s: more than one person fits “%(who)s”; add the last four digits of the number"
)
TWICE = gettext_noop("line %(line)s: “%(who)s” stands on an earlier line already")
NO_WORD = gettext_noop("line %(line)s: “%(text)s” is none of the words for %(column)s")
NO_DAY = gettext_noop("line %(line)s: “%(text)s” is no day")
TOO_LONG = gettext_noop("line %(line)s: %(column)s is longer than %(most)s characters")
TOO_WIDE = gettext_noop("line %(line)s has more columns than the table; put headings above them")


class _Unreadable(Exception):
    """A line that fills nothing; says why."""

    def __init__(self, sentence: str, **params: object) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params


@dataclass
class Block:
    """`cells` by row of the ledger and column, and in words what could not be read."""

    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def read_block(text: str, roster: Sequence[Enrollment]) -> Block:
    """Read lines of tabs for the rows of a class, each with its `person`."""
    block, columns = Block(), tuple(HEADINGS)
    for number, line in _lines(text):
        named = [COLUMN_OF.get("".join(cell.split()), "") for cell in line]
        if number == 1 and any(named):
            columns = tuple(named)
            continue
        try:
            _fill(block, _by_name(line, columns), roster)
        except _Unreadable as trouble:
            block.troubles.append(say(trouble.sentence, {"line": number} | trouble.params))
    return block


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        cells = [clean(cell).strip() for cell in line.split("\t")]
        if any(cells):
            yield number, cells


def _by_name(line: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if any(line[len(columns) :]):
        raise _Unreadable(TOO_WIDE)
    return {name: cell for name, cell in zip(columns, line, strict=False) if name}


def _fill(block: Block, cells: Mapping[str, str], roster: Sequence[Enrollment]) -> None:
    who = " ".join(filter(None, (cells.get("name", ""), cells.get("number", "")[-LAST_DIGITS:])))
    found = [row for row in roster if who and _is_of(row, cells)]
    if len(found) != 1:
        raise _Unreadable(SEVERAL if found else NOBODY, who=who)
    if found[0].pk in block.cells:
        raise _Unreadable(TWICE, who=who)
    block.cells[found[0].pk] = {
        name: _cell(name, text)
        for name, text in cells.items()
        if text and name not in {"name", "number"}
    }


def _is_of(row: Enrollment, cells: Mapping[str, str]) -> bool:
    name, number = cells.get("name", ""), repair_id_number(cells.get("number", ""))[0]
    if name and fold_name(name) != fold_name(row.person.name):
        return False
    if len(number) == WHOLE_NUMBER:
        return bytes(row.person.id_number_index) == blind_index(number, ID_NUMBER_FIELD)
    fits = len(number) == LAST_DIGITS and row.person.id_number_mask.endswith(number)
    return fits if number else bool(name)


def _cell(name: str, text: str) -> str:
    """A cell as the form takes it."""
    if name in WORDS:
        labels = {str(choice.label): choice.value for choice in CHOICES[name]}
        if text not in labels | WORDS[name]:
            raise _Unreadable(NO_WORD, text=text, column=HEADINGS[name][0])
        return str((labels | WORDS[name])[text])
    if name == "visited_on":
        return _day(text).isoformat()
    if len(text) > LONGEST[name]:
        raise _Unreadable(TOO_LONG, column=HEADINGS[name][0], most=LONGEST[name])
    return text


def _day(text: str) -> datetime.date:
    try:
        found = one_date(text)
    except ValueError:
        found = None
    if found is None:
        raise _Unreadable(NO_DAY, text=text)
    return found
