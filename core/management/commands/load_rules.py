from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core.rule_values import DeclarationTrouble, load_rule_values


class Command(BaseCommand):
    help = "Load the dated values of the rules from data/rules.toml of the apps."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_rule_values()
        except DeclarationTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            _("Values of rules: %(declared)d declared, %(added)d new.")
            % {"declared": loaded.declared, "added": loaded.added}
        )
