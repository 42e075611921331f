"""The demo's rosters, written as real files and brought in as an office would."""

from __future__ import annotations

import datetime
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.models import User
from exchange import jobs
from exchange.imports import columns as roster_columns
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from exchange.workbooks import Column, HeadLabels, Kind, SheetSpec, write_workbook
from training.demo.people import CATEGORIES, Population, villages_of
from training.imports import COLUMNS, FUND

NO_HEAD = HeadLabels(
    table_number="",
    issued_by="",
    approved_by="",
    document_number="",
    valid_until="",
    reporting_office="",
    unit="",
)
SHEET = "培训台账"
OCCUPATIONS = {
    "skills": ("电焊工", "中式烹调师", "家政服务员", "养老护理员", "汽车维修工", "砌筑工"),
    "practical": ("肉羊养殖", "苹果栽培", "果树嫁接", "黄花菜种植"),
    "brand": ("刺绣", "砖雕", "东乡手抓烹饪"),
    "two-after": ("数控加工", "保育员", "计算机操作"),
}
# One class in six says nothing of its money.
FUNDS = ("就业补助资金", "就业补助资金", "扶贫资金", "就业补助资金", "个人报销", "")
DAYS = (7, 10, 12, 15, 20)
HOURS_A_DAY = 6
FIRST_YEAR, ORDERS_A_YEAR = 2018, 332


@dataclass(frozen=True)
class DemoCounty:
    """A county of the demo: `birthplace` begins its people's numbers."""

    code: str
    name: str
    birthplace: str
    dongxiang: bool = False


# Before 2002 Qingyang's counties stood under 6228: those born then hold such numbers.
HUANXIAN = DemoCounty("621022", "环县", "622822")
ZHENYUAN = DemoCounty("621027", "镇原县", "622827")
DONGXIANG = DemoCounty("622926", "东乡族自治县", "622926", dongxiang=True)
COUNTIES = (HUANXIAN, ZHENYUAN, DONGXIANG)
FOR_THE_VISITOR = (HUANXIAN, 2019, "skills", 3600)
ROSTERS = (
    (HUANXIAN, 2018, "skills", 3600),
    (HUANXIAN, 2020, "skills", 3600),
    (ZHENYUAN, 2018, "practical", 2200),
    (ZHENYUAN, 2019, "skills", 2800),
    (ZHENYUAN, 2020, "two-after", 2000),
    (DONGXIANG, 2018, "brand", 2200),
    (DONGXIANG, 2019, "skills", 2800),
    (DONGXIANG, 2020, "skills", 2000),
)


def bring_in_rosters(clerks: dict[str, User]) -> int:
    """Bring in what is not in yet; `clerks` by county code. Returns the rows written."""
    return sum(_bring_in(*roster, by=clerks[roster[0].code]) for roster in ROSTERS)


def _bring_in(county: DemoCounty, year: int, program: str, size: int, *, by: User) -> int:
    name = f"{county.name}{year}年培训台账（演示数据）.xlsx"
    sheet = _sheet(county, year, program, size, (*COLUMNS, FUND))
    return bring_in("training", county.code, name, sheet, {"program": program}, by=by)


def bring_in(
    kind: str, region_code: str, name: str, sheet: SheetSpec, options: dict[str, str], *, by: User
) -> int:
    """Bring a sheet in as a file of that name, unless it is in; returns the rows written."""
    done = ImportBatch.objects.filter(
        region_code=region_code, original_name=name, state=ImportBatch.State.DONE
    )
    if done.exists():
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write_workbook(path, [sheet], labels=NO_HEAD)
        with path.open("rb") as file:
            batch = services.bring_in(
                file=file,
                name=name,
                kind=kind_of(kind),
                region_code=region_code,
                options=options,
                by=by,
            )
    return _see_through(batch, by)


def write_roster(path: Path, county: DemoCounty, year: int, program: str, size: int) -> None:
    """Write a roster of `size` invented people; the same county and year make the same file."""
    write_workbook(path, [_sheet(county, year, program, size)], labels=NO_HEAD)


def visitors_roster(folder: Path) -> Path:
    """Where the roster lies that is left for the visitor to bring in."""
    return folder / f"{FOR_THE_VISITOR[0].name}{FOR_THE_VISITOR[1]}年培训台账（演示数据）.xlsx"


def leave_for_the_visitor(folder: Path) -> None:
    """Write that roster, unless it lies there whole."""
    file = visitors_roster(folder)
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        write_roster(part, *FOR_THE_VISITOR)
        part.replace(file)


def _see_through(batch: ImportBatch, by: User) -> int:
    jobs.run(batch._meta.label_lower, batch.pk)
    batch.refresh_from_db()
    if batch.state != ImportBatch.State.WAITING or batch.held:
        raise RuntimeError(f"The demo's roster was not judged clean: {batch.state} {batch.held}")
    services.confirm(batch, by=by)
    jobs.run(batch._meta.label_lower, batch.pk)
    batch.refresh_from_db()
    return batch.written or 0


def _sheet(
    county: DemoCounty,
    year: int,
    program: str,
    size: int,
    described: tuple[roster_columns.Column, ...] = COLUMNS,
) -> SheetSpec:
    kinds = {"hours": Kind.INTEGER, "start_date": Kind.DATE, "end_date": Kind.DATE}
    columns = [Column("序号", Kind.INTEGER)] + [
        Column(column.title, kinds.get(column.name, Kind.TEXT)) for column in described
    ]
    rows = _rows(county, year, program, size)
    return SheetSpec(
        name=SHEET,
        columns=columns,
        rows=(
            [number, *(row.get(c.title) for c in described)] for number, row in enumerate(rows, 1)
        ),
    )


def _rows(county: DemoCounty, year: int, program: str, size: int) -> Iterator[dict[str, object]]:
    """Class after class; some people come to a second class, so that 人次 is more than 人."""
    chance = random.Random(f"{county.code}-{year}")  # noqa: S311 -- seeded on purpose
    first = ORDERS_A_YEAR * (year - FIRST_YEAR)
    people = Population(
        villages_of(county.code),
        county.birthplace,
        county.dongxiang,
        range(first, first + ORDERS_A_YEAR),
        chance,
    )
    crowd, known, left, serial = people.people(), list[dict[str, object]](), size, 0
    while left:
        serial += 1
        taught = _class(county, year, program, serial, chance)
        places = min(left, chance.choice((40, 45, 50)))
        again = chance.sample(known, places // 12) if len(known) > places else []
        fresh = [
            person | {"人员类别": chance.choice(CATEGORIES)}
            for person in islice(crowd, places - len(again))
        ]
        known += fresh
        left -= places
        yield from (person | taught for person in again + fresh)


def _class(
    county: DemoCounty, year: int, program: str, serial: int, chance: random.Random
) -> dict[str, object]:
    start = datetime.date(year, 3, 1) + datetime.timedelta(chance.randrange(260))
    days = chance.choice(DAYS)
    return {
        "班级编号": f"{county.code}{year}{serial + 500:04d}",
        "培训工种": chance.choice(OCCUPATIONS[program]),
        "培训等级": chance.choice(("初级", "初级", "中级")),
        "培训机构": chance.choice((f"{county.name}职业中等专业学校", f"{county.name}农广校")),
        "开班时间": start,
        "结业时间": start + datetime.timedelta(days - 1),
        "培训学时": days * HOURS_A_DAY,
        FUND.title: FUNDS[serial % len(FUNDS)],
    }
