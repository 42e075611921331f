"""Make a report from the shell: the same engine and the same runner as on demand."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from exchange.models import Breadth, Format, ReportRun
from exchange.periods import PeriodUnreadable
from exchange.reports import all_kinds, making, services


class Command(BaseCommand):
    help = "Makes a report of a region and a period and puts the file where you say."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", choices=[kind.key for kind in all_kinds()])
        parser.add_argument("--region", required=True, metavar="CODE", help="2, 4 or 6 digits")
        parser.add_argument("--period", required=True, help="2019, 2019Q4 or 2019-12")
        parser.add_argument("--format", choices=Format.values, default=Format.XLSX)
        parser.add_argument(
            "--beneath", action="store_true", help="one of each office beneath, as a zip"
        )
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if not output.parent.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": output.parent})
        run = requested(options)
        services.make_now(run)
        if run.state != ReportRun.State.DONE:
            raise CommandError(run.error_sentence)
        put(making.folder() / run.stored_as, output)
        self.stdout.write(
            _("%(file)s: %(rows)d rows, as of %(moment)s.")
            % {
                "file": output,
                "rows": run.rows,
                "moment": f"{localtime(run.as_of):%Y-%m-%d %H:%M:%S}",
            }
        )


def requested(options: dict[str, Any]) -> ReportRun:
    try:
        return services.request_report(
            report=options["report"],
            region_code=options["region"],
            period=options["period"],
            format=options["format"],
            breadth=Breadth.BENEATH if options["beneath"] else Breadth.ALONE,
            by=None,
            wake=False,
        )
    except PeriodUnreadable as trouble:
        raise CommandError(str(trouble)) from trouble
    except services.ReportNotPossible as trouble:
        raise CommandError(_(str(trouble))) from trouble


def put(source: Path, output: Path) -> None:
    """Copy the file beside its place and move it there whole; its owner alone may read it."""
    handle, aside = tempfile.mkstemp(suffix=".part", dir=output.parent)
    try:
        with os.fdopen(handle, "wb") as part, source.open("rb") as made:
            shutil.copyfileobj(made, part)
        os.replace(aside, output)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
