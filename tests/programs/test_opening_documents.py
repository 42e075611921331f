"""What stood before there were documents becomes opening documents, or the move stops."""

import datetime
import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction

from programs.balancing import differences
from programs.models import Quota, QuotaDocument
from tests.factories import a_plan, a_program, divisions

opening = importlib.import_module("programs.migrations.0005_opening_documents")
pytestmark = pytest.mark.django_db
DAY = datetime.datetime(2019, 5, 1, tzinfo=datetime.UTC)


@pytest.fixture
def stood():
    """Quotas as they were kept before, in a database without the triggers: numbers on the rows."""
    divisions()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("programs_quota", "programs_quotaline", "programs_quotadocument"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        plan, program, rows = a_plan(), a_program(), {}

        def quota(code, amount, allotted=0, number="1号", **more):
            row = Quota.objects.create(
                plan=plan, program=program, region_code=code, amount=amount, **more
            )
            Quota.objects.filter(pk=row.pk).update(allotted=allotted)
            rows[code] = row
            vars(row).update(document_number=number, import_batch_id=None, sheet=None, line=None)
            return row

        top = quota("62", 100, allotted=7)
        quota("6210", 60, parent=top, number="2号")
        quota("6229", 0, parent=top, number="2号")
        quota("622926", 500, parent=rows["6229"], listed_apart=True, number="3号")
        yield quota, rows
        # The test ends here; the transaction around it takes everything back.


def opened(rows):
    """The migration, with the rows as it would read them."""
    kept = SimpleNamespace(select_related=lambda *names: list(rows.values()))
    models = {"Quota": SimpleNamespace(objects=kept)}
    found = SimpleNamespace(
        get_model=lambda label, name: models.get(name) or apps.get_model(label, name)
    )
    opening.open_the_book(found, None)


def test_what_stood_is_opened_by_documents(stood):
    _quota, rows = stood
    opened(rows)
    documents = QuotaDocument.objects.order_by("number")
    named = documents.values_list("number", "region_code", "kind", "state", "lines__change")
    assert list(named) == [
        ("1号", "62", "opening", "issued", 100),
        ("2号", "62", "opening", "issued", 60),
        ("3号", "6229", "opening", "issued", 500),
    ]
    assert Quota.objects.get(region_code="62").allotted == 60
    assert differences() == []


def test_parts_above_their_whole_stop_it_by_name(stood):
    quota, rows = stood
    quota("621022", 61, parent=rows["6210"])
    with pytest.raises(opening.DoesNotAddUp, match="6210: 60 < 61"):
        opened(rows)
