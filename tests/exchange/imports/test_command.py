"""bin/manage import_roster: the page's way from the shell, and its answer as JSON."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import translation

from core.models import AuditEntry, User
from exchange.models import ImportBatch
from tests.factories import a_program
from tests.factories.rosters import a_row, csv_of, xlsx_of
from training.models import Enrollment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture(autouse=True)
def another_program() -> None:
    a_program("brand", order=1)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    rows = [
        a_row(1),
        a_row(3, start_date="2019-02-30"),
        a_row(5, name="张 五", category="建档立卡"),
    ]
    path = tmp_path / "环县.csv"
    path.write_bytes(csv_of([*rows, a_row(1)]))
    return path


def run(path: Path, **options: Any) -> str:
    out = io.StringIO()
    with translation.override("zh-hans"):
        call_command("import_roster", path, stdout=out, **{"county": "621022"} | options)
    return out.getvalue()


SHEET = "环县"
ANSWER = {
    "people": 4,
    "accepted": 2,
    "held": 2,
    "findings": [
        {
            "sheet": SHEET,
            "line": 3,
            "column": "start_date",
            "rule": "exchange.date_exists",
            "severity": "block",
            "message": "“开班时间”中的“2019-02-30”不是有效日期，请按 2019-06-04 的形式填写。",
        },
        {
            "sheet": SHEET,
            "line": 5,
            "column": "id_number",
            "rule": "training.person_stands_once_in_file",
            "severity": "block",
            "message": f"第 2 行已有同一人（{a_row(1)['name']}）在同一班，请删除其中一行。",
        },
    ],
    "repairs": {"spaces": 1},
}


def everything() -> dict[str, Any]:
    """How many rows each table has, and the files of the portal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        counts: dict[str, Any] = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()
    folder = Path(settings.FILES_DIR)
    return counts | {"files": sorted(folder.rglob("*")) if folder.exists() else []}


def test_a_dry_run_answers_and_changes_nothing(roster: Path) -> None:
    before = everything()
    assert json.loads(run(roster, dry_run=True, as_json=True)) == ANSWER
    assert everything() == before
    assert before["core_region"] == (12,)


def test_a_run_answers_the_same_and_writes_what_was_accepted(roster: Path) -> None:
    assert json.loads(run(roster, as_json=True)) == ANSWER | {"written": 2}
    (batch,) = ImportBatch.objects.all()
    assert (batch.state, batch.written, batch.original_name) == ("done", 2, roster.name)
    lines = Enrollment.objects.order_by("line").values_list("line", "program_id", "entered_by")
    assert list(lines) == [(2, "skills", None), (4, "skills", None)]


def test_the_order_of_keys_is_the_documented_one(roster: Path) -> None:
    answer = json.loads(run(roster, dry_run=True, as_json=True))
    assert list(answer) == ["people", "accepted", "held", "findings", "repairs"]
    assert list(answer["findings"][0]) == [
        "sheet",
        "line",
        "column",
        "rule",
        "severity",
        "message",
    ]


def test_a_second_run_adds_nothing(roster: Path) -> None:
    run(roster)
    answer = json.loads(run(roster, as_json=True))
    assert (answer["accepted"], answer["held"], answer["written"]) == (0, 4, 0)
    assert Enrollment.objects.count() == 2
    assert ImportBatch.objects.latest("id").state == "waiting"


def test_an_account_and_a_program_may_be_named(roster: Path, clerk: User) -> None:
    run(roster, user="clerk", program="brand")
    rows = Enrollment.objects.values_list("program_id", "entered_by")
    assert set(rows) == {("brand", clerk.pk)}
    entry = AuditEntry.objects.get(verb="exchange.import.written")
    assert (entry.actor_id, entry.changes) == (clerk.pk, {"written": 2, "accepted": 2})


def test_in_words(roster: Path) -> None:
    first, *lines = run(roster, dry_run=True).splitlines()
    assert first == "people 4, accepted 2, held 2"
    assert lines == [
        f"{f['severity']:10} {f['sheet']} {f['line']}: {f['message']}" for f in ANSWER["findings"]
    ]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n", "r.xlsx", "文件内容不是电子表格"),
        (xlsx_of({"表": [["张三"]]}), "r.xlsx", "文件中未找到表格"),
    ],
)
def test_a_file_that_cannot_be_read_ends_in_a_sentence(
    data: bytes, name: str, sentence: str, dry_run: bool, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CommandError, match=sentence):
        run(path, dry_run=dry_run)


@pytest.mark.parametrize(
    "options", [{"county": "6210"}, {"county": "999999"}, {"user": "nobody"}, {"program": "none"}]
)
def test_what_is_not_there_is_named(options: dict[str, str], roster: Path) -> None:
    with pytest.raises(CommandError, match=next(iter(options.values()))):
        run(roster, **options)
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing\.xlsx"):
        run(tmp_path / "nothing.xlsx")
