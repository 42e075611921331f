"""Two of everything: what a role may see, and the same beside, above and beneath it, marked.

Every text column of every row carries a mark that names the place of the row, so that a
row that shows where it must not is recognized whatever way it came there.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from core.access import ADMINISTRATORS
from core.models import Assignment, AuditEntry, Office, Region, User
from core.models.regions import RegionCodeField
from core.sealing import seal, seal_many
from exchange import rollups
from exchange.imports.kinds import kind_of
from exchange.imports.staging import AS_READ_FIELD
from exchange.models import (
    Correction,
    ImportBatch,
    ImportFinding,
    Receipt,
    ReportOrder,
    ReportRun,
    StagedPage,
    StagedRow,
    Submission,
    TableCell,
    TableFiling,
)
from exchange.submissions.codes import code_of
from programs.models import Expert, PostCeiling, Posting, Quota, QuotaDocument, QuotaLine
from talent.models import Credential, Household, HouseholdMembership, Person
from tests.factories import a_plan, a_program, an_account, citizen_number, divisions
from training.drafts import CELLS_FIELD
from training.list_checks.answers import Answer
from training.list_checks.services import CONTENT_FIELD
from training.models import (
    Claim,
    ClaimLine,
    ClassFiling,
    DraftRow,
    Enrollment,
    ExamRoll,
    FollowUp,
    Institution,
    ListCheck,
    Objection,
    Occupation,
    Reconciliation,
    RowChange,
    TrainingClass,
)

# Where each role is granted; beside, above and beneath it lies what it must or must not see.
SEATS = {
    "county-clerk": "621022",
    "county-reviewer": "621022",
    "roster-administrator": "6210",
    "prefecture-officer": "6210",
    "province-officer": "62",
    "training-institution": "621022",
    "committee-member": "621022",
    "system-administrator": "621022",
    "security-administrator": "621022",
    "audit-administrator": "621022",
}
COUNTIES = ("621022", "621021", "622926", "630102")
OFFICES = ("62", "6210", "6229", "63", *COUNTIES)
# A second institution of the same county, which the first one's people must not see.
NEIGHBOR = "621022n"
KEY = "52620000MJT000000X"
MISSING = {int: 987654321, UUID: UUID("00000000-0000-4000-8000-000000000000"), str: "999999"}
# What is not free text, though its column is: keys and states that the code reads.
NOT_TEXT = {
    "book",
    "kind",
    "chapter",
    "digest",
    "report",
    "period",
    "last_period",
    "step",
    "stored_as",
    "password",
    "verb",
    "target_type",
    "rule",
    "narrowed_to",
    "severity",
    "email",
}


def mark(place: str, *, is_business: bool = True) -> str:
    return f"{'bz' if is_business else 'ad'}{place}ry"


def marks_in(body: bytes) -> set[str]:
    if body.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(body)).pages
        # A mark may be broken where a cell's line ends.
        body = "".join("".join(page.extract_text() for page in pages).split()).encode()
    return {found.decode() for found in re.findall(rb"(?:bz|ad)\d+n?ry", body)}


@dataclass
class World:
    """What there is: `things[kind][place]`, and a signed-in client for each role."""

    things: dict[str, dict[str, models.Model]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def keep(self, kind: str, place: str, row: models.Model) -> Any:
        """Mark every text column of a row, save it and remember it by its place."""
        if not isinstance(row, Region):
            plant(row, mark(place, is_business=not isinstance(row, ADMINISTRATIVE)))
            row.save()
        self.things.setdefault(kind, {})[place] = row
        return row

    def key(self, kind: str, place: str) -> Any:
        """What stands for the row in an address."""
        row = self.things[kind][place]
        return getattr(row, "public_id", row.pk)

    def missing(self, kind: str) -> Any:
        """A key of the same shape that nothing has."""
        return MISSING[type(self.key(kind, next(iter(self.things[kind]))))]

    def sees(self, role: str, kind: str, place: str) -> bool:
        """Whether what lies at a place is the role's to see, once its kind is."""
        if role == "training-institution":
            seen = {"class", "claim", "enrollment", "exam", "credential", "institution"}
            return kind in seen and place == SEATS[role]
        if kind == "list-check":  # the asker's alone
            return place == SEATS[role]
        return place.startswith(SEATS[role])

    def may_show(self, role: str, found: str) -> bool:
        """Whether a mark may stand in what the role is shown."""
        if role == "training-institution":
            return found[2:] == f"{SEATS[role]}ry"
        is_own = found[2:].startswith(SEATS[role])
        return is_own and (role not in ADMINISTRATORS or found.startswith("ad"))


