"""Dumps open in Chinese, lose nothing, and no cell of them can act."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.workbooks import Column, Kind, write_csv
from tests.exchange.workbooks.test_workbook_cells import acting_text, any_text, kept

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def dumped(columns, rows):
    file = io.BytesIO()
    info = write_csv(file, columns, rows)
    assert info.size == len(file.getvalue())
    return file.getvalue()


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_bytes_of_a_dump():
    columns = [
        Column("姓名"),
        Column("金额", Kind.DECIMAL),
        Column("万元", Kind.WAN),
        Column("日期"),
    ]
    rows = [["张三", Decimal("-5.50"), 12_345, date(2019, 1, 2)], ['"=1"', None, None, None]]
    assert dumped(columns, rows).decode() == (
        '\ufeff"姓名","金额","万元","日期"\r\n'
        '"张三","-5.50","1.2345","2019-01-02"\r\n'
        '"""=1""","","",""\r\n'
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(any_text, acting_text), min_size=1, max_size=8))
@example(["\x00=1", " =1", "\u3000＝1", "\ufeff@a", "\n1"])
def test_any_text_comes_back_and_begins_harmlessly(texts):
    found = [row[0] for row in read(dumped([Column("列")], [[text] for text in texts]))[1:]]
    assert [text.removeprefix("'") for text in found] == [
        kept(text).removeprefix("'") for text in texts
    ]
    assert [text for text in found if text.strip(" \u3000\ufeff").startswith(DANGEROUS)] == []


def test_titles_are_data_too():
    assert read(dumped([Column("=1+1")], [])) == [["'=1+1"]]


@pytest.mark.parametrize("text", ["张三", "a=b", "1-2", "2019-01-02", "'=1", "#1", "（=1）"])
def test_ordinary_text_is_left_alone(text):
    assert read(dumped([Column("列")], [[text]])) == [["列"], [text]]


def test_rows_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match="Every row must have 1 values"):
        dumped([Column("列")], [[1, 2]])
