"""A file is whole or it is not there; equal input makes equal bytes; long tables go on."""

import errno
import hashlib
import io
import os
import resource
import tracemalloc
import zipfile
from datetime import datetime, timedelta, timezone

import pytest

from exchange.workbooks import (
    Column,
    Foot,
    Head,
    Kind,
    SheetSpec,
    WorkbookDamaged,
    write_csv,
    write_workbook,
)
from exchange.workbooks.cells import BodyRows
from tests.exchange.workbooks.books import LABELS, Written

COLUMNS = [Column("序号", Kind.INTEGER), Column("姓名")]
HEAD = Head(title="名单", reporting_office="环县")
FOOT = Foot([[("填表人", "张三")]])


def rows(count):
    return ([number, f"姓名{number}"] for number in range(1, count + 1))


def long_list(count, **fields):
    return SheetSpec("名单", COLUMNS, rows(count), head=HEAD, **fields)


def first_column(book):
    return [[row[0] for row in book.grid(sheet)] for sheet in range(len(book.info.rows))]


TOP = ["名单", "填报单位：环县", "序号"]
END = ["", "填表人：张三"]


def test_a_long_table_goes_on_under_the_same_head():
    book = Written(long_list(7, foot=FOOT, totals=[["合计", None]]), max_rows=7)
    assert book.info.rows == {"名单": 3, "名单(2)": 4, "名单(3)": 0}
    assert first_column(book) == [
        [*TOP, "合计", 1.0, 2.0, 3.0],
        [*TOP, 4.0, 5.0, 6.0, 7.0],
        [*TOP, *END],
    ]


def test_totals_and_foot_stand_behind_the_last_row():
    book = Written(long_list(5, foot=FOOT, totals=[["合计", None]], totals_at="last"), max_rows=7)
    assert first_column(book) == [[*TOP, 1.0, 2.0, 3.0, 4.0], [*TOP, 5.0, "合计", *END]]


def test_each_sheet_of_a_long_table_prints_its_own_area():
    sheets = Written(long_list(6), max_rows=7).book().worksheets
    assert [sheet.print_area for sheet in sheets] == ["'名单'!$A$1:$B$7", "'名单(2)'!$A$1:$B$5"]
    assert [sheet.print_title_rows for sheet in sheets] == ["$3:$3", "$3:$3"]
    assert [sheet.freeze_panes for sheet in sheets] == ["A4", "A4"]


def test_a_quote_in_the_name_of_a_sheet_is_doubled_where_it_is_referred_to():
    book = Written(SheetSpec("某'县", COLUMNS, []))
    assert "'某''县'!$A$1:$B$1</definedName>" in book.part("xl/workbook.xml")


def test_a_table_also_goes_on_before_its_xml_is_too_large():
    book = Written(long_list(1500), max_bytes=40_000)
    assert book.info.rows == {"名单": 500, "名单(2)": 500, "名单(3)": 500}
    assert [row[0] for sheet in range(3) for row in book.grid(sheet)[3:]] == [*range(1, 1501)]


def test_a_table_without_rows_still_has_head_and_foot():
    book = Written(long_list(0, foot=FOOT))
    assert first_column(book) == [[*TOP, *END]]
    assert book.info.rows == {"名单": 0}


def test_names_of_sheets_are_made_legal_and_different():
    names = ["一/二", "一_二", "History", "", "'引号'", "很" * 40, "很" * 31]
    specs = [SheetSpec(name, COLUMNS, []) for name in names]
    assert Written(*specs).book().sheetnames == [
        "一_二",
        "一_二(2)",
        "History(2)",
        "Sheet",
        "引号",
        "很" * 31,
        "很" * 28 + "(2)",
    ]


def test_equal_input_makes_equal_bytes():
    made = datetime(2020, 1, 5, 10, 30, tzinfo=timezone(timedelta(hours=8)))
    first, second = (Written(long_list(600, foot=FOOT), created=made) for _ in range(2))
    assert first.data == second.data
    assert first.book().properties.created == datetime(2020, 1, 5, 2, 30)
    entries = zipfile.ZipFile(first.file).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_no_part_needs_zip64():
    entries = zipfile.ZipFile(Written(long_list(3)).file).infolist()
    assert {(entry.extract_version, entry.extra) for entry in entries} == {(20, b"")}


