"""What every request passes: its number in the log, and the content security policy."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.request_id import serving

Handler = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("portal.request")

# What a proxy in front may have given; anything else is not let into the log.
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{8,40}")


class RequestIdMiddleware:
    """Numbers the request (X-Request-ID) and logs one line when it is done."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        with serving(request_id):
            started = time.monotonic()
            response = self.get_response(request)
            self.report(request, response, time.monotonic() - started)
        response.headers["X-Request-ID"] = request_id
        return response

    def report(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        # The path only: what stands after the question mark may name a person.
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round(seconds * 1000),
        )


def client_address(request: HttpRequest) -> str:
    """The browser's address as the proxy in front wrote it: its own entry is the last one."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or str(request.META["REMOTE_ADDR"])


class ContentSecurityPolicyMiddleware:
    """Sends SECURE_CSP; goes when Django 6, which has one under this setting, comes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            " ".join([directive, *sources]) for directive, sources in settings.SECURE_CSP.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
