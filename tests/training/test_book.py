"""The ledger as a book: its lines, its past, its judges, the hands in it, and corrections."""

from __future__ import annotations

import datetime
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from core.models import User
from core.sealing import blind_index, seal
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.models import Correction
from exchange.submissions.books import CORRECTED_CELLS, book_of
from exchange.submissions.closing import PeriodClosed, told
from exchange.submissions.diffs import RowDifference
from exchange.submissions.findings import shown_differences
from talent.imports import ID_NUMBER_FIELD
from tests.factories import a_program, an_account, citizen_number, divisions
from tests.factories.rosters import a_row, entered
from tests.factories.submissions import JUNE, a_month
from training.edits import Edit
from training.models import Enrollment, RowChange
from training.rows import save_rows

HUAN, JULY = "621022", datetime.date(2019, 7, 1)
BOOK = book_of("ledger")


@pytest.fixture(autouse=True)
def clerk(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()
    return an_account("clerk", "county-clerk", HUAN)


def put(by: User, cells: dict[str, str], key: int | None = None, version: int = 0) -> Any:
    edit = Edit(uuid.uuid4(), uuid.uuid4(), cells, key, version)
    (outcome,) = save_rows(county=HUAN, program="skills", rows=[edit], by=by)
    return outcome


def the_line(key: int) -> dict[str, str | None]:
    ((_chapter, _key, _version, cells),) = BOOK.lines(HUAN, JUNE, {("enrollment", key)})
    return cells


def test_a_line_holds_the_row_and_no_number(clerk: User) -> None:
    row = put(clerk, a_row(1, hours="90.50", phone="13912345678", ethnicity="回族"))
    cells = the_line(row.key)
    assert cells["person"] == blind_index(citizen_number(1), ID_NUMBER_FIELD).hex()
    assert (cells["start_date"], cells["hours"], cells["category"], cells["state"]) == (
        "2019-06-24",
        "90.5",
        "filed-poor",
        "active",
    )
    assert (cells["remark"], cells["entered_by"]) == (None, str(clerk.pk))
    assert "13912345678" not in json.dumps(cells)
    assert set(cells) <= set(BOOK.titles["enrollment"])


def test_lines_are_of_the_month_by_key_withdrawn_ones_too(clerk: User) -> None:
    first, second = put(clerk, a_row(3)), put(clerk, a_row(1))
    put(clerk, a_row(5, start_date="2019-07-01"))
    Enrollment.objects.filter(pk=second.key).update(state="withdrawn")
    found = [(key, cells) for _chapter, key, _version, cells in BOOK.lines(HUAN, JUNE, None)]
    assert [key for key, _cells in found] == [first.key, second.key]
    assert [BOOK.counts("enrollment", cells) for _key, cells in found] == [True, False]


def test_a_row_is_told_as_it_was_at_every_version(clerk: User) -> None:
    row = put(clerk, a_row(1))
    states = [the_line(row.key)]
    for version, cells in enumerate(({"remark": "一"}, {"hours": "88"}, {"remark": ""}), start=1):
        put(clerk, cells, row.key, version)
        states.append(the_line(row.key))
    for version, state in enumerate(states, start=1):
        assert BOOK.as_sealed([("enrollment", row.key, version)]) == {
            ("enrollment", row.key): state
        }


def test_rows_that_came_clean_are_clean_when_they_are_judged_again(clerk: User) -> None:
    entered(*(a_row(order) for order in (1, 3, 5)), by=clerk)
    put(clerk, a_row(7))
    assert list(BOOK.judge(HUAN, JUNE, lambda done, total: None)) == []


def test_a_stored_row_is_told_by_the_rules_of_the_doors(clerk: User) -> None:
    put(clerk, a_row(1))
    other = put(clerk, a_row(1, class_code="2", start_date="2019-06-25", end_date="2019-07-01"))
    found = list(BOOK.judge(HUAN, JUNE, lambda done, total: None))
    overlaps = [f for f in found if f.finding.rule == "training.person_is_in_one_class_at_a_time"]
    assert [f.row_key for f in overlaps] == [other.key - 1, other.key]
    assert [f.finding.params for f in overlaps] == [
        {"county": "环县", "code": "2"},
        {"county": "环县", "code": "2019001"},
    ]


def test_hands_are_those_that_entered_changed_or_hold_something_of_the_month(clerk: User) -> None:
    others = [an_account(f"clerk{n}", "county-clerk", HUAN) for n in range(3)]
    entered(a_row(1), by=others[0])
    moved = put(clerk, a_row(3))
    put(others[1], {"start_date": "2019-07-01", "class_code": "7"}, moved.key, 1)
    held = put(others[2], a_row(5, name=""))
    assert held.outcome == "held"
    everybody = {clerk.pk, *(other.pk for other in others)}
    assert BOOK.hands(HUAN, JUNE) == everybody
    assert BOOK.hands(HUAN, JULY) == {clerk.pk, others[1].pk}
    assert (BOOK.drafts(HUAN, JUNE), BOOK.drafts(HUAN, JULY)) == (1, 0)


def test_rows_are_named_masked(clerk: User) -> None:
    row = put(clerk, a_row(1))
    shown = BOOK.shown([("enrollment", row.key), ("enrollment", 999)])
    assert [(s.who, s.of) for s in shown.values()] == [
        (f"{a_row(1)['name']} 621022********001{citizen_number(1)[-1]}", "2019001 电焊工")
    ]


def a_correction(clerk: User, row: Any, cells: dict[str, str], **values: Any) -> Correction:
    submission = a_month("locked")
    of_row = {"row_key": row.key, "row_version": row.version} if row else {}
    values = {"kind": "change"} | of_row | values
    return Correction.objects.create(
        submission=submission,
        county_code=HUAN,
        chapter="enrollment",
        cells=seal(json.dumps(cells), CORRECTED_CELLS),
        reason="录入时看错一行",
        evidence_size=1,
        state="approved",
        asked_by=clerk,
        **values,
    )


def test_a_correction_changes_what_it_names_in_a_locked_month(clerk: User) -> None:
    row = put(clerk, a_row(1))
    officer = an_account("officer", "prefecture-officer", "6210")
    correction = a_correction(clerk, row, {"hours": "72", "start_date": "2019-06-03"})
    _row, before, after = BOOK.apply(correction, officer)
    assert (before, after) == (
        {"hours": "", "start_date": "2019-06-24"},
        {"hours": "72", "start_date": "2019-06-03"},
    )
    change = RowChange.objects.get(version=2)
    assert (change.correction, change.by, change.reason) == (
        correction.pk,
        officer.pk,
        "录入时看错一行",
    )
    assert rollups.differences() == []
    with pytest.raises(PeriodClosed), told():
        Enrollment.objects.update(remark="越权")


def test_a_correction_withdraws_a_row(clerk: User) -> None:
    row = put(clerk, a_row(1))
    _row, before, after = BOOK.apply(a_correction(clerk, row, {}, kind="withdraw"), clerk)
    assert before
    assert (before["name"], after, Enrollment.objects.active().count()) == (
        a_row(1)["name"],
        None,
        0,
    )
    assert rollups.differences() == []


def test_a_correction_adds_a_row(clerk: User) -> None:
    put(clerk, a_row(1))
    added = a_correction(clerk, None, a_row(3) | {"program": "skills"}, kind="add")
    _row, before, after = BOOK.apply(added, clerk)
    assert after
    assert (before, after["name"], Enrollment.objects.count()) == (None, a_row(3)["name"], 2)
    assert rollups.differences() == []


def test_a_correction_is_refused_where_the_row_is_another_or_the_cells_are_wrong(
    clerk: User,
) -> None:
    row = put(clerk, a_row(1))
    put(clerk, {"remark": "改"}, row.key, 1)
    correction = a_correction(clerk, row, {"hours": "72"})
    with pytest.raises(JobRefused, match="changed after the correction"):
        BOOK.apply(correction, clerk)
    correction.row_version = 2
    correction.cells = seal(json.dumps({"end_date": "2019-06-01"}), CORRECTED_CELLS)
    with pytest.raises(JobRefused, match="ends before it starts"):
        BOOK.apply(correction, clerk)
    assert the_line(row.key)["remark"] == "改"


def test_a_line_is_said_in_words_and_masked(clerk: User) -> None:
    row = put(clerk, a_row(1, level="初级", phone="13912345678", remark="备"))
    put(clerk, {"phone": "13912345679"}, row.key, 1)
    (said,) = BOOK.worded([the_line(row.key)])
    assert said == {
        "person": f"{a_row(1)['name']} 621022********001{citizen_number(1)[-1]}",
        "institution": "环县职业中等专业学校",
        "class_code": "2019001",
        "occupation": "电焊工",
        "program": a_program().name,
        "state": str(Enrollment.State.ACTIVE.label),
        "region_code": "小南沟乡 李原村",
        "group_name": None,
        "household_code": None,
        "relation": None,
        "category": "建档立卡贫困劳动力",
        "education": None,
        "level": "初级",
        "start_date": "2019-06-24",
        "end_date": "2019-07-08",
        "hours": None,
        "remark": "备",
        "as_written": "性别 —；联系电话 139****5679",
    }


def test_the_second_look_is_in_words(clerk: User) -> None:
    row = put(clerk, a_row(1))
    was = the_line(row.key)
    other = {"id_number": citizen_number(3), "category": "脱贫户", "village": ""}
    put(clerk, other, row.key, 1)
    now = the_line(row.key)
    differing = tuple((name, was[name], now[name]) for name in was if was[name] != now[name])
    changed = RowDifference("enrollment", row.key, "changed", differing)
    (shown,) = shown_differences(a_month(), [changed])
    name, check = a_row(1)["name"], [citizen_number(order)[-1] for order in (1, 3)]
    assert shown["cells"] == [
        (
            "身份证号码",
            f"{name} 621022********001{check[0]}",
            f"{name} 621022********003{check[1]}",
        ),
        ("行政村", "小南沟乡 李原村", "小南沟乡"),
        ("人员类别", "建档立卡贫困劳动力", "脱贫劳动力"),
        ("原表写法", "性别 —", "人员类别 脱贫户；性别 —"),
    ]
