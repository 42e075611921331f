"""The tables of all offices beneath a region, in one zip or none of them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_noop

from core.models import Office, Region
from exchange.models import Rollup
from exchange.periods import Period
from exchange.workbooks.aside import Stamp, write_aside
from exchange.workbooks.specs import WorkbookDamaged

LENGTHS = (2, 4, 6)  # codes of the regions that have tables of their own
NOBODY_BENEATH = gettext_noop(
    "No office beneath this region files this table. Make the table of the region itself."
)
COPIED = 1 << 20

Fill = Callable[[Path], None]


def regions_beneath(code: str, levels: Collection[int], period: Period) -> list[Region]:
    """The regions beneath that have an office, or figures in the period's year so far, by code.

    `levels` are the lengths of the codes that the table is made for.
    """
    offices = Office.objects.filter(region__in=Region.objects.within(code))
    figures = Rollup.objects.settled().within(code).during(period.year_to_date).exclude(amount=0)
    filing = {*offices.values_list("region_id", flat=True).distinct()}
    filing |= {*figures.values_list("county_code", flat=True).distinct()}
    wanted = {
        each[:length]
        for each in filing
        for length in LENGTHS
        if len(code) < length <= len(each) and length in levels
    }
    return list(Region.objects.filter(pk__in=wanted).order_by("code"))


def write_zip(path: Path, tables: Iterable[tuple[str, Fill]]) -> Stamp:
    """Write a zip of the files that each `Fill` writes at the path it is given, in turn.

    Written aside and read back before it is put in place, each file as it is: workbooks and
    prints are compressed already. No day of the clock enters, so that equal files make equal
    bytes. Whatever fails, no zip stands there and no part stays behind.
    """
    part = path.with_suffix(".one")
    try:
        return write_aside(path, lambda file: _add_all(file, part, tables), _check)
    finally:
        part.unlink(missing_ok=True)


def _add_all(file: BinaryIO, part: Path, tables: Iterable[tuple[str, Fill]]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, fill in tables:
            fill(part)
            entry = zipfile.ZipInfo(name)
            entry.file_size = part.stat().st_size
            with part.open("rb") as made, archive.open(entry, "w") as into:
                shutil.copyfileobj(made, into, COPIED)


def _check(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        if archive.testzip() is not None:
            raise WorkbookDamaged("The zip does not read back whole.")
