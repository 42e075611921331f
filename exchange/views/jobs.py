"""How far a job is: the fragment that its page asks for every second, and the page's next stage."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from core.downloads import download
from core.models import Region, User
from exchange.imports.moves import ImportNotPossible
from exchange.jobs import ATTEMPTS, lease
from exchange.models import Job
from exchange.reports.services import ReportNotPossible

BODY = "_components/progress_body.html"
STAGE = "stage"  # the element of a page that is swapped as its job moves on
POLLING_ENDS = 286
LONG = datetime.timedelta(seconds=30)
TONES = {
    Job.State.QUEUED: "neutral",
    Job.State.RUNNING: "info",
    Job.State.WAITING: "warning",
    Job.State.DONE: "success",
    Job.State.FAILED: "danger",
    Job.State.STOPPED: "neutral",
    Job.State.UNDONE: "neutral",
}


class Request(HttpRequest):
    """A request that the door has let through: by somebody signed in."""

    user: User
    htmx: HtmxDetails


def progress_of(job: Job, *, title: str, url: str, doing: str, counted: str) -> dict[str, Any]:
    """What `_components/progress.html` shows of a job.

    `doing` says what the running step does, `counted` what its number counts.
    """
    return {
        "title": title,
        "url": url,
        "state": job.get_state_display(),
        "tone": tone_of(job),
        "phase": doing if job.state == Job.State.RUNNING else _waiting(job),
        "interruption": interruption_of(job),
        "percent": job.percent,
        "counts": [{"label": counted, "value": job.done}] if job.done else [],
        "heartbeat": job.lease_until and job.lease_until - lease(),
        "finished": False,
    }


def tone_of(job: Job) -> str:
    return TONES[Job.State(job.state)]


def listed(found: Iterable[Job]) -> list[dict[str, Any]]:
    """Rows for a list of jobs, each with the name of its region and the tone of its state."""
    rows = list(found)
    names = Region.objects.in_bulk({job.region_code for job in rows})
    return [
        {"job": job, "region": names.get(job.region_code, job.region_code), "tone": tone_of(job)}
        for job in rows
    ]


def interruption_of(job: Job) -> str:
    """Why the attempt before broke off, while the next one is awaited or at work; else empty."""
    attempt = job.attempt + (job.state == Job.State.QUEUED)
    if attempt < 2 or not job.is_moving:
        return ""
    told = {"attempt": attempt, "most": ATTEMPTS, "cause": job.error_sentence}
    return _("Attempt %(attempt)s of %(most)s after an interruption: %(cause)s") % told


def attempts_of(job: Job) -> list[dict[str, Any]]:
    """For the facts of a job that came to rest: how often it was begun, if more than once."""
    if job.attempt < 2 or job.is_moving:
        return []
    told = _("%(attempt)s, because the work was interrupted") % {"attempt": job.attempt}
    return [{"label": _("Attempts"), "value": told}]


def _waiting(job: Job) -> str:
    if job.attempt:
        return _("Interrupted; it is taken up again by itself in a moment.")
    if job.started_at and job.started_at > job.queued_at:
        # A later step: since when it waits is not written down.
        return _("Waiting to start. You may leave this page and come back.")
    if timezone.now() - job.queued_at < LONG:
        return _("Waiting to start; this takes a moment.")
    return _(
        "Waiting longer than usual: much is being done, or the background service stands still. "
        "Nothing is lost; you may leave this page and come back."
    )


def answer_poll(
    request: Request, job: Job, progress: dict[str, Any], stage: str, context: dict[str, Any]
) -> HttpResponse:
    """While the job moves, its progress; then the page's next stage, which ends the asking."""
    if job.is_moving:
        return render(request, BODY, progress)
    response = render(request, stage, context, status=POLLING_ENDS)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{STAGE}", "outerHTML"
    return response


def answer_act(
    request: Request, job: Job, stage: str, context: dict[str, Any], page: str
) -> HttpResponse:
    """After an act: the next stage for a page that asked by script, else the page anew."""
    if request.htmx:
        return render(request, stage, context)
    return redirect(page, job.public_id)


def answer_file(
    request: Request, job: Job, page: str, take: Callable[[], tuple[str, BinaryIO | bytes]]
) -> HttpResponse | FileResponse:
    """A job's file, of which `take` gives name and content; else the page, which says why not.

    404 for who may not have it. Whatever takes a file writes it into the audit trail.
    """
    try:
        name, content = take()
    except PermissionError:
        raise Http404 from None
    except (ImportNotPossible, ReportNotPossible) as refusal:
        messages.error(request, _(str(refusal)))
        return redirect(page, job.public_id)
    return download(content, name)
