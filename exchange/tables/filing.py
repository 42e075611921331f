"""Acts upon a table: begin it, type and explain, file it, return or accept it, give it up.

Nothing else changes a filing's state. Whoever decides did not file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import Region, User
from exchange import rollups
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.models import TableCell, TableFiling
from exchange.periods import Period
from exchange.reports.basis import basis_of
from exchange.submissions.closing import hold
from exchange.submissions.codes import code_of
from exchange.submissions.digests import sm3
from exchange.submissions.explaining import sound_explanation
from exchange.tables import duties, frozen
from exchange.tables.announcing import announce
from exchange.tables.declared import table_of
from exchange.tables.filling import CellUnreadable, Filled, Typed, fill, read_typed
from exchange.tables.findings import Finding, findings_of
from exchange.tables.heads import form_of
from exchange.tables.relations import Place

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("table begun"),
    gettext_noop("table typed in"),
    gettext_noop("table explained"),
    gettext_noop("table filed"),
    gettext_noop("table returned"),
    gettext_noop("table accepted"),
    gettext_noop("table dropped"),
)
State = TableFiling.State
LONGEST_PHONE = 30
SERIALIZATION_FAILURE = "40001"

NO_SUCH_TABLE = gettext_noop("This office files no such table for this period.")
NOT_OVER = gettext_noop("This period is not over yet. A table is filed once it is.")
STANDS = gettext_noop("This table is begun or filed already. Load the page again.")
CHANGED = gettext_noop("This table was changed meanwhile. Load the page again.")
NOT_FILEABLE = gettext_noop("%(count)s findings stand against filing this table. Deal with each.")
BEING_COUNTED = gettext_noop(
    "The portal was upgraded and figures are being counted. Nothing was filed; file the table in a "
    "quarter of an hour."
)
FILED_IT = gettext_noop("You filed this table yourself. Somebody else must decide on it.")
NO_SUCH_CELL = gettext_noop("This table has no such cell to type into.")
UNREADABLE = gettext_noop(
    "“%(text)s” cannot stand in line %(line)s, column %(column)s. Type a number without a unit, or "
    "up to 200 characters where words are asked for."
)


class TableRefused(JobRefused):
    """An act that cannot be done, or that somebody else was faster with."""


class TableNotFileable(TableRefused):
    """What stands against filing; `findings` are those that keep it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(NOT_FILEABLE, count=len(findings))
        self.findings = findings


@transaction.atomic
def open_filing(*, table: str, region_code: str, period: str, by: User) -> TableFiling:
    """Begin an office's table for a period, or the next round of one that was returned.

    What was typed and explained in the round before is taken along. Raises PermissionError,
    TableRefused.
    """
    if not duties.may_fill(by, region_code):
        raise PermissionError
    asked = _possible(table, region_code, period)
    rounds = TableFiling.objects.of(table, region_code, asked.text)
    before = rounds.first()
    try:
        with transaction.atomic():
            filing = TableFiling.objects.create(
                table=table,
                region_code=region_code,
                period=asked.text,
                office=by.office if by.office and by.office.region_id == region_code else None,
                round=before.round + 1 if before else 1,
                made_by=by,
                contact=before.contact if before else "",
            )
    except IntegrityError:
        raise TableRefused(STANDS) from None
    if before:
        _take_along(before, filing)
    _record("begun", filing, by)
    return filing


def _possible(table: str, region_code: str, period: str) -> Period:
    asked = Period.parse(period)
    try:
        declared = table_of(table)
    except KeyError:
        raise TableRefused(NO_SUCH_TABLE) from None
    if not declared.is_for(region_code, asked):
        raise TableRefused(NO_SUCH_TABLE)
    if asked.last_day >= timezone.localdate():
        raise TableRefused(NOT_OVER)
    return asked


def _take_along(before: TableFiling, filing: TableFiling) -> None:
    typed = [cell for cell in before.cells.all() if cell.typed_by or cell.explanation]
    for cell in typed:
        cell.pk, cell.filing = None, filing
        if not cell.typed_by:
            cell.value, cell.text, cell.figure = None, "", ""
    TableCell.objects.bulk_create(typed)


