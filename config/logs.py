"""One JSON object a line on stderr, with the request's number and without personal data."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.request_id import current_request_id

Event = MutableMapping[str, Any]

# PostgreSQL repeats whole rows in these lines of an error.
ROW_IN_ERROR = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
# Phones, citizen numbers, bank cards; not the 12 digits of a village's code.
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z-])(1[3-9][0-9]{9}|[0-9]{15,}[Xx]?)(?![0-9A-Za-z-])")


def add_request_id(logger: Any, method: str, event: Event) -> Event:
    if current_request_id():
        event["request_id"] = current_request_id()
    return event


def hide_personal_data(logger: Any, method: str, event: Event) -> Event:
    return {name: _hidden(value) for name, value in event.items()}


def _hidden(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return LONG_NUMBER.sub("(number)", ROW_IN_ERROR.sub(r"\1: (not logged)", value))


PROCESSORS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    add_request_id,
    structlog.processors.format_exc_info,
    structlog.processors.UnicodeDecoder(),
]


def configure(level: str) -> dict[str, Any]:
    """Set structlog up and return what the standard library's logging needs (LOGGING)."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": _formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would write every line a second time.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # One line a task is enough: how it ended.
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


def _formatter() -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=PROCESSORS,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            hide_personal_data,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
