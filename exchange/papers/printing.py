"""Papers handed out: each is written in memory, and that it was taken out is audited."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from django.db import models, transaction

from core import audit
from core.models import User
from exchange.papers.writer import write_paper
from exchange.workbooks import SheetSpec


@transaction.atomic
def print_paper(
    sheet: SheetSpec,
    *,
    verb: str,
    target: models.Model,
    region_code: str,
    by: User,
    labels: Any,
    in_full: bool | None = None,
) -> BinaryIO:
    """The sheet as PDF, at its beginning; `verb` is the act as the audit trail names it.

    `in_full` says whether numbers of people stand on it in full; None where it has none.
    """
    file = io.BytesIO()
    printed = write_paper(file, sheet, labels=labels)
    changes: dict[str, Any] = {"rows": printed.rows, "sha256": printed.sha256}
    if in_full is not None:
        changes["numbers"] = printed.rows if in_full else 0
    audit.record(verb, by=by, target=target, region_code=region_code, changes=changes)
    file.seek(0)
    return file
