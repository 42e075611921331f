"""Acts of a list check: ask for it, look its people up, take the answers out, let them go."""

from __future__ import annotations

import datetime
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.sealing import seal, unseal
from exchange import jobs
from exchange.files import FileRefused
from training import handed_in
from training.checking import LIST_CHECKED, LOCK_USER, OVER_BUDGET, seconds_to_wait
from training.judging import seconds_to_judge
from training.list_checks.answers import Answer, answers_to, sound_numbers
from training.list_checks.reading import (
    Asked,
    asked_in_file,
    asked_in_text,
    packed,
    unpacked,
)
from training.models import ListCheck

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("list checked"), gettext_noop("list opened"))

CONTENT_FIELD = "training.ListCheck.content"
EMPTY = gettext_noop("The list is empty. Choose a file, or paste names or citizen numbers.")
NOT_ENTITLED = gettext_noop("You may no longer look people up. Nothing was answered.")
GONE = gettext_noop("The list is no longer there. Ask again.")


def ask(*, by: User, file: IO[bytes] | None = None, name: str = "", text: str = "") -> ListCheck:
    """Ask who of a list, uploaded or pasted, is in which class; a worker looks them up.

    Raises PermissionError for who may bring nothing in, FileRefused for what is no
    spreadsheet, JobRefused for an empty or too long list, or when the budget is spent.
    """
    scope = scope_of(by, Permission.IMPORT_ROSTERS)
    if not scope.whole:
        raise PermissionError
    refuse_over_budget(seconds_to_wait(by))
    pasted = asked_in_text(text) if file is None else []
    if file is None and not pasted:
        raise jobs.JobRefused(EMPTY)
    stored_as = handed_in.keep(file, name) if file else ""
    try:
        with transaction.atomic():
            check = ListCheck.objects.create(
                name=Path(name).name[-255:],
                stored_as=stored_as,
                content=_sealed(packed(pasted)),
                requested_by=by,
                office=by.office,
                region_code=scope.whole[0],
                expires_at=timezone.now()
                + datetime.timedelta(hours=settings.LIST_CHECKS_KEPT_HOURS),
            )
            jobs.send(check)
    except BaseException:
        if stored_as:
            handed_in.path_of(stored_as).unlink(missing_ok=True)
        raise
    return check


def refuse_over_budget(wait: int) -> None:
    """Raise JobRefused when somebody has to wait so many seconds before asking again."""
    if wait:
        raise jobs.JobRefused(OVER_BUDGET, minutes=math.ceil(wait / 60))


@jobs.runs(ListCheck)
def work(check: ListCheck, progress: jobs.Progress) -> None:
    """What a worker does with a list. Looks at the rights again."""
    if not check.stored_as:
        _answer(check, list(unpacked(_opened(check))))
        return
    with handed_in.read_once(check.stored_as) as path:
        if not path.exists():
            raise jobs.JobRefused(GONE)
        try:
            asked = asked_in_file(path, name=check.name, report=progress.report)
        except FileRefused as refusal:
            raise jobs.JobRefused(refusal.sentence, **refusal.facts) from refusal
        _answer(check, asked)


def _answer(check: ListCheck, asked: Sequence[Asked]) -> None:
    """Look the lines up within the budget, keep the answers, and write down that it was done."""
    user = check.requested_by
    regions = scope_of(user, Permission.IMPORT_ROSTERS).whole if user else ()
    if user is None or not regions:
        raise jobs.JobRefused(NOT_ENTITLED)
    with jobs.ending(check) as values:
        numbers = _within_budget(user, asked)
        answers = answers_to(asked, regions)
        audit.record(
            LIST_CHECKED,
            by=user,
            region_code=check.region_code,
            changes={"rows": len(asked), "judged": numbers},
        )
        values |= {
            "state": ListCheck.State.DONE,
            "content": _sealed([answer.packed() for answer in answers]),
            "answers": Counter(answer.kind for answer in answers),
            "stored_as": "",
            "finished_at": Now(),
        }


def _within_budget(user: User, asked: Sequence[Asked]) -> int:
    """How many numbers are looked up. Raises JobRefused beyond what the hour and the day allow."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_USER, [user.pk])
    numbers = len(sound_numbers(asked))
    refuse_over_budget(max(seconds_to_wait(user), seconds_to_judge(user, numbers)))
    return numbers


def answers_of(check: ListCheck) -> list[Answer]:
    """What was found of each line; nothing while it is looked for. Raises SealBroken."""
    if check.state != ListCheck.State.DONE:
        return []
    return [Answer(**row) for row in _opened(check)]


def take_out(check: ListCheck, *, by: User) -> list[Answer]:
    """The answers for somebody who takes them out now; the taking is written down."""
    audit.record(
        "training.list.opened",
        by=by,
        target=check,
        region_code=check.region_code,
        changes={"rows": sum(check.answers.values())},
    )
    return answers_of(check)


def remove_expired() -> int:
    """Remove lists that are past their time, with their answers; returns how many."""
    expired = ListCheck.objects.expired()
    names = list(expired.exclude(stored_as="").values_list("stored_as", flat=True))
    removed, _by_model = expired.delete()
    for name in names:
        handed_in.path_of(name).unlink(missing_ok=True)
    return removed


def _sealed(rows: Sequence[Any]) -> bytes:
    return seal(json.dumps(rows, ensure_ascii=False), CONTENT_FIELD)


def _opened(check: ListCheck) -> list[Any]:
    rows: list[Any] = json.loads(unseal(check.content, CONTENT_FIELD))
    return rows
