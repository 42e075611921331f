"""Rosters as files and as rows, and their way into the ledger without a queue."""

import csv
import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from core.divisions import Division, read_divisions
from core.models import Region, User
from core.places import pinyin_initials
from exchange import jobs
from exchange.imports import services, staging
from exchange.imports.kinds import kind_of
from exchange.imports.staging import Judged
from exchange.models import ImportBatch
from tests.factories.training import citizen_number
from training.imports import OWN_COLUMNS as COLUMNS

HUAN = "621022"
TITLES = {column.name: column.title for column in COLUMNS}
GIVEN = {
    "category": "建档立卡贫困劳动力",
    "township": "小南沟乡",
    "village": "李原村",
    "occupation": "电焊工",
    "institution": "环县职业中等专业学校",
    "class_code": "2019001",
    "start_date": "2019-06-24",
    "end_date": "2019-07-08",
}


def a_row(order: int = 1, **changes: str) -> dict[str, str]:
    """A row that nothing speaks against, by the names of its columns."""
    person = {"name": f"张{chr(0x4E00 + order)}", "id_number": citizen_number(order)}
    return person | GIVEN | changes


def judged(*rows: Mapping[str, str], county: str = HUAN) -> Judged:
    return services.judge_rows(kind_of("training"), county, rows)


def as_table(rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """The rows under their official headings."""
    rows = list(rows)
    names = [name for name in TITLES if any(name in row for row in rows)]
    return [[TITLES[n] for n in names], *([row.get(n, "") for n in names] for row in rows)]


def csv_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(as_table(rows))
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook of these sheets by name, each a list of lines."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for number, line in enumerate(lines, 1):
            for place, value in enumerate(line, 1):
                sheet.cell(number, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought_in(
    data: bytes, *, name: str = "roster.csv", county: str = HUAN, by: User | None = None
) -> ImportBatch:
    """A file brought in and judged."""
    batch = services.bring_in(
        file=io.BytesIO(data),
        name=name,
        kind=kind_of("training"),
        region_code=county,
        options={"program": "skills"},
        by=by,
    )
    return worked(batch)


def entered(*rows: Mapping[str, str], county: str = HUAN, by: User | None = None) -> ImportBatch:
    """Rows brought in as a file, judged and written."""
    batch = brought_in(csv_of(rows), county=county, by=by)
    services.confirm(batch, by=by)
    return worked(batch)


def staged_rows(batch: ImportBatch) -> list[list[str]]:
    """The accepted rows of a batch that wait to be written."""
    return [row for page in batch.pages.all() for row in staging.rows_of(page)]


def worked(batch: ImportBatch) -> ImportBatch:
    """Do the batch's next step as a worker would."""
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    return batch


@functools.cache
def _of_gansu() -> list[Division]:
    return [division for division in read_divisions(["62"]) if division.code[:2] == "62"]


def a_county(code: str) -> None:
    """The real divisions of one county of Gansu, those above it, and all townships of the province."""
    wanted = [d for d in _of_gansu() if d.level < 5 or d.code.startswith(code)]
    Region.objects.bulk_create(
        [
            Region(
                code=d.code,
                name=d.name,
                level=d.level,
                parent_id=d.parent_code or None,
                short_name=d.short_name,
                pinyin=pinyin_initials(d.short_name),
            )
            for d in wanted
        ],
        ignore_conflicts=True,
    )
