"""Kinds of roster: each is declared shortly, and its own template comes in clean."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from exchange.imports import services
from exchange.imports.kinds import ImportKind, all_kinds, kind_of, kinds_for
from exchange.imports.templates import template_of
from exchange.models import ImportBatch
from tests.architecture.sources import ROOT
from tests.factories import an_account
from tests.factories.kinds import FILLED, Filled, what_they_need
from tests.factories.rosters import worked

pytestmark = pytest.mark.django_db
KEYS = [kind.key for kind in all_kinds()]
MOST_LINES = 80


def filled(kind: ImportKind, row: Filled) -> io.BytesIO:
    """The kind's template for the region, with one row in it."""
    book = openpyxl.load_workbook(io.BytesIO(template_of(kind, row.region_code)))
    for place, column in enumerate(kind.own_columns, start=1):
        book.worksheets[0].cell(2, place).value = row.cells[column.title]
    kept = io.BytesIO()
    book.save(kept)
    kept.seek(0)
    return kept


@pytest.mark.parametrize("key", KEYS)
def test_a_filled_template_comes_in_clean(key: str, tmp_path: Path) -> None:
    what_they_need()
    kind, row = kind_of(key), FILLED[key]
    path = tmp_path / "template.xlsx"
    path.write_bytes(filled(kind, row).getvalue())
    judged = services.judge_file(
        path, name=path.name, kind=kind, region_code=row.region_code, progress=None
    )
    assert [str(finding) for finding in judged.findings] == []
    (table,) = judged.roster.sheets[0].tables
    assert (judged.people, table.heading.unknown()) == (1, {})
    assert table.heading.places.keys() == {column.name for column in kind.own_columns}


@pytest.mark.parametrize("key", KEYS)
def test_a_filled_template_is_written(key: str) -> None:
    what_they_need()
    kind, row = kind_of(key), FILLED[key]
    options = {option.name: "skills" for option in kind.options}
    given: dict[str, Any] = {"file": filled(kind, row), "name": "a.xlsx", "kind": kind}
    batch = services.bring_in(
        **given, region_code=row.region_code, options=kind.chosen(options), by=None
    )
    services.confirm(worked(batch), by=None)
    assert (worked(batch).state, batch.written) == (ImportBatch.State.DONE, 1)


@pytest.mark.parametrize("key", [key for key in KEYS if FILLED[key].declared_in])
def test_a_kind_is_declared_in_few_lines(key: str) -> None:
    text = (ROOT / FILLED[key].declared_in).read_text()
    assert f'key="{key}"' in text
    assert text.count("\n") < MOST_LINES


@pytest.mark.parametrize(
    ("role", "region", "seen"),
    [
        ("county-clerk", "621022", set(KEYS) - {"quotas"}),
        ("roster-administrator", "6210", set(KEYS) - {"quotas"}),
        ("prefecture-officer", "6210", {"quotas"}),
        ("county-reviewer", "621022", set()),
    ],
)
def test_each_role_brings_in_its_kinds(role: str, region: str, seen: set[str]) -> None:
    what_they_need()
    assert {kind.key for kind in kinds_for(an_account("a", role, region))} == seen


@pytest.mark.parametrize(
    ("role", "region", "key"),
    [
        ("prefecture-officer", "6210", "training"),
        ("province-officer", "62", "training"),
        ("county-clerk", "621022", "quotas"),
        ("prefecture-officer", "6229", "quotas"),
    ],
)
def test_nobody_brings_in_the_kinds_of_others(role: str, region: str, key: str) -> None:
    what_they_need()
    by = an_account("a", role, region)
    given: dict[str, Any] = {"file": io.BytesIO(), "name": "a.csv", "kind": kind_of(key)}
    place = "6210" if key == "quotas" else "621022"
    with pytest.raises(PermissionError):
        services.bring_in(**given, region_code=place, options={}, by=by)


def test_a_kind_is_filed_by_regions_of_its_level(client: Client, tmp_path: Path) -> None:
    """On the page, at the shell and in the API alike."""
    what_they_need()
    officer = an_account("officer", "prefecture-officer", "6210")
    client.force_login(officer)
    page = client.get(reverse("exchange:import-new"))
    assert [kind.key for kind in page.context["kinds"]] == ["quotas"]
    assert page.context["form"].fields["region"].choices == [("6210", "庆阳市")]
    assert client.get(reverse("exchange:import-new"), {"kind": "training"}).status_code == 404
    path = tmp_path / "quotas.xlsx"
    path.write_bytes(filled(kind_of("quotas"), FILLED["quotas"]).getvalue())
    asked: dict[str, Any] = {"kind": "quotas", "as_json": True}
    out = io.StringIO()
    call_command("import_roster", path, "--region=62", stdout=out, **asked)
    assert json.loads(out.getvalue())["written"] == 1
    with pytest.raises(CommandError, match="621022 is not the code of a province or prefecture"):
        call_command("import_roster", path, "--region=621022", **asked)
    with path.open("rb") as file:
        sent = {"kind": "quotas", "region": "621022", "file": file}
        answer = client.post(reverse("api:import-list"), sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["region"])


def test_imports_are_seen_by_those_who_may_bring_in_their_kind() -> None:
    what_they_need()
    for key, region in (("training", "621022"), ("quotas", "6210"), ("quotas", "62")):
        ImportBatch.objects.create(kind=key, region_code=region, size=1)

    def seen(role: str, region: str) -> list[tuple[str, str]]:
        rows = ImportBatch.objects.visible_to(an_account(role, role, region)).order_by("id")
        return list(rows.values_list("kind", "region_code"))

    assert seen("county-clerk", "621022") == [("training", "621022")]
    assert seen("roster-administrator", "6210") == [("training", "621022")]
    assert seen("prefecture-officer", "6210") == [("quotas", "6210")]
    assert seen("province-officer", "62") == [("quotas", "6210"), ("quotas", "62")]
    assert seen("system-administrator", "62") == []
