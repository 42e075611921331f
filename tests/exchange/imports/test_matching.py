"""Columns matched by hand: asked for once, remembered for the office, never guessed."""

import pytest

from core.models import User
from exchange.imports.headings import keys_of
from exchange.imports.matching import Match, MatchRefused, match
from exchange.imports.moves import ImportNotPossible
from exchange.models import ColumnMatch, ImportBatch
from tests.factories import an_account, citizen_number
from tests.factories.rosters import TITLES, a_row, as_table, brought_in, worked, xlsx_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
OWN_WORDS = {"姓名": "甲", "身份证号码": "号", "人员类别": "乙", "班级编号": "丙"}


def a_file(**less: str) -> bytes:
    """A roster of two whose headings are its office's own."""
    head, *rows = as_table([a_row(1), a_row(3)])
    return xlsx_of({"表": [["某表"], [OWN_WORDS.get(title, title) for title in head], *rows]})


def said_of(batch: ImportBatch, **given: str) -> Match:
    (table,) = batch.sheets[0]["tables"]
    own = {word: title for title, word in OWN_WORDS.items()}
    names = {title: name for name, title in TITLES.items()}
    columns = {t: names.get(own.get(t, t), "") for t in keys_of(table["titles"]).values()}
    return Match(table["digest"], columns, given)


def waits_for_columns(batch: ImportBatch) -> bool:
    return (batch.state, batch.step) == (ImportBatch.State.WAITING, ImportBatch.Step.MATCH)


def test_unknown_headings_are_asked_for_and_then_read(clerk: User) -> None:
    batch = brought_in(a_file(), name="r.xlsx", by=clerk)
    assert waits_for_columns(batch)
    assert (batch.people, batch.rows.count(), batch.findings.count()) == (None, 0, 0)
    (table,) = batch.sheets[0]["tables"]
    assert (table["line"], set(table["lacks"])) == (
        2,
        {"name", "id_number", "category", "class_code"},
    )
    assert table["samples"]["0"] == [a_row(1)["name"], a_row(3)["name"]]
    match(batch, [said_of(batch)], by=clerk)
    worked(batch)
    assert (batch.error_sentence, batch.people, batch.accepted, batch.not_data) == ("", 2, 2, 2)


def test_what_was_matched_is_remembered_for_the_office_alone(clerk: User) -> None:
    batch = brought_in(a_file(), name="r.xlsx", by=clerk)
    match(batch, [said_of(batch)], by=clerk)
    again = brought_in(a_file(), name="r.xlsx", by=clerk)
    assert (again.people, again.sheets[0]["tables"][0]["matched"]) == (2, True)
    other = an_account("other", "county-clerk", "621021")
    assert waits_for_columns(brought_in(a_file(), name="r.xlsx", by=other, county="621021"))


def test_a_column_given_for_all_rows_needs_no_heading(clerk: User) -> None:
    head, *rows = as_table([a_row(1), a_row(3)])
    at = head.index(TITLES["class_code"])
    data = xlsx_of({"表": [[*line[:at], *line[at + 1 :]] for line in [head, *rows]]})
    batch = brought_in(data, name="r.xlsx", by=clerk)
    assert batch.sheets[0]["tables"][0]["lacks"] == ["class_code"]
    match(batch, [said_of(batch, class_code=" 2019-7 ")], by=clerk)
    worked(batch)
    assert (batch.people, batch.accepted) == (2, 2)
    again = brought_in(data, name="r.xlsx", by=clerk)
    assert waits_for_columns(again)


def test_a_table_left_out_is_counted(clerk: User) -> None:
    good = as_table([a_row(5)])
    own = [[OWN_WORDS.get(cell, cell) for cell in line] for line in as_table([a_row(1), a_row(3)])]
    batch = brought_in(xlsx_of({"一": good, "二": own}), name="r.xlsx", by=clerk)
    assert waits_for_columns(batch)
    (table,) = batch.sheets[1]["tables"]
    nothing = dict.fromkeys(keys_of(table["titles"]).values(), "")
    match(batch, [Match(table["digest"], nothing, {})], by=clerk)
    worked(batch)
    assert (batch.people, batch.not_data) == (1, 4)
    assert batch.sheets[1]["passed"]["left-out"] == [2, [2, 3]]


def test_no_column_is_chosen_twice_and_none_required_forgotten(clerk: User) -> None:
    batch = brought_in(a_file(), name="r.xlsx", by=clerk)
    said = said_of(batch)
    twice = Match(said.digest, {**said.columns, "乙": "name"}, {})
    lacking = Match(said.digest, {**said.columns, "号": ""}, {})
    for wrong, told in ((twice, "姓名"), (lacking, "身份证号码")):
        with pytest.raises(MatchRefused) as refused:
            match(batch, [wrong], by=clerk)
        assert told in refused.value.params.values()
    assert ColumnMatch.objects.count() == 0
    batch.refresh_from_db()
    assert waits_for_columns(batch)


def test_an_import_that_moved_on_is_not_matched(clerk: User) -> None:
    batch = brought_in(a_file(), name="r.xlsx", by=clerk)
    said = said_of(batch)
    match(batch, [said], by=clerk)
    with pytest.raises(ImportNotPossible):
        match(batch, [said], by=clerk)


def test_two_headings_of_one_word_are_matched_apart(clerk: User) -> None:
    head, *rows = as_table([a_row(1), a_row(3)])
    lines = [[*head, "姓名"], *([*row, "户主某"] for row in rows)]
    batch = brought_in(xlsx_of({"表": lines}), name="r.xlsx", by=clerk)
    (table,) = batch.sheets[0]["tables"]
    assert (waits_for_columns(batch), table["unclear"]) == (True, ["name"])
    keys = keys_of(table["titles"])
    assert [keys[place] for place, title in table["titles"].items() if title == "姓名"] == [
        "姓名",
        "姓名(2)",
    ]
    names = {title: name for name, title in TITLES.items()}
    columns = {key: names.get(key, "") for key in keys.values()}
    match(batch, [Match(table["digest"], columns, {})], by=clerk)
    assert worked(batch).accepted == 2


def test_a_person_taken_for_a_heading_leaves_no_number_behind(clerk: User) -> None:
    number = citizen_number(1)
    batch = brought_in(xlsx_of({"表": [["张三", f"证{number}"]]}), name="r.xlsx", by=clerk)
    assert waits_for_columns(batch)
    assert number not in str(batch.sheets)
