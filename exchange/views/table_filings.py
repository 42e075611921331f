"""One filing of an official table: its cells, what stands against it, and the acts upon it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits
from core.models import Region
from core.rules import say
from exchange.jobs import JobRefused
from exchange.models import TableFiling
from exchange.periods import Period, PeriodUnreadable
from exchange.submissions import codes
from exchange.table_forms import BeginForm, ExplainForm, ReasonForm
from exchange.tables import duties, filing, frozen, papers
from exchange.tables.filling import Filled
from exchange.tables.findings import Finding, findings_of
from exchange.tables.heads import form_of
from exchange.tables.relations import Place
from exchange.tables.shown import Marks, place_of, shown
from exchange.tables.sources import Cell
from exchange.views.jobs import Request
from exchange.views.tables import HERE, TONES, place_names

PAGE = "exchange:table-filing"
State = TableFiling.State
Act = Callable[[TableFiling], Any]
ANOTHERS = gettext_noop("This act is another office's: that of the table, or the one right above.")


def visible(request: Request, public_id: uuid.UUID) -> TableFiling:
    rows = TableFiling.objects.visible_to(request.user)
    people = rows.select_related("made_by", "filed_by", "decided_by", "office")
    found: TableFiling = get_object_or_404(people, public_id=public_id)
    return found


@admits(Permission.FILL_TABLES)
@require_POST
def table_begin(request: Request) -> HttpResponse:
    """Begin a table of one's office, or its next round."""
    form = BeginForm(request.POST)
    if not form.is_valid():
        raise Http404
    asked = {**form.cleaned_data, "period": form.cleaned_data["period"].text}
    asked["region_code"] = asked.pop("region")
    try:
        begun = filing.open_filing(**asked, by=request.user)
    except PermissionError:
        raise Http404 from None
    except (JobRefused, PeriodUnreadable) as refusal:
        messages.warning(request, told(refusal))
        return redirect("exchange:table-list")
    return redirect(PAGE, begun.public_id)


def told(refusal: Exception) -> str:
    """What a refusal says, in the reader's language."""
    return (
        say(refusal.sentence, refusal.params) if isinstance(refusal, JobRefused) else str(refusal)
    )


