"""The portal, or something to compare it with, behind gunicorn: two sync workers, asked over http."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import Client

from core.models import Assignment, Office, Region, User

ROOT = Path(__file__).resolve().parent.parent
WORKERS, PATIENCE_SECONDS, ASKED_SECONDS = 2, 60, 600
Milliseconds = list[float]


def a_user(role: str, region_code: str) -> User:
    """Somebody with a role in a region, made once."""
    region = Region.objects.get(pk=region_code)
    office, _made = Office.objects.get_or_create(region=region, name=f"bench {region_code}")
    user, _made = User.objects.get_or_create(username=f"{role}-{region_code}", office=office)
    Assignment.objects.get_or_create(user=user, role=role, region=region)
    return user


def signed_in(user: User) -> dict[str, str]:
    """The headers of somebody's requests."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={client.cookies[name].value}", "Accept-Language": "zh-CN"}


class Site:
    """A served application."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=ASKED_SECONDS)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    def timed(self, path: str, headers: dict[str, str]) -> float:
        """Milliseconds until the whole page is here."""
        started = time.perf_counter()
        status, body = self.get(path, headers)
        took = 1000 * (time.perf_counter() - started)
        if status != http.client.OK:
            raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
        return took


@contextmanager
def served(application: str) -> Iterator[Site]:
    """A WSGI application by its dotted name, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        str(WORKERS),
        "--worker-class",
        "sync",
    ]
    command += ["--timeout", str(ASKED_SECONDS), "--bind", f"127.0.0.1:{port}", application]
    log = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=log, stderr=log) as server:
        try:
            _wait(port)
            yield Site(port)
        finally:
            server.terminate()


def _wait(port: int) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The server did not start.")


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def spread(values: Sequence[float]) -> str:
    """The median, and the least and the most in brackets."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
