"""The ledger: its rows by filter, and one row with where it came from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import trail
from core.access import Permission, admits, may, scope_of
from core.models import User
from core.paging import Keyset, Page
from exchange.board_figures import counted
from exchange.filters import chips
from exchange.submissions.of_row import of_row
from talent.forms import RevealForm
from talent.views import answer_reveal
from training.book import LEDGER_BOOK
from training.canonical import CHAPTER
from training.filters import LedgerForm
from training.models import Enrollment
from training.views import facts, origins, row_facts, tables
from training.views.ledger_people import people_lines, people_page

NEWEST_FIRST = Keyset("-start_date", "-id")


@admits(Permission.SEE_LEDGER)
def ledger(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = LedgerForm(request.GET, user=user)
    by_person = form.is_by_person
    page, as_of = people_page(request, form) if by_person else ledger_page(request, form)
    context = {
        "form": form,
        "region": form.place,
        "chips": chips(form, request.GET, leave_out=["region"]),
        "page": page,
        "as_of": as_of,
        **(people_lines(request, page) if by_person else row_lines(request, page)),
        "measure": form.counted if form.is_valid() else None,
        "may_import": may(user, Permission.IMPORT_ROSTERS),
        "imports_url": reverse("exchange:import-new"),
        "actions": acts(user),
    }
    return render(request, "training/ledger.html", context)


def row_lines(request: HttpRequest, page: Page) -> dict[str, Any]:
    rows = tables.in_words(page.rows, trail.way(request))
    return {"columns": tables.columns(), "rows": rows, "template": "training/_ledger_row.html"}


def acts(user: User) -> list[dict[str, Any]]:
    if not may(user, Permission.ENTER_LEDGER):
        return []
    return [{"label": _("Enter rows"), "url": reverse("training:grid"), "icon": "table"}]


def ledger_page(request: HttpRequest, form: LedgerForm) -> tuple[Page, Any]:
    """The rows asked for; their total from the kept figures, with its time, where those know it."""
    rows = tables.read(form.rows())
    total, as_of = counted(form.figure())
    page = NEWEST_FIRST.page(
        rows,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        total=total,
    )
    return page, as_of


@admits(Permission.SEE_LEDGER)
def row(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    visible = Enrollment.objects.visible_to(user)
    enrollment = get_object_or_404(
        visible.select_related(
            "person", "program", "training_class__institution", "training_class__occupation"
        ),
        pk=pk,
    )
    context = {
        "row": enrollment,
        "facts": facts.of(enrollment),
        "written": facts.as_written(enrollment),
        "lineage": origins.of(request, enrollment),
        "month": of_row(
            user,
            book=LEDGER_BOOK,
            county=enrollment.county_code,
            day=enrollment.start_date,
            row=(CHAPTER, enrollment.pk),
        ),
        "row_facts": row_facts.of(user, enrollment),
        "person_is_visible": sees_person(user, enrollment),
        "reveal_url": reveal_url(user, enrollment),
        "reveal_form": RevealForm(),
        "actions": [
            {
                "label": _("Change history"),
                "url": trail.onward(request, reverse("training:row-changes", args=[enrollment.pk])),
                "icon": "clock-history",
            }
        ],
        "breadcrumb": [
            {"label": _("Training ledger"), "url": reverse("training:ledger")},
            {"label": enrollment.person.name, "url": ""},
        ],
    }
    return render(request, "training/row.html", context)


def sees_person(user: User, enrollment: Enrollment) -> bool:
    return scope_of(user, Permission.SEE_LEDGER).covers(enrollment.person.county_code)


def reveal_url(user: User, enrollment: Enrollment) -> str:
    if not scope_of(user, Permission.SEE_PERSONAL_NUMBERS).covers(enrollment.county_code):
        return ""
    return reverse("training:reveal", args=[enrollment.pk])


@admits(Permission.SEE_PERSONAL_NUMBERS)
@require_POST
def show_number(request: HttpRequest, pk: int) -> HttpResponse:
    """A number of the row's person in full, once a reason is given; audited."""
    user: User = request.user  # type: ignore[assignment]
    visible = Enrollment.objects.visible_to(user, Permission.SEE_PERSONAL_NUMBERS)
    enrollment = get_object_or_404(visible.select_related("person"), pk=pk)
    return answer_reveal(request, enrollment.person, enrollment.county_code)
