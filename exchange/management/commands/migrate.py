"""Django's migrate, and the figures that an upgraded portal counts otherwise or for the first time.

New code on old figures would show nothing where there is something, and seal no month. So what
brings the tables up to the code brings the figures up to it too.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from exchange import rollups, upkeep


class Command(Migrate):
    help = f"{Migrate.help} Afterwards figures whose declarations have changed are counted anew."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"] or not self._is_complete():
            return
        outdated = rollups.outdated()
        if outdated and options["verbosity"] >= 1:
            self.stdout.write(
                _("Figures to be counted: %(number)d. This may take some minutes.")
                % {"number": len(outdated)}
            )
        upkeep.recount_outdated()

    def _is_complete(self) -> bool:
        """Whether the tables are those of the code, and not of an app or a state on the way."""
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
