"""A row's past: every change keeps what was before, and the page tells it."""

from __future__ import annotations

import re
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import AuditEntry, User
from exchange import rollups
from exchange.imports import services
from talent.models import Person
from tests.factories import a_program, an_account, divisions
from tests.factories.rosters import a_row, brought_in, entered, worked
from training.book import as_sealed
from training.canonical import CHAPTER, Cells, canonical_rows
from training.edits import Edit, Outcome
from training.models import Enrollment, RowChange
from training.rows import save_rows

HUAN = "621022"


@pytest.fixture
def clerk(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()
    return an_account("clerk", "county-clerk", HUAN, name="李四")


def save(by: User, *edits: Edit) -> list[Outcome]:
    return save_rows(county=HUAN, program="skills", rows=list(edits), by=by)


def of_row(row: Enrollment, **cells: str) -> Edit:
    return Edit(uuid.uuid4(), uuid.uuid4(), cells, row.pk, row.version)


def states() -> dict[int, tuple[int, Cells]]:
    rows = canonical_rows(Enrollment.objects.order_by("pk"))
    return {key: (version, cells) for key, version, cells in rows}


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "remark": st.sampled_from(["", "改", "再改"]),
        "hours": st.sampled_from(["", "72", "90.5"]),
        "village": st.sampled_from(["李原村", ""]),
        "start_date": st.sampled_from(["2019-06-24", "2019/7/1"]),
        "end_date": st.sampled_from(["2019-07-08", "2019-06-01"]),  # the latter is held
        "class_code": st.sampled_from(["2019001", "2019002"]),
        "category": st.sampled_from(["建档立卡贫困劳动力", "脱贫户"]),
    },
)
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["save", "again", "withdraw"]), CELLS),
    max_size=12,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_was_is_found_again_by_going_backwards(
    clerk: User, steps: list[tuple[int, str, dict[str, str]]]
) -> None:
    """Random edits, some sent twice; then each change is taken back in turn, on paper."""
    Enrollment.objects.all().delete()
    rollups.rebuild()
    entered(*(a_row(order) for order in (1, 3, 5)), by=clerk)
    first, seen = states(), {}
    keys = list(first)
    for place, act, cells in steps:
        row = Enrollment.objects.get(pk=keys[place])
        edit = of_row(row, **cells)
        if act == "withdraw":
            edit = Edit(edit.client, edit.op, {}, row.pk, row.version, withdraw=True)
        (outcome,) = save(clerk, edit)
        if act == "again":
            (again,) = save(clerk, edit)
            assert (again.outcome, again.version) == (outcome.outcome, outcome.version)
        seen |= {(key, version): state for key, (version, state) in states().items()}
    asked = [(CHAPTER, key, version) for key, version in seen]
    for each in asked:
        assert as_sealed([each]) == {each[:2]: seen[each[1:]]}
    back = {key: cells for key, (_version, cells) in states().items()}
    for change in RowChange.objects.filter(row_key__in=keys).order_by("-pk"):
        back[change.row_key] = change.before or {}
    assert back == {key: cells for key, (_version, cells) in first.items()}
    assert rollups.differences() == []


IN_ONE_PIECE = "姓名,身份证号码,人员类别,家庭住址,培训工种,培训机构,班级编号,开班时间,结业时间"


def by_file(data: str, by: User) -> None:
    batch = brought_in(data.encode(), by=by)
    services.confirm(batch, by=by)
    assert worked(batch).written == 1


def test_a_row_that_is_saved_as_it_was_read_back_stays_as_it_is(clerk: User) -> None:
    """Whatever a roster wrote otherwise than the register survives an edit of another cell."""
    entered(a_row(1, phone="13912345678", ethnicity="汉", education="初中文化"), by=clerk)
    rows = [
        a_row(1, class_code="2", phone="0934-7654321", sex="男性"),
        a_row(3, category="脱贫户", level="五级/初级工", hours="90学时", remark=" 备 注 "),
        a_row(5, village="", township="小南沟乡", phone="13900000001"),
        a_row(7, village="", township="", household_code="620001", relation="配偶"),
    ]
    entered(*rows, by=clerk)
    person = a_row(9)
    line = f"{person['name']},{person['id_number']},脱贫户,环县小南沟乡李原村三组,电焊工,环县职业中等专业学校"
    by_file(f"{IN_ONE_PIECE}\n{line},2019001,2019-06-24,2019-07-08\n", clerk)
    before = states()
    assert any("address" in (cells["as_written"] or "") for _version, cells in before.values())
    saved = save(clerk, *(of_row(row) for row in Enrollment.objects.order_by("pk")))
    assert {outcome.outcome for outcome in saved} == {"saved"}
    after = states()
    assert [without_seals(cells) for _version, cells in after.values()] == [
        without_seals(cells) for _version, cells in before.values()
    ]


def without_seals(cells: Cells) -> Cells:
    """A seal of the same phone is another one each time."""
    text = cells["as_written"] or ""
    return cells | {"as_written": re.sub(r'("phone_sealed":")[0-9a-f]+"', r"\1", text)}


