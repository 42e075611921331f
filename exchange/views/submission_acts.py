"""Acts upon a month: each is a POST that leads back to the page of the month, with what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.access import Permission, admits
from exchange.jobs import JobRefused
from exchange.models import LedgerCheck, ReturnNote, Submission
from exchange.submission_forms import ReopenForm
from exchange.submissions import checking, explaining, moves, returning
from exchange.submissions.books import book_of
from exchange.views.jobs import Request
from exchange.views.submissions import HERE, PAGE, context_of, say, visible

MOST_AT_ONCE = 500
Act = Callable[[Submission], Any]
Move = Callable[..., None]


def _done(request: Request, pk: int, act: Act, said: str = "") -> HttpResponse:
    """Do the act and go back to the page of the month; 404 for whom it is not the turn of."""
    found = visible(request, pk)
    _try(request, found, act, said)
    return redirect(PAGE, pk)


def _try(request: Request, found: Submission, act: Act, said: str) -> bool:
    try:
        act(found)
    except PermissionError:
        raise Http404 from None
    except JobRefused as refusal:
        say(request, refusal)
        return False
    if said:
        messages.success(request, said)
    return True


def _version(request: Request) -> int:
    """The version of the month that the user's page showed."""
    written = request.POST.get("version", "")
    return int(written) if _is_key(written) else 0


@admits(Permission.PREPARE_SUBMISSIONS)
@require_POST
def submission_check(request: Request, pk: int) -> HttpResponse:
    asked = {"step": LedgerCheck.Step.CHECK, "by": request.user}
    return _done(request, pk, lambda found: checking.request_check(submission=found, **asked))


@admits(Permission.REVIEW_LEDGER)
@require_POST
def submission_submit(request: Request, pk: int) -> HttpResponse:
    late_reason = request.POST.get("late_reason", "")
    asked = {"step": LedgerCheck.Step.SUBMIT, "by": request.user, "late_reason": late_reason}
    return _done(request, pk, lambda found: checking.request_check(submission=found, **asked))


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def submission_accept(request: Request, pk: int) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    return _done(request, pk, lambda s: moves.accept(submission=s, **asked), _("Accepted."))


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def submission_return(request: Request, pk: int) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    said = _("Returned to the county with the notes.")
    return _done(request, pk, lambda s: moves.return_(submission=s, **asked), said)


@admits(Permission.LOCK_LEDGER)
@require_POST
def submission_lock(request: Request, pk: int) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    return _done(request, pk, lambda s: moves.lock(submission=s, **asked), _("Locked."))


@admits(Permission.LOCK_LEDGER)
@require_POST
def submission_reopen(request: Request, pk: int) -> HttpResponse:
    found, form = visible(request, pk), ReopenForm(request.POST)
    if not form.is_valid():
        context = context_of(request, found) | {"reopen_form": form}
        return render(request, f"{HERE}/detail.html", context, status=422)
    asked = {"version": _version(request), "by": request.user, **form.cleaned_data}
    said = _("Opened again. The county's office can change its rows until the day is over.")
    return _done(request, pk, lambda s: moves.reopen(submission=s, **asked), said)


@admits(Permission.LOCK_LEDGER)
@require_POST
def submission_close(request: Request, pk: int) -> HttpResponse:
    asked = {"version": _version(request), "by": request.user}
    return _done(request, pk, lambda s: moves.close(submission=s, **asked), _("Locked."))


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def submission_note(request: Request, pk: int) -> HttpResponse:
    """Pin a note to a row; back to the page of the row."""
    found, given = visible(request, pk), request.POST
    key = given.get("key", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    row = (given.get("chapter", ""), int(key))
    asked = {"row": row, "column": given.get("column", ""), "text": given.get("text", "")}
    said = _("Noted. The county reads it once you return the month.")
    _try(request, found, lambda s: returning.note(submission=s, **asked, by=request.user), said)
    shown = book_of(found.book).shown([row]).get(row)
    return redirect(shown.url) if shown else redirect("exchange:submission", pk)


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def note_drop(request: Request, pk: int, note: int) -> HttpResponse:
    return _done(request, pk, lambda s: returning.drop(note=_note(s, note), by=request.user))


@admits(Permission.PREPARE_SUBMISSIONS)
@require_POST
def note_answer(request: Request, pk: int, note: int) -> HttpResponse:
    asked = {"text": request.POST.get("text", ""), "by": request.user}
    said = _("Answered.")
    return _done(request, pk, lambda s: returning.answer(note=_note(s, note), **asked), said)


def _note(submission: Submission, pk: int) -> ReturnNote:
    found: ReturnNote = get_object_or_404(submission.notes.all(), pk=pk)
    return found


@admits(Permission.PREPARE_SUBMISSIONS)
@require_POST
def submission_explain(request: Request, pk: int, rule: str) -> HttpResponse:
    """Explain one finding, or all of the rule whose rows are of the same class."""
    found = visible(request, pk)
    chosen = request.POST.get("finding", "")
    meant = found.findings.filter(rule=rule, pk=int(chosen) if _is_key(chosen) else 0)
    together = request.POST.get("group") if request.POST.get("together") else None
    findings = meant if together is None else explaining.of_group(found, rule, together)
    asked = {"findings": findings, "text": request.POST.get("text", ""), "by": request.user}
    said = _("Explained.")
    _try(request, found, lambda s: explaining.explain(submission=s, **asked), said)
    return redirect(reverse("exchange:submission-findings", args=[pk, rule]))


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def accept_many(request: Request) -> HttpResponse:
    return _done_to_many(request, moves.accept)


@admits(Permission.LOCK_LEDGER)
@require_POST
def lock_many(request: Request) -> HttpResponse:
    return _done_to_many(request, moves.lock)


def _done_to_many(request: Request, move: Move) -> HttpResponse:
    """Move the months that were ticked, each by itself; what was refused is told of each."""
    asked = request.POST.getlist("month")[:MOST_AT_ONCE]
    parted = (each.partition(":") for each in asked)
    versions = {int(k): int(v) for k, _colon, v in parted if _is_key(k) and _is_key(v)}
    seen = Submission.objects.visible_to(request.user, Permission.SEE_LEDGER)
    found = seen.filter(pk__in=versions)
    done = sum(is_moved(request, move, each, versions[each.pk]) for each in found)
    if done:
        said = ngettext("%(number)s month is done.", "%(number)s months are done.", done)
        messages.success(request, said % {"number": done})
    return redirect("exchange:submission-list")


def _is_key(written: str) -> bool:
    return written.isdecimal() and len(written) < 10


def is_moved(request: Request, move: Move, found: Submission, version: int) -> bool:
    """Make one move of many; what was refused is told with the month."""
    try:
        move(submission=found, version=version, by=request.user)
    except PermissionError:
        return False
    except JobRefused as refusal:
        told = _(refusal.sentence) % refusal.params
        messages.warning(request, f"{found.county_code} {found.month:%Y-%m}: {told}")
        return False
    return True
