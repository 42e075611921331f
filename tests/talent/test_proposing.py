"""A damaged number in a held row: the registered person is proposed, somebody confirms, it is written down."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, User
from exchange.imports import mending
from exchange.imports.moves import ImportNotPossible
from exchange.models import ImportBatch
from talent.models import Person
from tests.factories import a_person, a_program, an_account, citizen_number, divisions
from tests.factories.rosters import a_row, brought_in, csv_of, worked

pytestmark = pytest.mark.django_db
NUMBER = citizen_number(1)
CUT = NUMBER[:15] + "000"
VILLAGE = "621022201001"


@pytest.fixture(autouse=True)
def places() -> None:
    divisions()
    a_program()


@pytest.fixture
def zhang() -> Person:
    return a_person(1, name="张三", region_code=VILLAGE)


@pytest.fixture
def clerk(client: Client) -> User:
    user = an_account("clerk", "county-clerk", "621022")
    client.force_login(user)
    return user


@pytest.fixture
def batch(clerk: User, zhang: Person) -> ImportBatch:
    """Two rows whose number was cut: one of them is of a registered person."""
    rows = [a_row(1, name="张三", id_number=CUT), a_row(3), a_row(5, id_number=CUT)]
    made = brought_in(csv_of(rows), by=clerk)
    assert (made.accepted, made.held) == (1, 2)
    return made


def page(batch: ImportBatch, line: int, act: str = "row") -> str:
    return reverse(f"exchange:import-{act}", args=[batch.public_id, 1, line])


def test_the_one_person_is_proposed_by_name_and_mask(
    client: Client, batch: ImportBatch, zhang: Person
) -> None:
    shown = client.get(page(batch, 2)).content.decode()
    assert zhang.id_number_mask in shown
    assert NUMBER not in shown
    another = client.get(page(batch, 4)).content.decode()
    assert page(batch, 4, "take-proposal") not in another


def test_what_is_confirmed_goes_into_the_row_and_the_audit_trail(
    client: Client, batch: ImportBatch, zhang: Person, clerk: User
) -> None:
    answer = client.post(page(batch, 2, "take-proposal"), {"mask": zhang.id_number_mask})
    assert answer.status_code == 302
    assert mending.mends_of(batch) == {1: {2: {"id_number": NUMBER}}}
    entry = AuditEntry.objects.get(verb="talent.number.proposal_taken")
    assert (entry.actor_id, entry.changes) == (clerk.pk, {"mask": zhang.id_number_mask})
    mending.check_again(batch, by=clerk)
    assert (worked(batch).accepted, batch.held) == (2, 1)


def test_a_proposal_that_no_longer_holds_changes_nothing(
    client: Client, batch: ImportBatch, zhang: Person, clerk: User
) -> None:
    for line, mask in ((2, "6210********0000"), (4, zhang.id_number_mask)):
        with pytest.raises(ImportNotPossible):
            mending.take_proposal(batch, sheet=1, line=line, mask=mask, by=clerk)
    Person.objects.filter(pk=zhang.pk).update(region_code="621022100001")
    with pytest.raises(ImportNotPossible):
        mending.take_proposal(batch, sheet=1, line=2, mask=zhang.id_number_mask, by=clerk)
    assert mending.mends_of(batch) == {}
    assert not AuditEntry.objects.filter(verb="talent.number.proposal_taken").exists()
