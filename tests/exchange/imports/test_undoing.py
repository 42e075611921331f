"""Taking an import back: all that it brought goes, nothing else, and the figures are as before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections, models

from core.models import AuditEntry, User
from exchange import jobs, rollups
from exchange.causes import Cause
from exchange.imports import mending, removal, undoing
from exchange.imports.kinds import kind_of
from exchange.jobs import JobRefused
from exchange.models import ImportBatch, ImportFinding, Rollup, StagedRow
from talent.models import CategorySpell, Household, HouseholdMembership, Person
from tests.factories import a_class, a_person, an_account, enrolled, settled
from tests.factories.rosters import a_row, entered, worked
from training.models import Enrollment, Institution, Occupation, TrainingClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
WHY = "传错了文件，应为二月名册"
TABLES: tuple[type[models.Model], ...] = (
    Enrollment,
    TrainingClass,
    Institution,
    Occupation,
    Person,
    Household,
    HouseholdMembership,
)
HELD = "2019-02-30"


def rows_of_all() -> dict[str, list[dict[str, Any]]]:
    """Every row of the register and the ledger."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def figures() -> set[tuple[Any, ...]]:
    kept = Rollup.objects.exclude(amount=0)
    return set(kept.values_list("measure", "county_code", "month", "program", "category", "amount"))


def lived_in(order: int, household: str = "6210220001", **more: str) -> dict[str, str]:
    return a_row(order, household_code=household, relation="户主", **more)


def taken_back(batch: ImportBatch, by: User, reason: str = WHY) -> ImportBatch:
    undoing.take_back(batch, by=by, reason=reason)
    return worked(batch)


def refusal(act: Callable[..., Any], *args: Any, **more: Any) -> str:
    with pytest.raises(JobRefused) as refused:
        act(*args, **more)
    return refused.value.sentence


def test_all_that_the_import_brought_goes_and_the_figures_are_as_before(clerk: User) -> None:
    entered(lived_in(1), by=clerk)
    before, counted = rows_of_all(), figures()
    batch = entered(
        lived_in(
            3, "6210220002", occupation="月嫂", institution="环县新学校", class_code="2019002"
        ),
        lived_in(1, "6210220001", class_code="2019003"),
        a_row(5),
        a_row(7, end_date=HELD),
        by=clerk,
    )
    assert (batch.written, batch.held, figures() == counted) == (3, 1, False)
    assert taken_back(batch, clerk).state == "undone"
    assert rows_of_all() == before
    assert figures() == counted
    assert rollups.differences() == []


def test_the_import_keeps_its_counts_and_findings_and_tells_who_and_why(clerk: User) -> None:
    batch = entered(a_row(1), a_row(3, end_date=HELD), by=clerk)
    taken_back(batch, clerk)
    assert (batch.people, batch.accepted, batch.held, batch.written) == (2, 1, 1, 1)
    assert (batch.undone_by, batch.undo_reason, batch.undone_at is None) == (clerk, WHY, False)
    assert (batch.is_over, batch.is_moving, batch.error) == (True, False, "")
    assert (ImportFinding.objects.count(), StagedRow.objects.count()) == (1, 1)
    called, gone = AuditEntry.objects.filter(verb__contains="back").order_by("pk")
    assert (called.verb, called.changes) == ("exchange.import.called_back", {"reason": WHY})
    assert (gone.verb, gone.actor_id, gone.region_code) == (
        "exchange.import.taken_back",
        clerk.pk,
        "621022",
    )
    assert gone.changes == {
        "reason": WHY,
        "rows": {
            "training.enrollment": 1,
            "training.trainingclass": 1,
            "training.institution": 1,
            "training.occupation": 1,
            "talent.householdmembership": 0,
            "talent.household": 0,
            "talent.person": 1,
        },
    }