ADMINISTRATIVE = (User, Office, Assignment, AuditEntry)


def plant(row: models.Model, text: str) -> None:
    """Write the mark into every text column that holds free text."""
    for column in row._meta.concrete_fields:
        free = isinstance(column, models.CharField | models.TextField) and not column.choices
        if free and not isinstance(column, RegionCodeField) and column.name not in NOT_TEXT:
            setattr(row, column.attname, text[: column.max_length])


def build() -> World:
    """Everything, marked. Runs in the caller's transaction."""
    divisions()
    Region.objects.create(code="63", name="青海省", level=1)
    Region.objects.create(code="6301", name="西宁市", level=2, parent_id="63")
    Region.objects.create(code="630102", name="城东区", level=3, parent_id="6301")
    world = World()
    for place in OFFICES:
        world.keep("region", place, Region.objects.get(pk=place))
        _office_of(world, place)
    plan, program = a_plan(), a_program()
    for place in OFFICES:
        quota = Quota(plan=plan, program=program, region_code=place)
        world.keep("quota", place, quota)
        _document_of(world, place, quota)
        _report_of(world, place)
        _table_of(world, place, f"{plan.pk}-{program.pk}")
        _import_of(world, place)
        if len(place) < 6:
            asked = {"kind": "quotas", "step": "judge", "state": "failed", "size": 9}
            world.keep("quota-import", place, ImportBatch(**asked, region_code=place))
    for place in (*COUNTIES, NEIGHBOR):
        _ledger_of(world, place)
    for place in COUNTIES:
        _receipt_of(world, place)
    rollups.rebuild()
    for role, seat in SEATS.items():
        user = world.users[role] = an_account(f"{role}-acting", role, seat)
        if role == "training-institution":
            user.assignments.update(narrowed_to=KEY)
        world.clients[role] = Client()
        world.clients[role].force_login(user)
    for place in OFFICES:
        _list_check_of(world, place)
        _reconciliation_of(world, place)
    return world


