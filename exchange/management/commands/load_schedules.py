"""Put what the clock is to do into its database; as often as one likes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from exchange import schedules


class Command(BaseCommand):
    help = "Loads the declared schedules. Times that were edited stay as they are, unless --reset is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="back to the declared times, switched on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        added, changed = schedules.load(reset=options["reset"])
        self.stdout.write(
            _("Schedules: %(added)d new, %(changed)d changed.")
            % {"added": added, "changed": changed}
        )
