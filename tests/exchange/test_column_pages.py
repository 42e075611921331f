"""Matching columns on screen: asked for once, told at the field, and remembered for the office."""

from typing import Any

import pytest
from django.urls import reverse

from core.models import User
from exchange.imports.headings import keys_of
from exchange.models import ColumnMatch, ImportBatch
from tests.exchange.import_pages import (
    at,
    house,  # noqa: F401
    signed_in,
    text,
)
from tests.factories import an_account
from tests.factories.rosters import TITLES, a_row, as_table, brought_in, csv_of, worked, xlsx_of

OWN_WORDS = {"姓名": "甲", "身份证号码": "号", "班级编号": "丙"}
NAMES = {title: name for name, title in TITLES.items()}


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", "621022")


def own_words(**changes: str) -> bytes:
    """A roster of two with headings of its office's own."""
    head, *rows = as_table([a_row(1), a_row(3)])
    words = OWN_WORDS | changes
    return xlsx_of({"表": [[words.get(title, title) for title in head], *rows]})


def layout_of(batch: ImportBatch) -> dict[str, Any]:
    found: dict[str, Any] = batch.sheets[0]["tables"][0]
    return found


def answer(batch: ImportBatch, **columns: str) -> dict[str, str]:
    """What the form sends: the columns by title as the portal guessed them, and these."""
    table = layout_of(batch)
    guessed = {place: name for name, place in table["places"].items()}
    return {
        f"{table['digest']}-place-{place}": columns.get(title, guessed.get(int(place), ""))
        for place, title in table["titles"].items()
    }


def own_answer(batch: ImportBatch) -> dict[str, str]:
    return answer(batch, **{word: NAMES[title] for title, word in OWN_WORDS.items()})


def test_headings_are_asked_for_with_their_first_contents(clerk: User) -> None:
    batch = brought_in(own_words(), name="r.xlsx", by=clerk)
    page = signed_in(clerk).get(at(batch))
    said, html = text(page), page.content.decode()
    assert "Some columns have to be matched first" in said
    assert "Still missing: 姓名、身份证号码、班级编号." in said
    assert a_row(1)["name"] in said
    assert a_row(1)["id_number"] not in html
    assert '<option value="category" selected>' in html
    assert "Sheet “表”, heading on line 1".lower() in said.lower()


def test_the_answer_lets_the_file_be_read_and_is_remembered(clerk: User) -> None:
    batch = brought_in(own_words(), name="r.xlsx", by=clerk)
    sent = signed_in(clerk).post(at(batch, "columns"), own_answer(batch))
    assert (sent.status_code, sent.headers["Location"]) == (302, at(batch))
    assert worked(batch).accepted == 2
    again = brought_in(own_words(), name="r.xlsx", by=clerk)
    assert again.accepted == 2
    assert "Matched by your office before" in text(signed_in(clerk).get(at(again, "columns")))


def test_what_cannot_be_is_told_at_its_field(clerk: User) -> None:
    batch = brought_in(own_words(), name="r.xlsx", by=clerk)
    twice = own_answer(batch) | {f"{layout_of(batch)['digest']}-place-0": "id_number"}
    for given, told, times in (
        (twice, "“身份证号码” is chosen for two headings. Choose it once.", 2),
        (answer(batch), "“姓名、身份证号码、班级编号” is still without a heading", 1),
    ):
        refused = signed_in(clerk).post(at(batch, "columns"), given)
        assert (refused.status_code, text(refused).count(told)) == (422, times)
    assert ColumnMatch.objects.count() == 0


def test_a_required_column_is_given_for_all_rows(clerk: User) -> None:
    batch = brought_in(own_words(), name="r.xlsx", by=clerk)
    columns = {"甲": "name", "号": "id_number"}
    given = {f"{layout_of(batch)['digest']}-given-class_code": "2019-7"}
    signed_in(clerk).post(at(batch, "columns"), answer(batch, **columns) | given)
    assert worked(batch).accepted == 2


def test_what_stands_above_the_table_need_not_be_given(clerk: User) -> None:
    head, *rows = as_table([a_row(1), a_row(3)])
    place = head.index("班级编号")
    words = [OWN_WORDS.get(title, title) for title in head[:place] + head[place + 1 :]]
    lines = [["班级编号：2019001"], words, *([*r[:place], *r[place + 1 :]] for r in rows)]
    batch = brought_in(xlsx_of({"表": lines}), name="r.xlsx", by=clerk)
    signed_in(clerk).post(at(batch, "columns"), answer(batch, 甲="name", 号="id_number"))
    assert worked(batch).accepted == 2


def test_a_table_is_left_out(clerk: User) -> None:
    good, *other = as_table([a_row(5)]), as_table([a_row(1), a_row(3)])
    own = [[OWN_WORDS.get(cell, cell) for cell in line] for line in other[0]]
    batch = brought_in(xlsx_of({"一": own, "二": good}), name="r.xlsx", by=clerk)
    left_out = {f"{layout_of(batch)['digest']}-leave_out": "on"}
    complete = batch.sheets[1]["tables"][0]
    same = {
        f"{complete['digest']}-place-{place}": name for name, place in complete["places"].items()
    }
    signed_in(clerk).post(at(batch, "columns"), answer(batch) | left_out | same)
    assert (worked(batch).accepted, batch.not_data) == (1, 4)
    assert ColumnMatch.objects.count() == 1


def test_two_headings_of_one_column_are_marked(clerk: User) -> None:
    batch = brought_in(own_words(乡镇="行政村"), name="r.xlsx", by=clerk)
    assert text(signed_in(clerk).get(at(batch))).count("several headings claim this column") == 2


def test_columns_are_changed_before_anything_is_written(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1), a_row(3)]), by=clerk)
    assert f'href="{at(batch, "columns")}"' in signed_in(clerk).get(at(batch)).content.decode()
    same = signed_in(clerk).post(at(batch, "columns"), answer(batch))
    assert (same.status_code, "No column was changed." in text(same)) == (200, True)
    signed_in(clerk).post(at(batch, "columns"), answer(batch, 乡镇=""))
    worked(batch)
    assert "township" not in layout_of(batch)["places"]
    assert keys_of(layout_of(batch)["titles"])["0"] == "姓名"


def test_columns_of_a_decided_import_are_left_alone(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    client = signed_in(clerk)
    client.post(reverse("exchange:import-stop", args=[batch.public_id]))
    for answered in (client.get(at(batch, "columns")), client.post(at(batch, "columns"), {})):
        assert (answered.status_code, answered.headers["Location"]) == (302, at(batch))