def _reconciliation_of(world: World, place: str) -> None:
    job = Reconciliation(
        state=Reconciliation.State.DONE,
        region_code=place,
        requested_by=world.things["account"][place],
        compared=["category"],
        counts={"missing": 1, "theirs": 1, "ours": 0, "beside": 0},
        cells=[{"cell": {}, "terms": {"theirs": 1, "missing": 1}}],
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    world.keep("reconciliation", place, job)
    job.period, job.program, job.stored_as = "2019", "", ""
    job.save()
    told = {"name": mark(place), "mask": "", "category": "", "program": "", "place": place}
    job.lines.create(way="missing", name=mark(place), line=2, theirs=told)


def _list_check_of(world: World, place: str) -> None:
    """Asked for by whoever may in this seat, else by somebody else of the place."""
    askers = {SEATS[role]: world.users[role] for role in ("county-clerk", "roster-administrator")}
    answer = Answer(sheet="", line=1, name=mark(place), mask="")
    check = ListCheck(
        state=ListCheck.State.DONE,
        region_code=place,
        requested_by=askers.get(place, world.things["account"][place]),
        answers={"unknown": 1},
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    world.keep("list-check", place, check)
    check.content = seal(json.dumps([answer.packed()]), CONTENT_FIELD)
    check.stored_as = ""
    check.save()


def _office_of(world: World, place: str) -> None:
    office = world.keep("office", place, Office(region_id=place))
    user = world.keep("account", place, User(office=office))
    named = mark(place, is_business=False)
    User.objects.create(username=f"{named}-waiting", name=named, office=office)
    role = {2: "province-officer", 4: "prefecture-officer", 6: "county-clerk"}[len(place)]
    world.keep("assignment", place, Assignment(user=user, role=role, region_id=place))
    world.keep("audit", place, AuditEntry(verb="core.account.opened", region_code=place))


def _document_of(world: World, place: str, quota: Quota) -> None:
    """Issued, with one line for the place's own quota; and one that is being drawn up."""
    facts = {"plan": quota.plan, "region_code": place, "kind": "opening"}
    dated = quota.plan.first_day
    issued = world.keep("quota-document", place, QuotaDocument(**facts, dated=dated))
    named = {"region_code": place, "program": quota.program, "change": 100}
    QuotaLine.objects.create(document=issued, quota=quota, **named)
    turned = {"state": "issued", "issued_at": timezone.now()}
    QuotaDocument.objects.filter(pk=issued.pk).update(**turned)
    draft = world.keep("quota-draft", place, QuotaDocument(**facts, dated=dated))
    QuotaLine.objects.create(document=draft, **named)


def _report_of(world: World, place: str) -> None:
    folder = Path(settings.FILES_DIR) / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"report{place}").write_bytes(mark(place).encode())
    made = {
        "state": ReportRun.State.DONE,
        "stored_as": f"report{place}",
        "expires_at": timezone.now() + datetime.timedelta(days=9),
        "as_of": timezone.now(),
        "parameters": {"numbers": 0},
    }
    asked = {"report": "quota-execution", "period": "2019-12", "region_code": place}
    by = world.things["account"][place]
    world.keep("report", place, ReportRun(**asked, **made, requested_by=by))
    order = ReportOrder(
        report="quota-execution", region_code=place, period_kind="month", last_period="2019-12"
    )
    world.keep("report-order", place, order)
    failed = ReportRun(**asked, state=ReportRun.State.FAILED, requested_by=by)
    world.keep("failed-report", place, failed)


def _table_of(world: World, place: str, line: str) -> None:
    """A draft of an official table, with words typed into a cell."""
    account = world.things["account"][place]
    draft = TableFiling(region_code=place, period="2019", made_by=account)
    world.keep("table-filing", place, draft)
    draft.table, draft.declaration, draft.code = "quota-execution", "", ""
    draft.save()
    typed = {"text": mark(place), "origin": TableCell.Origin.TYPED, "typed_by": account.pk}
    TableCell.objects.create(filing=draft, line=line, column="(9)", **typed)


def _receipt_of(world: World, place: str) -> None:
    """Sealed long ago, so that it closes no month that other things lie in."""
    month = world.keep(
        "submission",
        place,
        Submission(
            book="ledger",
            county_code=place,
            prefecture_code=place[:4],
            month=datetime.date(2011, 1, 1),
            state=Submission.State.LOCKED,
            submitted_by=world.things["account"][place],
        ),
    )
    _correction_of(world, place, month)
    link = hashlib.sha256(place.encode()).digest()
    world.things.setdefault("receipt", {})[place] = Receipt.objects.create(
        county_code=place,
        seq=1,
        kind=Receipt.Kind.SUBMISSION,
        submission=month,
        round=1,
        rows=1,
        people=1,
        figures=[["training.attendances", mark(place), mark(place), "1.00"]],
        lines_digest=link,
        prev=bytes(32),
        link=link,
        code=code_of(link),
        sealed_by=world.things["account"][place],
    )


def _correction_of(world: World, place: str, month: Submission) -> None:
    folder = Path(settings.FILES_DIR) / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"evidence{place}").write_bytes(mark(place).encode())
    row = world.things["enrollment"][place]
    asked = Correction(
        submission=month,
        county_code=place,
        kind=Correction.Kind.WITHDRAW,
        chapter="enrollment",
        row_key=row.pk,
        row_version=1,
        evidence_size=9,
        asked_by=world.things["account"][place],
    )
    world.keep("correction", place, asked)
    asked.chapter, asked.evidence_stored_as = "enrollment", f"evidence{place}"
    asked.save()


