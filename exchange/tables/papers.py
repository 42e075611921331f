"""A filing as a workbook or a print: of a filed one its frozen cells, of a draft those of now."""

from __future__ import annotations

import datetime
import hashlib
import io
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from core import audit
from core.models import Region, User
from exchange.models import TableFiling
from exchange.papers import write_paper
from exchange.reports.forms import LABELS, Form
from exchange.tables import frozen
from exchange.tables.filing import filled_of, notes_of
from exchange.tables.filling import Filled
from exchange.tables.heads import Signed, foot_of, form_of, head_of
from exchange.tables.sheets import sheet_of
from exchange.workbooks import SheetSpec, write_workbook

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("table taken out"),)
LANGUAGE = "zh-hans"
XLSX, PDF = "xlsx", "pdf"


def content_of(filing: TableFiling) -> tuple[Filled, Form]:
    """The table and its form, as filed or as of now."""
    if filing.state != TableFiling.State.DRAFT:
        return frozen.read_back(filing)
    filled = filled_of(filing, notes_of(filing))
    return filled, form_of(filled)


def signed(filing: TableFiling) -> Signed:
    is_filed = filing.state != TableFiling.State.DRAFT
    return Signed(
        office=filing.office,
        made_by=filing.made_by.name,
        contact=filing.contact,
        filed_on=timezone.localdate(filing.filed_at) if is_filed and filing.filed_at else None,
        code=filing.code,
        round=filing.round,
    )


def sheet(filing: TableFiling, moment: datetime.datetime) -> SheetSpec:
    """The sheet of a filing; `moment` is what its figures are as of."""
    filled, form = content_of(filing)
    own = signed(filing)
    return sheet_of(filled, head_of(filled, form, own), foot_of(filled, form, own, moment))


@transaction.atomic
def take_out(*, filing: TableFiling, kind: str, by: User) -> tuple[str, BinaryIO]:
    """A filing as a file, with its name; that it was taken out is written down.

    Of a filed table equal bytes each time.
    """
    moment = filing.filled_at or timezone.now()
    file = io.BytesIO()
    with translation.override(LANGUAGE):
        of = sheet(filing, moment)
        if kind == PDF:
            write_paper(file, of, labels=LABELS)
        else:
            write_workbook(file, [of], labels=LABELS, created=moment)
    audit.record(
        "exchange.table.taken_out",
        by=by,
        target=filing,
        region_code=filing.region_code,
        changes={
            "report": filing.table,
            "period": filing.period,
            "sha256": hashlib.sha256(file.getvalue()).hexdigest(),
        },
    )
    file.seek(0)
    place = Region.objects.get(pk=filing.region_code).short_name
    return f"{place}{of.name}{filing.period}.{kind}", file