def test_what_would_go_is_counted_beforehand_and_nothing_goes(clerk: User) -> None:
    entered(lived_in(1), by=clerk)
    batch = entered(lived_in(1, class_code="2019002"), lived_in(3), by=clerk)
    before, removing = rows_of_all(), kind_of("training").undo
    assert removing is not None
    counted = removing.would_go(batch)
    assert counted == {
        Enrollment: 2,
        TrainingClass: 1,
        Institution: 0,
        Occupation: 0,
        HouseholdMembership: 1,
        Household: 0,
        Person: 1,
    }
    assert rows_of_all() == before
    taken_back(batch, clerk)
    entry = AuditEntry.objects.get(verb="exchange.import.taken_back")
    assert entry.changes["rows"] == {m._meta.label_lower: n for m, n in counted.items()}


def test_who_and_what_another_import_names_too_stays(clerk: User) -> None:
    batch = entered(lived_in(1), lived_in(3, "6210220009", class_code="2019009"), by=clerk)
    entered(lived_in(1, start_date="2019-08-01", end_date="2019-08-09"), by=clerk)
    taken_back(batch, clerk)
    assert Person.objects.get().id_number_index == a_person(1).id_number_index
    assert Household.objects.values_list("code").get() == ("6210220001",)
    assert HouseholdMembership.objects.get().person == a_person(1)
    assert (Institution.objects.count(), Occupation.objects.count()) == (1, 1)
    assert TrainingClass.objects.get().start_date.month == 8
    assert rollups.differences() == []


def test_a_class_that_others_joined_stays_with_its_institution(clerk: User) -> None:
    batch = entered(a_row(1), by=clerk)
    entered(a_row(3), by=clerk)
    taken_back(batch, clerk)
    assert (TrainingClass.objects.count(), Institution.objects.count()) == (1, 1)
    assert Enrollment.objects.get().person == a_person(3)
    assert Person.objects.count() == 1


def test_what_was_there_before_stays_though_nothing_refers_to_it(clerk: User) -> None:
    known = a_person(1, name=a_row(1)["name"])
    school = Institution.objects.create(county_code="621022", name="环县职业中等专业学校")
    trade = Occupation.objects.create(name="电焊工")
    household = Household.objects.create(
        code="6210220001", county_code="621022", region_code="621022"
    )
    batch = entered(lived_in(1), by=clerk)
    assert HouseholdMembership.objects.get().household == household
    taken_back(batch, clerk)
    assert (Person.objects.get(), Institution.objects.get()) == (known, school)
    assert (Occupation.objects.get(), Household.objects.get()) == (trade, household)
    assert (HouseholdMembership.objects.count(), TrainingClass.objects.count()) == (0, 0)


def test_a_person_whom_something_else_names_or_somebody_corrected_stays(clerk: User) -> None:
    batch = entered(a_row(1), a_row(3), a_row(5), by=clerk)
    CategorySpell.objects.create(person=a_person(1), category="monitored", valid_from="2019-01-01")
    Person.objects.filter(pk=a_person(3).pk).update(version=2)
    taken_back(batch, clerk)
    assert set(Person.objects.all()) == {a_person(1), a_person(3)}


def test_a_table_that_is_not_known_here_counts_by_its_foreign_key(clerk: User) -> None:
    batch = entered(a_row(1), a_row(3), by=clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE posting (id int PRIMARY KEY, who bigint REFERENCES talent_person)"
        )
        cursor.execute("INSERT INTO posting VALUES (1, %s)", [a_person(3).pk])
    taken_back(batch, clerk)
    assert Person.objects.get() == a_person(3)


def test_rows_that_are_used_elsewhere_stand_in_the_way(clerk: User) -> None:
    batch = entered(a_row(1), by=clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE exam (id int PRIMARY KEY, sat bigint REFERENCES training_enrollment)"
        )
        cursor.execute("INSERT INTO exam VALUES (1, %s)", [Enrollment.objects.get().pk])
    assert refusal(undoing.take_back, batch, by=clerk, reason=WHY) == removal.ROWS_USED


TOUCHES = [({"version": 2}, "were changed since"), ({"state": "withdrawn"}, "were withdrawn since")]


