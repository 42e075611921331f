"""A closed month stays as it is, by whatever door somebody comes: the lock stands in the database."""

import datetime
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from exchange import jobs
from exchange.imports import services, undoing
from exchange.imports.kinds import kind_of
from exchange.models import Submission
from exchange.submissions.closing import PeriodClosed, told
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled
from tests.factories.rosters import a_row, brought_in, csv_of, entered, judged, worked
from tests.factories.submissions import JUNE, a_month
from training.models import Enrollment, TrainingClass

LOCKED = (
    "The ledger of 2019-06 is locked, so its rows stay as they are. To change one, request a "
    "correction of it."
)
COLUMNS = (
    "person_id, training_class_id, state, region_code, county_code, prefecture_code, group_name,"
    " household_code, relation, category, education, program_id, level, start_date, end_date,"
    " hours, result, score, certificate_number, subsidy, employment, remark, as_written,"
    " import_batch_id, sheet, line, entered_by, version, created_at"
)


@pytest.fixture
def rows(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two rows of June and one of July, written without an import."""
    translation.activate("en")
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    july = a_class(code="2019002", start_date=datetime.date(2019, 7, 1))
    june = a_class()
    return [enrolled(a_person(1), june), enrolled(a_person(3), june), enrolled(a_person(5), july)]


def sql(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def copied(rows: list[Enrollment]) -> None:
    """The first row once more by COPY, for another person."""
    sql(f"CREATE TEMP TABLE out AS SELECT {COLUMNS} FROM training_enrollment LIMIT 1")
    sql("UPDATE out SET person_id = %s", a_person(9).pk)
    lines = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY out TO STDOUT", lines)
        lines.seek(0)
        cursor.copy_expert(f"COPY training_enrollment ({COLUMNS}) FROM STDIN", lines)


def moved(rows: list[Enrollment], row: int, day: str) -> None:
    sql(
        "UPDATE training_enrollment SET start_date = %s, end_date = %s WHERE id = %s",
        day,
        "2019-08-01",
        rows[row].pk,
    )


Door = Callable[[list[Enrollment]], Any]
FIRST = "WHERE id = (SELECT min(id) FROM training_enrollment)"
CHANGES: dict[str, Door] = {
    "insert": lambda rows: enrolled(a_person(7), a_class()),
    "insert with": lambda rows: sql(
        f"WITH added AS (INSERT INTO training_enrollment ({COLUMNS}) SELECT "
        + COLUMNS.replace("person_id", str(a_person(9).pk))
        + f" FROM training_enrollment {FIRST} RETURNING *) SELECT * FROM added"
    ),
    "copy": copied,
    "on conflict": lambda rows: sql(
        f"INSERT INTO training_enrollment ({COLUMNS}) SELECT {COLUMNS} FROM training_enrollment"
        f" {FIRST} ON CONFLICT (training_class_id, person_id) WHERE state = 'active'"
        " DO UPDATE SET remark = 'smuggled'"
    ),
    "update": lambda rows: rows[0].__class__.objects.filter(pk=rows[0].pk).update(remark="x"),
    "withdraw": lambda rows: sql(f"UPDATE training_enrollment SET state = 'withdrawn' {FIRST}"),
    "delete": lambda rows: sql(f"DELETE FROM training_enrollment {FIRST}"),
    "move out": lambda rows: moved(rows, 0, "2019-07-05"),
    "move in": lambda rows: moved(rows, 2, "2019-06-05"),
    "renumber": lambda rows: sql(f"UPDATE training_enrollment SET id = 999 {FIRST}"),
    "to another county": lambda rows: sql(
        f"UPDATE training_enrollment SET county_code = '621021' {FIRST}"
    ),
    "rename the class": lambda rows: TrainingClass.objects.filter(code="2019001").update(code="1"),
    "put the class off": lambda rows: TrainingClass.objects.filter(code="2019001").update(
        start_date="2019-06-30"
    ),
}


@pytest.mark.parametrize("door", CHANGES)
@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_no_statement_changes_a_closed_month(rows: Any, door: str, state: str) -> None:
    a_month(state)
    before = list(Enrollment.objects.order_by("id").values())
    with pytest.raises(PeriodClosed) as refusal, told(), transaction.atomic():
        CHANGES[door](rows)
    assert (refusal.value.county, refusal.value.month, refusal.value.state) == (
        "621022",
        JUNE,
        state,
    )
    assert list(Enrollment.objects.order_by("id").values()) == before


@pytest.mark.parametrize("door", CHANGES)
@pytest.mark.parametrize("state", ["draft", "returned", "reopened"])
def test_an_open_month_takes_them_all(rows: Any, door: str, state: str) -> None:
    """The twin: what was refused above was refused for the month alone."""
    a_month(state)
    with told(), transaction.atomic():
        CHANGES[door](rows)


def test_days_that_are_over_close_a_month_again(rows: Any) -> None:
    a_month("reopened", open_until=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    with pytest.raises(PeriodClosed) as refusal, told(), transaction.atomic():
        CHANGES["update"](rows)
    assert refusal.value.state == "reopened"


def test_other_months_and_counties_stay_open(rows: Any) -> None:
    a_month("locked", county="621021")
    a_month("locked", month=datetime.date(2019, 5, 1))
    CHANGES["update"](rows)
    CHANGES["delete"](rows)


@pytest.mark.parametrize(
    "change",
    [
        {"result": "passed", "score": 90},
        {"certificate_number": "1"},
        {"subsidy": 1200},
        {"employment": "employed"},
        {"version": 2},
        {"remark": ""},
    ],
)
def test_what_becomes_known_later_may_be_written(rows: Any, change: dict[str, Any]) -> None:
    """Results have a month of their own; an update that leaves all as it was is none."""
    a_month("locked")
    assert Enrollment.objects.filter(start_date__month=6).update(**change) == 2


def test_a_result_and_a_frozen_column_together_are_refused(rows: Any) -> None:
    a_month("locked")
    with pytest.raises(IntegrityError, match="the month 2019-06-01 of county 621022 is closed"):
        Enrollment.objects.filter(pk=rows[0].pk).update(result="passed", hours=1)


def test_a_class_without_rows_may_be_put_off(rows: Any) -> None:
    a_month("locked")
    empty = a_class(code="2019003")
    moved = TrainingClass.objects.filter(pk=empty.pk)
    assert moved.update(start_date="2019-07-01", end_date="2019-07-20", code="2019004") == 1


def test_another_constraint_is_not_told_as_a_closed_month(rows: Any) -> None:
    with pytest.raises(IntegrityError), told(), transaction.atomic():
        Enrollment.objects.filter(pk=rows[0].pk).update(end_date="2001-01-01")


def test_a_row_for_a_closed_month_is_held_with_the_same_sentence(rows: Any) -> None:
    a_program()
    a_month("locked")
    found = judged(a_row(1), a_row(7, start_date="2019-07-02", end_date="2019-07-09")).findings
    assert [(f.rule, f.severity, f.row, str(f)) for f in found if "month" in f.rule] == [
        ("training.month_is_open", "block", 0, LOCKED)
    ]


def test_a_file_judged_before_the_month_was_closed_is_not_written(rows: Any) -> None:
    a_program()
    batch = brought_in(csv_of([a_row(7)]))
    services.confirm(batch, by=None)
    a_month("locked")
    worked(batch)
    assert (batch.state, batch.error_sentence) == ("failed", LOCKED)
    assert Enrollment.objects.count() == 3


def test_typed_rows_judged_before_are_not_taken(rows: Any) -> None:
    a_program()
    sound = judged(a_row(7))
    a_month("locked")
    by = an_account("clerk", "county-clerk", "621022")
    with pytest.raises(services.ImportNotPossible, match=LOCKED):
        services.take_rows(sound, options={"program": "skills"}, by=by)
    assert Enrollment.objects.count() == 3


def test_an_import_of_a_closed_month_is_not_taken_back(rows: Any) -> None:
    a_program()
    by = an_account("clerk", "county-clerk", "621022")
    batch = entered(a_row(7), by=by)
    a_month("locked")
    with pytest.raises(jobs.JobRefused) as refusal:
        undoing.take_back(batch, by=by, reason="brought in twice")
    assert refusal.value.sentence % refusal.value.params == LOCKED


def test_the_obstacle_alone_does_not_keep_it(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door's own look planted away, the database refuses."""
    a_program()
    by = an_account("clerk", "county-clerk", "621022")
    batch = entered(a_row(7), by=by)
    a_month("locked")
    monkeypatch.setattr(undoing, "obstacles", [])
    undoing.take_back(batch, by=by, reason="brought in twice")
    worked(batch)
    assert (batch.state, batch.error_sentence) == ("done", LOCKED)
    assert Enrollment.objects.count() == 4


@pytest.mark.parametrize("door", ["insert", "copy", "update", "delete", "rename the class"])
def test_without_its_triggers_the_month_would_change(rows: Any, door: str) -> None:
    """The planted fault: it is the triggers that the tests above see."""
    a_month("locked")
    for table in ("training_enrollment", "training_trainingclass"):
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    CHANGES[door](rows)


@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_a_submission_and_is_refused(transactional_db: None) -> None:
    """Two connections: the month is submitted while the other stands before it."""
    divisions()
    a_month("draft")
    row, arrived, outcome = enrolled(a_person(1), a_class()), threading.Event(), []

    def write() -> None:
        try:
            with told(), transaction.atomic():
                sql("SELECT 1")
                arrived.set()
                Enrollment.objects.filter(pk=row.pk).update(remark="late")
                outcome.append("written")
        except PeriodClosed as refusal:
            outcome.append(refusal.state)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        sql("SELECT pg_advisory_xact_lock(7206512, 621022)")
        writer.start()
        arrived.wait(10)
        Submission.objects.update(state="submitted")
    writer.join(10)
    assert outcome == ["submitted"]


def test_the_kind_judges_by_the_rule() -> None:
    assert "training.month_is_open" in kind_of("training").all_rules()
