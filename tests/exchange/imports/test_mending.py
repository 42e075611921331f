"""Held rows mended in place: judged at once, read again, or taken in after the others."""

import pytest

from core.models import AuditEntry, User
from core.sealing import open_many
from exchange import rollups
from exchange.imports import mending, services
from exchange.imports.moves import ImportNotPossible
from exchange.models import ImportBatch, Mend
from tests.factories import citizen_number
from tests.factories.rosters import a_row, brought_in, csv_of, worked
from training.models import Enrollment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture
def batch(clerk: User) -> ImportBatch:
    """Three rows, the second and third held."""
    rows = [a_row(1), a_row(3, start_date="2019-02-30"), a_row(5, village="无此村")]
    return brought_in(csv_of(rows), by=clerk)


def counts(batch: ImportBatch) -> tuple[int | None, ...]:
    return batch.people, batch.accepted, batch.held, batch.not_data, batch.written


def names() -> list[str]:
    return list(Enrollment.objects.order_by("line").values_list("person__name", flat=True))


def test_a_mended_row_is_judged_at_once_by_itself(batch: ImportBatch, clerk: User) -> None:
    wrong = mending.mend_row(batch, sheet=1, line=3, cells={"start_date": "2019-06-31"}, by=clerk)
    assert [(f.column, f.severity) for f in wrong.findings] == [("start_date", "block")]
    right = mending.mend_row(batch, sheet=1, line=3, cells={"start_date": "2019-06-24"}, by=clerk)
    assert (right.findings, right.held) == ([], set())
    assert counts(batch) == (3, 1, 2, 1, None)


def test_mended_rows_come_in_with_the_others(batch: ImportBatch, clerk: User) -> None:
    mending.mend_row(batch, sheet=1, line=3, cells={"start_date": "2019-06-24"}, by=clerk)
    mending.mend_row(batch, sheet=1, line=4, cells={"remark": "问过"}, by=clerk)
    mending.mend_row(batch, sheet=1, line=4, cells={"village": "李原村"}, by=clerk)
    mending.check_again(batch, by=clerk)
    worked(batch)
    assert counts(batch) == (3, 3, 0, 1, None)
    services.confirm(batch, by=clerk)
    worked(batch)
    assert names() == [a_row(order)["name"] for order in (1, 3, 5)]
    assert Enrollment.objects.get(line=4).remark == "问过"


def test_what_compares_rows_is_judged_when_the_file_is_read_again(
    batch: ImportBatch, clerk: User
) -> None:
    twin = {"id_number": citizen_number(1), "name": a_row(1)["name"], "start_date": "2019-06-24"}
    alone = mending.mend_row(batch, sheet=1, line=3, cells=twin, by=clerk)
    assert alone.held == set()
    mending.check_again(batch, by=clerk)
    worked(batch)
    rules = batch.findings.filter(line=3).values_list("rule", flat=True)
    assert (list(rules), batch.held) == (["training.person_stands_once_in_file"], 2)


def test_rows_mended_after_the_others_were_written_are_added(
    batch: ImportBatch, clerk: User
) -> None:
    services.confirm(batch, by=clerk)
    worked(batch)
    assert counts(batch) == (3, 1, 2, 1, 1)
    mending.mend_row(batch, sheet=1, line=3, cells={"start_date": "2019-06-24"}, by=clerk)
    mending.check_again(batch, by=clerk)
    worked(batch)
    assert (batch.state, counts(batch)) == ("done", (3, 2, 1, 1, 2))
    assert names() == [a_row(1)["name"], a_row(3)["name"]]
    assert list(batch.findings.values_list("line", flat=True)) == [4]
    assert list(rollups.differences()) == []


@pytest.mark.parametrize("is_written", [False, True])
def test_a_row_that_is_nobodys_is_left_out_and_counted(
    batch: ImportBatch, clerk: User, is_written: bool
) -> None:
    if is_written:
        services.confirm(batch, by=clerk)
        worked(batch)
    mending.leave_out(batch, sheet=1, line=3, by=clerk)
    mending.check_again(batch, by=clerk)
    worked(batch)
    assert counts(batch)[:4] == (2, 1, 1, 2)
    assert batch.sheets[0]["passed"]["left-out"][0] == 1


def test_mended_cells_are_sealed_and_who_did_it_is_written_down(
    batch: ImportBatch, clerk: User
) -> None:
    number = citizen_number(7)
    mending.mend_row(batch, sheet=1, line=3, cells={"id_number": number}, by=clerk)
    (mend,) = Mend.objects.all()
    assert number.encode() not in bytes(mend.cells)
    assert open_many([mend.cells], mending.MEND_FIELD) == [f'{{"id_number": "{number}"}}']
    entry = AuditEntry.objects.get(verb="exchange.import.row_mended")
    assert number not in str(entry.changes)
    assert entry.changes["columns"] == ["id_number"]


def test_what_is_not_held_is_not_mended(batch: ImportBatch, clerk: User) -> None:
    for line in (2, 9):
        with pytest.raises(ImportNotPossible):
            mending.mend_row(batch, sheet=1, line=line, cells={"remark": "x"}, by=clerk)
    with pytest.raises(ImportNotPossible):
        mending.check_again(batch, by=clerk)
