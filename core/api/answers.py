"""What the API answers when it cannot do what was asked: JSON with a sentence for the reader."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.request_id import current_request_id

SENTENCES = {
    exceptions.NotAuthenticated: _("Nobody is signed in. Sign in and try again."),
    exceptions.PermissionDenied: _("Your role does not allow this."),
    exceptions.NotFound: _("There is nothing at this address."),
    exceptions.ValidationError: _("Something in the request is not as it must be; see “errors”."),
}


class StateConflict(exceptions.APIException):
    """An act that the state of its object does not allow (any more)."""

    status_code = status.HTTP_409_CONFLICT


class ActUnacceptable(exceptions.APIException):
    """A request that is well formed but cannot be carried out as it stands."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is too large. Send the rows in several requests.")


def answer(trouble: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; None leaves it to the pages' last answer (500, 503).

    An act outside the actor's scope is answered like an object that is not there.
    """
    if isinstance(trouble, PermissionError) and trouble.errno is None:
        trouble = exceptions.NotFound()
    if isinstance(trouble, RequestDataTooBig):
        trouble = BodyTooLarge()
    response = exception_handler(trouble, context)
    if response is not None:
        response.data = _body(trouble, response)
        response["Cache-Control"] = "no-store"
    return response


def _body(trouble: Exception, response: Response) -> dict[str, Any]:
    body: dict[str, Any] = {"detail": _sentence(trouble, response)}
    if isinstance(trouble, exceptions.ValidationError):
        body["errors"] = response.data
    return body | {"request_id": current_request_id()}


def _sentence(trouble: Exception, response: Response) -> str:
    """Our own sentence in place of a stock one, and never one that tells the missing apart."""
    if response.status_code == status.HTTP_404_NOT_FOUND:
        return str(SENTENCES[exceptions.NotFound])
    if isinstance(trouble, exceptions.ValidationError):
        return str(SENTENCES[exceptions.ValidationError])
    stock = getattr(trouble, "detail", None) in (None, getattr(trouble, "default_detail", None))
    if stock and response.status_code == status.HTTP_403_FORBIDDEN:
        return str(SENTENCES[exceptions.PermissionDenied])
    if isinstance(trouble, exceptions.NotAuthenticated):
        return str(SENTENCES[exceptions.NotAuthenticated])
    return str(response.data["detail"])