@pytest.mark.parametrize(("touch", "said"), TOUCHES)
def test_a_touched_row_refuses_the_asking(clerk: User, touch: dict[str, Any], said: str) -> None:
    batch = entered(a_row(1), a_row(3), by=clerk)
    Enrollment.objects.filter(line=2).update(**touch)
    assert said in refusal(undoing.take_back, batch, by=clerk, reason=WHY)
    batch.refresh_from_db()
    assert (batch.state, batch.step, batch.undo_reason) == ("done", "write", "")


@pytest.mark.parametrize(("touch", "said"), TOUCHES)
def test_a_row_touched_meanwhile_refuses_the_work_and_all_stays(
    clerk: User, touch: dict[str, Any], said: str
) -> None:
    batch = entered(a_row(1), a_row(3), by=clerk)
    undoing.take_back(batch, by=clerk, reason=WHY)
    Enrollment.objects.filter(line=2).update(**touch)
    assert worked(batch).state == "done"
    assert (said in batch.error, batch.error_params) == (True, {"number": 1})
    assert Enrollment.objects.count() == 2
    assert AuditEntry.objects.filter(verb="exchange.import.taken_back").count() == 0
    # It may be asked for again once nothing stands in the way.
    Enrollment.objects.update(version=1, state="active")
    assert (taken_back(batch, clerk).state, batch.error) == ("undone", "")


