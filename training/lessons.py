"""Lines of a timetable as they are typed or pasted, and how they are read: column by column, as rosters are."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from core.repairs import repair_text_column
from core.rules import Finding, say
from exchange.imports.columns import (
    CELL_IS_FILLED,
    EMPTY,
    NO_NUMBER,
    NUMBER_IS_PLAUSIBLE,
    Column,
    Reading,
    choice,
    date,
    number,
    text,
)
from training.models import Lesson

Cells = dict[str, str]
KINDS = {"theory": "理论", "practice": "实操"}
THEORY_ALSO = ("理论课", "理论教学", "讲授")
PRACTICE_ALSO = ("实训", "实践", "操作", "技能", "实操课", "实作", "实习")
KINDS_ALSO = dict.fromkeys(THEORY_ALSO, "theory") | dict.fromkeys(PRACTICE_ALSO, "practice")
MOST_A_DAY = 24
COLUMNS = (
    Column("date", "日期", date, ("上课日期", "授课日期", "时间"), required=True),
    Column("subject", "课程内容", text(100), ("课程", "内容", "课程名称", "科目"), required=True),
    Column("hours", "课时", number(most=MOST_A_DAY), ("学时", "课时数", "学时数"), required=True),
    Column(
        "kind", "类型", choice(KINDS, also=KINDS_ALSO), ("授课方式", "理论/实操"), required=True
    ),
    Column("teacher", "授课教师", text(50, compact=True), ("教师", "任课教师", "教师姓名", "老师")),
)
NAMES = tuple(column.name for column in COLUMNS)
DOUBLE = gettext_noop(
    "This subject stands on this day in line %(line)s already. Put both into one line."
)


@dataclass(frozen=True)
class LessonLine:
    """One line of a timetable; the teacher by name, '' for none."""

    date: datetime.date
    subject: str
    hours: Decimal
    is_practice: bool
    teacher: str = ""

    @property
    def key(self) -> tuple[datetime.date, str]:
        return self.date, self.subject


@dataclass(frozen=True)
class LinesRead:
    """What was read: the lines, as far as they can be read, and the sentences against each."""

    lines: list[LessonLine]
    troubles: list[list[str]]

    @property
    def is_sound(self) -> bool:
        return not any(self.troubles)


def read_lines(written: Sequence[Cells]) -> LinesRead:
    """Read lines; a line against which there is a sentence is not among the lines."""
    values, findings = _read_columns(written)
    troubles: list[list[str]] = [[] for _line in written]
    for found in findings:
        troubles[found.row].append(say(found.sentence, found.params))
    lines, first = list[LessonLine](), dict[tuple[Any, ...], int]()
    for row, cells in enumerate(values):
        if troubles[row]:
            continue
        line = _line(cells)
        if first.setdefault(line.key, row) != row:
            troubles[row].append(say(DOUBLE, {"line": first[line.key] + 1}))
            continue
        lines.append(line)
    return LinesRead(lines, troubles)


def _line(cells: dict[str, Any]) -> LessonLine:
    practice = cells["kind"] == "practice"
    return LessonLine(
        cells["date"], cells["subject"], cells["hours"], practice, cells["teacher"] or ""
    )


def _read_columns(written: Sequence[Cells]) -> tuple[list[dict[str, Any]], list[Finding]]:
    reading, columns = Reading(), dict[str, list[Any]]()
    for column in COLUMNS:
        reading.column, reading.title = column.name, column.title
        cells = [each.get(column.name, "") for each in written]
        columns[column.name] = values = column.read(cells, reading)
        for row, value in enumerate(values):
            if column.required and not cells[row].strip():
                reading.trouble(CELL_IS_FILLED, row, EMPTY)
            elif column.name == "hours" and value == 0:
                reading.trouble(NUMBER_IS_PLAUSIBLE, row, NO_NUMBER, value=cells[row])
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return rows, reading.findings


def lines_pasted(block: str) -> list[Cells]:
    """The lines of a block copied out of Excel or WPS, empty ones left out.

    Its columns are named by its first line, if that holds at least two known headings;
    otherwise they stand in the order of COLUMNS.
    """
    rows = [
        row for row in csv.reader(io.StringIO(block), delimiter="\t") if any(map(str.strip, row))
    ]
    names: Sequence[str | None] = NAMES
    if rows and len(headed := _headings(rows[0])) > 1:
        names = [headed.get(place) for place in range(len(rows[0]))]
        rows = rows[1:]
    return [_named(names, row) for row in rows]


def _named(names: Sequence[str | None], row: Sequence[str]) -> Cells:
    said = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
    return dict.fromkeys(NAMES, "") | said


def _headings(row: Sequence[str]) -> dict[int, str]:
    known = {title: column.name for column in COLUMNS for title in (column.title, *column.also)}
    cells, _counts = repair_text_column(list(row), compact=True)
    return {place: known[cell] for place, cell in enumerate(cells) if cell in known}


def cells_of(lessons: Iterable[Lesson]) -> list[Cells]:
    """Stored lessons as they are written."""
    return [
        {
            "date": lesson.date.isoformat(),
            "subject": lesson.subject,
            "hours": f"{lesson.hours.normalize():f}",
            "kind": KINDS["practice" if lesson.is_practice else "theory"],
            "teacher": lesson.teacher.name if lesson.teacher else "",
        }
        for lesson in lessons
    ]