@transaction.atomic
def type_cells(
    *,
    filing: TableFiling,
    said: Mapping[Place, str],
    version: int,
    by: User,
    contact: str | None = None,
) -> None:
    """Type into cells of a draft, all of them or none; an empty text empties a cell.

    Raises PermissionError, TableRefused: for a cell that is not typed, or holds what it cannot,
    or when a colleague changed the draft since `version`.
    """
    filing = _draft(filing, version, by)
    typed = {place: _read(filing, place, text) for place, text in said.items()}
    for place, cell in typed.items():
        TableCell.objects.update_or_create(
            filing=filing,
            line=place.line,
            column=place.column,
            defaults={
                "value": cell.value,
                "text": cell.text,
                "origin": TableCell.Origin.TYPED,
                "typed_by": by.pk,
                "typed_at": timezone.now(),
            },
        )
    values: dict[str, Any] = {"version": F("version") + 1}
    if contact is not None:
        values["contact"] = contact.strip()[:LONGEST_PHONE]
    TableFiling.objects.filter(pk=filing.pk).update(**values)
    _record("typed_in", filing, by, {"cells": len(typed)})


def _read(filing: TableFiling, place: Place, text: str) -> Typed:
    table = table_of(filing.table)
    columns = {column.code: column for column in table.columns_for(filing.region_code)}
    column = columns.get(place.column)
    if column is None or not column.is_typed:
        raise TableRefused(NO_SUCH_CELL)
    try:
        return read_typed(column, text)
    except CellUnreadable:
        shown = {"text": text[:40], "line": place.line, "column": place.column}
        raise TableRefused(UNREADABLE, **shown) from None


@transaction.atomic
def explain(*, filing: TableFiling, place: Place, text: str, by: User) -> None:
    """Say why a cell is right although a rule asks; of the table as a whole at the line ''.

    Raises PermissionError, TableRefused, or JobRefused for a text that says nothing.
    """
    filing = _draft(filing, None, by)
    said = sound_explanation(text, filing.region_code)
    TableCell.objects.update_or_create(
        filing=filing,
        line=place.line,
        column=place.column,
        defaults={"explanation": said},
        create_defaults={"explanation": said, "origin": TableCell.Origin.NONE},
    )
    TableFiling.objects.filter(pk=filing.pk).update(version=F("version") + 1)
    _record("explained", filing, by, {"cell": f"{place.line}{place.column}"})


def _draft(filing: TableFiling, version: int | None, by: User) -> TableFiling:
    """The draft, held until the transaction ends."""
    if not duties.may_fill(by, filing.region_code):
        raise PermissionError
    return _held(filing, version, {State.DRAFT})


def _held(filing: TableFiling, version: int | None, states: set[Any]) -> TableFiling:
    rows = TableFiling.objects.select_for_update(of=("self",))
    locked: TableFiling | None = rows.filter(pk=filing.pk).first()
    stale = locked is None or (version is not None and locked.version != version)
    if locked is None or stale or locked.state not in states:
        raise TableRefused(CHANGED)
    return locked


def notes_of(filing: TableFiling) -> dict[Place, TableCell]:
    """What is kept of a draft: its typed and explained cells."""
    return {Place(cell.line, cell.column): cell for cell in filing.cells.all()}


def filled_of(filing: TableFiling, notes: Mapping[Place, TableCell]) -> Filled:
    """A draft, filled as of now."""
    region = Region.objects.get(pk=filing.region_code)
    typed = {place: Typed(cell.value, cell.text) for place, cell in notes.items() if cell.typed_by}
    return fill(table_of(filing.table), region, Period.parse(filing.period), typed)


def judged_of(filing: TableFiling) -> tuple[Filled, list[Finding]]:
    """A draft filled as of now, with all that stands against filing it."""
    notes = notes_of(filing)
    filled = filled_of(filing, notes)
    explained = {place: cell.explanation for place, cell in notes.items() if cell.explanation}
    form = form_of(filled)
    return filled, findings_of(filled, form, timezone.localdate(), explained)


