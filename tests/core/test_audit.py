"""The audit trail: one entry an act, in the act's own transaction, and never touched again."""

import pytest
from django.db import DatabaseError, connection, transaction

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