@admits(Permission.SEE_FIGURES)
@require_safe
def table_filing(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return render(request, f"{HERE}/filing.html", context_of(request, visible(request, public_id)))


def context_of(
    request: Request, found: TableFiling, said: dict[Place, str] | None = None
) -> dict[str, Any]:
    """What the page of a filing shows; `said` is what was typed and not taken."""
    filled, findings = now(found)
    offers = duties.offers(found, request.user)
    explained = {e.place: e.explanation for e in findings if e.explanation}
    marks = Marks({each.place for each in findings}, explained, "fill" in offers)
    table = shown(filled, _linked(found), marks)
    _keep(table, said or {})
    standing = [each for each in findings if each.stands]
    region = Region.objects.get(pk=found.region_code)
    return {
        "filing": found,
        "table": filled.table,
        "region": region,
        "period": Period.parse(found.period),
        "tone": TONES[found.state],
        "shown": table,
        "findings": place_names(filled, findings),
        "standing": len(standing),
        "offers": offers,
        "facts": _facts(found),
        "reason_form": ReasonForm(),
        "has_fields": any(cell["field"] for row in table["rows"] for cell in row["cells"]),
        "rounds": TableFiling.objects.of(found.table, found.region_code, found.period),
    }


def now(found: TableFiling) -> tuple[Filled, list[Finding]]:
    """The cells and findings: of a draft as of now, of a filed table as it was filed."""
    if found.state == State.DRAFT:
        return filing.judged_of(found)
    filled, _form = frozen.read_back(found)
    notes = {p: c.explanation for p, c in filing.notes_of(found).items() if c.explanation}
    kept = findings_of(filled, form_of(filled), timezone.localdate(found.filed_at), notes)
    return filled, [each for each in kept if each.explanation]


def _linked(found: TableFiling) -> Callable[[Place, Cell], str]:
    def link(place: Place, cell: Cell) -> str:
        if not cell.is_filled:
            return ""
        number = int(place.column.strip("()"))
        return reverse("exchange:table-cell", args=[found.public_id, place.line, number])

    return link


def _keep(table: dict[str, Any], said: dict[Place, str]) -> None:
    for row in table["rows"]:
        for cell in row["cells"]:
            place = place_of(cell["field"])
            if place in said:
                cell["typed"] = said[place]


def _facts(found: TableFiling) -> list[dict[str, Any]]:
    facts = [
        {"label": _("Round"), "value": found.round, "kind": "number"},
        {"label": _("Begun by"), "value": found.made_by},
        {"label": _("Begun at"), "value": found.made_at, "kind": "time"},
    ]
    if found.filed_at:
        facts += [
            {"label": _("Filed for the office by"), "value": found.filed_by},
            {"label": _("Filed at"), "value": found.filed_at, "kind": "time"},
            {"label": _("Filing code"), "value": codes.shown(found.code)},
        ]
    if found.decided_at:
        facts += [
            {"label": _("Decided by"), "value": found.decided_by},
            {"label": _("Decided at"), "value": found.decided_at, "kind": "time"},
        ]
    return facts


def _done(request: Request, public_id: uuid.UUID, act: Act, said: str = "") -> HttpResponse:
    """Do the act and go back to the page of the filing, with what came of it."""
    found = visible(request, public_id)
    try:
        act(found)
    except PermissionError:
        messages.warning(request, _(ANOTHERS))
    except JobRefused as refusal:
        messages.warning(request, told(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect(PAGE, public_id)


def _version(request: Request) -> int:
    written = request.POST.get("version", "")
    return int(written) if written.isascii() and written.isdigit() else 0


@admits(Permission.FILL_TABLES)
@require_POST
def table_type(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """Keep what was typed into the cells; what cannot stand there is told and kept on the page."""
    found = visible(request, public_id)
    fields = {place_of(name): text for name, text in request.POST.items()}
    said = {place: str(text) for place, text in fields.items() if place is not None}
    contact = request.POST.get("contact")
    asked = {"said": said, "version": _version(request), "contact": contact}
    try:
        filing.type_cells(filing=found, by=request.user, **asked)
    except PermissionError:
        messages.warning(request, _(ANOTHERS))
        return redirect(PAGE, public_id)
    except JobRefused as refusal:
        messages.warning(request, told(refusal))
        context = context_of(request, found, said)
        return render(request, f"{HERE}/filing.html", context, status=422)
    messages.success(request, _("Kept."))
    return redirect(PAGE, public_id)


@admits(Permission.FILL_TABLES)
@require_POST
def table_explain(request: Request, public_id: uuid.UUID) -> HttpResponse:
    form = ExplainForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Write the explanation before you send it."))
        return _done(request, public_id, lambda _filing: None)
    place = Place(form.cleaned_data["line"], form.cleaned_data["column"])
    asked = {"place": place, "text": form.cleaned_data["text"], "by": request.user}
    return _done(request, public_id, lambda f: filing.explain(filing=f, **asked), _("Explained."))


@admits(Permission.FILE_TABLES)
@require_POST
def table_file(request: Request, public_id: uuid.UUID) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    said = _("Filed. Its cells stay as they are now.")
    return _done(request, public_id, lambda f: filing.file(filing=f, **asked), said)


@admits(Permission.DECIDE_TABLES)
@require_POST
def table_accept(request: Request, public_id: uuid.UUID) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    return _done(request, public_id, lambda f: filing.accept(filing=f, **asked), _("Accepted."))


@admits(Permission.DECIDE_TABLES)
@require_POST
def table_return(request: Request, public_id: uuid.UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    asked = {"version": _version(request), "reason": reason, "by": request.user}
    said = _("Returned to its office with the reason.")
    return _done(request, public_id, lambda f: filing.give_back(filing=f, **asked), said)


@admits(Permission.FILL_TABLES)
@require_POST
def table_drop(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """Give a draft up; its table can be begun anew."""
    found = visible(request, public_id)
    try:
        filing.drop(filing=found, by=request.user)
    except PermissionError:
        messages.warning(request, _(ANOTHERS))
        return redirect(PAGE, public_id)
    except JobRefused as refusal:
        messages.warning(request, told(refusal))
        return redirect(PAGE, public_id)
    messages.success(request, _("The draft is given up."))
    return redirect("exchange:table-list")


@admits(Permission.SEE_FIGURES)
@require_safe
def table_file_xlsx(request: Request, public_id: uuid.UUID) -> FileResponse:
    return _taken_out(request, public_id, papers.XLSX)


@admits(Permission.SEE_FIGURES)
@require_safe
def table_file_pdf(request: Request, public_id: uuid.UUID) -> FileResponse:
    return _taken_out(request, public_id, papers.PDF)


def _taken_out(request: Request, public_id: uuid.UUID, kind: str) -> FileResponse:
    found = visible(request, public_id)
    name, file = papers.take_out(filing=found, kind=kind, by=request.user)
    return FileResponse(file, as_attachment=True, filename=name)
