from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.divisions import EDITION, LoadedDivisions, UnknownProvince, load_divisions
from core.models import Region
from core.policy_areas import load_policy_areas


class Command(BaseCommand):
    help = (
        "Load the official divisions (provinces, prefectures and counties of the whole country, "
        "townships and villages of the given provinces) and the policy areas."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--province",
            action="append",
            default=[],
            metavar="CODE",
            help="two digits; townships and villages of this province too (may be repeated)",
        )
        which.add_argument(
            "--all", action="store_true", help="townships and villages of every province"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_divisions(provinces=None if options["all"] else options["province"])
        except UnknownProvince as trouble:
            raise CommandError(
                _("No province has the code %(codes)s. Give two digits, such as 62.")
                % {"codes": ", ".join(trouble.codes)}
            ) from trouble
        self._say(loaded)
        areas = load_policy_areas()
        self.stdout.write(
            _("Policy areas: %(areas)d, with %(counties)d county memberships.")
            % {"areas": areas.areas, "counties": areas.memberships}
        )

    def _say(self, loaded: LoadedDivisions) -> None:
        self.stdout.write(_("Divisions as of %(day)s:") % {"day": EDITION.isoformat()})
        for level, count in loaded.read.items():
            self.stdout.write(f"  {Region.Level(level).label}: {count}")
        self.stdout.write(
            _("New: %(added)d. Changed: %(changed)d.")
            % {"added": loaded.added, "changed": loaded.changed}
        )