def _import_of(world: World, place: str) -> None:
    folder = Path(settings.FILES_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"import{place}").write_bytes(mark(place).encode())
    batch = ImportBatch(
        kind="training",
        step=ImportBatch.Step.JUDGE,
        state=ImportBatch.State.WAITING,
        stored_as=f"import{place}",
        size=9,
        people=2,
        accepted=1,
        held=1,
        not_data=0,
        options={"program": "skills"},
        sheets=[a_sheet(mark(place))],
        staged_as=kind_of("training").shape,
        region_code=place,
        requested_by=world.things["account"][place],
    )
    world.keep("import", place, batch)
    finding = ImportFinding(
        batch=batch, sheet=1, line=2, rule="exchange.date_exists", severity="block"
    )
    world.keep("finding", place, finding)
    cells = [mark(place)] * len(kind_of("training").staged)
    accepted = world.keep("staged", place, StagedPage(batch=batch, sheet=1, line=3))
    accepted.lines = "\t".join(["1", "3", *cells])
    accepted.save()
    (sealed,) = seal_many([json.dumps({"name": mark(place)})], AS_READ_FIELD)
    StagedRow.objects.create(batch=batch, sheet=1, line=2, as_read=sealed)


def a_sheet(text: str) -> dict[str, Any]:
    """The report of a sheet with one table, the text wherever a file's words stand."""
    table = {
        "line": 1,
        "digest": "",
        "matched": False,
        "people": 2,
        "titles": {"0": "姓名", "1": text},
        "places": {"name": 0},
        "facts": {"institution": [1, 0, "培训机构", text]},
        "unclear": [],
        "lacks": [],
        "samples": {"0": [text], "1": [text]},
    }
    return {
        "number": 1,
        "name": text,
        "hidden": False,
        "hidden_lines": [],
        "hidden_count": 0,
        "filled_down": 0,
        "passed": {"title": [1, [1]]},
        "tables": [table],
    }


def _ledger_of(world: World, place: str) -> None:
    county = place[:6]
    order = len(world.things.get("person", {}))
    number = citizen_number(order, place=county)
    where = {"county_code": county, "region_code": county}
    person = world.keep(
        "person",
        place,
        Person(
            **where,
            id_number_index=number.encode(),
            id_number_sealed=b"",
            sex="1",
            birth_date=datetime.date(1990, 1, 1),
        ),
    )
    household = world.keep("household", place, Household(**where))
    since = datetime.date(2019, 1, 1)
    HouseholdMembership.objects.create(household=household, person=person, valid_from=since)
    institution = world.keep("institution", place, Institution(county_code=county))
    if place == SEATS["training-institution"]:
        Institution.objects.filter(pk=institution.pk).update(key=KEY)
    occupation, _ = Occupation.objects.get_or_create(name="电焊工")
    dates = {"start_date": datetime.date(2019, 6, 1), "end_date": datetime.date(2019, 6, 9)}
    lesson = {"occupation": occupation, "program": a_program(), "institution": institution}
    taught = world.keep("class", place, TrainingClass(county_code=county, **lesson, **dates))
    enrollment = Enrollment(
        person=person,
        training_class=taught,
        **where,
        prefecture_code=county[:4],
        category="filed-poor",
        program=a_program(),
        as_written={"remark": mark(place)},
        import_batch=world.things["import"][county],
        sheet=1,
        line=2,
        entered_by=world.things["account"][county].pk,
        **dates,
    )
    world.keep("enrollment", place, enrollment)
    _rows_of(world, place, enrollment)
    _filing_of(world, place, taught)
    _service_of(world, place, person)


def _filing_of(world: World, place: str, taught: TrainingClass) -> None:
    """The class is filed with an attachment and waits for a decision."""
    folder = Path(settings.FILES_DIR) / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"filing{place}").write_bytes(mark(place).encode())
    filing = ClassFiling(
        training_class=taught,
        county_code=place[:6],
        state=ClassFiling.State.FILED,
        planned_size=40,
        hours_theory=30,
        hours_practice=30,
        filed_at=timezone.now(),
        filed_by=world.things["account"][place[:6]],
    )
    world.keep("filing", place, filing)
    filing.attachment_stored_as, filing.decision = f"filing{place}", ""
    filing.save()


def _rows_of(world: World, place: str, enrollment: Enrollment) -> None:
    """The row was changed, and another one is not finished yet."""
    where = {"county_code": place[:6], "version": 2}
    before = {"remark": mark(place)}
    change = RowChange(**where, chapter="enrollment", row_key=enrollment.pk, before=before)
    world.keep("change", place, change)
    (sealed,) = seal_many([json.dumps({"name": mark(place)})], CELLS_FIELD)
    author, program = world.things["account"][place[:6]], enrollment.program
    keys = {"client": uuid4(), "op": uuid4(), "author": author, "program": program}
    world.keep("draft", place, DraftRow(**where, **keys, cells=sealed))
    _facts_of(world, place, enrollment)
    _claim_of(world, place, enrollment)


