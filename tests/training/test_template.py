"""The training roster's template for a county: its villages and classes stand ready."""

import io
from typing import Any

import openpyxl
import pytest

from exchange.imports.templates import template_of
from tests.factories import a_program, divisions
from tests.factories.rosters import GIVEN, HUAN, a_row, brought_in, entered
from training.imports import TRAINING_ROSTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Any:
    divisions()
    a_program()
    entered(a_row(1))
    return openpyxl.load_workbook(io.BytesIO(template_of(TRAINING_ROSTER, HUAN)))


def lines(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_it_refers_to_the_countys_villages_and_classes(book: Any) -> None:
    assert lines(book["本县乡村"]) == [
        ("乡镇（参考）", "行政村（参考）"),
        ("环城镇", "环州北路社区"),
        ("小南沟乡", "李原村"),
    ]
    (_heads, row) = lines(book["本县班级"])
    names = ("class_code", "institution", "occupation", "start_date", "end_date")
    assert row == tuple(GIVEN[name] for name in names)


def test_villages_and_classes_are_offered_but_others_may_be_typed(book: Any) -> None:
    offers = {
        each.formula1: (str(each.sqref).split(":")[0], each.showErrorMessage)
        for each in book.worksheets[0].data_validations.dataValidation
    }
    places = {column.name: at for at, column in enumerate(TRAINING_ROSTER.own_columns, 1)}
    cells = {name: book.worksheets[0].cell(2, at).coordinate for name, at in places.items()}
    assert offers["'本县乡村'!$B$2:$B$3"] == (cells["village"], False)
    assert offers["'本县班级'!$A$2:$A$2"] == (cells["class_code"], False)


def test_the_lists_beside_the_table_are_nobody(book: Any) -> None:
    row = a_row(3)
    for place, column in enumerate(TRAINING_ROSTER.own_columns, 1):
        book.worksheets[0].cell(2, place).value = row.get(column.name)
    out = io.BytesIO()
    book.save(out)
    batch = brought_in(out.getvalue(), name="t.xlsx")
    assert (batch.error_sentence, batch.people, batch.accepted) == ("", 1, 1)
