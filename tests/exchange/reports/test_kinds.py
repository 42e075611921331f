from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.models import Region
from exchange import reports
from exchange.reports import Form, ReportKind, forms
from exchange.reports.kinds import LEVELS
from tests.factories import divisions


def test_the_reports_of_the_house_are_declared() -> None:
    kinds = {kind.key: kind for kind in reports.all_kinds()}
    assert {"ledger", "quota-execution"} <= kinds.keys()
    assert all(kind.levels and kind.levels <= LEVELS for kind in kinds.values())


def test_a_second_declaration_of_a_key_is_refused(sample: ReportKind) -> None:
    with pytest.raises(ImproperlyConfigured, match="sample is declared twice"):
        reports.register(sample)


@pytest.mark.parametrize(
    "lack",
    [
        {"key": ""},
        {"name": ""},
        {"title": ""},
        {"form": Form(table_number="")},
        {"levels": frozenset()},
        {"levels": frozenset({9})},
    ],
)
def test_an_incomplete_declaration_is_refused(sample: ReportKind, lack: dict[str, object]) -> None:
    with pytest.raises(ImproperlyConfigured):
        reports.register(replace(sample, **({"key": "other"} | lack)))


@pytest.mark.django_db
def test_who_files_and_who_issued() -> None:
    found = divisions()
    municipality = Region(code="50", name="重庆市", level=1)
    assert [
        forms.department_of(region) for region in (*map(found.get, ("62", "6210")), municipality)
    ] == [
        "甘肃省人力资源和社会保障厅",
        "庆阳市人力资源和社会保障局",
        "重庆市人力资源和社会保障局",
    ]
    own = found["6210"].offices.create(name="庆阳市人社局")
    assert forms.filing_office(found["6210"], None) == "庆阳市人社局"
    assert forms.filing_office(found["6210"], own) == "庆阳市人社局"
    assert forms.filing_office(found["621022"], own) == "环县人力资源和社会保障局"
