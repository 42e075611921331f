"""Roll calls of a desk: marks as people write them, saved once, never over another's."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry, User
from tests.api.conftest import client_of
from tests.factories import a_class, a_person, an_account, enrolled
from training.models import Enrollment, Lesson, RollCall, RowChange, TrainingClass

DOOR = "/api/v1/roll-calls/"
FIRST = "2019-06-24"
IN_ENGLISH = {"accept-language": "en"}


def door(attended: TrainingClass, act: str = "") -> str:
    return f"{DOOR}{attended.pk}/{act}"


def key() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def attended(places: None) -> TrainingClass:
    """A class of three, of whom one has left."""
    found = a_class()
    for order in (1, 3):
        enrolled(a_person(order), found)
    enrolled(a_person(5), found, state=Enrollment.State.WITHDRAWN)
    return found


def rows_of(attended: TrainingClass) -> list[Enrollment]:
    return list(Enrollment.objects.filter(training_class=attended).order_by("pk"))


def edit(row: Enrollment, version: int = 0, **more: Any) -> dict[str, Any]:
    cells = more.pop("cells", {FIRST: "√"})
    return {"client": key(), "op": key(), "id": row.pk, "version": version, "cells": cells} | more


def send(client: Client, attended: TrainingClass, *rows: Any, act: str = "save/") -> Any:
    body = json.dumps({"rows": rows})
    asked = {"content_type": "application/json", "headers": IN_ENGLISH}
    return client.post(door(attended, act), body, **asked)


def saved(client: Client, attended: TrainingClass, *rows: Any) -> list[dict[str, Any]]:
    answer = send(client, attended, *rows)
    assert answer.status_code == 200, answer.content.decode()
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def listed(client: Client, attended: TrainingClass) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(door(attended)).json()["rows"]
    return found


def test_marks_are_read_as_people_write_them_and_shown_as_signs(
    client: Client, attended: TrainingClass, clerk: User
) -> None:
    first, second, _left = rows_of(attended)
    written = ["√", "1", "出勤", "✓", "×", "０", "旷课", "X", "假", "请假", " 事假 ", ""]
    days = [f"2019-06-{24 + n}" for n in range(7)] + [f"2019-07-0{n}" for n in range(1, 6)]
    (found,) = saved(client, attended, edit(first, cells=dict(zip(days, written, strict=True))))
    assert (found["outcome"], found["id"], found["version"]) == ("saved", first.pk, 1)
    signs = ["√", "√", "√", "√", "×", "×", "×", "×", "假", "假", "假"]
    kept = dict(zip(days, signs, strict=False))
    plain = {days[n]: signs[n] for n in (1, 2, 3, 5, 6, 7, 9, 10)}
    assert found["cells"] == plain
    people = listed(client, attended)
    assert [row["id"] for row in people] == [first.pk, second.pk]
    assert {day: text for day, text in people[0]["cells"].items() if text} == {
        "name": "张1",
        "id_number": first.person.id_number_mask,
        **kept,
    }
    (entry,) = AuditEntry.objects.filter(verb="training.roll_calls.saved")
    assert (entry.actor_id, entry.target_key, entry.changes) == (
        clerk.pk,
        str(attended.pk),
        {"changed": 1, "held": 0},
    )


def test_what_is_no_mark_is_told_in_its_cell_and_the_others_are_written(
    client: Client, attended: TrainingClass
) -> None:
    first, second, _left = rows_of(attended)
    late = edit(first, cells={FIRST: "√", "2019-06-25": "迟到"})
    held, other = saved(client, attended, late, edit(second))
    assert (held["outcome"], held["version"], other["outcome"]) == ("held", 1, "saved")
    assert [(f["column"], f["severity"], f["message"]) for f in held["findings"]] == [
        (
            "2019-06-25",
            "block",
            "“迟到” is no mark. Write √ (present), × (absent) or 假 (on leave).",
        )
    ]
    assert list(RollCall.objects.values_list("enrollment", "marks")) == [
        (first.pk, {FIRST: "present"}),
        (second.pk, {FIRST: "present"}),
    ]
    assert saved(client, attended, late)[0] == held
    assert RowChange.objects.count() == 2
    mended = edit(first, 1, cells={"2019-06-25": "0"})
    assert saved(client, attended, mended)[0]["outcome"] == "saved"
    asked = {name: late[name] for name in ("client", "id", "cells")}
    judged = send(client, attended, asked, act="judge/").json()
    assert judged["rows"] == [{"client": late["client"], "findings": held["findings"]}]


def test_a_day_on_which_the_class_was_not_held_is_refused(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    (held,) = saved(client, attended, edit(row, cells={"2019-07-09": "√", "2019-07-08": "√"}))
    assert (held["outcome"], [f["message"] for f in held["findings"]]) == (
        "held",
        [
            "The class is held from 2019-06-24 to 2019-07-08, so nobody can be marked on "
            "2019-07-09. Correct the day, or the dates of the class."
        ],
    )
    assert send(client, attended, edit(row, cells={"2019-6-24": "√"})).status_code == 400
    assert RollCall.objects.get().marks == {"2019-07-08": "present"}


def test_an_edit_that_is_sent_again_is_written_once(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    sent = edit(row)
    first = saved(client, attended, sent)
    assert saved(client, attended, sent)[0]["version"] == first[0]["version"] == 1
    change = edit(row, 1, cells={FIRST: "×", "2019-06-25": "√"})
    assert [saved(client, attended, change)[0]["version"] for _time in range(2)] == [2, 2]
    noted = RowChange.objects.filter(chapter="attendance").order_by("pk")
    assert list(noted.values_list("row_key", "version", "before")) == [
        (row.pk, 1, None),
        (row.pk, 2, {FIRST: "present"}),
    ]
    assert RollCall.objects.get().marks == {FIRST: "absent", "2019-06-25": "present"}


def test_a_mark_is_taken_away_and_nothing_new_is_no_change(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    saved(client, attended, edit(row))
    assert saved(client, attended, edit(row, 1))[0]["version"] == 1
    assert saved(client, attended, edit(row, 1, cells={FIRST: ""}))[0]["version"] == 2
    assert not RollCall.objects.exists()
    assert listed(client, attended)[0]["version"] == 2
    assert saved(client, attended, edit(row))[0]["outcome"] == "conflict"
    assert saved(client, attended, edit(row, 2))[0]["version"] == 3
    before = RowChange.objects.order_by("version").values_list("before", flat=True)
    assert list(before) == [None, {FIRST: "present"}, {}]


def test_another_version_is_a_conflict_and_shows_theirs(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    other = client_of(an_account("other", "county-clerk", "621022", name="李四"))
    saved(other, attended, edit(row, cells={FIRST: "×"}))
    (found,) = saved(client, attended, edit(row))
    theirs = found["theirs"]
    assert (found["outcome"], found["version"], theirs["by"], theirs["cells"][FIRST]) == (
        "conflict",
        1,
        "李四",
        "×",
    )
    assert (theirs["cells"]["name"], theirs["cells"]["2019-06-25"]) == ("张1", "")
    assert RollCall.objects.get().marks == {FIRST: "absent"}


def test_who_left_the_class_is_gone(client: Client, attended: TrainingClass) -> None:
    row, _other, left = rows_of(attended)
    elsewhere = enrolled(a_person(7), a_class(code="2019009"))
    found = saved(client, attended, edit(left), edit(elsewhere))
    assert [each["outcome"] for each in found] == ["gone", "gone"]
    saved(client, attended, edit(row))
    row.state = Enrollment.State.WITHDRAWN
    row.save()
    assert saved(client, attended, edit(row, 1, cells={FIRST: "×"}))[0]["outcome"] == "gone"


def test_a_desk_hears_what_others_marked_in_its_class(
    client: Client, attended: TrainingClass
) -> None:
    def heard(since: int | None = None) -> Any:
        asked = {} if since is None else {"since": since}
        return client.get(door(attended, "changes/"), asked).json()

    now = heard()["change"]
    elsewhere = a_class(code="2019009")
    saved(client, elsewhere, edit(enrolled(a_person(7), elsewhere)))
    row = rows_of(attended)[0]
    saved(client, attended, edit(row))
    found = heard(now)
    assert [(c["id"], c["version"], c["cells"][FIRST]) for c in found["changes"]] == [
        (row.pk, 1, "√")
    ]
    assert heard(found["change"])["changes"] == []


def test_the_days_are_those_of_the_timetable_and_those_marked(
    client: Client, attended: TrainingClass
) -> None:
    def days() -> list[str]:
        found = client.get(door(attended, "columns/")).json()["columns"]
        return [column["name"] for column in found if column["kind"] == "mark"]

    whole = [str(datetime.date(2019, 6, 24) + datetime.timedelta(days=n)) for n in range(15)]
    assert days() == whole
    for day in (24, 26):
        Lesson.objects.create(
            training_class=attended,
            county_code=attended.county_code,
            date=datetime.date(2019, 6, day),
            subject="焊接",
            hours=6,
        )
    assert days() == ["2019-06-24", "2019-06-26"]
    saved(client, attended, edit(rows_of(attended)[0], cells={"2019-06-29": "√"}))
    assert days() == ["2019-06-24", "2019-06-26", "2019-06-29"]


def test_who_came_from_another_class_brings_the_marks_along(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    saved(client, attended, edit(row, cells={"2019-06-24": "√", "2019-06-25": "×"}))
    later = a_class(code="2019009", start_date=datetime.date(2019, 6, 25))
    row.training_class = later
    row.save()
    (found,) = listed(client, later)
    assert (found["cells"]["2019-06-24"], found["cells"]["2019-06-25"]) == ("√", "×")
    (mended,) = saved(client, later, edit(row, 1, cells={"2019-06-24": ""}))
    assert (mended["outcome"], RollCall.objects.get().training_class) == ("saved", later)
    assert "2019-06-24" not in listed(client, later)[0]["cells"]


def test_the_page_of_a_rows_changes_tells_of_its_marks(
    client: Client, attended: TrainingClass
) -> None:
    row = rows_of(attended)[0]
    saved(client, attended, edit(row))
    saved(client, attended, edit(row, 1, cells={FIRST: "×", "2019-06-25": "假"}))
    page = client.get(reverse("training:row-changes", args=[row.pk]), headers=IN_ENGLISH)
    *lines, _came = page.context["rows"]
    told = [[cell["value"] for cell in line["cells"][2:5]] for line in lines]
    assert told == [
        ["roll call of 2019-06-24", "√", "×"],
        ["roll call of 2019-06-25", "", "假"],
        ["roll call of 2019-06-24", "", "√"],
    ]
    saved(client, attended, edit(row, 2, cells={FIRST: "", "2019-06-25": ""}))
    page = client.get(reverse("training:row-changes", args=[row.pk]), headers=IN_ENGLISH)
    *lines, _came = page.context["rows"]
    told = [[cell["value"] for cell in line["cells"][3:5]] for line in lines]
    assert told == [["×", ""], ["假", ""], ["√", "×"], ["", "假"], ["", "√"]]


def test_the_questions_do_not_grow_with_the_rows(client: Client, attended: TrainingClass) -> None:
    def asked(*rows: Enrollment) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as saving:
            saved(client, attended, *map(edit, rows))
        with CaptureQueriesContext(connection) as reading:
            listed(client, attended)
        return len(saving), len(reading)

    more = [enrolled(a_person(order), attended) for order in range(20, 40)]
    saved(client, attended, edit(rows_of(attended)[0]))
    assert asked(more[0]) == asked(*more[1:])


def test_who_only_sees_the_ledger_marks_nobody(client: Client, attended: TrainingClass) -> None:
    officer = client_of(an_account("市", "prefecture-officer", "6210"))
    assert [row["cells"]["name"] for row in listed(officer, attended)] == ["张1", "张3"]
    assert send(officer, attended, edit(rows_of(attended)[0])).status_code == 403
    elsewhere = client_of(an_account("庆城", "county-clerk", "621021"))
    for act in ("", "columns/", "changes/"):
        assert elsewhere.get(door(attended, act)).status_code == 404
    assert send(elsewhere, attended, edit(rows_of(attended)[0])).status_code == 404
    assert not RollCall.objects.exists()
