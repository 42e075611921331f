"""The last answer: what the user gets when a view could not finish."""

from __future__ import annotations

import sys

import psycopg2
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.translation import gettext as _
from psycopg2 import errors

from core.request_id import current_request_id
from core.troubles import NO_ROOM, beneath

RETRY_AFTER_SECONDS = "10"
# The database answers, but not in time: statement canceled, lock not available, deadlock.
TOO_BUSY = (errors.lookup("57014"), errors.lookup("55P03"), errors.lookup("40P01"))
AWAY = (OperationalError, InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError)
# What is not sent back into a page: it is secret, or the new page brings its own.
NOT_KEPT = ("csrfmiddlewaretoken", "password", "token", "otp")


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an exception: 503 when the database is away or too busy, 507 when a disk
    is full, else 500.

    Django calls it while the exception is being handled, whichever layer it came from.
    """
    causes = list(beneath(sys.exception()))
    if any(map(_is_away, causes)):
        return _unavailable(request, causes)
    if any(isinstance(cause, OSError) and cause.errno in NO_ROOM for cause in causes):
        sentence = _("The server's disk for files is full; what you sent was not saved.")
        return _answer(request, "errors/507.html", sentence, 507)
    sentence = _("The portal made a mistake; what you sent may not have been saved.")
    return _answer(request, "errors/500.html", sentence, 500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to what cannot be read, and to a session that could not be kept."""
    causes = list(beneath(exception))
    if any(map(_is_away, causes)):
        return _unavailable(request, causes)
    sentence = _("The portal could not understand this request.")
    return _answer(request, "errors/400.html", sentence, 400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to whom a door does not admit."""
    return _answer(request, "errors/403.html", _("Your role does not allow this."), 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "errors/404.html", _("There is nothing at this address."), 404)


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose CSRF token does not fit."""
    sentence = _("This page had been open too long, so nothing was saved.")
    return _answer(request, "errors/csrf.html", sentence, 403)


def _is_away(trouble: BaseException) -> bool:
    """Whether the database ended the work: what it was shut down by arrives in many shapes.

    A statement that finds the connection gone may get psycopg2's plain DatabaseError,
    and what goes around Django's cursor, such as COPY, psycopg2's own exceptions.
    """
    if isinstance(trouble, psycopg2.Error) and type(trouble) is psycopg2.DatabaseError:
        return trouble.pgcode is None
    return isinstance(trouble, AWAY)


def _unavailable(request: HttpRequest, causes: list[BaseException]) -> HttpResponse:
    sentence = (
        _("The database is too busy to answer in time; what you sent may not have been saved.")
        if any(isinstance(cause, TOO_BUSY) for cause in causes)
        else _("The database does not answer at the moment; what you sent may not have been saved.")
    )
    response = _answer(request, "errors/database_down.html", sentence, 503)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _answer(request: HttpRequest, template: str, sentence: str, status: int) -> HttpResponse:
    request_id = current_request_id()
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(
            {"detail": sentence, "request_id": request_id}, status=status
        )
    else:
        context = {
            "sentence": sentence,
            "request_id": request_id,
            "kept": kept(request.POST),
            "again": request.get_full_path(),
            "csrf_token": get_token(request),
        }
        # Without the request no context processor runs, which might ask the database again.
        response = HttpResponse(loader.render_to_string(template, context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def kept(posted: QueryDict) -> list[tuple[str, str]]:
    """What the user typed, as names and values in order, without secrets; files cannot be kept."""
    return [
        (name, str(value))
        for name, values in posted.lists()
        if not any(part in name.lower() for part in NOT_KEPT)
        for value in values
    ]
