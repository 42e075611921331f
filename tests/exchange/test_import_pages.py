"""The pages of imports: from the file to the ledger, and what each reader may see of it."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry, User
from core.repairs import Repair
from exchange import jobs
from exchange.imports import services
from exchange.imports.columns import Choice, date
from exchange.imports.kinds import kind_of
from exchange.imports.preview import REPAIRS
from exchange.imports.templates import template_of
from exchange.models import ImportBatch
from tests.factories import a_program, an_account, citizen_number, divisions
from training.models import Enrollment

BACKEND = "django.contrib.auth.backends.ModelBackend"
HUAN = "621022"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
SOUND = citizen_number(997)
WRONG_NUMBER = SOUND[:-1] + ("1" if SOUND[-1] == "0" else "0")


@pytest.fixture(autouse=True)
def house(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}
    monkeypatch.setattr(jobs, "_try_to_wake", lambda job: None)
    divisions()
    a_program("skills")


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN)


@pytest.fixture
def roster_admin() -> User:
    return an_account("roster-admin", "roster-administrator", "62")


@pytest.fixture
def neighbor() -> User:
    return an_account("neighbor", "county-clerk", "621021")


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, BACKEND)
    return client


def a_row(order: int, **changes: str) -> dict[str, str]:
    return {
        "姓名": f"张{chr(0x4E00 + order)}",
        "性别": "男" if order % 2 else "女",
        "身份证号码": citizen_number(order),
        "人员类别": "建档立卡贫困劳动力",
        "乡镇": "小南沟乡",
        "行政村": "李原村",
        "培训工种": "电焊工",
        "培训机构": "环县职业培训学校",
        "班级编号": "2019001",
        "开班时间": "2019-06-24",
        "结业时间": "2019-07-08",
    } | changes


def a_roster(rows: Iterable[dict[str, str]], name: str = "花名册.csv") -> SimpleUploadedFile:
    rows, text = list(rows), io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"))


def brought_in(user: User, *rows: dict[str, str], name: str = "花名册.csv") -> ImportBatch:
    """A roster uploaded through the page."""
    given = {"region": HUAN, "program": "skills", "file": a_roster(rows, name)}
    response = signed_in(user).post(reverse("exchange:import-new"), given)
    batch = ImportBatch.objects.latest("pk")
    assert (response.status_code, response.headers["Location"]) == (302, page(batch))
    return batch


def judged(user: User, *rows: dict[str, str], name: str = "花名册.csv") -> ImportBatch:
    return worked(brought_in(user, *rows, name=name))


def worked(batch: ImportBatch) -> ImportBatch:
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    return batch


def page(batch: ImportBatch, part: str = "detail", *args: str) -> str:
    return reverse(f"exchange:import-{part}", args=[batch.public_id, *args])


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown(user: User, batch: ImportBatch, query: str = "", part: str = "detail") -> str:
    response = signed_in(user).get(page(batch, part) + query)
    assert response.status_code == 200
    return text(response)


def test_a_roster_goes_from_the_file_to_the_ledger_on_one_page(clerk: User) -> None:
    batch, client = brought_in(clerk, a_row(1), a_row(2)), signed_in(clerk)
    first = client.get(page(batch)).content.decode()
    assert f'hx-get="{page(batch, "progress")}" hx-trigger="every 1s"' in first
    moving = client.get(page(batch, "progress"), headers={"hx-request": "true"})
    assert (moving.status_code, "Waiting to start" in text(moving)) == (200, True)
    worked(batch)
    stage = client.get(page(batch, "progress"), headers={"hx-request": "true"})
    assert (stage.status_code, stage.headers["HX-Retarget"]) == (286, "#stage")
    assert "All 2 rows can be written" in text(stage)
    answer = client.post(page(batch, "confirm"), headers={"hx-request": "true"})
    assert f'hx-get="{page(batch, "progress")}"' in answer.content.decode()
    assert Enrollment.objects.count() == 0
    assert worked(batch).written == 2
    done = client.get(page(batch)).content.decode()
    assert f"{reverse('training:ledger')}?batch={batch.public_id}" in done
    assert Enrollment.objects.filter(import_batch=batch).count() == 2


def test_without_scripts_the_page_is_loaded_anew(clerk: User) -> None:
    batch = judged(clerk, a_row(1))
    answer = signed_in(clerk).post(page(batch, "confirm"))
    assert (answer.status_code, answer.headers["Location"]) == (302, page(batch))


def test_the_counts_add_up_and_what_is_not_understood_is_named(clerk: User) -> None:
    rows = [a_row(1, 序号="1"), a_row(2, 身份证号码=WRONG_NUMBER), a_row(3, 姓名=" 张 三 ")]
    said = shown(clerk, judged(clerk, *rows))
    assert "Lines in the file 4 &nbsp; = Accepted 2 &nbsp; + Held back 1 &nbsp; + Not" in said
    assert "superfluous spaces removed: 1 cells" in said
    assert "not known, not taken 序号" in said
    assert "Write 2 rows, hold back 1" in said
    assert "A citizen ID number agrees with its check character 1" in said
    assert "GB 11643-1999；ISO 7064 MOD 11-2" in said


def test_every_repair_has_a_name() -> None:
    assert set(REPAIRS) == set(Repair)


def test_a_held_number_is_shown_to_holders_only(clerk: User, roster_admin: User) -> None:
    stray = a_row(2, 性别=citizen_number(2))
    short = a_row(4, 身份证号码="6210221990010")
    batch = judged(clerk, a_row(1, 身份证号码=WRONG_NUMBER), stray, a_row(3), short)
    open_to_clerk, open_to_admin = shown(clerk, batch), shown(roster_admin, batch)
    assert (WRONG_NUMBER in open_to_clerk, WRONG_NUMBER in open_to_admin) == (True, False)
    assert (citizen_number(2) in open_to_clerk, citizen_number(2) in open_to_admin) == (True, False)
    assert f"身份证号码 621022********{WRONG_NUMBER[-4:]}" in open_to_admin
    shorts = ["6210221990010" in said for said in (open_to_clerk, open_to_admin)]
    assert shorts == [True, False]
    # What is accepted is masked for everybody.
    assert [citizen_number(3) in said for said in (open_to_clerk, open_to_admin)] == [False, False]
    assert "621022********" + citizen_number(3)[-4:] in open_to_clerk


def test_the_first_rows_stand_in_official_words(clerk: User) -> None:
    said = shown(clerk, judged(clerk, a_row(1, 人员类别="脱贫户", 文化程度="中专")))
    assert "脱贫劳动力 — — 小南沟乡 李原村" in said
    assert "高中" in said


def test_confirming_twice_writes_once_and_says_so(clerk: User) -> None:
    batch, client = judged(clerk, a_row(1)), signed_in(clerk)
    client.post(page(batch, "confirm"))
    again = client.post(page(batch, "confirm"), headers={"hx-request": "true"})
    assert (again.status_code, "Somebody has already decided" in text(again)) == (200, True)
    worked(batch)
    late = client.post(page(batch, "stop"), follow=True)
    assert text(late).count("Somebody has already decided") == 1
    verbs = AuditEntry.objects.filter(verb="exchange.import.confirmed").count()
    assert (verbs, Enrollment.objects.count(), worked(batch).state) == (1, 1, "done")


def test_a_stopped_import_writes_nothing(clerk: User) -> None:
    batch = judged(clerk, a_row(1))
    answer = signed_in(clerk).post(page(batch, "stop"), headers={"hx-request": "true"})
    assert "This import was stopped" in text(answer)
    assert f'action="{page(batch, "confirm")}"' not in answer.content.decode()
    assert Enrollment.objects.count() == 0


def test_rows_entered_meanwhile_are_explained(clerk: User) -> None:
    first, second = judged(clerk, a_row(1), a_row(2)), judged(clerk, a_row(1), a_row(3))
    for batch in (first, second):
        signed_in(clerk).post(page(batch, "confirm"))
        worked(batch)
    said = shown(clerk, second)
    assert "1 row was written to the training ledger." in said
    assert "1 accepted row was entered by somebody else between the check and the writing" in said
    assert "entered by somebody else" not in shown(clerk, first)


def test_held_rows_stay_listed_after_the_writing(clerk: User) -> None:
    batch = judged(clerk, a_row(1), a_row(2, 身份证号码=WRONG_NUMBER))
    signed_in(clerk).post(page(batch, "confirm"))
    worked(batch)
    said = shown(clerk, batch)
    assert "1 row was held back; it is listed below." in said
    assert f"身份证号码 {WRONG_NUMBER}" in said


def test_a_file_that_fails_says_why_and_what_to_do(clerk: User) -> None:
    batch = judged(clerk, a_row(1))
    ImportBatch.objects.filter(pk=batch.pk).update(state="failed", error=services.FILE_GONE)
    batch.refresh_from_db()
    said = shown(clerk, batch)
    assert "The uploaded file is no longer there." in said
    assert "Bring in the mended file" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file has no content"),
        (b"%PDF-1.7 not a table", "This is not a spreadsheet"),
        (b"<html><table></table></html>", "This is a web page without a roster"),
    ],
)
def test_a_refused_file_leaves_the_attempt_only(
    clerk: User, tmp_path: Path, content: bytes, sentence: str
) -> None:
    client, file = signed_in(clerk), SimpleUploadedFile("a.xlsx", content)
    given = {"region": HUAN, "program": "skills", "file": file}
    answer = client.post(reverse("exchange:import-new"), given)
    assert (answer.status_code, sentence in text(answer)) == (422, True)
    assert [path.name for path in (tmp_path / "imports").iterdir()] == []
    listed = text(client.get(reverse("exchange:import-list")))
    assert ("a.xlsx" in listed, sentence in listed) == (True, True)


def test_a_form_without_file_or_county_says_what_is_missing(roster_admin: User) -> None:
    answer = signed_in(roster_admin).post(reverse("exchange:import-new"), {"program": "skills"})
    assert answer.status_code == 422
    said = text(answer)
    assert "Choose the file to bring in." in said
    assert "Choose the county of the roster." in said


def test_counties_outside_the_scope_cannot_be_chosen(neighbor: User) -> None:
    given = {"region": HUAN, "program": "skills", "file": a_roster([a_row(1)])}
    answer = signed_in(neighbor).post(reverse("exchange:import-new"), given)
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)


def status(user: User, address: str) -> int:
    """The status of an answer that is read to its end, for a file must not stay open."""
    response = signed_in(user).get(address)
    b"".join(response)
    return response.status_code


PARTS = ["detail", "progress", "held", "file"]


@pytest.mark.parametrize("part", PARTS)
def test_what_lies_outside_is_not_found(clerk: User, neighbor: User, part: str) -> None:
    batch = judged(clerk, a_row(1))
    assert status(clerk, page(batch, part)) in {200, 286}
    assert status(neighbor, page(batch, part)) == 404


@pytest.mark.parametrize("part", ["confirm", "stop"])
def test_nobody_decides_for_another_county(clerk: User, neighbor: User, part: str) -> None:
    batch = judged(clerk, a_row(1))
    assert signed_in(neighbor).post(page(batch, part)).status_code == 404
    assert worked(batch).state == "waiting"


def test_the_original_file_is_for_holders_of_both_rights(
    clerk: User, roster_admin: User, neighbor: User
) -> None:
    batch = judged(clerk, a_row(1))
    answer = signed_in(clerk).get(page(batch, "file"))
    assert b"".join(answer.streaming_content) == services.stored_path(batch).read_bytes()
    assert "filename*=utf-8''%E8%8A%B1" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(roster_admin).get(page(batch, "file")).status_code == 404
    assert f'href="{page(batch, "file")}"' not in shown_html(roster_admin, batch)
    taken = AuditEntry.objects.get(verb="exchange.import.taken_out")
    assert (taken.actor_id, taken.region_code, taken.changes["sha256"]) == (
        clerk.pk,
        HUAN,
        batch.sha256,
    )


@pytest.mark.parametrize("part", ["file", "marked"])
def test_a_file_that_is_gone_is_told_on_the_page(clerk: User, part: str) -> None:
    batch = judged(clerk, a_row(1, 身份证号码=WRONG_NUMBER))
    services.stored_path(batch).unlink()
    answer = signed_in(clerk).get(page(batch, part), follow=True)
    assert answer.redirect_chain == [(page(batch), 302)]
    assert "The uploaded file is no longer there. Bring it in again." in text(answer)


def shown_html(user: User, batch: ImportBatch) -> str:
    return signed_in(user).get(page(batch)).content.decode()


def test_all_lines_of_a_rule_are_reached_page_by_page(clerk: User) -> None:
    rows = [a_row(order, 身份证号码=WRONG_NUMBER) for order in range(1, 58)]
    batch, client = judged(clerk, *rows), signed_in(clerk)
    rule = "talent.id_number_agrees_with_its_check_character"
    first = client.get(page(batch)).content.decode()
    assert f'hx-get="{page(batch, "findings", rule)}?from=5"' in first
    more = client.get(page(batch, "findings", rule) + "?from=5", headers={"hx-request": "true"})
    assert lines(more.content.decode()) == list(range(7, 57))
    last = client.get(page(batch, "findings", rule) + "?from=55", headers={"hx-request": "true"})
    assert (lines(last.content.decode()), b"from=" in last.content) == ([57, 58], False)
    whole = client.get(page(batch, "findings", rule))
    assert "<h1>A citizen ID number agrees with its check character</h1>" in whole.content.decode()


def test_all_held_rows_are_reached_page_by_page(clerk: User) -> None:
    rows = [a_row(order, 身份证号码=WRONG_NUMBER) for order in range(1, 58)]
    batch, client = judged(clerk, *rows), signed_in(clerk)
    first = client.get(page(batch, "held"), headers={"hx-request": "true"}).content.decode()
    assert lines(first) == list(range(2, 52))
    (cursor,) = set(re.findall(r"\?after=([0-9-]+)", first))
    rest = client.get(page(batch, "held") + f"?after={cursor}").content.decode()
    assert lines(rest) == list(range(52, 59))


def lines(html: str) -> list[int]:
    return [int(line) for line in re.findall(r'<td class="number">(?:<a [^>]+>)?([0-9]+)<', html)]


def test_findings_are_narrowed_to_a_severity_in_the_address(clerk: User) -> None:
    old = citizen_number(1, born="19300101")
    batch = judged(clerk, a_row(2, 身份证号码=WRONG_NUMBER), a_row(1, 性别="男", 身份证号码=old))
    rule = "A citizen ID number agrees with its check character"
    assert rule in shown(clerk, batch, "?severity=block")
    assert rule not in shown(clerk, batch, "?severity=explain")
    assert rule in shown(clerk, batch, "?severity=nonsense")


def test_the_list_is_narrowed_in_the_address(clerk: User, roster_admin: User) -> None:
    mine, other = judged(clerk, a_row(1)), judged(roster_admin, a_row(2), name="二月.csv")
    signed_in(clerk).post(page(mine, "stop"))
    for query, found in {
        "": [other, mine],
        "?whose=me": [mine],
        "?state=waiting": [other],
        "?file=二月": [other],
        "?state=nonsense": [other, mine],
    }.items():
        html = signed_in(clerk).get(reverse("exchange:import-list") + query).content.decode()
        assert re.findall(r'href="(/imports/[0-9a-f-]{36}/)"', html) == [page(b) for b in found]


def test_an_empty_list_names_the_next_step(clerk: User) -> None:
    client, address = signed_in(clerk), reverse("exchange:import-list")
    assert "No roster has been brought in yet" in text(client.get(address))
    assert "No import matches" in text(client.get(address + "?whose=me"))


def test_the_next_county_sees_none_of_it(clerk: User, neighbor: User) -> None:
    judged(clerk, a_row(1))
    assert "花名册.csv" not in text(signed_in(neighbor).get(reverse("exchange:import-list")))


def test_a_list_of_three_asks_as_often_as_a_list_of_one(
    clerk: User, roster_admin: User, queries: Callable[[Client, str], int]
) -> None:
    judged(clerk, a_row(1))
    client, address = signed_in(clerk), reverse("exchange:import-list")
    client.get(address)
    one = queries(client, address)
    judged(roster_admin, a_row(2))
    brought_in(clerk, a_row(3))
    assert queries(client, address) == one


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    return count


def test_a_template_keeps_numbers_as_text_and_offers_the_lists() -> None:
    kind = kind_of("training")
    book = openpyxl.load_workbook(io.BytesIO(template_of(kind)))
    table = book.worksheets[0]
    assert [cell.value for cell in table[1]] == [column.title for column in kind.own_columns]
    formats = {
        column.name: table.column_dimensions[table.cell(1, place).column_letter].number_format
        for place, column in enumerate(kind.own_columns, start=1)
    }
    assert {formats[name] for name in ("id_number", "phone", "household_code")} == {"@"}
    assert {formats[c.name] for c in kind.own_columns if c.read is date} == {"yyyy-mm-dd"}
    offered = [column.title for column in kind.own_columns if isinstance(column.read, Choice)]
    lists = book["字典"]
    assert (lists.sheet_state, [cell.value for cell in lists[1]]) == (
        "hidden",
        [f"{title}（参考）" for title in offered],
    )
    assert len(table.data_validations.dataValidation) == len(offered)


def test_the_template_is_downloaded_under_its_name(clerk: User) -> None:
    answer = signed_in(clerk).get(reverse("exchange:import-template", args=["training"]))
    assert answer.getvalue()[:2] == b"PK"
    assert "Template" in answer.headers["Content-Disposition"]
    missing = signed_in(clerk).get(reverse("exchange:import-template", args=["nothing"]))
    assert missing.status_code == 404