def file(*, filing: TableFiling, version: int, by: User) -> TableFiling:
    """File a draft in the name of its office: its cells are frozen as of one moment.

    Raises PermissionError, TableNotFileable with what stands against it, TableRefused when
    somebody was faster. Cannot be called within another transaction.
    """
    if not duties.may_file(by, filing.region_code):
        raise PermissionError
    if (filing.version, filing.state) != (version, State.DRAFT):
        raise TableRefused(CHANGED)
    try:
        with transaction.atomic(durable=True):
            _stand_still(filing.region_code)
            return _file(_held(filing, version, {State.DRAFT}), by)
    except OperationalError as trouble:
        if getattr(trouble.__cause__, "pgcode", "") != SERIALIZATION_FAILURE:
            raise
        raise TableRefused(CHANGED) from trouble


def _stand_still(region_code: str) -> None:
    """Let all figures be of one moment: a county is held, above it one snapshot is read."""
    if len(region_code) == duties.COUNTY:
        hold(region_code)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _file(filing: TableFiling, by: User) -> TableFiling:
    if rollups.outdated():
        raise TableRefused(BEING_COUNTED)
    filled, findings = judged_of(filing)
    if standing := [each for each in findings if each.stands]:
        raise TableNotFileable(standing)
    cells = frozen.cells_of(filing, filled, notes_of(filing))
    filing.form = frozen.kept(filled, form_of(filled))
    filing.cells.all().delete()
    TableCell.objects.bulk_create(cells)
    digest = frozen.digest_of(filing, cells)
    filing.declaration, filing.digest = filled.table.digest, digest.hex()
    filing.code, filing.basis = code_of(digest), _basis(filled)
    filing.filled_at = filing.filed_at = timezone.now()
    filing.filed_by, filing.state, filing.version = by, State.FILED, filing.version + 1
    filing.save()
    _record("filed", filing, by, {"cells": len(cells), "sha256": filing.digest})
    announce("filed", filing, by=by)
    return filing


def _basis(filled: Filled) -> str:
    """The SM3 of the receipts that the months of the table rest on, and of its declaration."""
    basis = basis_of(filled.region, filled.counted_since, filled.period.last_day)
    said = [filled.table.digest, *basis.codes, str(basis.open_months), str(basis.restated)]
    return sm3("\n".join(said).encode()).hex()


@transaction.atomic
def accept(*, filing: TableFiling, version: int, by: User) -> None:
    """The level above finds a filed table in order. Raises PermissionError, TableRefused."""
    _decide(filing, version, by, State.ACCEPTED, {State.FILED}, "")


@transaction.atomic
def give_back(*, filing: TableFiling, version: int, reason: str, by: User) -> None:
    """Back to its office with a reason; it is filed again as the next round.

    Raises PermissionError, TableRefused, or JobRefused for a reason that says nothing.
    """
    reason = sound_reason(reason)
    _decide(filing, version, by, State.RETURNED, {State.FILED, State.ACCEPTED}, reason)


def _decide(
    filing: TableFiling, version: int, by: User, to: Any, sources: set[Any], reason: str
) -> None:
    if not duties.may_decide(by, filing.region_code):
        raise PermissionError
    held = _held(filing, version, sources)
    if held.filed_by_id == by.pk:
        raise TableRefused(FILED_IT)
    values = {"decided_by": by, "decided_at": Now(), "decision": reason}
    TableFiling.objects.filter(pk=held.pk).update(state=to, version=F("version") + 1, **values)
    filing.refresh_from_db()
    act = "accepted" if to == State.ACCEPTED else "returned"
    _record(act, filing, by, {"reason": reason} if reason else None)
    announce(act, filing, by=by)


@transaction.atomic
def drop(*, filing: TableFiling, by: User) -> None:
    """Give a draft up. Raises PermissionError, TableRefused."""
    held = _draft(filing, None, by)
    _record("dropped", held, by)
    held.delete()


def _record(
    act: str, filing: TableFiling, by: User, facts: Mapping[str, Any] | None = None
) -> None:
    audit.record(
        f"exchange.table.{act}",
        by=by,
        target=filing,
        region_code=filing.region_code,
        changes={"report": filing.table, "period": filing.period, "round": filing.round}
        | dict(facts or {}),
    )
