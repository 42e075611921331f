"""A database that an older portal left: its figures are there once `migrate` is done with it."""

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from exchange import rollups
from exchange.amounts import By
from exchange.figures import Figure
from exchange.jobs import JobRefused
from exchange.models import MeasureCount, PeopleSet, Restatement, Rollup
from exchange.periods import Period
from exchange.submissions import restating, sealing
from tests.factories import an_account, figures_world
from tests.factories.facts import a_result
from tests.factories.submissions import a_month
from training.models import Enrollment

pytestmark = pytest.mark.django_db
YEAR = Period.parse("2019")
OLD = ["training.attendances", "training.completions"]  # what the older portal counted


def left_by_an_older_portal() -> None:
    MeasureCount.objects.all().delete()
    PeopleSet.objects.all().delete()
    Rollup.objects.exclude(measure__in=OLD).delete()


def figures() -> dict[str, Any]:
    return {m.key: Figure(m.key, "62", YEAR).value() for m in rollups.all_measures()}


@pytest.fixture
def world() -> dict[str, Any]:
    """The figures as they are to be; kept are those of the older portal."""
    figures_world()
    clerk = an_account("clerk", "county-clerk", "621022")
    row = Enrollment.objects.filter(county_code="621022", training_class__code="a").first()
    a_result(row, clerk, datetime.date(2019, 6, 28))
    wanted = figures()
    left_by_an_older_portal()
    return wanted


@pytest.fixture
def officer(client: Client) -> Client:
    user = an_account("officer", "province-officer", "62")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_migrate_counts_what_the_older_portal_did_not(world: dict[str, Any]) -> None:
    assert figures() != world
    call_command("migrate", verbosity=0)
    assert (figures(), rollups.outdated(), rollups.differences()) == (world, [], [])
    assert Figure("training.people", "62", YEAR).parts(By.MONTH)
    assert not Restatement.objects.exists()


def test_it_says_what_takes_so_long_and_counts_once(world: dict[str, Any]) -> None:
    said = [StringIO(), StringIO()]
    for out in said:
        call_command("migrate", stdout=out)
    number = str(len(rollups.all_measures()))
    assert [number in out.getvalue() for out in said] == [True, False]


@pytest.mark.parametrize("only", [{"plan": True}, {"check_unapplied": True}])
def test_who_only_looks_counts_nothing(world: dict[str, Any], only: dict[str, bool]) -> None:
    call_command("migrate", verbosity=0, stdout=StringIO(), **only)
    assert not MeasureCount.objects.exists()


def test_tables_on_the_way_are_not_counted(world: dict[str, Any]) -> None:
    """An app taken back to an older state: the code does not fit its tables."""
    graph = MigrationLoader(connection).graph
    app, name = next(
        key for key in graph.leaf_nodes("training") if not graph.node_map[key].children
    )
    MigrationRecorder(connection).record_unapplied(app, name)
    call_command("migrate", "core", verbosity=0)
    assert not MeasureCount.objects.exists()


@pytest.mark.parametrize("region", ["62", "621022"])
def test_boards_do_not_show_what_is_not_counted_yet(
    world: dict[str, Any], officer: Client, region: str
) -> None:
    board = reverse("exchange:figures", args=[region])
    file = reverse("exchange:figures-file", args=[region])
    for page, shows in ((board, ()), (reverse("exchange:home"), ()), (file, None)):
        answer = officer.get(page, {"region": region} if page != board else {})
        if shows is None:
            assert (answer.status_code, answer["location"]) == (302, board)
        else:
            assert not answer.context["is_counted"]
            assert b'class="tile"' not in answer.content
    call_command("migrate", verbosity=0)
    for page in (board, reverse("exchange:home")):
        answer = officer.get(page)
        assert answer.context["is_counted"]
        assert b'class="tile"' in answer.content
    assert officer.get(file).status_code == 200


@pytest.fixture
def anchored(settings: Any, tmp_path: Any) -> None:
    settings.PORTAL_ANCHORS = tmp_path / "heads.txt"


def test_a_month_is_sealed_once_its_figures_are_counted(
    world: dict[str, Any], anchored: None
) -> None:
    month, reviewer = a_month(round=1), an_account("reviewer", "county-reviewer", "621022")
    with pytest.raises(JobRefused):
        sealing.seal(submission=month, by=reviewer)
    call_command("migrate", verbosity=0)
    assert sealing.seal(submission=month, by=reviewer).rows == 3


def test_a_month_sealed_by_the_older_portal_still_adds_up(
    world: dict[str, Any], anchored: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its receipt cannot name what was not counted then; that is no fault of the month's."""
    call_command("migrate", verbosity=0)
    month, reviewer = a_month("locked", round=1), an_account("of", "county-reviewer", "621022")
    every = sealing.figures_of(month.county_code, month.month)
    old = [cell for cell in every if cell[0] in OLD]
    monkeypatch.setattr(sealing, "figures_of", lambda *_: old)
    sealing.seal(submission=month, by=reviewer)
    assert {each["agrees"] for each in restating.figures_of(month)} == {True, False}
    left_by_an_older_portal()
    call_command("migrate", verbosity=0)
    found = restating.figures_of(month)
    assert {each["agrees"] for each in found} == {True}
    assert [each["newer"] for each in found].count(False) == len(old) < len(every)
    Rollup.objects.measured(OLD[0]).filter(county_code="621022").update(amount=9)
    assert False in {each["agrees"] for each in restating.figures_of(month)}
