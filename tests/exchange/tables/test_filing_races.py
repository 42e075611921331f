"""Two who file the same table at the same moment: one files it, the other gets a sentence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.models import AuditEntry, User
from exchange.models import TableFiling
from exchange.tables import filing
from exchange.tables.filing import CHANGED, TableRefused
from exchange.tables.relations import Place
from tests.exchange.tables.world import a_quarter, known
from tests.factories import an_account
from tests.factories.submissions import the_chain

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "因上级系统停机维护三天未能按时报送"
PATIENCE = 20


class Race:
    """Lets the second come while the first is filing, and the first go on once that one waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_filing = threading.Event()
        self.told: list[tuple[str, str, str]] = []
        self._file = filing._file
        monkeypatch.setattr(filing, "_file", self.file)

    def file(self, draft: TableFiling, by: User) -> TableFiling:
        self.is_filing.set()
        end = time.monotonic() + PATIENCE
        with connection.cursor() as cursor:
            while time.monotonic() < end:
                cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.01)
        return self._file(draft, by)

    def run(self, draft: TableFiling, by: User) -> None:
        try:
            filing.file(filing=draft, version=draft.version, by=by)
        except TableRefused as refusal:
            cause = getattr(refusal.__cause__, "__cause__", None)
            self.told.append((by.username, refusal.sentence, getattr(cause, "pgcode", "")))
        finally:
            connection.close()


@pytest.fixture
def people(transactional_db: Any, tmp_path: Path) -> Iterator[dict[str, User]]:
    with known(tmp_path):
        a_quarter()
        yield the_chain()


def ready(by: User, region: str) -> TableFiling:
    """A draft that nothing stands against any more."""
    draft = filing.open_filing(table="sample", region_code=region, period="2019Q2", by=by)
    lines = filing.filled_of(draft, {}).lines
    said = {Place(line.code, "(5)"): "0" for line in lines}
    filing.type_cells(filing=draft, said=said, version=draft.version, by=by)
    for finding in filing.judged_of(draft)[1]:
        filing.explain(filing=draft, place=finding.place, text=WHY, by=by)
    draft.refresh_from_db()
    return draft


@pytest.mark.parametrize(
    ("region", "clerk", "role", "code"),
    [
        # A county is held: the second waits, and finds the table filed.
        ("621022", "clerk", "county-reviewer", ""),
        # Above it one snapshot is read, and the database refuses the second: 40001.
        ("6210", "prefecture", "prefecture-officer", filing.SERIALIZATION_FAILURE),
    ],
)
def test_one_files_and_the_other_is_told(
    people: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
    region: str,
    clerk: str,
    role: str,
    code: str,
) -> None:
    draft = ready(people[clerk], region)
    first, second = (an_account(name, role, region) for name in ("first", "second"))
    race = Race(monkeypatch)
    racers = [threading.Thread(target=race.run, args=(draft, by)) for by in (first, second)]
    racers[0].start()
    assert race.is_filing.wait(PATIENCE)
    racers[1].start()
    for racer in racers:
        racer.join(2 * PATIENCE)
    assert race.told == [("second", CHANGED, code)]
    done = TableFiling.objects.get()
    assert (done.state, done.filed_by, done.version) == ("filed", first, draft.version + 1)
    assert AuditEntry.objects.filter(verb="exchange.table.filed").count() == 1
