"""The worker and the clock. Redis only wakes the worker; the truth about jobs is in PostgreSQL."""

import ctypes
import logging.config
import os
import signal
import sys
from contextlib import ExitStack
from typing import Any

from celery import Celery, signals

from core.request_id import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PR_SET_PDEATHSIG = 1
_served = ExitStack()


@signals.setup_logging.connect
def log_like_the_web(**_: Any) -> None:
    """Taking this signal keeps Celery from setting up a log of its own."""
    logging.config.dictConfig(app.conf.LOGGING)


@signals.worker_process_init.connect
def die_with_the_worker(**_: Any) -> None:
    """A child that outlived a killed worker would do its job beside the one that takes it over."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


@signals.task_prerun.connect
def number_the_task(task_id: str, **_: Any) -> None:
    """A task's id takes the place of the request's number in the log and the audit trail."""
    _served.enter_context(serving(task_id))


@signals.task_postrun.connect
def task_is_done(**_: Any) -> None:
    _served.close()
