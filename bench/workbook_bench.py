"""Workbooks: ours against openpyxl in write-only mode, same rows, same run, each in its own process.

    python bench/workbook_bench.py [--rows 100000] [--rounds 3] [--large 1000000] [--check]

`seconds` and `cpu` are the best of the rounds and include making the rows, which `rows alone`
shows; `MB over base` is the peak of memory over a process that has made ten rows in the same way.
--large adds a run of ours of that many rows; --check compares the cells of the two files as
calamine and openpyxl read them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange.workbooks import (
    Column,
    Foot,
    Head,
    HeadLabels,
    Kind,
    SheetSpec,
    write_csv,
    write_workbook,
)

LABELS = HeadLabels(
    table_number="表号",
    issued_by="制定机关",
    approved_by="批准机关",
    document_number="文号",
    valid_until="有效期至",
    reporting_office="填报单位",
    unit="计量单位",
    page_footer="第&P页 共&N页",
)
HEAD = Head(title="培训台账", table_number="1", reporting_office="环县人社局", period="2019年12月")
FOOT = Foot([[("单位负责人", ""), ("填表人", "")]])
TITLES = {
    "姓名": Kind.TEXT, "身份证号": Kind.TEXT, "性别": Kind.TEXT, "出生日期": Kind.DATE,
    "民族": Kind.TEXT, "文化程度": Kind.TEXT, "联系电话": Kind.TEXT, "村（社区）": Kind.TEXT,
    "人员类别": Kind.TEXT, "培训项目": Kind.TEXT, "职业代码": Kind.TEXT, "等级": Kind.TEXT,
    "班次": Kind.INTEGER, "开班日期": Kind.DATE, "结业日期": Kind.DATE, "课时": Kind.INTEGER,
    "成绩": Kind.DECIMAL, "结果": Kind.TEXT, "证书编号": Kind.TEXT, "补贴（元）": Kind.DECIMAL,
    "银行账号": Kind.TEXT, "备注": Kind.TEXT,
}  # fmt: skip
COLUMNS = [Column(title, kind) for title, kind in TITLES.items()]
NAMES = ("马", "张", "王", "李", "东乡", "撒拉")
CATEGORIES = ("建档立卡贫困劳动力", "脱贫户", "监测对象", "一般农户")
HEAD_LINES = 4  # title, table number, line of the office, column titles


def rows(count: int):
    """22 values a row, a third of the remarks and some results missing; cheap to make."""
    born, start = date(1960, 1, 1), date(2019, 1, 1)
    days = [timedelta(days=number) for number in range(15_000)]
    for n in range(count):
        mixed = n * 2_654_435_761 % 4_294_967_296
        opened = start + days[n % 300]
        yield (
            NAMES[n % 6] + chr(0x4E00 + mixed % 20_000), f"622921{mixed:012}", "男女"[n & 1],
            born + days[mixed % 15_000], "汉族", "初中", f"139{mixed % 100_000_000:08}",
            f"622921{n % 300:06}", CATEGORIES[n % 4], f"项目{n % 40}", "4-02-06-01", "初级",
            n // 50, opened, opened + days[15], 40 + n % 160, Decimal(mixed % 1000) / 10,
            "合格" if n % 7 else None, f"S{mixed:021}", Decimal(mixed % 200_000) / 100,
            f"6217{mixed:015}", f"第{n}期" if n % 3 else None,
        )  # fmt: skip


def make(how: str, count: int, path: Path) -> None:
    """Make one file of `count` rows in one of the ways that are compared."""
    if how == "ours":
        sheet = SheetSpec("台账", COLUMNS, rows(count), head=HEAD, foot=FOOT, freeze=1)
        write_workbook(path, [sheet], labels=LABELS)
    elif how == "ours csv":
        write_csv(path, COLUMNS, rows(count))
    elif how == "openpyxl":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("台账")
        sheet.append(list(TITLES))
        for row in rows(count):
            sheet.append(row)
        book.save(path)
    else:
        for _ in rows(count):
            pass


def measure(how: str, count: int, folder: Path) -> dict[str, float]:
    """Run one way in a fresh process."""
    path = folder / f"{how.replace(' ', '-')}-{count}.xlsx"
    command = [sys.executable, __file__, "--child", how, "--rows", str(count), "--to", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return {**json.loads(answer.stdout), "mb": path.stat().st_size / 1e6 if path.exists() else 0}


def child(how: str, count: int, path: Path) -> None:
    make(how, 10, path)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    make(how, count, path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"wall": wall, "cpu": cpu, "over": (peak - base) / 1024}))


def best(how: str, count: int, rounds: int, folder: Path) -> dict[str, float]:
    found = [measure(how, count, folder) for _ in range(rounds)]
    least = {key: min(each[key] for each in found) for key in ("wall", "cpu", "mb")}
    return {**least, "over": max(each["over"] for each in found)}


def show(how: str, count: int, found: dict[str, float], than: dict[str, float]) -> None:
    print(
        f"{how:<12}{count:>10,}{found['wall']:>10.2f}{found['cpu']:>8.2f}"
        f"{found['over']:>14.1f}{found['mb']:>10.1f}{than['cpu'] / found['cpu']:>16.1f}",
        flush=True,
    )


def compare(folder: Path, count: int) -> None:
    """Count the rows that differ between the two files, by each of the two readers."""
    ours, theirs = (folder / f"{how}-{count}.xlsx" for how in ("ours", "openpyxl"))
    for reader, (first, second) in {
        "calamine": (by_calamine(ours), by_calamine(theirs)),
        "openpyxl": (by_openpyxl(ours), by_openpyxl(theirs)),
    }.items():
        for _ in range(HEAD_LINES - 1):
            next(first)
        pairs = [(a == b) for a, b in zip(first, second, strict=False)]
        print(f"{reader}: {len(pairs):,} lines compared, {pairs.count(False)} differ")


def by_calamine(path: Path):
    return iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())


def by_openpyxl(path: Path):
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return sheet.iter_rows(max_col=len(COLUMNS), values_only=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--child")
    parser.add_argument("--to", type=Path, default=Path(os.devnull))
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.rows, asked.to)
        return
    with tempfile.TemporaryDirectory() as name:
        table(asked, Path(name))


def table(asked: argparse.Namespace, folder: Path) -> None:
    print("way               rows   seconds     cpu  MB over base   file MB  cpu: openpyxl/it")
    theirs = best("openpyxl", asked.rows, asked.rounds, folder)
    show("openpyxl", asked.rows, theirs, theirs)
    for how in ("ours", "ours csv", "rows alone"):
        show(how, asked.rows, best(how, asked.rows, asked.rounds, folder), theirs)
    if asked.large:
        found = best("ours", asked.large, 1, folder)
        scale = asked.large / asked.rows
        show("ours", asked.large, found, {"cpu": theirs["cpu"] * scale})
    if asked.check:
        compare(folder, asked.rows)


if __name__ == "__main__":
    main()
