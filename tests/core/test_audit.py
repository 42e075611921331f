"""The audit trail: one entry an act, in the act's own transaction, and never touched again."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from core import audit
from core.models import AuditEntry
from core.request_id import serving
from tests.factories import an_account, divisions

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which() -> None:
    divisions()
    clerk = an_account("clerk", "county-clerk", "621022", name="环县经办员")
    with serving("r-1"):
        entry = audit.record(
            "exchange.import.stopped",
            by=clerk,
            target=clerk.office,
            region_code="621022",
            changes={"rows": 7},
            succeeded=False,
        )
    wanted = {
        "actor_id": clerk.pk,
        "actor_name": "环县经办员",
        "verb": "exchange.import.stopped",
        "target_type": "core.office",
        "target_key": str(clerk.office_id),
        "region_code": "621022",
        "changes": {"rows": 7},
        "request_id": "r-1",
        "succeeded": False,
    }
    assert AuditEntry.objects.values(*wanted).get() == wanted
    assert entry.at is not None


def test_an_act_of_the_clock_has_no_actor() -> None:
    entry = audit.record("exchange.rollups.checked", by=None)
    assert (
        entry.actor_id,
        entry.actor_name,
        entry.target_type,
        entry.changes,
        entry.succeeded,
    ) == (
        None,
        "",
        "",
        {},
        True,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET verb = 'x'",
        "DELETE FROM core_auditentry",
        "UPDATE core_auditentry SET succeeded = false WHERE succeeded",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(statement: str) -> None:
    audit.record("test.act.done", by=None)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "test.act.done"


def test_the_orm_cannot_either() -> None:
    entry = audit.record("test.act.done", by=None)
    entry.verb = "x"
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    assert AuditEntry.objects.get().verb == "test.act.done"


@transaction.atomic
def an_act_that_breaks_off() -> None:
    audit.record("test.act.done", by=None)
    raise ZeroDivisionError


def test_an_act_that_is_rolled_back_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError):
        an_act_that_breaks_off()
    assert not AuditEntry.objects.exists()


ROOT = Path(__file__).parents[2]
APPS = ("core", "exchange", "talent", "programs", "training")


def facts_written() -> Iterator[str]:
    """The keys of dicts that functions give to the audit trail, written there or put in a name."""
    for file in (file for app in APPS for file in ROOT.joinpath(app).rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                given = [part for node in ast.walk(function) for part in parts_given(node)]
                names = {part.id for part in given if isinstance(part, ast.Name)}
                yield from keys_of([*given, *parts_kept(function, names)])


def parts_given(node: ast.AST) -> Iterator[ast.AST]:
    """All that stands in what a call that writes into the audit trail is given."""
    called = getattr(node, "func", node)
    name = getattr(called, "attr", getattr(called, "id", ""))
    if isinstance(node, ast.Call) and name in {"record", "_record"}:
        for value in (*node.args, *(each.value for each in node.keywords)):
            yield from ast.walk(value)


def parts_kept(function: ast.FunctionDef, names: set[str]) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            targets = [part for target in node.targets for part in ast.walk(target)]
            if any(isinstance(part, ast.Name) and part.id in names for part in targets):
                yield from ast.walk(node.value)


def keys_of(parts: list[ast.AST]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, ast.Dict):
            yield from (key.value for key in part.keys if isinstance(key, ast.Constant))


def test_every_fact_of_an_act_has_a_name() -> None:
    written = {key.replace(" ", "_") for key in facts_written()}
    assert {"sha256", "undecided_days", "narrowed_to", "left_out"} <= written
    assert written - audit.FACTS.keys() == set()


def test_a_fact_nobody_has_named_keeps_its_key() -> None:
    with translation.override("en"):
        assert audit.fact_name("left out") == audit.fact_name("left_out") == "left out"
        assert audit.fact_name("no_such_key") == "no such key"