@pytest.mark.django_db(transaction=True)
def test_one_edit_that_arrives_twice_at_once_is_written_once(clerk: User) -> None:
    edit = Edit(uuid.uuid4(), uuid.uuid4(), a_row(1))
    answers: list[Outcome] = []

    def arrive() -> None:
        try:
            answers.extend(save(clerk, edit))
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.outcome, a.key, a.version) for a in answers} == {
        ("saved", Enrollment.objects.get().pk, 1)
    }
    assert (len(answers), RowChange.objects.count()) == (4, 1)
    assert rollups.differences() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_row_at_once_one_hears_of_the_other(clerk: User) -> None:
    entered(a_row(1), by=clerk)
    row = Enrollment.objects.get()
    other = an_account("other", "county-clerk", HUAN)
    answers: list[Outcome] = []

    def change(by: User, text: str) -> None:
        try:
            answers.extend(save(by, of_row(row, remark=text)))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=change, args=each) for each in ((clerk, "甲"), (other, "乙"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_outcome = {answer.outcome: answer for answer in answers}
    assert set(by_outcome) == {"saved", "conflict"}
    theirs = by_outcome["conflict"].theirs
    assert theirs
    assert theirs.cells["remark"] == Enrollment.objects.get().remark
    assert Enrollment.objects.get().version == 2


@pytest.mark.parametrize(
    "act", ["UPDATE training_rowchange SET by = 1", "DELETE FROM training_rowchange"]
)
def test_what_was_is_never_changed(clerk: User, act: str) -> None:
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(1)))
    with pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(act)


def test_nothing_is_kept_of_a_request_that_broke_off(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut before the commit: the same request, sent again, is the first that counts."""
    edit = Edit(uuid.uuid4(), uuid.uuid4(), a_row(1))

    def cut(*args: Any, **more: Any) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr("training.rows.audit.record", cut)
        with pytest.raises(ConnectionResetError):
            save(clerk, edit)
    assert (Enrollment.objects.count(), RowChange.objects.count()) == (0, 0)
    (outcome,) = save(clerk, edit)
    assert (outcome.outcome, Enrollment.objects.count()) == ("saved", 1)


def test_the_page_tells_who_changed_what(clerk: User) -> None:
    (outcome,) = save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(1)))
    row = Enrollment.objects.get()
    save(clerk, of_row(row, level="初级", village="", phone="13912345678"))
    row.refresh_from_db()
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), {}, row.pk, row.version, True, "录错了人"))
    reader = Client(headers={"accept-language": "en"})
    reader.force_login(an_account("reviewer", "county-reviewer", HUAN))
    page = reader.get(reverse("training:row-changes", args=[outcome.key]))
    told = [[cell["value"] for cell in line["cells"]][1:] for line in page.context["rows"]]
    assert told == [
        ["李四", "在册状态", "in the ledger", "withdrawn", "录错了人"],
        ["李四", "行政村", "小南沟乡 李原村", "小南沟乡", ""],
        ["李四", "培训等级", "", "初级", ""],
        ["李四", "原表写法", "性别 —", "性别 —；联系电话 139****5678", ""],
        ["李四", "the whole row", "", "entered in the grid", ""],
    ]
    assert "13912345678" not in page.content.decode()


def test_a_name_that_this_row_alone_registered_may_be_corrected(clerk: User) -> None:
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(1, name="张兰兰")))
    row = Enrollment.objects.get()
    (outcome,) = save(clerk, of_row(row, name="张兰"))
    assert (outcome.outcome, outcome.findings) == ("saved", [])
    person = Person.objects.get()
    assert (person.name, person.name_key, person.name_initials, person.version) == (
        "张兰",
        "张兰",
        "zl",
        2,
    )
    row.refresh_from_db()
    assert (row.version, row.as_written) == (2, {"sex": ""})
    corrected = AuditEntry.objects.get(verb="talent.name.corrected")
    assert corrected.changes == {"from": "张兰兰", "to": "张兰"}


def test_a_name_that_another_row_knows_is_not_corrected_by_one(clerk: User) -> None:
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(1, name="张兰兰")))
    row = Enrollment.objects.get()
    second = a_row(1, name="张兰兰", class_code="2", start_date="2019-08-01", end_date="2019-08-09")
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), second))
    (outcome,) = save(clerk, of_row(row, name="张兰"))
    assert (outcome.outcome, [f.rule for f in outcome.findings]) == (
        "held",
        ["talent.name_agrees_with_register"],
    )
    assert Person.objects.get().name == "张兰兰"


def test_another_persons_name_is_not_corrected_by_a_number_typed_wrongly(clerk: User) -> None:
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(1, name="张兰")))
    save(clerk, Edit(uuid.uuid4(), uuid.uuid4(), a_row(3, name="李竹")))
    first = Enrollment.objects.order_by("pk")[0]
    (outcome,) = save(clerk, of_row(first, id_number=a_row(3)["id_number"], name="张竹"))
    assert outcome.outcome == "held"
    assert set(Person.objects.values_list("name", flat=True)) == {"张兰", "李竹"}
