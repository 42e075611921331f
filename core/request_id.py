"""The number of the request (or task) being served: in every log line, audit entry and error page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The number being served (at most 40 characters); empty outside of requests and tasks."""
    return _current.get()


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """Everything inside belongs to this number."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
