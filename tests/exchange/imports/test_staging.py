"""Between the file and the tables: any text survives, counts add up, all is staged or nothing."""

import json
from typing import Any

import pytest
from django.utils import translation

from core.models import User
from core.sealing import open_many, unseal
from exchange.imports import moves, services, staging
from exchange.imports.moves import ImportNotPossible
from exchange.imports.services import take_rows
from exchange.imports.staging import AS_READ_FIELD
from exchange.models import ImportBatch
from talent.imports import ID_NUMBER_FIELD
from tests.factories import an_account, citizen_number
from tests.factories.rosters import a_row, brought_in, csv_of, judged, staged_rows, worked
from training.imports import STAGED
from training.models import Enrollment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
NASTY = {
    "a\\b": "a\\b",
    "\\N": "\\N",
    "\\.": "\\.",
    "a\\tb": "a\\tb",
    "a\tb": "a b",
    "a\nb": "a b",
    "a\r\nb": "a b",
    "a\x1fb": "ab",
    "a\x00b": "ab",
    "a\x01\x02b": "ab",
    '"{}" %s %(x)s': '"{}" %s %(x)s',
    "𠮷䶮 NULL": "𠮷䶮 NULL",
    "a\u2028b": "a b",
}
# A text file with a NUL in it is taken for no table at all.
IN_FILES = {text: kept for text, kept in NASTY.items() if "\x00" not in text}


def the_remarks() -> list[str]:
    return list(Enrollment.objects.order_by("id").values_list("remark", flat=True))


def test_any_text_of_a_file_comes_through() -> None:
    """Nothing of it ends a cell, a row or the statement; the neighbors keep their places."""
    rows = [
        a_row(order, remark=text, occupation=f"焊\\{order}", household_code="\\t")
        for order, text in enumerate(IN_FILES, 1)
    ]
    batch = brought_in(csv_of(rows))
    assert (batch.error_sentence, batch.held) == ("", 0)
    services.confirm(batch, by=None)
    worked(batch)
    assert the_remarks() == list(IN_FILES.values())
    names = Enrollment.objects.order_by("id").values_list(
        "training_class__occupation__name", "household_code"
    )
    assert list(names) == [(f"焊\\{n}", "\\t") for n in range(1, len(IN_FILES) + 1)]


def test_any_text_of_a_program_comes_through(clerk: User) -> None:
    rows = [a_row(order, remark=text) for order, text in enumerate(NASTY, 1)]
    found = judged(*rows)
    assert found.findings == []
    assert take_rows(found, options={"program": "skills"}, by=clerk) == len(NASTY)
    assert the_remarks() == list(NASTY.values())


def test_a_held_row_keeps_what_stood_in_the_file_sealed() -> None:
    row = a_row(1, name="张\\3", remark='"a\\b"', start_date="2019-02-30")
    batch = brought_in(csv_of([row, a_row(3)]))
    (held,) = batch.rows.all()
    (read,) = open_many([held.as_read], AS_READ_FIELD)
    kept = json.loads(read)
    assert {name: cell for name, cell in kept.items() if cell} == row
    assert (held.line, [cells[:2] for cells in staged_rows(batch)]) == (2, [["1", "3"]])
    assert row["id_number"] not in str(bytes(held.as_read))


def test_an_accepted_row_is_staged_clean_and_its_number_sealed() -> None:
    batch = brought_in(csv_of([a_row(1, phone="13900000001")]))
    ((sheet, line, *row),) = staged_rows(batch)
    assert (sheet, line) == ("1", "2")
    cells = dict(zip([column.name for column in STAGED], row, strict=True))
    assert unseal(bytes.fromhex(cells["id_sealed"][2:]), ID_NUMBER_FIELD) == citizen_number(1)
    assert (cells["name"], cells["hours"], cells["region_code"]) == (
        a_row(1)["name"],
        "",
        "621022201001",
    )
    assert citizen_number(1) not in row
    assert "13900000001" not in row


def test_counts_add_up_and_findings_stand_on_their_lines() -> None:
    rows = [a_row(order) for order in range(1, 10)]
    rows[2] |= {"start_date": "2019-02-30", "end_date": "", "category": "无"}
    rows[5] |= {"class_code": "", "level": "九级"}
    batch = brought_in(csv_of([*rows, {"name": " "}]))
    assert (batch.people, batch.accepted, batch.held, batch.not_data) == (9, 7, 2, 2)
    assert (batch.rows.count(), len(staged_rows(batch))) == (2, 7)
    assert [(f.line, f.column, f.severity) for f in batch.findings.order_by("line", "column")] == [
        (4, "category", "block"),
        (4, "end_date", "block"),
        (4, "start_date", "block"),
        (7, "class_code", "block"),
        (7, "level", "block"),
    ]


def test_a_sentence_is_kept_in_parts_and_said_in_the_readers_language() -> None:
    batch = brought_in(csv_of([a_row(1, category='a\\"b')]))
    (finding,) = batch.findings.all()
    assert finding.params == {"title": "人员类别", "value": 'a\\"b'}
    with translation.override("zh-hans"):
        assert str(finding) == '“人员类别”中的“a\\"b”不在规定选项内，请按选项填写。'


def test_staging_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_finding_lines", lambda *_: iter(["no line\n"]))
    batch = brought_in(csv_of([a_row(1), a_row(3, start_date="x")]))
    assert (batch.state, batch.people, staged_rows(batch)) == ("queued", None, [])


def test_an_import_is_decided_once(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    other = ImportBatch.objects.get(pk=batch.pk)
    services.stop(batch, by=clerk)
    assert (batch.state, staged_rows(batch)) == ("stopped", [])
    for act in (services.confirm, services.stop):
        with pytest.raises(ImportNotPossible) as told:
            act(other, by=clerk)
        assert str(told.value) == moves.NO_LONGER_WAITING
    worked(batch)
    assert (batch.state, Enrollment.objects.count()) == ("stopped", 0)


def test_who_may_not_bring_in_here_leaves_nothing(settings: Any) -> None:
    clerk = an_account("clerk", "county-clerk", "621021")
    with pytest.raises(PermissionError):
        brought_in(csv_of([a_row(1)]), by=clerk)
    assert not ImportBatch.objects.exists()
    assert not settings.FILES_DIR.exists()


def test_what_is_no_spreadsheet_leaves_only_the_attempt() -> None:
    batch = brought_in(b"\x89PNG\r\n\x1a\n" + bytes(100), name="r.xlsx")
    assert (batch.state, batch.attempt) == ("failed", 0)
    assert batch.error_sentence
    assert list(services.folder().iterdir()) == []


def test_the_file_is_kept_for_its_owner_alone() -> None:
    data = csv_of([a_row(1)])
    batch = brought_in(data, name="../../环县\\名册.csv")
    path = services.stored_path(batch)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (data, 0o600)
    assert path.parent == services.folder()
    assert (batch.original_name, batch.size) == ("环县\\名册.csv", len(data))
