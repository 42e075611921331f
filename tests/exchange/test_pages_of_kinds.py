"""An import's pages speak of each kind in its own words, and know the portal's own templates."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.models import User
from exchange.imports import services
from exchange.imports.kinds import all_kinds, kind_of
from exchange.imports.templates import TABLE, template_of
from exchange.models import ImportBatch
from tests.architecture.sources import ROOT
from tests.exchange.import_pages import (
    at,
    house,  # noqa: F401
    signed_in,
    text,
)
from tests.factories import an_account, citizen_number
from tests.factories.kinds import FILLED, brought_as, what_they_need, written_as
from tests.factories.rosters import (
    HUAN,
    a_row,
    as_table,
    brought_in,
    csv_of,
    worked,
    xlsx_of,
)

WRONG = citizen_number(1)[:17] + ("1" if citizen_number(1)[17] == "0" else "0")
PLACES = {
    "training": "training ledger",
    "people": "register of people",
    "postings": "list of postings",
    "experts": "list of experts",
    "institutions": "list of institutions",
    "posts": "list of posts",
    "quotas": "table of quotas",
}


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN)


@pytest.fixture
def reviewer() -> User:
    return an_account("reviewer", "county-reviewer", HUAN)


@pytest.fixture
def officer() -> User:
    return an_account("officer", "province-officer", "62")


def filled_in(key: str, by: User, cells: Mapping[str, Any] | None = None) -> ImportBatch:
    """The region's template with one row in it, brought in and judged."""
    kind, filled = kind_of(key), FILLED[key]
    book = load_workbook(io.BytesIO(template_of(kind, filled.region_code)))
    heads = [cell.value for cell in book[TABLE][1]]
    for head, value in (filled.cells | dict(cells or {})).items():
        book[TABLE].cell(2, heads.index(head) + 1, value)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    options = {"program": "skills"} if key == "training" else {}
    given = {"file": file, "name": "r.xlsx", "kind": kind, "options": options}
    return worked(services.bring_in(**given, region_code=filled.region_code, by=by))


def test_every_kind_is_looked_at() -> None:
    assert {kind.key for kind in all_kinds()} == set(PLACES) == set(FILLED)


@pytest.mark.parametrize("key", PLACES)
def test_a_filled_template_is_read_without_doubts_and_each_kind_told_in_its_words(
    key: str, clerk: User, officer: User
) -> None:
    what_they_need()
    user = officer if key == "quotas" else clerk
    client, batch = signed_in(user), filled_in(key, user)
    asked = text(client.get(f"{reverse('exchange:import-new')}?kind={key}"))
    assert f"Bring in a {kind_of(key).name} The file is checked first." in asked
    said = text(client.get(at(batch)))
    assert "填表说明 on a sheet of the template" in said
    for word in ("not understood", "No table of this kind", "people in", "that are not people"):
        assert word not in said
    client.post(at(batch, "confirm"))
    worked(batch)
    said = text(client.get(at(batch)))
    assert f"1 row was written to the {PLACES[key]}." in said
    assert ("ledger" in said.partition("Imports")[2]) == (key == "training")


def test_files_without_personal_numbers_need_no_right_to_see_them(
    officer: User, clerk: User
) -> None:
    what_they_need()
    batch = brought_as("quotas", FILLED["quotas"].cells, region="62", by=officer)
    answer = signed_in(officer).get(at(batch, "file"))
    assert b"".join(answer.streaming_content) == services.stored_path(batch).read_bytes()
    assert f'href="{at(batch, "file")}"' in signed_in(officer).get(at(batch)).content.decode()
    assert signed_in(clerk).get(at(batch, "file")).status_code == 404


def test_who_may_not_mend_reads_what_stood_in_the_file(clerk: User, reviewer: User) -> None:
    batch = brought_in(csv_of([a_row(1, id_number=WRONG)]), by=clerk)
    html = signed_in(reviewer).get(at(batch)).content.decode()
    stood = re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd></div>", html)
    assert ("身份证号码", f"{WRONG[:6]}********{WRONG[14:]}") in stood
    assert html.count(f"<dt>身份证号码</dt><dd>{WRONG[:6]}") == 2  # in trouble, and the whole row


