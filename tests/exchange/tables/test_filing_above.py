"""Above the county a table is filed as of one moment, whoever writes meanwhile."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.models import TableFiling
from exchange.tables import filing
from exchange.tables.burden import burden_of
from exchange.tables.relations import Place
from tests.exchange.tables.world import a_quarter, known
from tests.factories.submissions import the_chain

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_province_files_one_snapshot(tmp_path: Path) -> None:
    a_quarter()
    officer = the_chain()["province"]
    with known(tmp_path):
        draft = filing.open_filing(table="sample", region_code="62", period="2019Q2", by=officer)
        said = {Place("62", "(5)"): "6", Place("6210", "(5)"): "4", Place("6229", "(5)"): "2"}
        filing.type_cells(filing=draft, said=said, version=1, by=officer)
        why = "因上级系统停机维护三天未能按时报送"
        filing.explain(filing=draft, place=Place("", "late"), text=why, by=officer)
        draft.refresh_from_db()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            filed = filing.file(filing=draft, version=draft.version, by=officer)
        statements = [each["sql"] for each in asked.captured_queries]
        assert "REPEATABLE READ" in next(sql for sql in statements if sql != "BEGIN")
        assert (filed.state, filed.region_code) == ("filed", "62")
        with pytest.raises(PermissionError):
            filing.accept(filing=filed, version=filed.version, by=officer)
        (row,) = [b for b in burden_of(TableFiling.objects.all()) if b.filings]
    # Three lines: (1), (2) from the ledger, (3), (4) computed, (5) typed, (6) empty.
    assert (row.ledger, row.formula, row.typed, row.cells) == (6, 6, 3, 15)
    assert row.share == pytest.approx(0.8)
