"""Designate the villages of a list under a policy area, such as the poor villages of a county."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.models import PolicyArea
from training.villages import UnknownVillages, designate_villages


class Command(BaseCommand):
    help = "Designates villages under a policy area; the list has one 12-digit code a line."

    def add_arguments(self, parser: CommandParser) -> None:
        day = argparse_day
        parser.add_argument("area", help="key of the policy area")
        parser.add_argument("list", type=Path)
        parser.add_argument("--source", required=True, help="the paper that names the villages")
        parser.add_argument("--from", dest="valid_from", type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="valid_to", type=day, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        area = PolicyArea.objects.filter(key=options["area"]).first()
        if area is None:
            raise CommandError(_("No policy area has the key %(key)s.") % {"key": options["area"]})
        try:
            added = designate_villages(
                area=area,
                codes=options["list"].read_text("utf-8-sig").split(),
                source=options["source"],
                valid_from=options["valid_from"],
                valid_to=options["valid_to"],
                by=None,
            )
        except UnknownVillages as trouble:
            raise CommandError(
                _("These are no villages of the list of divisions: %(codes)s.")
                % {"codes": ", ".join(trouble.codes)}
            ) from trouble
        self.stdout.write(_("Villages newly designated: %(number)d.") % {"number": added})


def argparse_day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as trouble:
        raise argparse.ArgumentTypeError(str(trouble)) from trouble