def test_what_is_told_is_true(tmp_path):
    told = []
    path = tmp_path / "名单.xlsx"
    info = write_workbook(path, [long_list(1200)], labels=LABELS, progress=told.append)
    assert told == [500, 1000, 1200]
    assert (info.size, info.cut) == (path.stat().st_size, 0)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_memory_is_flat():
    tracemalloc.start()
    try:
        with open(os.devnull, "wb") as nowhere:
            write_workbook(nowhere, [long_list(60_000)], labels=LABELS)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000  # the rows alone would be 12 MB
    finally:
        tracemalloc.stop()


def stopped(done):
    raise InterruptedError(f"stopped after {done}")


def too_many_bytes():
    """Fill a file beyond a limit that the system sets, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture(params=["xlsx", "csv"])
def write(request, tmp_path):
    """Write 5,000 rows over a file that stands there already."""
    path = tmp_path / f"{'长' * 80}.{request.param}"
    path.write_text("as it was")

    def writing(progress=None):
        if request.param == "csv":
            return write_csv(path, COLUMNS, rows(5_000), progress=progress)
        return write_workbook(path, [long_list(5_000)], labels=LABELS, progress=progress)

    return writing


def remains(folder):
    return [file.read_bytes() for file in folder.iterdir()]


def test_a_full_disk_leaves_all_as_it_was(write, tmp_path):
    back = too_many_bytes()
    try:
        with pytest.raises(OSError, match="File too large") as full:
            write()
    finally:
        back()
    assert full.value.errno == errno.EFBIG
    assert remains(tmp_path) == [b"as it was"]


def test_a_stop_leaves_all_as_it_was(write, tmp_path):
    with pytest.raises(InterruptedError, match="stopped after"):
        write(stopped)
    assert remains(tmp_path) == [b"as it was"]


def test_the_file_takes_its_place_when_whole(write, tmp_path):
    info = write()
    (found,) = remains(tmp_path)
    assert hashlib.sha256(found).hexdigest() == info.sha256


def overwrite_middle(handle):
    os.pwrite(handle, b"\xff\x00\xff\x00", os.fstat(handle).st_size // 2)


def overwrite_end(handle):
    os.pwrite(handle, b"\xff\x00\xff\x00", os.fstat(handle).st_size - 300)


def cut_short(handle):
    os.ftruncate(handle, os.fstat(handle).st_size - 3)


@pytest.mark.parametrize("damage", [overwrite_middle, overwrite_end, cut_short])
def test_a_workbook_that_does_not_read_back_is_not_put_in_place(monkeypatch, tmp_path, damage):
    monkeypatch.setattr(os, "fsync", damage)
    with pytest.raises(WorkbookDamaged):
        write_workbook(tmp_path / "名单.xlsx", [long_list(5_000)], labels=LABELS)
    assert remains(tmp_path) == []


def test_a_dump_cut_short_is_not_put_in_place(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "fsync", cut_short)
    with pytest.raises(WorkbookDamaged):
        write_csv(tmp_path / "名单.csv", COLUMNS, rows(10))
    assert remains(tmp_path) == []


def test_a_workbook_that_lacks_a_row_is_not_put_in_place(monkeypatch, tmp_path):
    whole = BodyRows.xml
    monkeypatch.setattr(
        BodyRows, "xml", lambda *given: whole(*given).replace(b"<row ", b"<lost ", 1)
    )
    with pytest.raises(WorkbookDamaged, match=r"sheet1\.xml: 13 lines were written"):
        write_workbook(tmp_path / "名单.xlsx", [long_list(10)], labels=LABELS)
    assert remains(tmp_path) == []


def test_a_workbook_that_would_need_zip64_is_refused(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    with pytest.raises(zipfile.LargeZipFile):
        Written(long_list(3))


def test_a_file_object_gets_nothing_of_a_failed_workbook():
    target = io.BytesIO(b"before")
    with pytest.raises(InterruptedError):
        write_workbook(target, [long_list(600)], labels=LABELS, progress=stopped)
    assert target.getvalue() == b"before"


def test_a_full_device_is_an_error():
    with (
        pytest.raises(OSError, match="No space") as full,
        open("/dev/full", "wb", buffering=0) as device,
    ):
        write_workbook(device, [long_list(600)], labels=LABELS)
    assert full.value.errno == errno.ENOSPC


@pytest.mark.parametrize("sheets", [[], [SheetSpec("表", [], [])]])
def test_a_workbook_needs_sheets_and_a_sheet_columns(sheets):
    with pytest.raises(ValueError, match=r"needs at least one sheet|has no columns"):
        Written(*sheets)