def test_what_an_app_puts_in_the_way_stands_there(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = entered(a_row(1), by=clerk)
    closed: list[str] = []
    obstacle = lambda batch: JobRefused("The period is submitted.") if closed else None  # noqa: E731
    monkeypatch.setattr(undoing, "obstacles", [obstacle])
    undoing.take_back(batch, by=clerk, reason=WHY)
    closed.append("2019-07")
    assert (worked(batch).state, batch.error) == ("done", "The period is submitted.")
    assert refusal(undoing.take_back, batch, by=clerk, reason=WHY) == "The period is submitted."
    closed.clear()
    assert taken_back(batch, clerk).state == "undone"


def test_a_second_asking_is_refused(clerk: User) -> None:
    batch = entered(a_row(1), by=clerk)
    undoing.take_back(batch, by=clerk, reason=WHY)
    assert refusal(undoing.take_back, batch, by=clerk, reason=WHY) == undoing.NO_LONGER_THERE
    assert worked(batch).state == "undone"
    assert refusal(undoing.take_back, batch, by=clerk, reason=WHY) == undoing.NO_LONGER_THERE
    assert AuditEntry.objects.filter(verb="exchange.import.called_back").count() == 1


def test_an_import_that_wrote_nothing_and_a_kind_without_way_back_say_so(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(a_row(1), by=clerk)
    again = ImportBatch.objects.create(
        kind="training", state="done", step="write", region_code="621022", size=1, written=0
    )
    assert refusal(undoing.take_back, again, by=clerk, reason=WHY) == undoing.NOT_WRITTEN
    one_way = replace(kind_of("training"), undo=None)
    monkeypatch.setattr(undoing, "kind_of", lambda key: one_way)
    assert refusal(undoing.take_back, again, by=clerk, reason=WHY) == undoing.NO_WAY_BACK


@pytest.mark.parametrize("reason", ["", "   ", "错了", "x" * 301, "身份证 621022199001010016 有误"])
def test_a_reason_is_a_reason_without_numbers(clerk: User, reason: str) -> None:
    batch = entered(a_row(1), by=clerk)
    assert "reason" in refusal(undoing.take_back, batch, by=clerk, reason=reason)
    batch.refresh_from_db()
    assert batch.state == "done"


ROLES = [
    ("county-clerk", "621022", True),
    ("county-reviewer", "621022", True),
    ("roster-administrator", "62", True),
    ("county-reviewer", "621021", False),
    ("prefecture-officer", "6210", False),
    ("system-administrator", "621022", False),
]


@pytest.mark.parametrize(("role", "region", "may"), ROLES)
def test_who_answers_for_the_ledger_may(clerk: User, role: str, region: str, may: bool) -> None:
    batch, user = entered(a_row(1), by=clerk), an_account("other", role, region)
    if may:
        assert taken_back(batch, user).undone_by == user
    else:
        with pytest.raises(PermissionError):
            undoing.take_back(batch, by=user, reason=WHY)
        assert Enrollment.objects.count() == 1


def test_a_right_withdrawn_meanwhile_is_looked_at_again(clerk: User) -> None:
    batch = entered(a_row(1), by=clerk)
    undoing.take_back(batch, by=clerk, reason=WHY)
    clerk.assignments.all().delete()
    assert (worked(batch).state, batch.error) == ("done", undoing.NOT_ENTITLED)
    assert Enrollment.objects.count() == 1


def test_given_up_after_three_attempts_it_is_still_written(clerk: User) -> None:
    batch = entered(a_row(1), by=clerk)
    undoing.take_back(batch, by=clerk, reason=WHY)
    ImportBatch.objects.update(state="running", attempt=3, lease_until="2019-01-01T00:00Z")
    assert (worked(batch).state, batch.error) == ("done", Cause.CUT_OFF.sentence)
    assert taken_back(batch, clerk).state == "undone"


def test_a_row_that_came_to_refer_at_the_last_moment_rolls_all_back(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The foreign keys have the last word; the work breaks off and the sweep sends it again."""
    batch = entered(a_row(1), by=clerk)
    undoing.take_back(batch, by=clerk, reason=WHY)
    move = rollups.move

    def joined_meanwhile(*args: Any, **tables: str) -> None:
        move(*args, **tables)
        if args[0] is Enrollment:
            enrolled(a_person(1), a_class("621021"))

    monkeypatch.setattr(rollups, "move", joined_meanwhile)
    assert (worked(batch).state, Enrollment.objects.count()) == ("queued", 1)
    monkeypatch.undo()
    enrolled(a_person(1), a_class("621021"))
    settled()
    assert worked(batch).state == "undone"
    assert (Enrollment.objects.get().county_code, Person.objects.count()) == ("621021", 1)
    assert rollups.differences() == []


def test_rows_that_were_mended_and_written_later_go_too(clerk: User) -> None:
    before, counted = rows_of_all(), figures()
    batch = entered(a_row(1), a_row(3, end_date=HELD, class_code="2019009"), by=clerk)
    mended = {"end_date": "2019-07-08"}
    mending.mend_row(batch, sheet=1, line=3, cells=mended, by=clerk)
    mending.check_again(batch, by=clerk)
    assert (worked(batch).written, Person.objects.count(), batch.state) == (2, 2, "done")
    taken_back(batch, clerk)
    assert (rows_of_all(), figures(), rollups.differences()) == (before, counted, [])


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """The acts in threads of their own, all beginning together; what each came to."""
    barrier, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            act()
            ends[place] = "done"
        except JobRefused as refused:
            ends[place] = refused.sentence
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ends


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_wins(clerk: User) -> None:
    reviewer = an_account("reviewer", "county-reviewer", "621022")
    batch = entered(a_row(1), by=clerk)
    asks = [
        lambda who=who: undoing.take_back(ImportBatch.objects.get(pk=batch.pk), by=who, reason=WHY)
        for who in (clerk, reviewer)
    ]
    assert sorted(at_once(*asks)) == sorted(["done", undoing.NO_LONGER_THERE])
    assert AuditEntry.objects.filter(verb="exchange.import.called_back").count() == 1
    works = [lambda: jobs.run("exchange.importbatch", batch.pk)] * 2
    assert at_once(*works) == ["done", "done"]
    assert AuditEntry.objects.filter(verb="exchange.import.taken_back").count() == 1
    batch.refresh_from_db()
    assert (batch.state, Enrollment.objects.count(), rollups.differences()) == ("undone", 0, [])