def test_a_held_person_is_named_by_the_name_wherever_it_stands(clerk: User) -> None:
    batch = brought_as("people", FILLED["people"].cells | {"身份证号码": WRONG}, by=clerk)
    for page in (at(batch), reverse("exchange:import-worklist")):
        assert re.search(r'rows/1/2/">张三</a>', signed_in(clerk).get(page).content.decode())


def test_a_reviewer_finds_imports_by_kind_and_is_not_told_to_decide(
    clerk: User, reviewer: User
) -> None:
    brought_in(csv_of([a_row(1)]), by=clerk)
    brought_as("people", FILLED["people"].cells, by=clerk, name="户.csv")
    page = reverse("exchange:import-list") + "?kind=people"
    told = {user: text(signed_in(user).get(page)) for user in (clerk, reviewer)}
    for said in told.values():
        assert ("户.csv" in said, "roster.csv" in said) == (True, False)
        assert "户.csv roster of people and households" in said
    assert ["waiting for the decision" in told[user] for user in (clerk, reviewer)] == [False, True]


def test_a_later_step_does_not_count_the_hours_since_the_upload(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    ImportBatch.objects.update(queued_at="2019-06-01T00:00:00Z")
    services.confirm(batch, by=clerk)
    said = text(signed_in(clerk).get(at(batch)))
    assert ("longer than usual" in said, "Waiting to start." in said) == (False, True)


def test_columns_that_others_give_are_not_missing(clerk: User) -> None:
    row = a_row(1)
    days = f"{row.pop('start_date')}至{row.pop('end_date')}"
    heads, cells = as_table([row])
    lines = [[*heads, "培训起止时间"], [*cells, days]]
    batch = brought_in(xlsx_of({"表": lines}), name="r.xlsx", by=clerk)
    html = signed_in(clerk).get(at(batch)).content.decode()
    (absent,) = re.findall(r"<dt>not in the file</dt><dd>([^<]*)</dd>", html)
    assert set(absent.split("、")) & {"开班时间", "结业时间", "家庭住址"} == set()
    assert "培训学时" in absent


def test_the_history_names_the_line_that_was_mended(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1, id_number=WRONG)]), by=clerk)
    client = signed_in(clerk)
    client.post(at(batch, "mend", 1, 2), {"id_number": citizen_number(1)})
    assert "import row mended Line: 2" in text(client.get(at(batch)))


def test_a_file_keeps_the_letters_of_its_name_in_english(clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    html = signed_in(clerk).get(at(batch)).content.decode()
    assert '<h1 class="as-written">roster.csv</h1>' in html
    css = (ROOT / "static/css/portal.css").read_text()
    assert ":lang(en) .as-written::first-letter { text-transform: none; }" in css


@pytest.mark.parametrize("name", ["postings", "experts"])
def test_filters_speak_the_readers_language(name: str, clerk: User) -> None:
    html = signed_in(clerk).get(reverse(f"programs:{name}")).content.decode()
    assert re.findall(r'<option value="" selected>([^<]+)<', html) == ["all", "all"]


@pytest.mark.parametrize("name", ["programs:postings", "training:institutions"])
def test_a_column_has_the_word_of_its_own_list(name: str, clerk: User) -> None:
    """Dates of a posting are not those of a class, and no institution has a person's name."""
    what_they_need()
    key = name.partition(":")[2]
    written_as(key, FILLED[key].cells, by=clerk)
    html = signed_in(clerk, "zh-hans").get(reverse(name)).content.decode()
    found = re.findall(r'<th scope="col"[^>]*>([^<]+)', html)
    assert ("培训日期" in found, "姓名" in found) == (False, key == "postings")


def test_what_lasts_until_today_is_told_in_one_piece(clerk: User) -> None:
    """In Chinese the words for 'to' and 'until' would stand twice."""
    open_ended = FILLED["postings"].cells | {"结束日期": ""}
    written_as("postings", open_ended, by=clerk)
    page = {
        lang: signed_in(clerk, lang).get(reverse("programs:postings")) for lang in ("en", "zh-hans")
    }
    assert "from Jan. 1, 2019 until today" in text(page["en"])
    assert "至至" not in text(page["zh-hans"])


def test_what_cannot_be_taken_back_says_what_to_do_instead(officer: User) -> None:
    what_they_need()
    batch = written_as("quotas", FILLED["quotas"].cells, region="62", by=officer)
    for part in ("detail", "take-back"):
        said = text(signed_in(officer).get(at(batch, part)))
        assert "Bring in the right figures: they replace the wrong ones." in said
