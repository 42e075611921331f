"""Which route admits whom. A new route needs one line here; until then test_access.py fails.

    "METHOD namespace:name": page(WHO)                          a page without an object
    "METHOD namespace:name": page(WHO, shows="person")          a list that shows such rows
    "METHOD namespace:name": one("person", WHO)                 a page of one object
    "POST namespace:name": one("import", WHO, send={...})       an act upon one
    "POST namespace:name": act(WHO, send=lambda world, place: {...})

WHO are the roles the door opens for; everybody else is refused. Whether an admitted role
finds an object depends on where it lies: the world knows (`World.sees`). A function that
never looks at the method is a GET.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.access.world import SEATS, World
from tests.factories import citizen_number

EVERYBODY = frozenset({"everybody"})
SIGNED_IN = frozenset(SEATS)
COUNTY = frozenset({"county-clerk", "county-reviewer"})
OFFICERS = frozenset({"prefecture-officer", "province-officer"})
IMPORTERS = frozenset({"county-clerk", "roster-administrator"})
# Officers bring in quotas only.
FILERS = IMPORTERS | OFFICERS
PREFECTURE = frozenset({"prefecture-officer"})
VISITORS = COUNTY | PREFECTURE
PROVINCE = frozenset({"province-officer"})
REVIEWER = frozenset({"county-reviewer"})
OVERSEERS = IMPORTERS | REVIEWER
REPORTERS = COUNTY | OFFICERS
FILES_TABLES = REVIEWER | OFFICERS
FIGURES = REPORTERS | {"roster-administrator"}
LEDGER = FIGURES | {"training-institution"}
CLERK = frozenset({"county-clerk"})
SYSTEM = frozenset({"system-administrator"})
SECURITY = frozenset({"security-administrator"})
AUDIT = frozenset({"audit-administrator"})

Sent = dict[str, Any] | Callable[[World, str], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """Whom a route admits, what it is about and how to try it.

    `of` is the kind of object in the address, `more` what follows it there. `shows` is the
    kind of row that an admitted reader's own mark must come from. `send` is what an act
    takes, given the world and the place acted upon; `api` sends it as JSON. `at` are the
    lengths of the codes of the places it can be done for. Where `answers_empty` an object
    outside is an empty answer, as the missing one is. What is seen of an object follows
    another kind where `seen_as` says so; only `finds` find any, if not all whom the door
    lets in do.
    """

    admits: frozenset[str]
    of: str = ""
    more: tuple[Any, ...] = ()
    shows: str = ""
    send: Sent = field(default_factory=dict)
    api: bool = False
    succeeds: tuple[int, ...] = (200,)
    at: tuple[int, ...] = (2, 4, 6)
    answers_empty: bool = False
    seen_as: str = ""
    finds: frozenset[str] = SIGNED_IN

    def sent(self, world: World, place: str) -> dict[str, Any]:
        return self.send(world, place) if callable(self.send) else dict(self.send)


def page(admits: frozenset[str], **more: Any) -> Rule:
    return Rule(admits, **more)


def one(kind: str, admits: frozenset[str], **more: Any) -> Rule:
    return Rule(admits, of=kind, **more)


def act(admits: frozenset[str], **more: Any) -> Rule:
    return Rule(admits, **{"succeeds": (302,)} | more)


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("名册.csv", "姓名,身份证号码\n张三,1\n".encode())


def a_roster_row() -> dict[str, str]:
    return {
        "name": "马福兰",
        "id_number": citizen_number(77, born="19880102"),
        "category": "建档立卡贫困劳动力",
        "occupation": "电焊工",
        "institution": "环县职业培训学校",
        "class_code": "2019007",
        "start_date": "2019-06-04",
        "end_date": "2019-06-20",
    }


def sent_rows(place: str, **more: str) -> dict[str, Any]:
    row = {"client": "8" * 32, "cells": a_roster_row()} | more
    return {"region": place, "program": "skills", "rows": [row]}


def sent_roll(world: World, place: str, **more: str) -> dict[str, Any]:
    row = {"client": "6" * 32, "id": 1, "cells": {"2019-11-04": "√"}} | more
    return {"rows": [row]}


def allotted(world: World, place: str) -> dict[str, Any]:
    # Its own document has moved the quota once.
    return {"version": 2, "document_number": "甘人社〔2019〕1号", "dated": "2019-03-01"}


def new_plan(world: World, place: str) -> dict[str, Any]:
    days = {"first_day": "2020-01-01", "last_day": "2020-12-31"}
    return {"region": place, "name": f"{place}计划", "kind": "year"} | days


def new_document(world: World, place: str) -> dict[str, Any]:
    plan = world.things["quota-document"][place].plan_id  # type: ignore[attr-defined]
    return {"region": place, "plan": plan, "kind": "adjust"}


RULES: dict[str, Rule] = {
    # core: doors for everybody
    "GET healthz": page(EVERYBODY, succeeds=(200, 503)),
    "GET readyz": page(EVERYBODY, succeeds=(200, 503)),
    "GET set_language": page(EVERYBODY, succeeds=(302,)),
    "POST set_language": act(EVERYBODY, send={"language": "en"}),
    "GET core:login": page(EVERYBODY),
    "POST core:login": act(EVERYBODY, send={"username": "x", "password": "y"}, succeeds=(422,)),
    "POST core:logout": act(EVERYBODY),
    # core: one's own account
    "GET core:account": page(SIGNED_IN),
    "GET core:account-email": page(SIGNED_IN),
    "POST core:account-email": act(SIGNED_IN, send={"email": "somebody@portal.example"}),
    "GET core:password-change": page(SIGNED_IN),
    "POST core:password-change": act(SIGNED_IN, succeeds=(422,)),
    "GET core:password-change-done": page(SIGNED_IN),
    # core: the three administrators
    "GET core:account-list": page(SYSTEM, shows="account"),
    "GET core:account-open": page(SYSTEM),
    "POST core:account-open": act(
        SYSTEM,
        send=lambda world, place: {
            "username": "new",
            "name": "new",
            "office": world.things["office"][place].pk,
        },
        succeeds=(200,),
    ),
    "GET core:account-detail": one("account", SYSTEM, shows="account"),
    "POST core:account-close": one("account", SYSTEM, succeeds=(302,)),
    "POST core:account-reopen": one("account", SYSTEM, succeeds=(302,)),
    "POST core:account-password": one("account", SYSTEM),
    "GET core:office-open": page(SYSTEM),
    "POST core:office-open": act(
        SYSTEM, send=lambda world, place: {"region": place, "name": "new"}
    ),
    "GET core:assignment-list": page(SECURITY, shows="assignment"),
    "GET core:account-without-role": page(SECURITY, shows="account"),
    "GET core:role-list": page(SECURITY),
    "GET core:assignment-grant": page(SECURITY),
    "POST core:assignment-grant": act(
        SECURITY,
        send=lambda world, place: {
            "username": f"ad{place}ry-waiting",
            "role": "county-reviewer",
            "region": place,
        },
    ),
    "POST core:assignment-withdraw": one("assignment", SECURITY, succeeds=(302,)),
    "GET core:audit-list": page(AUDIT, shows="audit"),
    # core: what is law for all
    "GET core:rule-list": page(FIGURES),
    "GET core:policy-area-list": page(FIGURES),
    "GET core:policy-area": page(FIGURES, more=("gansu-58",), succeeds=(404,)),
    # exchange: home and figures
    "GET exchange:home": page(SIGNED_IN, succeeds=(200, 302)),
    "GET exchange:figures-start": page(FIGURES, succeeds=(200, 302)),
    "GET exchange:figures": one("region", FIGURES),
    # Without a region and a period it names no figure; tests/exchange/test_figure_pages.py.
    "GET exchange:figure": page(FIGURES, more=("training.attendances",), succeeds=(404,)),
    "GET exchange:figure-rows": page(LEDGER, more=("training.attendances",), succeeds=(404,)),
    "GET exchange:figures-part": one("region", FIGURES, more=("months",)),
    "GET exchange:figures-file": one("region", FIGURES),
    "GET exchange:panel-late": one("region", FIGURES),
    "GET exchange:panel-findings": one("region", FIGURES),
    "GET exchange:panel-anomalies": one("region", FIGURES),
    # exchange: imports
    "GET exchange:import-list": page(FILERS | REVIEWER, shows="import"),
    "GET exchange:import-new": page(FILERS),
    "POST exchange:import-new": act(
        FILERS,
        finds=IMPORTERS,
        send=lambda world, place: {"region": place, "program": "skills", "file": a_file()},
        at=(6,),
    ),
    "GET exchange:import-template": page(FILERS, finds=IMPORTERS, more=("training",)),
    "GET exchange:import-detail": one("import", FILERS | REVIEWER, finds=OVERSEERS, shows="import"),
    "GET exchange:import-progress": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, succeeds=(200, 204, 286)
    ),
    "GET exchange:import-findings": one(
        "import",
        FILERS | REVIEWER,
        finds=OVERSEERS,
        more=("exchange.date_exists",),
        shows="import",
    ),
    "GET exchange:import-held": one("import", FILERS | REVIEWER, finds=OVERSEERS),
    "GET exchange:import-worklist": page(FILERS),
    "GET exchange:import-accepted": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, shows="import"
    ),
    "GET exchange:import-row": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, more=(1, 2), shows="import"
    ),
    "GET exchange:import-line": one("import", LEDGER, finds=FIGURES, more=(1, 2), shows="import"),
    "POST exchange:import-mend": one(
        "import", FILERS, finds=IMPORTERS, more=(1, 2), send={"remark": "问过"}, succeeds=(302,)
    ),
    "POST exchange:import-leave-out": one(
        "import", FILERS, finds=IMPORTERS, more=(1, 2), succeeds=(302,)
    ),
    "POST exchange:import-take-proposal": one(
        "import", FILERS, finds=IMPORTERS, more=(1, 2), succeeds=(302,)
    ),
    "POST exchange:import-check-again": one("import", FILERS, finds=IMPORTERS, succeeds=(302,)),
    "GET exchange:import-columns": one("import", FILERS, finds=IMPORTERS, shows="import"),
    "POST exchange:import-columns": one(
        "import", FILERS, finds=IMPORTERS, send={"said": "nothing"}, succeeds=(200, 302)
    ),
    "POST exchange:import-confirm": one("import", FILERS, finds=IMPORTERS, succeeds=(200, 302)),
    "POST exchange:import-stop": one("import", FILERS, finds=IMPORTERS, succeeds=(200, 302)),
    "POST exchange:import-try-again": one("import", FILERS, finds=IMPORTERS, succeeds=(302,)),
    "GET exchange:import-take-back": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, shows="import"
    ),
    "POST exchange:import-take-back": one(
        "import",
        FILERS | REVIEWER,
        finds=OVERSEERS,
        send={"reason": "传错了文件"},
        succeeds=(302,),
    ),
    "POST exchange:import-again": one("import", FILERS, finds=IMPORTERS, succeeds=(302,)),
    "GET exchange:import-file": one("import", FILERS, finds=CLERK, shows="import"),
    "GET exchange:import-marked": one("import", FILERS, finds=CLERK, succeeds=(200, 302)),
    # exchange: reports
    "GET exchange:report-list": page(REPORTERS),
    "GET exchange:report-new": page(REPORTERS),
    "POST exchange:report-new": act(
        REPORTERS,
        send=lambda world, place: {
            "report": "quota-execution",
            "region": place,
            "year": str(timezone.localdate().year),
            "part": "",
        },
    ),
    "GET exchange:report-estimate": page(REPORTERS),
    "GET exchange:report-order-list": page(REPORTERS),
    "GET exchange:report-order-new": page(REPORTERS),
    "POST exchange:report-order-new": act(
        REPORTERS,
        send=lambda world, place: {
            "report": "quota-execution",
            "region": place,
            "period_kind": "year",
            "days_after": "3",
            "hour": "4",
            "format": "xlsx",
        },
    ),
    "GET exchange:report-order": one("report-order", REPORTERS),
    "POST exchange:report-order": one(
        "report-order", REPORTERS, send={"days_after": "2", "hour": "5"}, succeeds=(302,)
    ),
    "POST exchange:report-order-drop": one("report-order", REPORTERS, succeeds=(302,)),
    "GET exchange:report-detail": one("report", REPORTERS),
    "GET exchange:report-progress": one("report", REPORTERS, succeeds=(200, 204, 286)),
    "POST exchange:report-retry": one("failed-report", REPORTERS, succeeds=(200, 302)),
    "POST exchange:report-again": one("report", REPORTERS, succeeds=(302,)),
    "GET exchange:report-file": one("report", REPORTERS, shows="report"),
    # exchange: official tables
    "GET exchange:table-list": page(FIGURES),
    "GET exchange:table-burden": page(FIGURES),
    "GET exchange:table": page(FIGURES, more=("quota-execution",)),
    "POST exchange:table-begin": act(
        REPORTERS,
        send=lambda world, place: {"table": "quota-execution", "region": place, "period": "2018"},
    ),
    "GET exchange:table-filing": one("table-filing", FIGURES, shows="table-filing"),
    # There is no such line; tests/exchange/tables has cells.
    "GET exchange:table-cell": one("table-filing", FIGURES, more=("no-line", 1), succeeds=(404,)),
    "GET exchange:table-xlsx": one("table-filing", FIGURES),
    "GET exchange:table-pdf": one("table-filing", FIGURES, shows="table-filing"),
    "POST exchange:table-type": one("table-filing", REPORTERS, succeeds=(302, 422)),
    "POST exchange:table-explain": one(
        "table-filing", REPORTERS, send={"line": "", "column": "late", "text": "x"}, succeeds=(302,)
    ),
    "POST exchange:table-file": one("table-filing", FILES_TABLES, succeeds=(302,)),
    "POST exchange:table-return": one("table-filing", OFFICERS, succeeds=(302,)),
    "POST exchange:table-accept": one("table-filing", OFFICERS, succeeds=(302,)),
    "POST exchange:table-drop": one("table-filing", REPORTERS, succeeds=(302,)),
    # exchange: what officers oversee, and what waits for a user
    "GET exchange:board": page(FIGURES),
    "POST exchange:board-remind": act(OFFICERS),
    "POST exchange:board-accept": act(OFFICERS),
    "POST exchange:board-lock": act(PROVINCE),
    "GET exchange:todo": page(SIGNED_IN),
    "GET exchange:panel-due": page(COUNTY),
    "GET exchange:panel-board": page(OFFICERS),
    "GET exchange:panel-months": page(FIGURES),
    "GET exchange:panel-mending": page(LEDGER),
    # exchange: receipts; auditors read how much of what was found
    "GET exchange:receipt-list": page(FIGURES),
    "GET exchange:receipt": one("receipt", FIGURES, shows="receipt"),
    "POST exchange:receipt": one("receipt", FIGURES, send={"rows": 1, "people": 1}),
    "GET exchange:receipt-qr": one("receipt", FIGURES),
    "GET exchange:receipt-verification": page(FIGURES | AUDIT),
    # exchange: months on their way up; this world's are locked
    "GET exchange:submission-list": page(FIGURES, shows="submission"),
    "GET exchange:submission-new": page(COUNTY),
    "POST exchange:submission-new": act(
        COUNTY,
        send=lambda world, place: {"county": place, "book": "ledger", "month": "2019-05"},
        at=(6,),
    ),
    "GET exchange:submission": one("submission", LEDGER, finds=FIGURES, shows="submission"),
    "GET exchange:submission-progress": one(
        "submission", LEDGER, finds=FIGURES, succeeds=(286,), shows="submission"
    ),
    "GET exchange:submission-findings": one(
        "submission", LEDGER, finds=FIGURES, more=("training.class_is_not_too_large",)
    ),
    "GET exchange:submission-changes": one("submission", LEDGER, finds=FIGURES),
    "GET exchange:submission-figures": one("submission", LEDGER, finds=FIGURES),
    "POST exchange:submission-close": one("submission", PROVINCE, succeeds=(302,)),
    "POST exchange:submission-explain": one(
        "submission", COUNTY, more=("training.class_is_not_too_large",), succeeds=(302,)
    ),
    "POST exchange:submission-check": one("submission", COUNTY, succeeds=(302,)),
    "POST exchange:submission-submit": one("submission", REVIEWER, succeeds=(302,)),
    "POST exchange:submission-accept": one(
        "submission", OFFICERS, finds=PREFECTURE, succeeds=(302,)
    ),
    "POST exchange:submission-return": one(
        "submission", OFFICERS, finds=PREFECTURE, succeeds=(302,)
    ),
    "POST exchange:submission-lock": one("submission", PROVINCE, succeeds=(302,)),
    "POST exchange:submission-reopen": one(
        "submission",
        PROVINCE,
        send=lambda world, place: {
            "version": 1,
            "until": timezone.localdate().isoformat(),
            "reason": "漏报一个班",
        },
        succeeds=(302,),
    ),
    "POST exchange:submission-accept-many": act(
        OFFICERS,
        send=lambda world, place: {"month": f"{world.key('submission', place)}:1"},
        at=(6,),
    ),
    "POST exchange:submission-lock-many": act(
        PROVINCE,
        send=lambda world, place: {"month": f"{world.key('submission', place)}:1"},
        at=(6,),
    ),
    # A locked month takes no note and has none.
    "POST exchange:submission-note": one(
        "submission",
        OFFICERS,
        send={"chapter": "enrollment", "key": "1", "text": "查无此村"},
        succeeds=(404,),
    ),
    "POST exchange:note-drop": one("submission", OFFICERS, more=(0,), succeeds=(404,)),
    "POST exchange:note-answer": one("submission", COUNTY, more=(0,), succeeds=(404,)),
    "GET exchange:restatement-list": page(FIGURES),
    # exchange: corrections of locked months
    "GET exchange:correction-list": page(LEDGER),
    "GET exchange:correction": one("correction", LEDGER, finds=FIGURES, shows="correction"),
    "GET exchange:correction-evidence": one(
        "correction", LEDGER, finds=FIGURES, shows="correction"
    ),
    "POST exchange:correction-approve": one(
        "correction", OFFICERS, finds=PREFECTURE, succeeds=(302,)
    ),
    "POST exchange:correction-refuse": one(
        "correction", OFFICERS, finds=PREFECTURE, send={"decision": "材料不符"}, succeeds=(302,)
    ),
    "POST exchange:correction-withdraw": one("correction", COUNTY, succeeds=(302,)),
    # exchange: notices, to each their own
    "GET exchange:notice-list": page(SIGNED_IN),
    "POST exchange:notice-read": act(SIGNED_IN),
    # talent
    "GET talent:people": page(FIGURES),
    "POST talent:find": act(
        FIGURES, send=lambda world, place: {"number": citizen_number(5)}, succeeds=(422,)
    ),
    "GET talent:person": one("person", LEDGER, shows="person"),
    "POST talent:reveal": one(
        "person", COUNTY, send={"field": "phone", "reason": ""}, succeeds=(422,)
    ),
    # programs
    "GET programs:quotas": page(FIGURES),
    "GET programs:quota": one("quota", FIGURES),
    "GET programs:plan-new": page(OFFICERS),
    "POST programs:plan-new": act(OFFICERS, send=new_plan),
    "GET programs:documents": page(FIGURES, shows="quota-document"),
    "GET programs:document-new": page(OFFICERS),
    "POST programs:document-new": act(OFFICERS, send=new_document),
    "GET programs:document": one("quota-document", FIGURES, shows="quota-document"),
    "GET programs:document-paper": one("quota-draft", OFFICERS),
    "POST programs:document-paper": one(
        "quota-draft", OFFICERS, send={"version": 1, "number": "1号"}, succeeds=(302,)
    ),
    "GET programs:document-lines": one("quota-draft", OFFICERS, at=(2, 4)),
    "POST programs:document-lines": one(
        "quota-draft", OFFICERS, at=(2, 4), send={"act": "paste"}, succeeds=(422,)
    ),
    "GET programs:document-outlook": one("quota-draft", OFFICERS, at=(2, 4)),
    "POST programs:document-outlook": one(
        "quota-draft", OFFICERS, at=(2, 4), send={"version": "x"}, succeeds=(422,)
    ),
    "POST programs:document-issue": one("quota-draft", OFFICERS, succeeds=(302,)),
    "POST programs:document-drop": one("quota-draft", OFFICERS, succeeds=(302,)),
    "GET programs:document-attachment": one("quota-document", FIGURES, succeeds=(404,)),
    "GET programs:panel-quotas": page(FIGURES),
    "GET programs:panel-by-place": one("region", FIGURES),
    "GET programs:distribute": one("quota", OFFICERS, at=(2, 4)),
    "POST programs:distribute": one("quota", OFFICERS, at=(2, 4), send=allotted, succeeds=(302,)),
    "GET programs:distribute-apart": one("quota", OFFICERS, at=(2, 4)),
    "POST programs:distribute-apart": one(
        "quota", OFFICERS, at=(2, 4), send=allotted, succeeds=(302,)
    ),
    "GET programs:postings": page(FIGURES, shows="posting"),
    "GET programs:experts": page(FIGURES, shows="expert"),
    "GET programs:posts": page(FIGURES, shows="post-ceiling"),
    # training
    "GET training:ledger": page(LEDGER, shows="enrollment"),
    "GET training:grid": page(CLERK),
    "GET training:class-grid": one("class", CLERK),
    "GET training:row": one("enrollment", LEDGER, shows="enrollment"),
    "GET training:correction": one("enrollment", COUNTY),
    "POST training:correction": one("enrollment", COUNTY, succeeds=(422,)),
    "GET training:fact-correction": one("follow-up", COUNTY, more=("employment",)),
    "POST training:fact-correction": one(
        "follow-up", COUNTY, more=("employment",), succeeds=(422,)
    ),
    "GET training:forgotten-row": one("submission", COUNTY),
    "POST training:forgotten-row": one("submission", COUNTY, succeeds=(422,)),
    "GET training:row-changes": one("enrollment", LEDGER, shows="enrollment"),
    "POST training:reveal": one(
        "enrollment", COUNTY, send={"field": "phone", "reason": ""}, succeeds=(422,)
    ),
    "GET training:check": page(IMPORTERS),
    "POST training:check": act(IMPORTERS, send={"number": citizen_number(5)}, succeeds=(200,)),
    "GET training:reconciliations": page(REPORTERS, shows="reconciliation"),
    "GET training:reconciliation-new": page(REPORTERS),
    "POST training:reconciliation-new": act(
        REPORTERS,
        send=lambda world, place: {
            "kind": "roster",
            "region": place,
            "period": "2019",
            "file": a_file(),
        },
    ),
    "GET training:reconciliation": one("reconciliation", REPORTERS, shows="reconciliation"),
    "GET training:reconciliation-progress": one("reconciliation", REPORTERS, succeeds=(286,)),
    "GET training:reconciliation-lines": one("reconciliation", REPORTERS, shows="reconciliation"),
    "GET training:reconciliation-file": one("reconciliation", REPORTERS),
    "GET training:list-check-new": page(IMPORTERS),
    "POST training:list-check-new": act(IMPORTERS, send={"text": citizen_number(5)}),
    "GET training:list-check": one("list-check", IMPORTERS, shows="list-check"),
    "GET training:list-check-progress": one("list-check", IMPORTERS, succeeds=(286,)),
    "GET training:list-check-file": one("list-check", IMPORTERS),
    "GET training:classes": page(LEDGER, shows="class"),
    "GET training:class": one("class", LEDGER, shows="class"),
    "GET training:roll-call": one("class", LEDGER, shows="class"),
    "GET training:roll-call-sheet": one("class", LEDGER, shows="class"),
    "GET training:name-list": one("class", LEDGER, shows="class"),
    "GET training:class-fund": one("class", CLERK),
    "POST training:class-fund": one("class", CLERK, send={"fund": "charity"}, succeeds=(302,)),
    "GET training:exams": one("class", LEDGER, shows="exam"),
    "POST training:exam-draw-up": one("class", CLERK, succeeds=(422,)),
    "GET training:exam": one("exam", LEDGER, shows="exam"),
    "GET training:exam-paper": one("exam", LEDGER, shows="exam"),
    "POST training:exam-change": one("exam", CLERK, succeeds=(422,)),
    "POST training:exam-freeze": one("exam", CLERK, succeeds=(422,)),
    # The world's rolls are not frozen yet.
    "POST training:results": one("exam", CLERK, succeeds=(422,)),
    "POST training:exam-discard": one("exam", CLERK, succeeds=(302,)),
    # training: the filing of a class; this world's wait for a decision
    "GET training:filings": page(LEDGER, shows="class"),
    "GET training:class-new": page(CLERK),
    "POST training:class-new": act(CLERK, succeeds=(422,)),
    "GET training:filing": one("class", LEDGER, shows="class"),
    "GET training:filing-edit": one("class", CLERK),
    "POST training:filing-edit": one("class", CLERK, succeeds=(422,)),
    "GET training:filing-attachment": one("class", LEDGER, shows="class"),
    "POST training:filing-explain": one("class", CLERK, succeeds=(302,)),
    "POST training:filing-file": one("class", CLERK, succeeds=(302,)),
    "POST training:filing-discard": one("class", CLERK, succeeds=(302,)),
    "POST training:filing-approve": one("class", REVIEWER, succeeds=(302,)),
    "POST training:filing-return": one(
        "class", REVIEWER, send={"decision": "缺课程表"}, succeeds=(302,)
    ),
    "GET training:panel-filings": page(LEDGER),
    "GET training:visits": one("class", LEDGER, shows="class"),
    "POST training:visit-enter": one("class", VISITORS, send={"seen": "x"}, succeeds=(422,)),
    "POST training:visit-remove": one("class", VISITORS, more=(0,), succeeds=(404,)),
    "GET training:panel-visits": page(VISITORS),
    "GET training:timetable": one("class", LEDGER, shows="class"),
    "GET training:timetable-change": one("class", CLERK, succeeds=(302,)),
    "POST training:timetable-change": one("class", CLERK, send={"act": "paste"}),
    "GET training:timetable-paper": one("class", LEDGER, shows="class"),
    "GET training:class-follow-ups": one("class", LEDGER, shows="class"),
    "POST training:class-follow-ups": one("class", LEDGER, finds=CLERK, succeeds=(422,)),
    "GET training:class-claims": one("class", LEDGER, shows="claim"),
    "GET training:claim-new": one("class", CLERK, shows="enrollment"),
    "POST training:claim-new": one("class", CLERK, succeeds=(422,)),
    "GET training:claims": page(LEDGER, shows="class"),
    "GET training:claim": one("claim", LEDGER, shows="claim"),
    "GET training:claim-notice": one("claim", LEDGER, shows="enrollment"),
    "POST training:claim-publish": one("claim", CLERK, succeeds=(422,)),
    "POST training:claim-object": one("claim", COUNTY, succeeds=(422,)),
    "POST training:claim-settle": one("claim", REVIEWER, more=(987654321,), succeeds=(404,)),
    "POST training:claim-approve": one("claim", REVIEWER, succeeds=(302,)),
    "POST training:claim-refuse": one("claim", REVIEWER, succeeds=(302,)),
    "POST training:claim-withdraw": one("claim", CLERK, succeeds=(302,)),
    "GET training:follow-ups": page(LEDGER, shows="enrollment"),
    "GET training:panel-follow-ups": page(COUNTY),
    "GET training:certificates": one("class", LEDGER, shows="credential"),
    "POST training:certificates-enter": one("class", CLERK, succeeds=(422,)),
    "POST training:certificate-withdraw": one(
        "credential", CLERK, send={"reason": "编号登记有误"}, succeeds=(302,)
    ),
    "GET training:institutions": page(LEDGER, shows="institution"),
    "GET training:institution": one("institution", LEDGER, shows="institution"),
    "POST training:teacher-register": one(
        "institution", CLERK, send={"name": "张老师"}, succeeds=(302,)
    ),
    "POST training:teacher-remove": one("institution", CLERK, more=(0,), succeeds=(404,)),
    "POST training:scope-add": one(
        "institution",
        CLERK,
        send={"occupation": "电焊工", "valid_from": "2019-01-01"},
        succeeds=(302,),
    ),
    "POST training:scope-end": one("institution", CLERK, more=(0,), succeeds=(404,)),
    "GET training:panel-unfinished": page(CLERK),
    # Without a region and a period it names no figure; tests/training/test_figure_rows.py.
    "GET training:panel-figure-classes": page(LEDGER, succeeds=(404,)),
    "GET training:panel-newest": page(LEDGER, shows="class"),
    "GET training:panel-person": one(
        "person", LEDGER, answers_empty=True, seen_as="enrollment", shows="enrollment"
    ),
    # the API
    "GET api:schema": page(SIGNED_IN, api=True),
    "GET api:docs": page(SIGNED_IN),
    "GET api:region-list": page(FIGURES, api=True),
    "GET api:region-detail": one("region", FIGURES, api=True),
    "GET api:region-children": one("region", FIGURES, api=True),
    "GET api:person-list": page(LEDGER, api=True, shows="person"),
    "GET api:person-detail": one("person", LEDGER, api=True, shows="person"),
    "GET api:quota-document-list": page(FIGURES, api=True, shows="quota-document"),
    "GET api:quota-document-detail": one(
        "quota-document", FIGURES, api=True, shows="quota-document"
    ),
    "GET api:quota-list": page(FIGURES, api=True, shows="quota"),
    "GET api:quota-detail": one("quota", FIGURES, api=True, shows="quota"),
    "GET api:measure-list": page(FIGURES, api=True),
    # Without a measure it asks for none; tests/api/test_figures.py.
    "GET api:figure-list": page(FIGURES, api=True, succeeds=(400,)),
    "GET api:class-list": page(LEDGER, api=True, shows="class"),
    "GET api:class-detail": one("class", LEDGER, api=True, shows="class"),
    "POST api:number-check-list": act(
        IMPORTERS, api=True, send={"number": citizen_number(5)}, succeeds=(200,)
    ),
    "GET api:enrollment-list": page(LEDGER, api=True, shows="enrollment"),
    "GET api:enrollment-detail": one("enrollment", LEDGER, api=True, shows="enrollment"),
    "POST api:enrollment-list": act(
        CLERK,
        api=True,
        send=lambda world, place: {"region": place, "program": "skills", "rows": [a_roster_row()]},
        succeeds=(201,),
    ),
    "GET api:ledger-row-list": page(CLERK, api=True, shows="draft"),
    "GET api:ledger-row-columns": page(CLERK, api=True),
    "GET api:ledger-row-changes": page(CLERK, api=True),
    "POST api:ledger-row-judge": act(
        CLERK, api=True, send=lambda world, place: sent_rows(place), succeeds=(200,)
    ),
    "POST api:ledger-row-save": act(
        CLERK, api=True, send=lambda world, place: sent_rows(place, op="7" * 32), succeeds=(200,)
    ),
    "GET api:roll-call-detail": one("class", LEDGER, api=True, shows="class"),
    "GET api:roll-call-columns": one("class", LEDGER, api=True),
    "GET api:roll-call-changes": one("class", LEDGER, api=True),
    "POST api:roll-call-judge": one("class", CLERK, api=True, send=sent_roll),
    "POST api:roll-call-save": one(
        "class", CLERK, api=True, send=lambda world, place: sent_roll(world, place, op="6" * 32)
    ),
    "GET api:report-list": page(REPORTERS, api=True, shows="report"),
    "POST api:report-list": act(
        REPORTERS,
        api=True,
        send=lambda world, place: {
            "report": "quota-execution",
            "region": place,
            "period": "2019-11",
        },
        succeeds=(202,),
    ),
    "GET api:report-estimate": page(REPORTERS, api=True, succeeds=(400,)),
    "GET api:report-detail": one("report", REPORTERS, api=True, shows="report"),
    "GET api:report-file": one("report", REPORTERS, api=True, shows="report"),
    "GET api:submission-list": page(FIGURES, api=True, shows="submission"),
    "GET api:submission-detail": one("submission", FIGURES, api=True, shows="submission"),
    "GET api:receipt-list": page(FIGURES, api=True),
    "GET api:receipt-detail": one("receipt", FIGURES, api=True),
    "GET api:import-list": page(FILERS | REVIEWER, api=True, shows="import"),
    "POST api:import-list": act(
        FILERS,
        finds=IMPORTERS,
        send=lambda world, place: {
            "region": place,
            "kind": "training",
            "program": "skills",
            "file": a_file(),
        },
        succeeds=(202,),
        at=(6,),
    ),
    "GET api:import-detail": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, api=True, shows="import"
    ),
    "GET api:import-findings": one(
        "import", FILERS | REVIEWER, finds=OVERSEERS, api=True, shows="import"
    ),
    "POST api:import-confirm": one("import", FILERS, finds=IMPORTERS, api=True, succeeds=(202,)),
    "POST api:import-stop": one("import", FILERS, finds=IMPORTERS, api=True, succeeds=(202,)),
    "POST api:import-try-again": one("import", FILERS, finds=IMPORTERS, api=True, succeeds=(409,)),
    "POST api:import-take-back": one(
        "import",
        FILERS | REVIEWER,
        finds=OVERSEERS,
        api=True,
        send={"reason": "传错了文件"},
        succeeds=(409,),
    ),
}