def _claim_of(world: World, place: str, enrollment: Enrollment) -> None:
    """The subsidy is claimed for the row; an objection to it is settled. The publicity is over."""
    by, where = world.things["account"][place[:6]], {"county_code": place[:6]}
    day = datetime.date(2019, 7, 1)
    claim = Claim(
        **where,
        training_class=enrollment.training_class,
        state=Claim.State.PUBLISHED,
        standard=1200,
        made_by=by,
        published_on=day,
        publicity_until=day,
    )
    world.keep("claim", place, claim)
    line = {"enrollment": enrollment, "employment": "employed", "share": 1, "amount": 1200}
    ClaimLine.objects.create(claim=claim, **where, **line)
    about = {"claim": claim, "raised_on": day, "entered_by": by}
    objection = Objection(**where, **about, settled_on=day, settled_by=by)
    world.keep("objection", place, objection)


def _facts_of(world: World, place: str, enrollment: Enrollment) -> None:
    """The row's class has an exam to come, and the row a certificate and an employment."""
    by = world.things["account"][place[:6]]
    exam = {"training_class": enrollment.training_class, "county_code": place[:6], "made_by": by}
    world.keep("exam", place, ExamRoll(**exam, exam_on=datetime.date(2019, 7, 1)))
    held = {"person": enrollment.person, "enrollment_key": enrollment.pk, "entered_by": by}
    issued = {"kind": "completion", "issued_on": datetime.date(2019, 7, 2)}
    world.keep("credential", place, Credential(county_code=place[:6], **held, **issued))
    asked = {"enrollment": enrollment, "county_code": place[:6], "entered_by": by}
    day = datetime.date(2011, 1, 5)
    world.keep("follow-up", place, FollowUp(**asked, visited_on=day, employment="employed"))


def _service_of(world: World, place: str, person: Person) -> None:
    """Somebody is posted to the place, and helps it as an expert."""
    since = {"person": person, "start_date": datetime.date(2019, 1, 1)}
    posting = Posting(**since, kind="paired-aid", county_code=place[:6], region_code=place[:6])
    world.keep("posting", place, posting)
    world.keep("expert", place, Expert(**since, team="senior", county_code=place[:6]))
    numbers = {"total": 100, "senior": 20, "intermediate": 30}
    numbers |= {"filled_senior": 20, "filled_intermediate": 28}
    posts = PostCeiling(**numbers, county_code=place[:6], as_of=datetime.date(2019, 12, 31))
    world.keep("post-ceiling", place, posts)


def fingerprint(outside: str = "") -> list[tuple[str, int, Decimal | None]]:
    """A checksum of each table of ours, whatever the order of its rows.

    With `outside` it is of the rows of other regions only.
    The audit trail is left out: a refused attempt may be written down.
    """
    with connection.cursor() as cursor:
        cursor.execute(_checksums(outside), [])
        return sorted(cursor.fetchall())


def written() -> list[tuple[str, int, int, int]]:
    """How often this transaction has written to each table of ours, undone writes included.

    Where it has not grown nothing was touched, and no fingerprint need be taken.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s) ORDER BY relname",
            [[model._meta.db_table for model in _our_models()]],
        )
        return cursor.fetchall()


@functools.cache
def _checksums(outside: str) -> str:
    parts = []
    for model in _our_models():
        table, column = model._meta.db_table, _region_column(model)
        if column or not outside:
            where = f" WHERE t.{column} NOT LIKE '{outside}%%'" if outside else ""
            rows = "count(*), sum(hashtextextended(t::text, 0))"
            parts.append(f"SELECT '{table}', {rows} FROM {table} AS t{where}")
    return " UNION ALL ".join(parts)


@functools.cache
def _our_models() -> list[type[models.Model]]:
    ours = ("core", "exchange", "talent", "programs", "training", "assessment")
    found = [model for label in ours for model in apps.get_app_config(label).get_models()]
    return [model for model in found if model is not AuditEntry]


def _region_column(model: type[models.Model]) -> str:
    names = {column.column for column in model._meta.concrete_fields}
    return next((name for name in ("county_code", "region_code", "region_id") if name in names), "")
