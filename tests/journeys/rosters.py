"""Rosters for the journeys: those that offices really keep where they are at hand, else invented ones."""

import datetime
import os
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from portal.places import ROOT

from talent.identity import expected_check_character
from training.imports import OWN_COLUMNS as COLUMNS

FOLDER = Path(os.environ.get("PORTAL_ROSTERS") or ROOT.parent / "shared" / "rosters")
HUANXIAN, ZHENYUAN = ("621022", "演武乡", "杨家洼村"), ("621027", "南川乡", "和平村")
TITLES = [column.title for column in COLUMNS]
CELLS = (
    "张三 男 {number} 汉族 初中 建档立卡贫困劳动力 {county}2040050 户主 {township} {village} 五组 13909378657 "
    "电焊工 初级 职业中等专业学校 {county}2019{group:03}"
)
DAYS_AND_HOURS = [datetime.date(2019, 6, 24), datetime.date(2019, 7, 8), 90]
CLASS_SIZE = 50
Rows = list[list[Any]]


def big(folder: Path) -> tuple[Path, int]:
    """A county's roster of a year, and how many rows it has."""
    kept = FOLDER / "15-big-20k.xlsx"
    if kept.exists():
        return kept, 20_000
    return written(folder / "big.xlsx", invented(2000)), 2000


def wrong(folder: Path) -> tuple[Path, list[int]]:
    """A roster of a hundred rows of which a quarter is wrong, and the lines that must be held."""
    kept = FOLDER / "08-wrong-ids-and-duplicates.xlsx"
    if kept.exists():
        return kept, sorted(
            line + step for step in range(0, 100, 20) for line in (6, 11, 15, 18, 20)
        )
    rows = invented(100, born=1966)
    for row in rows[3::4]:
        row[TITLES.index("身份证号码")] = "622822199002303330"  # 30 February
    return written(folder / "wrong.xlsx", rows), list(range(5, 102, 4))


def small(folder: Path, county: tuple[str, str, str], size: int = 12, born: int = 1980) -> Path:
    """A sound roster; another year of birth makes other people."""
    return written(folder / f"{county[0]}-{born}.xlsx", invented(size, county, born))


def invented(size: int, county: tuple[str, str, str] = HUANXIAN, born: int = 1970) -> Rows:
    """Sound rows, in classes of fifty; `size` at most 10,000."""
    code, township, village = county
    rows = []
    for row in range(size):
        first = f"{code}{born + row // 500}0101{row % 500 * 2 + 1:03}"
        number = first + expected_check_character(first)
        cells = CELLS.format(
            number=number, county=code, township=township, village=village, group=row // CLASS_SIZE
        )
        rows.append([*cells.split(" "), *DAYS_AND_HOURS, ""])
    return rows


def written(file: Path, rows: Rows) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("培训台账")
    sheet.append(["序号", *TITLES])
    for number, row in enumerate(rows, 1):
        sheet.append([number, *row])
    book.save(file)
    return file
