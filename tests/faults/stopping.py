"""A worker that stands still where a test wants it, to be killed or let go there.

Started as `celery -A tests.faults.stopping worker`: the product's own worker, with a
pause wrapped around functions of exchange.jobs from outside. The product knows
nothing of it. Called with the key of an import it is the process that confirms one.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from config.celery import app

django.setup()

from exchange import jobs, rollups  # noqa: E402
from exchange.files import reading  # noqa: E402
from exchange.imports import services  # noqa: E402
from exchange.models import ImportBatch  # noqa: E402
from tests.faults.points import Point, Stop  # noqa: E402

__all__ = ["app"]
BLOCK = 500  # lines read at once, so that a small file can be half read


def plant(stop: Stop) -> None:
    """Put the pauses into this process."""
    _around(jobs, "_do", before=lambda *_: stop.at(Point.CLAIMED))
    _around(jobs.Progress, "report", before=lambda _, done, *__: done and stop.at(Point.HALF_READ))
    _around(jobs, "_try_to_wake", before=lambda *_: stop.at(Point.CONFIRMED))
    _around(rollups, "move", before=lambda *_: stop.at(Point.HALF_WRITTEN))
    _around(jobs, "run", after=lambda *_: stop.at(Point.UNACKNOWLEDGED))
    jobs.ending = _ending(jobs.ending, stop)
    reading.read_blocks.__kwdefaults__["block_rows"] = BLOCK


def _around(
    owner: Any,
    name: str,
    before: Callable[..., Any] = lambda *_: None,
    after: Callable[..., Any] = lambda *_: None,
) -> None:
    real = getattr(owner, name)

    @functools.wraps(real)
    def stopping(*arguments: Any, **named: Any) -> Any:
        before(*arguments)
        result = real(*arguments, **named)
        after(*arguments)
        return result

    setattr(owner, name, stopping)


def _ending(real: Callable[..., Any], stop: Stop) -> Callable[..., Any]:
    """Before the last transaction, and in it when only the change of state is missing."""

    @contextmanager
    def ending(job: Any) -> Iterator[Any]:
        judging = job.step == ImportBatch.Step.JUDGE
        if judging:
            stop.at(Point.JUDGED)
        with real(job) as values:
            yield values
            stop.at(Point.STAGED if judging else Point.WRITTEN)

    return ending


plant(Stop(Path(os.environ["STOP_FOLDER"])))

if __name__ == "__main__":
    services.confirm(ImportBatch.objects.get(pk=sys.argv[1]), by=None)
