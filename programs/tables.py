"""What official tables ask of plans: a line for each plan and program, and what is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.urls import reverse

from exchange.figures import Figure
from exchange.periods import Period
from exchange.tables.declared import Column, Table
from exchange.tables.reading import read_folder
from exchange.tables.sources import Cell, Source, fitting
from exchange.tables.stems import Context, StemLine
from programs.execution import Block, Execution, Line
from programs.models import Plan, Program

PART = "　其中："
PACE = "pace"
# What a column may ask of the quotas, and the answer for a place; None where nothing is planned.
ASKED: dict[str, Callable[[Line], int | None]] = {
    "amount": lambda line: line.planned,
    "apart": lambda line: line.apart or None,
    "allotted": lambda line: line.allotted,
}


def quotas(context: Context) -> list[StemLine]:
    """One line for each program of each plan in force for the place, umbrellas before their parts."""
    region = context.region.code
    execution = Execution(region, context.period)
    blocks, parts = _handed_to(execution.blocks([region])), _parts()
    own = [q for q in execution.quotas if q.region_code == region and not q.listed_apart]
    pages = {(q.plan_id, q.program_id): reverse("programs:quota", args=[q.pk]) for q in own}
    return [
        _line(block, blocks, parts, context, pages.get((block.plan.pk, block.program.pk), ""))
        for block in blocks
    ]


def _handed_to(blocks: Sequence[Block]) -> list[Block]:
    """Those the place has a quota of, with their parts: a plan of one beneath is none of its own."""
    own = {
        (block.plan.pk, block.program.pk)
        for block in blocks
        if block.lines[0].planned is not None or block.lines[0].apart
    }
    return [
        block
        for block in blocks
        if own & {(block.plan.pk, code) for code in (block.program.pk, block.program.part_of_id)}
    ]


def _parts() -> dict[str, set[str]]:
    """The codes of each umbrella's parts."""
    found: dict[str, set[str]] = {}
    for code, umbrella in Program.objects.values_list("code", "part_of"):
        if umbrella:
            found.setdefault(umbrella, set()).add(code)
    return found


def _line(
    block: Block,
    blocks: Sequence[Block],
    parts: Mapping[str, set[str]],
    context: Context,
    page: str,
) -> StemLine:
    plan, program = block.plan, block.program
    is_part = block.is_part(blocks)
    titles = (plan.name, plan.document_number, f"{PART if is_part else ''}{program.name}")
    return StemLine(
        code=_code(plan, program.pk),
        titles=titles,
        region_code=context.region.code,
        part_of=_code(plan, str(program.part_of_id)) if is_part else "",
        programs=_with_parts(program, parts),
        measure=program.measure,
        first_day=plan.first_day,
        facts=(block, page),
    )


def _code(plan: Plan, program: str) -> str:
    return f"{plan.pk}-{program}"


def planned(column: Column, lines: Sequence[StemLine], context: Context) -> dict[str, Cell]:
    """What quotas say: of a line's plan and program, or of all plans of a year in a place."""
    if context.table.stem.lines != "quotas":
        return _by_place(column, lines, context)
    return {line.code: _of_line(column, line, context) for line in lines}


def _of_line(column: Column, line: StemLine, context: Context) -> Cell:
    """What the line's quota says, with the page of its book."""
    block, page = line.facts
    value = _asked(column, block, context)
    return Cell(value, page=page if value is not None and column.asked != PACE else "")


def _asked(column: Column, block: Block, context: Context) -> Decimal | None:
    if column.asked == PACE:
        return fitting(column, Decimal(str(float(block.plan.pace(context.period.last_day)))))
    return fitting(column, ASKED[column.asked](block.lines[0]))


def _by_place(column: Column, lines: Sequence[StemLine], context: Context) -> dict[str, Cell]:
    """Of each place what the year's plans say together; a part is in its umbrella already."""
    execution = Execution(context.region.code, context.period)
    blocks = execution.blocks(line.region_code for line in lines)
    counted = [
        block for block in blocks if block.plan.kind == Plan.Kind.YEAR and not block.is_part(blocks)
    ]
    parts = _parts()
    return {
        line.code: _together(column, line, n, counted, parts, context)
        for n, line in enumerate(lines)
    }


def _together(
    column: Column,
    line: StemLine,
    n: int,
    blocks: Sequence[Block],
    parts: Mapping[str, set[str]],
    context: Context,
) -> Cell:
    if line.here:
        return Cell()
    if column.asked == "done":
        done = sum((Decimal(block.lines[n].done) for block in blocks), Decimal(0))
        since = min((block.plan.first_day for block in blocks), default=None)
        figure = _figure(line, blocks, parts, context)
        return Cell(fitting(column, done), figure=figure, since=since)
    asked = ASKED[column.asked]
    known = [block.lines[n] for block in blocks if asked(block.lines[n]) is not None]
    if not known:
        return Cell()
    whole = sum(asked(each) or 0 for each in known)
    return Cell(fitting(column, whole), page=_page(column, line.region_code, known))


def _page(column: Column, place: str, lines: Sequence[Line]) -> str:
    """The book of the one quota that says it; of several the place's quotas side by side."""
    keys = [line.quota_apart if column.asked == "apart" else line.quota for line in lines]
    if len(keys) == 1 and keys[0]:
        return reverse("programs:quota", args=keys)
    return f"{reverse('programs:quotas')}?region={place}"


def _figure(
    line: StemLine, blocks: Sequence[Block], parts: Mapping[str, set[str]], context: Context
) -> Figure | None:
    """The address of what was done, where the plans begin together and count one measure."""
    kinds = {(block.program.measure, block.plan.first_day) for block in blocks}
    programs = [code for block in blocks for code in _with_parts(block.program, parts)]
    if len(kinds) != 1 or len(programs) != len(set(programs)):
        return None
    ((measure, first_day),) = kinds
    period = Period.between(first_day, context.period.last_day)
    return Figure(measure, line.region_code, period, programs=frozenset(programs))


def _with_parts(program: Program, parts: Mapping[str, set[str]]) -> frozenset[str]:
    return frozenset({program.pk, *parts.get(program.pk, ())})


def look(column: Column, table: Table) -> Iterator[str]:
    """Whether what is asked of the quotas is known."""
    of_places = table.stem.lines != "quotas"
    known: set[Any] = {*ASKED, "done"} if of_places else {*ASKED, PACE}
    if column.asked not in known:
        yield f"quotas do not say {column.asked!r}"


QUOTA_SOURCE = Source(planned, look)
TABLES = read_folder(Path(__file__).parent / "data" / "tables")
