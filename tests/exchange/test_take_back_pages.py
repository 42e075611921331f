"""Taking an import back on its page: what will go, why it goes, and what the page tells afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, User
from exchange import jobs, rollups
from exchange.imports import services
from exchange.models import ImportBatch
from tests.exchange.test_import_pages import (
    HUAN,
    a_row,
    judged,
    page,
    signed_in,
    text,
    worked,
)
from tests.factories import a_program, an_account, divisions
from training.models import Enrollment

WHY = "上传了错误的花名册"


@pytest.fixture(autouse=True)
def house(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    monkeypatch.setattr(jobs, "_try_to_wake", lambda job: None)
    divisions()
    a_program("skills")


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN, name="张经办")


@pytest.fixture
def reviewer() -> User:
    return an_account("reviewer", "county-reviewer", HUAN, name="李审核")


@pytest.fixture
def neighbor() -> User:
    return an_account("neighbor", "county-clerk", "621021")


def written(user: User, *rows: dict[str, str]) -> ImportBatch:
    batch = judged(user, *rows)
    services.confirm(batch, by=user)
    return worked(batch)


def test_a_written_import_is_taken_back_without_scripts(clerk: User) -> None:
    batch, client = written(clerk, a_row(1), a_row(2)), signed_in(clerk)
    assert f'href="{page(batch, "take-back")}"' in client.get(page(batch)).content.decode()
    asked = text(client.get(page(batch, "take-back")))
    for counted in ("Enrollments 2", "Classes 1", "Training institutions 1", "People 2"):
        assert counted in asked
    answer = client.post(page(batch, "take-back"), {"reason": WHY})
    assert (answer.status_code, answer.headers["Location"]) == (302, page(batch))
    moving = client.get(page(batch)).content.decode()
    assert f'hx-get="{page(batch, "progress")}"' in moving
    assert Enrollment.objects.count() == 2
    worked(batch)
    assert (Enrollment.objects.count(), rollups.differences()) == (0, [])
    said = text(client.get(page(batch)))
    assert "This import was taken back" in said
    assert f"By 张经办 At {timezone.localtime(batch.undone_at):%Y-%m-%d}" in said
    assert f"Reason {WHY}" in said
    assert "Written 2" in said
    assert f'href="{page(batch, "take-back")}"' not in client.get(page(batch)).content.decode()


def test_the_page_follows_the_worker(clerk: User) -> None:
    batch, client = written(clerk, a_row(1)), signed_in(clerk)
    client.post(page(batch, "take-back"), {"reason": WHY})
    ImportBatch.objects.update(state="running")
    moving = client.get(page(batch, "progress"), headers={"hx-request": "true"})
    assert "Taking the rows back." in text(moving)
    ImportBatch.objects.update(state="queued")
    worked(batch)
    stage = client.get(page(batch, "progress"), headers={"hx-request": "true"})
    assert (stage.status_code, "This import was taken back" in text(stage)) == (286, True)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "Say why the import is taken back."),
        ("错了", "Give a reason of 4 to 300 characters."),
        ("身份证621022199001010016有误", "Leave ID and phone numbers out of the reason."),
    ],
)
def test_without_a_reason_nothing_happens(clerk: User, reason: str, said: str) -> None:
    batch = written(clerk, a_row(1))
    answer = signed_in(clerk).post(page(batch, "take-back"), {"reason": reason})
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert "Enrollments 1" in text(answer)
    assert worked(batch).state == "done"


def test_a_reviewer_sees_the_import_and_takes_it_back_but_decides_nothing(
    clerk: User, reviewer: User
) -> None:
    waiting, batch = judged(clerk, a_row(5)), written(clerk, a_row(1))
    client = signed_in(reviewer)
    listed = client.get(reverse("exchange:import-list"))
    assert text(listed).count("花名册.csv") == 2
    assert f'href="{reverse("exchange:import-new")}"' not in listed.content.decode()
    seen = client.get(page(waiting)).content.decode()
    assert f'action="{page(waiting, "confirm")}"' not in seen
    assert "waits for whoever brings in rosters to decide" in text(client.get(page(waiting)))
    assert client.post(page(waiting, "confirm")).status_code == 403
    client.post(page(batch, "take-back"), {"reason": WHY})
    assert worked(batch).undone_by == reviewer
    html = client.get(page(batch)).content.decode()
    assert f'action="{page(batch, "again")}"' not in html
    assert client.post(page(batch, "again")).status_code == 403


def test_the_next_county_finds_nothing_to_take_back(clerk: User, neighbor: User) -> None:
    batch = written(clerk, a_row(1))
    client = signed_in(neighbor)
    assert client.get(page(batch, "take-back")).status_code == 404
    assert client.post(page(batch, "take-back"), {"reason": WHY}).status_code == 404
    assert client.post(page(batch, "again")).status_code == 404
    assert worked(batch).state == "done"


def test_who_reviews_elsewhere_decides_nothing_here(clerk: User) -> None:
    """To see an import as a reviewer is not to decide on it as a clerk of another county."""
    both = an_account("both", "county-clerk", "621021")
    both.assignments.create(role="county-reviewer", region_id=HUAN)
    batch = judged(clerk, a_row(1))
    assert signed_in(both).get(page(batch)).status_code == 200
    assert signed_in(both).post(page(batch, "confirm")).status_code == 404
    assert worked(batch).state == "waiting"


def test_what_stands_in_the_way_is_told_instead_of_asking(clerk: User) -> None:
    batch, client = written(clerk, a_row(1)), signed_in(clerk)
    Enrollment.objects.update(version=2)
    asked = client.get(page(batch, "take-back"))
    assert "1 rows of this import were changed since" in text(asked)
    assert b"<textarea" not in asked.content
    refused = client.post(page(batch, "take-back"), {"reason": WHY}, follow=True)
    assert "1 rows of this import were changed since" in text(refused)
    assert Enrollment.objects.count() == 1


def test_what_came_in_the_way_meanwhile_is_told_on_the_page(clerk: User) -> None:
    batch, client = written(clerk, a_row(1)), signed_in(clerk)
    client.post(page(batch, "take-back"), {"reason": WHY})
    Enrollment.objects.update(version=2)
    worked(batch)
    said = text(client.get(page(batch)))
    assert "This import was not taken back; its rows stand as before." in said
    assert "1 rows of this import were changed since" in said
    assert "1 row was written to the training ledger." in said


def test_a_second_asking_is_told_so(clerk: User, reviewer: User) -> None:
    batch = written(clerk, a_row(1))
    signed_in(clerk).post(page(batch, "take-back"), {"reason": WHY})
    late = signed_in(reviewer).post(page(batch, "take-back"), {"reason": WHY}, follow=True)
    assert "This import was taken back already" in text(late)
    assert AuditEntry.objects.filter(verb="exchange.import.called_back").count() == 1


def test_the_kept_file_is_read_once_more_as_a_new_import(clerk: User) -> None:
    batch, client = written(clerk, a_row(1), a_row(2)), signed_in(clerk)
    assert "Only the file of an import that was taken back" in text(
        client.post(page(batch, "again"), follow=True)
    )
    client.post(page(batch, "take-back"), {"reason": WHY})
    worked(batch)
    answer = client.post(page(batch, "again"))
    again = ImportBatch.objects.latest("pk")
    assert (answer.status_code, answer.headers["Location"]) == (302, page(again))
    assert (again.pk == batch.pk, again.sha256, again.options, again.original_name) == (
        False,
        batch.sha256,
        batch.options,
        batch.original_name,
    )
    services.confirm(worked(again), by=clerk)
    assert (worked(again).written, rollups.differences()) == (2, [])
    batch.refresh_from_db()
    assert batch.state == "undone"


def test_a_file_that_is_gone_is_told(clerk: User) -> None:
    batch, client = written(clerk, a_row(1)), signed_in(clerk)
    client.post(page(batch, "take-back"), {"reason": WHY})
    services.stored_path(worked(batch)).unlink()
    assert "no longer there" in text(client.post(page(batch, "again"), follow=True))


def test_the_history_tells_every_act(clerk: User, reviewer: User) -> None:
    batch = written(clerk, a_row(1), a_row(2, 结业时间="2019-02-30"))
    b"".join(signed_in(clerk).get(page(batch, "file")))
    signed_in(reviewer).post(page(batch, "take-back"), {"reason": f"20190601{WHY}"})
    worked(batch)
    html = signed_in(clerk).get(page(batch)).content.decode()
    acts = text_of_rows(html[html.rindex("<table") :])
    assert [(who, act, fact) for _when, who, act, fact in acts] == [
        ("张经办", "import brought in", "—"),
        ("张经办", "import judged", "Accepted: 1 Held back: 1"),
        ("张经办", "import confirmed", "Accepted: 1 Held back: 1"),
        ("张经办", "import written", "Accepted: 1 Written: 1"),
        ("张经办", "import taken out", "—"),
        ("李审核", "import called back", f"Reason: 20190601{WHY}"),
        (
            "李审核",
            "import taken back",
            f"Reason: 20190601{WHY} People: 1 Enrollments: 1 Occupations: 1"
            " Training institutions: 1 Classes: 1",
        ),
    ]


def text_of_rows(html: str) -> list[list[str]]:
    rows = html.split("<tr>")[2:]
    return [
        [
            " ".join(cell.partition(">")[2].replace("<br>", " ").split("</td>")[0].split())
            for cell in row.split("<td")[1:]
        ]
        for row in rows
    ]


def test_the_list_shows_the_hash_and_what_was_taken_back(clerk: User) -> None:
    batch, client = written(clerk, a_row(1)), signed_in(clerk)
    client.post(page(batch, "take-back"), {"reason": WHY})
    worked(batch)
    for query in ("", "?state=undone"):
        listed = client.get(reverse("exchange:import-list") + query)
        assert f'title="SHA-256 {batch.sha256}">{batch.sha256[:12]}<' in listed.content.decode()
        assert "taken back" in text(listed)
    assert batch.sha256 in text(client.get(page(batch)))
    reports = client.get(reverse("exchange:report-list")).content.decode()
    assert 'value="undone"' not in reports


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("part", ["detail", "take-back"])
def test_many_rows_ask_as_often_as_one(clerk: User, part: str) -> None:
    one = written(clerk, a_row(1))
    many = written(clerk, *(a_row(order, 班级编号=f"20{order}") for order in range(2, 12)))
    client = signed_in(clerk)
    client.get(page(one))
    assert asked(client, page(one, part)) == asked(client, page(many, part))


def test_the_api_takes_back_too(clerk: User, reviewer: User, neighbor: User) -> None:
    batch = written(clerk, a_row(1))
    address = reverse("api:import-take-back", args=[batch.public_id])

    def send(user: User, **body: str) -> Any:
        return signed_in(user).post(address, body, content_type="application/json")

    assert send(neighbor, reason=WHY).status_code == 404
    assert send(clerk).status_code == 400
    assert send(clerk, reason="错").status_code == 400
    assert send(reviewer, reason=WHY).json()["state"] == "queued"
    late = send(clerk, reason=WHY)
    assert (late.status_code, "taken back already" in late.json()["detail"]) == (409, True)
    worked(batch)
    told = signed_in(reviewer).get(reverse("api:import-detail", args=[batch.public_id])).json()
    assert (told["state"], told["undo_reason"], told["undone_at"] is None) == ("undone", WHY, False)
