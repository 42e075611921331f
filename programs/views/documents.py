"""Quota documents: the list, one with its lines, and what is done with a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Permission, admits, may, scope_of
from core.downloads import download
from core.models import Region, User
from core.paging import page_of
from exchange.lists import place_names
from programs import quota_book, services
from programs.document_forms import DocumentFilters, NewDocumentForm, PaperForm, PlanForm
from programs.judging_quotas import Prospect, findings_of, key_of
from programs.models import QuotaDocument, QuotaLine
from programs.quota_book import Paper
from programs.services import QuotaTrouble

ALLOT, SEE = Permission.ALLOT_QUOTAS, Permission.SEE_FIGURES
PAGE = "programs:document"
TONES = {"draft": "warning", "issued": "success"}


@admits(SEE)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    filters = DocumentFilters(request.GET, user=user)
    rows = filters.rows().select_related("plan", "issued_by")
    page = page_of(rows, request.GET, ["-id"])
    names = place_names(each.region_code for each in page.rows)
    moved = _moved(user, page.rows)
    context = {
        "filters": filters,
        "page": page,
        "rows": [
            {
                "document": each,
                "place": names.get(each.region_code, each.region_code),
                "tone": TONES[each.state],
                "moved": moved.get(each.pk, {}),
            }
            for each in page.rows
        ],
        "may_allot": may(user, ALLOT),
    }
    return render(request, "programs/book/documents.html", context)


def _moved(user: User, documents: list[QuotaDocument]) -> dict[int, dict[str, Any]]:
    """How many lines of each the user may see, and their sum."""
    lines = QuotaLine.objects.visible_to(user).filter(document__in=documents)
    sums = lines.order_by().values("document").annotate(lines=Count("pk"), sum=Sum("change"))
    return {row["document"]: row for row in sums}


@admits(ALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    asked = {name: request.GET[name] for name in ("region", "plan", "kind") if name in request.GET}
    form = NewDocumentForm(*_sent(request), user=user, initial=asked)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        document = quota_book.draw_up(
            plan=chosen["plan"], region_code=chosen["region"], kind=chosen["kind"], by=user
        )
        return redirect("programs:document-lines", document.public_id)
    return _form_page(request, form, _("Draw up a quota document"), "new")


@admits(ALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = PlanForm(*_sent(request), user=user)
    if form.is_bound and form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            plan = services.open_plan(region_code=asked.pop("region"), **asked, by=user)
            address = f"?plan={plan.pk}&region={plan.region_code}&kind=issue"
            return redirect(reverse("programs:document-new") + address)
        except QuotaTrouble as trouble:
            form.add_error(None, str(trouble))
    return _form_page(request, form, _("Enter a plan"), "plan")


def _form_page(request: HttpRequest, form: Any, heading: str, page: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "page": page,
        "breadcrumb": crumbs(heading),
        "cancel_url": reverse("programs:documents"),
    }
    status = 422 if form.errors else 200
    return render(request, "programs/book/form.html", context, status=status)


def crumbs(*labels: str) -> list[dict[str, str]]:
    listed = {"label": _("Quota documents"), "url": reverse("programs:documents")}
    return [listed, *({"label": label, "url": ""} for label in labels)]


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def seen_document(user: User, public_id: UUID, permission: Permission = SEE) -> QuotaDocument:
    """The document if the user may see it, or do with it what the permission says; else 404."""
    rows = QuotaDocument.objects.visible_to(user, permission)
    found = rows.select_related("plan", "made_by", "issued_by", "import_batch")
    return get_object_or_404(found, public_id=public_id)


def draft_of(user: User, public_id: UUID) -> QuotaDocument:
    found = seen_document(user, public_id, ALLOT)
    if found.state != QuotaDocument.State.DRAFT:
        raise Http404
    return found


@admits(SEE)
@require_safe
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = seen_document(user, public_id)
    is_draft = found.state == QuotaDocument.State.DRAFT
    may_act = is_draft and scope_of(user, ALLOT).covers(found.region_code)
    unnumbered = _("draft") if is_draft else _("without a number yet")
    context = {
        "document": found,
        "tone": TONES[found.state],
        "place": Region.objects.get(pk=found.region_code).name,
        "lines": shown_lines(user, found),
        "elsewhere": _elsewhere(user, found),
        "findings": findings_of(found) if may_act else [],
        "may_act": may_act,
        "breadcrumb": crumbs(str(found) if found.number else unnumbered),
    }
    return render(request, "programs/book/document.html", context)


def shown_lines(user: User, document: QuotaDocument) -> list[dict[str, Any]]:
    """The lines in the user's regions; those of a draft with what the quotas hold and would."""
    lines = list(
        QuotaLine.objects.visible_to(user).filter(document=document).select_related("program")
    )
    names = place_names(line.region_code for line in lines)
    prospect = Prospect(document) if document.state == QuotaDocument.State.DRAFT else None
    return [
        {
            "line": line,
            "place": names.get(line.region_code, line.region_code),
            "now": prospect.had(key_of(line)) if prospect else None,
            "then": prospect.amount(key_of(line)) if prospect else None,
        }
        for line in lines
    ]


def _elsewhere(user: User, document: QuotaDocument) -> dict[str, Any]:
    """What the document moves in regions that are not the user's: how many lines, which sum."""
    own = QuotaLine.objects.visible_to(user)
    rest = document.lines.exclude(pk__in=own.values("pk"))
    return rest.aggregate(lines=Count("pk"), sum=Sum("change"))


@admits(ALLOT)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = draft_of(user, public_id)
    stands = {name: getattr(found, name) for name in (*Paper.__annotations__, "version")}
    form = PaperForm(*_sent(request), initial=stands)
    if form.is_bound and form.is_valid():
        try:
            quota_book.name_paper(
                document=found,
                paper=form.paper,
                version=form.cleaned_data["version"],
                attached=form.attached,
                by=user,
            )
            return redirect(PAGE, public_id)
        except QuotaTrouble as trouble:
            form.add_error(None, str(trouble))
    context = {
        "form": form,
        "heading": _("The paper of the document"),
        "attached": found.attachment_name,
        "page": "paper",
        "breadcrumb": crumbs(_("The paper of the document")),
        "cancel_url": reverse(PAGE, args=[public_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "programs/book/form.html", context, status=status)


@admits(ALLOT)
@require_POST
def issue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = draft_of(user, public_id)
    try:
        quota_book.issue(document=found, version=_version(request), by=user)
        messages.success(request, _("The document is issued; the places it names are told."))
    except QuotaTrouble as trouble:
        messages.error(request, str(trouble))
    return redirect(PAGE, public_id)


@admits(ALLOT)
@require_POST
def drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = draft_of(user, public_id)
    try:
        quota_book.drop(document=found, version=_version(request), by=user)
    except QuotaTrouble as trouble:
        messages.error(request, str(trouble))
        return redirect(PAGE, public_id)
    messages.success(request, _("The draft is given up."))
    return redirect("programs:documents")


def _version(request: HttpRequest) -> int:
    seen = request.POST.get("version", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0


@admits(SEE)
@require_safe
def attachment(request: HttpRequest, public_id: UUID) -> FileResponse:
    user: User = request.user  # type: ignore[assignment]
    found = seen_document(user, public_id)
    if not found.attachment_stored_as:
        raise Http404
    try:
        name, file = quota_book.open_attachment(found, by=user)
    except FileNotFoundError:
        raise Http404 from None
    return download(file, name)
