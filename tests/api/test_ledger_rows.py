"""Rows of a desk: saved once however often they are sent, never over another's, held ones kept."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import AuditEntry, User
from exchange import rollups
from exchange.models import Rollup
from tests.api.conftest import a_row, client_of
from tests.factories import a_class, a_person, an_account, citizen_number, enrolled, settled
from tests.factories.facts import an_approved_line
from tests.factories.submissions import a_month
from training.models import ClaimLine, DraftRow, Enrollment, RowChange, TrainingClass

DOOR = "/api/v1/ledger-rows/"


def key() -> str:
    return uuid.uuid4().hex


def edit(order: int = 1, **more: Any) -> dict[str, Any]:
    """A new row as a desk sends it."""
    return {"client": key(), "op": key(), "cells": a_row(order)} | more


def of_row(row: dict[str, Any], **cells: str) -> dict[str, Any]:
    """An edit of a stored row, upon an outcome or a row of the list."""
    return {
        "client": key(),
        "op": key(),
        "id": row["id"],
        "version": row["version"],
        "cells": cells,
    }


def send(client: Client, *rows: dict[str, Any], act: str = "save/", **more: Any) -> Any:
    body = {"region": "621022", "program": "skills", "rows": rows} | more
    return client.post(DOOR + act, json.dumps(body), content_type="application/json")


def saved(client: Client, *rows: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    answer = send(client, *rows, **more)
    assert answer.status_code == 200, answer.content.decode()
    outcomes: list[dict[str, Any]] = answer.json()["rows"]
    assert [each["client"] for each in outcomes] == [row["client"] for row in rows]
    return outcomes


def outcomes(found: list[dict[str, Any]]) -> list[str]:
    return [each["outcome"] for each in found]


def in_ledger() -> list[tuple[Any, ...]]:
    rows = Enrollment.objects.active().order_by("pk")
    return list(rows.values_list("person__name", "remark", "version"))


def figures_agree() -> bool:
    return rollups.differences() == []


def test_new_rows_are_saved_counted_and_written_down_once(client: Client, clerk: User) -> None:
    first, second = edit(1), edit(2, cells=a_row(2, name="马福英", start_date="2019.6.4"))
    found = saved(client, first, second)
    keys = list(Enrollment.objects.order_by("pk").values_list("pk", flat=True))
    assert [(o["outcome"], o["id"], o["version"]) for o in found] == [
        ("saved", keys[0], 1),
        ("saved", keys[1], 1),
    ]
    assert [o["cells"] for o in found] == [{}, {"start_date": "2019-06-04"}]
    assert Rollup.objects.measured("training.attendances").total() == 2
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.changes) == (
        "training.rows.saved",
        {"new": 2, "changed": 0, "withdrawn": 0, "held": 0},
    )
    noted = RowChange.objects.values_list("row_key", "version", "op", "client", "before", "by")
    assert list(noted) == [
        (pk, 1, uuid.UUID(row["op"]), uuid.UUID(row["client"]), None, clerk.pk)
        for pk, row in zip(keys, (first, second), strict=True)
    ]


def test_what_is_sent_again_is_answered_again_and_never_doubled(client: Client) -> None:
    rows = [edit(1), edit(2, cells=a_row(2, name="马福英")), edit(3, cells=a_row(3, name="马3"))]
    first = saved(client, *rows)
    entries = RowChange.objects.count()
    again = saved(client, *rows)
    shown = ("client", "outcome", "id", "version")
    assert [[o[name] for name in shown] for o in again] == [
        [o[name] for name in shown] for o in first
    ]
    assert [f["rule"] for f in again[2]["findings"]] == [f["rule"] for f in first[2]["findings"]]
    assert len(in_ledger()) == 2
    assert (DraftRow.objects.count(), RowChange.objects.count()) == (1, entries)
    assert figures_agree()


def test_an_op_used_again_with_other_cells_writes_nothing(client: Client) -> None:
    row = edit(1)
    saved(client, row)
    (again,) = saved(client, row | {"cells": a_row(1, remark="改")})
    assert (again["outcome"], again["version"], in_ledger()) == ("saved", 1, [("马福兰", "", 1)])


def test_a_changed_cell_changes_nothing_else(client: Client) -> None:
    (row,) = saved(client, edit(1, cells=a_row(1, village="", relation="妻")))
    before = Enrollment.objects.values().get()
    (found,) = saved(client, of_row(row, remark="改过", hours="88.50"))
    assert (found["outcome"], found["version"], found["cells"]) == ("saved", 2, {"hours": "88.5"})
    after = Enrollment.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"remark", "hours", "version"}
    change = RowChange.objects.get(version=2)
    assert (change.before["remark"], change.before["hours"]) == (None, "90")
    assert figures_agree()


def test_a_row_moves_with_its_figures(client: Client) -> None:
    (row,) = saved(client, edit(1))
    saved(client, of_row(row, start_date="2019-07-01", end_date="2019-07-09", class_code="8"))
    moved = Enrollment.objects.select_related("training_class").get()
    assert (moved.start_date, moved.training_class.code) == (datetime.date(2019, 7, 1), "8")
    assert moved.training_class.start_date == moved.start_date
    kept = Rollup.objects.measured("training.attendances").exclude(amount=0)
    assert list(kept.values_list("month", "amount")) == [(datetime.date(2019, 7, 1), 1)]
    assert figures_agree()


def test_an_older_version_is_a_conflict_and_shows_theirs(client: Client, clerk: User) -> None:
    (row,) = saved(client, edit(1))
    other = an_account("other", "county-clerk", "621022", name="李四")
    (theirs,) = saved(client_of(other), of_row(row, remark="她的"))
    (found,) = saved(client, of_row(row, hours="80"))
    assert (found["outcome"], found["id"], found["version"]) == ("conflict", row["id"], 2)
    assert (found["theirs"]["by"], found["theirs"]["cells"]["remark"]) == ("李四", "她的")
    assert found["theirs"]["cells"]["hours"] == "90"
    assert (
        found["theirs"]["cells"]["id_number"]
        == "621022********001" + citizen_number(1, born="19880102")[-1]
    )
    assert in_ledger() == [("马福兰", "她的", 2)]
    (mine,) = saved(client, of_row(theirs, hours="80"))
    assert mine["outcome"] == "saved"
    assert in_ledger() == [("马福兰", "她的", 3)]


def test_no_version_of_a_stored_row_is_a_conflict(client: Client) -> None:
    (row,) = saved(client, edit(1))
    (found,) = saved(client, of_row(row | {"version": 0}, remark="?"))
    assert (found["outcome"], in_ledger()) == ("conflict", [("马福兰", "", 1)])


def test_two_desks_that_mend_one_unfinished_row_enter_it_once(client: Client) -> None:
    row = edit(1, cells=a_row(1, name=""))
    (held,) = saved(client, row)
    assert (held["outcome"], held["version"], held["id"]) == ("held", 1, None)
    mended = {"client": row["client"], "op": key(), "version": 1, "cells": a_row(1)}
    (first,) = saved(client, mended)
    (second,) = saved(client, mended | {"op": key(), "cells": a_row(1, remark="我的")})
    assert (first["outcome"], second["outcome"], second["id"]) == ("saved", "conflict", first["id"])
    assert (in_ledger(), DraftRow.objects.count()) == ([("马福兰", "", 1)], 0)


def test_an_unfinished_row_is_kept_sealed_and_shown_until_it_is_mended(client: Client) -> None:
    row = edit(1, cells=a_row(1, end_date="2019-06-01"))
    saved(client, row)
    draft = DraftRow.objects.get()
    assert (draft.month, b"2019" in bytes(draft.cells)) == (datetime.date(2019, 6, 1), False)
    sheet = client.get(DOOR, {"region": "621022", "month": "2019-06"}).json()
    assert [(d["client"], d["cells"]) for d in sheet["drafts"]] == [(row["client"], row["cells"])]
    assert [f["column"] for f in sheet["drafts"][0]["findings"]] == ["end_date"]
    assert client.get(DOOR, {"region": "621022", "month": "2019-07"}).json()["drafts"] == []
    stale = row | {"op": key(), "version": 7}
    assert outcomes(saved(client, stale)) == ["conflict"]
    saved(client, row | {"op": key(), "version": 1, "cells": a_row(1)})
    assert (in_ledger(), DraftRow.objects.count()) == ([("马福兰", "", 1)], 0)


def test_an_unfinished_row_may_be_dropped(client: Client) -> None:
    row = edit(1, cells=a_row(1, name=""))
    saved(client, row)
    (found,) = saved(client, row | {"op": key(), "version": 1, "withdraw": True})
    assert (found["outcome"], DraftRow.objects.count()) == ("saved", 0)


def test_an_edit_that_is_held_leaves_the_stored_row_alone(client: Client) -> None:
    (row,) = saved(client, edit(1))
    bad = of_row(row, end_date="2019-06-01", remark="改")
    (found,) = saved(client, bad)
    assert (found["outcome"], found["id"], found["version"]) == ("held", row["id"], 1)
    assert [f["rule"] for f in found["findings"]] == ["training.class_ends_after_it_starts"]
    assert in_ledger() == [("马福兰", "", 1)]
    (draft,) = client.get(DOOR, {"region": "621022"}).json()["drafts"]
    assert (draft["id"], draft["row_version"]) == (row["id"], 1)
    assert draft["cells"] == {"end_date": "2019-06-01", "remark": "改"}
    good = bad | {"op": key(), "cells": {"end_date": "2019-06-21", "remark": "改"}}
    assert outcomes(saved(client, good)) == ["saved"]
    assert (in_ledger(), DraftRow.objects.count()) == ([("马福兰", "改", 2)], 0)


def test_a_row_does_not_speak_against_itself(client: Client) -> None:
    (row,) = saved(client, edit(1))
    (found,) = saved(client, of_row(row, phone="13912345679"))
    assert (found["outcome"], found["findings"]) == ("saved", [])
    (new,) = saved(client, edit(1))
    assert [f["rule"] for f in new["findings"]] == ["training.person_is_not_in_class_yet"]


def test_two_rows_may_change_places(client: Client) -> None:
    one, two = saved(client, edit(1), edit(2, cells=a_row(2, name="马福英")))
    numbers = [citizen_number(order, born="19880102") for order in (1, 2)]
    found = saved(
        client,
        of_row(one, name="马福英", id_number=numbers[1]),
        of_row(two, name="马福兰", id_number=numbers[0]),
    )
    assert outcomes(found) == ["saved", "saved"]
    assert in_ledger() == [("马福英", "", 2), ("马福兰", "", 2)]
    assert figures_agree()


def test_a_row_that_money_is_claimed_for_stays(client: Client) -> None:
    (row,) = saved(client, edit(1))
    line = an_approved_line(Enrollment.objects.get(), User.objects.get(username="clerk"), None)
    going = of_row(row) | {"withdraw": True, "reason": "录错了人"}
    (found,) = saved(client, going)
    assert (found["outcome"], len(in_ledger())) == ("held", 1)
    assert [f["rule"] for f in found["findings"]] == ["training.withdrawn_rows_claim_nothing"]
    assert str(line.claim_id) in found["findings"][0]["message"]
    ClaimLine.objects.update(is_live=False)
    (found,) = saved(client, going | {"op": key()})
    assert (found["outcome"], in_ledger()) == ("saved", [])


def test_a_row_is_withdrawn_with_a_reason_once_it_is_old(client: Client) -> None:
    (row,) = saved(client, edit(1))
    Enrollment.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    going = of_row(row) | {"withdraw": True}
    (found,) = saved(client, going)
    assert (found["outcome"], len(in_ledger()), DraftRow.objects.count()) == ("held", 1, 0)
    assert [f["rule"] for f in found["findings"]] == ["training.withdrawal_says_why"]
    (found,) = saved(client, going | {"op": key(), "reason": "录错了人"})
    assert (found["outcome"], found["version"], in_ledger()) == ("saved", 2, [])
    assert RowChange.objects.get(version=2).reason == "录错了人"
    assert Rollup.objects.measured("training.attendances").total() == 0
    (gone,) = saved(client, of_row(row, remark="?"))
    assert (gone["outcome"], gone["theirs"]["by"]) == ("gone", "clerk")
    assert figures_agree()


def test_a_desk_hears_what_others_changed(client: Client) -> None:
    row, other = saved(client, edit(1), edit(2, cells=a_row(2, name="马福英")))
    start = client.get(DOOR + "changes/", {"region": "621022"}).json()
    assert start["changes"] == []
    (second,) = saved(client, of_row(row, remark="改"))
    saved(client, of_row(second, remark="又改"), of_row(other) | {"withdraw": True})
    heard = client.get(DOOR + "changes/", {"region": "621022", "since": start["change"]}).json()
    assert [(c["id"], c["version"], c["state"]) for c in heard["changes"]] == [
        (row["id"], 3, "active"),
        (other["id"], 2, "withdrawn"),
    ]
    assert heard["changes"][0]["cells"]["remark"] == "又改"
    again = {"region": "621022", "since": heard["change"]}
    assert client.get(DOOR + "changes/", again).json()["changes"] == []


def test_the_rows_of_a_month_or_a_class_come_masked_by_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.desk.ROWS_A_PAGE", 2)
    saved(client, *(edit(n, cells=a_row(n, name="马" + "甲乙丙"[n - 1])) for n in (1, 2, 3)))
    saved(client, edit(4, cells=a_row(4, start_date="2019-07-02", end_date="2019-07-09")))
    first = client.get(DOOR, {"region": "621022", "month": "2019-06"}).json()
    assert [row["cells"]["name"] for row in first["rows"]] == ["马甲", "马乙"]
    assert (first["rows"][0]["cells"]["phone"], first["closed"]) == ("139****5678", None)
    rest = client.get(DOOR, {"region": "621022", "month": "2019-06", "after": first["next"]}).json()
    assert ([row["cells"]["name"] for row in rest["rows"]], rest["next"]) == (["马丙"], None)
    july = TrainingClass.objects.get(start_date__month=7)
    of_class = client.get(DOOR, {"region": "621022", "class": july.pk}).json()
    assert [row["cells"]["start_date"] for row in of_class["rows"]] == ["2019-07-02"]


def test_on_the_desk_of_a_class_its_facts_need_not_be_sent(client: Client) -> None:
    attended = a_class(code="2019008", level="4", hours=120)
    cells = {name: a_row()[name] for name in ("name", "id_number", "category")}
    (found,) = saved(client, edit(cells=cells), **{"class": attended.pk, "program": ""})
    assert (found["outcome"], found["cells"]["class_code"]) == ("saved", "2019008")
    row = Enrollment.objects.get()
    assert (row.training_class, row.level, row.hours, row.program_id) == (
        attended,
        "4",
        120,
        "skills",
    )


def test_judging_says_what_saving_would_and_writes_no_row(client: Client) -> None:
    rows = [edit(1, cells=a_row(1, end_date="2019-06-01")), edit(2, cells=a_row(2, name="马3"))]
    asked = [{name: row[name] for name in ("client", "cells")} for row in rows]
    judged = send(client, *asked, act="judge/").json()
    assert (judged["wait"], Enrollment.objects.count(), DraftRow.objects.count()) == (0, 0, 0)
    found = saved(client, *rows)
    assert [row["findings"] for row in judged["rows"]] == [o["findings"] for o in found]
    assert judged["rows"][0]["findings"][0]["citation"]


def test_judging_has_a_budget_of_numbers_and_saving_has_none(client: Client, settings: Any) -> None:
    settings.ROW_JUDGEMENTS = {"hour": 2, "day": 10}
    asked = [{"client": key(), "cells": a_row(n)} for n in (1, 2, 3)]
    assert send(client, *asked[:2], act="judge/").json()["wait"] == 0
    assert send(client, *asked[:2], act="judge/").json()["wait"] == 0
    over = send(client, asked[2], act="judge/").json()
    assert (over["rows"], 3500 < over["wait"] <= 3600) == ([], True)
    entries = AuditEntry.objects.filter(verb="training.rows.judged")
    assert [entry.changes for entry in entries] == [{"judged": 2}]
    assert outcomes(saved(client, edit(3))) == ["saved"]


def test_a_number_once_judged_costs_nothing_for_an_hour(client: Client, clerk: User) -> None:
    asked = {"client": key(), "cells": a_row(1)}
    for _time in range(3):
        send(client, asked, act="judge/")
    assert AuditEntry.objects.filter(verb="training.rows.judged").count() == 1


def test_columns_say_what_may_be_chosen_and_are_kept(client: Client) -> None:
    a_class(institution="环县职业培训学校")
    answer = client.get(DOOR + "columns/", {"region": "621022"})
    columns = {column["name"]: column for column in answer.json()["columns"]}
    kinds = {name: column["kind"] for name, column in columns.items()}
    assert (kinds["id_number"], kinds["start_date"], kinds["village"], kinds["hours"]) == (
        "id",
        "date",
        "village",
        "number",
    )
    assert ["初级", "cj"] in columns["level"]["choices"]
    assert columns["institution"]["choices"] == [["环县职业培训学校", "hxzypxxx"]]
    assert [name for name, column in columns.items() if column["fixed"]] == [
        "occupation",
        "institution",
        "class_code",
        "start_date",
    ]
    again = client.get(DOOR + "columns/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_questions_do_not_grow_with_the_rows(client: Client) -> None:
    def asked(count: int, start: int) -> int:
        rows = [edit(n, cells=a_row(n)) for n in range(start, start + count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = saved(client, *rows)
        first = len(queries)
        changes = [of_row(row, remark="改") for row in found]
        with CaptureQueriesContext(connection) as queries:
            assert set(outcomes(saved(client, *changes))) == {"saved"}
        return first * 1000 + len(queries)

    asked(1, 1)
    assert asked(1, 2) == asked(30, 10)


def test_only_who_enters_rows_of_the_county_has_a_desk(client: Client, clerk: User) -> None:
    assert send(client, edit(1), region="621021").status_code == 404
    assert client.get(DOOR, {"region": "621021"}).status_code == 404
    elsewhere = enrolled(a_person(9), a_class("621021"))
    settled()
    (found,) = saved(client, of_row({"id": elsewhere.pk, "version": 1}, remark="?"))
    assert found["outcome"] == "gone"
    assert found["theirs"] == {"version": 0, "by": "", "at": None, "cells": {}}
    reviewer = client_of(an_account("reviewer", "county-reviewer", "621022"))
    assert send(reviewer, edit(1)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": []},
        {"rows": [{"client": "x", "op": key(), "cells": {}}]},
        {"rows": [edit() | {"cells": {"nonsense": ""}}]},
        {"rows": [edit() | {"cells": {"name": 7}}]},
        {"rows": [edit() | {"cells": {"name": "长" * 2001}}]},
        {"rows": [edit() | {"more": 1}]},
        {"rows": [edit() | {"id": 2**63}]},
        {"rows": [edit() | {"version": 2**31}]},
        {"class": 2**63},
        {"program": "none"},
    ],
)
def test_what_cannot_be_read_is_refused_whole(client: Client, wrong: dict[str, Any]) -> None:
    body = {"region": "621022", "program": "skills", "rows": [edit()]} | wrong
    answer = client.post(DOOR + "save/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, Enrollment.objects.count()) == (400, 0)


def test_one_row_is_sent_once_in_a_request(client: Client) -> None:
    row = edit(1)
    assert send(client, row, row | {"op": key()}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_while_another_writes_to_the_county_the_desk_is_asked_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.holding.LONGEST_WAIT", "50ms")
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None)
    settings.pop("context", None)
    with psycopg2.connect(**settings) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7206512, 621022)")
        answer = send(client, edit(1))
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer.json()["detail"]
    assert outcomes(saved(client, edit(1))) == ["saved"]


def test_rows_of_a_closed_month_stay_as_they_are(client: Client) -> None:
    (row,) = saved(client, edit(1))
    a_month("locked")
    month = {"region": "621022", "month": "2019-06"}
    closed = client.get(DOOR, month).json()["closed"]
    assert (closed["month"], closed["state"], "2019-06" in closed["sentence"]) == (
        "2019-06",
        "locked",
        True,
    )
    moved = of_row(row, start_date="2019-07-01", end_date="2019-07-02", class_code="8")
    (july,) = saved(client, edit(3, cells=a_row(3, start_date="2019-07-01", end_date="2019-07-02")))
    tried = [
        of_row(row, remark="改"),
        moved,
        of_row(row) | {"withdraw": True},
        of_row(july, start_date="2019-06-03"),
        edit(2),
    ]
    for each in tried:
        (found,) = saved(client, each)
        assert (found["outcome"], [f["rule"] for f in found["findings"]]) == (
            "closed",
            ["training.month_is_open"],
        )
        assert found["findings"][0]["message"] == closed["sentence"]
    assert (in_ledger(), DraftRow.objects.count()) == ([("马福兰", "", 1)] * 2, 0)
    assert outcomes(saved(client, of_row(july, remark="七月"))) == ["saved"]
    assert figures_agree()


def test_an_edit_kept_of_a_row_goes_with_the_row(client: Client) -> None:
    row, other = saved(client, edit(1), edit(2, cells=a_row(2, name="马福英")))
    held = of_row(row, end_date="2019-06-01")
    assert outcomes(saved(client, held, of_row(other, end_date="2019-06-01"))) == ["held", "held"]
    assert DraftRow.objects.count() == 2
    saved(client, of_row(row) | {"withdraw": True})
    assert DraftRow.objects.count() == 1
    Enrollment.objects.filter(pk=other["id"]).update(state="withdrawn")
    kept = DraftRow.objects.get()
    again = {"client": kept.client.hex, "op": key(), "id": other["id"], "version": 1}
    assert outcomes(saved(client, again | {"cells": {}, "withdraw": True})) == ["gone"]
    assert DraftRow.objects.count() == 0


def test_an_unfinished_row_of_a_class_says_all_of_it(client: Client) -> None:
    attended = a_class(code="2019008", start_date=datetime.date(2019, 6, 3))
    row = edit(cells={"name": "", "id_number": a_row()["id_number"], "category": "脱贫户"})
    assert outcomes(saved(client, row, **{"class": attended.pk})) == ["held"]
    of_month = client.get(DOOR, {"region": "621022", "month": "2019-06"}).json()["drafts"]
    assert [draft["cells"]["class_code"] for draft in of_month] == ["2019008"]
    assert [[f["column"] for f in draft["findings"]] for draft in of_month] == [["name"]]
    of_class = client.get(DOOR, {"region": "621022", "class": attended.pk}).json()["drafts"]
    assert of_class == of_month


def shown_drafts(client: Client, month: str) -> list[str]:
    found = client.get(DOOR, {"region": "621022", "month": month}).json()["drafts"]
    return [draft["cells"].get("remark", "") for draft in found]


def test_a_row_without_a_readable_start_waits_in_the_month_of_its_desk(client: Client) -> None:
    undated = edit(1, cells=a_row(1, start_date="六月", remark="六"))
    assert outcomes(saved(client, undated, month="2019-06")) == ["held"]
    saved(client, edit(3, cells=a_row(3, start_date="", remark="哪月")))
    assert shown_drafts(client, "2019-06") == ["六", "哪月"]
    assert shown_drafts(client, "2019-07") == ["哪月"]
    dated = {"op": key(), "version": 1, "cells": a_row(1, name="", start_date="2019-07-01")}
    saved(client, undated | dated, month="2019-06")
    assert shown_drafts(client, "2019-06") == ["哪月"]
    assert sorted(shown_drafts(client, "2019-07")) == ["", "哪月"]


def test_a_row_that_its_desk_could_no_longer_mend_stands_on_every_desk(client: Client) -> None:
    a_month("locked")
    late = edit(1, cells=a_row(1, start_date="六月", remark="六"))
    assert outcomes(saved(client, late, month="2019-06")) == ["held"]
    assert shown_drafts(client, "2019-07") == ["六"]


def test_a_desk_that_never_heard_knows_its_own_rows_by_their_names(client: Client) -> None:
    row, other = edit(1), edit(2, cells=a_row(2, name="马福英"))
    found = saved(client, row, other)
    saved(client, of_row(found[0], remark="改"))
    a_class_mate = enrolled(a_person(), TrainingClass.objects.get())
    listed = client.get(DOOR, {"region": "621022", "month": "2019-06"}).json()["rows"]
    assert [(each["id"], each["client"]) for each in listed] == [
        (found[0]["id"], row["client"]),
        (found[1]["id"], other["client"]),
        (a_class_mate.pk, None),
    ]


def test_a_conflict_of_unfinished_rows_shows_who_was_faster(client: Client) -> None:
    row = edit(1, cells=a_row(1, name=""))
    saved(client, row)
    other = an_account("other", "county-clerk", "621022", name="李四")
    theirs = row | {"op": key(), "version": 1, "cells": a_row(1, name="", remark="她的")}
    assert outcomes(saved(client_of(other), theirs)) == ["held"]
    (found,) = saved(client, row | {"op": key(), "version": 1})
    assert (found["outcome"], found["version"], found["theirs"]["by"]) == ("conflict", 2, "李四")
    assert found["theirs"]["cells"]["remark"] == "她的"
