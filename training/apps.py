from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        """Wake what this app declares."""
        from core import rules
        from exchange import reports, rollups
        from exchange.imports import kinds, undoing
        from exchange.submissions import books
        from training.book import LEDGER_BOOK
        from training.imports import TRAINING_ROSTER
        from training.imports.institutions import INSTITUTIONS
        from training.periods import submitted_since
        from training.reports import LEDGER
        from training.rollups import ATTENDANCES, COMPLETIONS
        from training.rules.facts import FACT_RULES
        from training.withdrawing import WITHDRAWAL_SAYS_WHY

        for kind in (TRAINING_ROSTER, INSTITUTIONS):
            kinds.register(kind)
            rules.register(*kind.all_rules().values())
        undoing.obstacles.append(submitted_since)
        rules.register(WITHDRAWAL_SAYS_WHY, *FACT_RULES)
        books.register(LEDGER_BOOK)
        rollups.register(ATTENDANCES, COMPLETIONS)
        reports.register(LEDGER)
        self.show()

    def show(self) -> None:
        """Put this app's pages into the menu, and its panels onto the pages that have some."""
        from django.utils.translation import gettext_lazy as _

        from core.access import Permission
        from core.navigation import Item
        from core.navigation import register as offer
        from exchange import panels
        from exchange.panels import Panel

        see, figures = Permission.SEE_LEDGER, Permission.SEE_FIGURES
        check = Permission.IMPORT_ROSTERS
        offer(
            Item(_("Training ledger"), "training:ledger", "journal-text", see, 30),
            Item(_("Classes"), "training:classes", "mortarboard", see, 40),
            Item(_("Check a number"), "training:check", "person-check", check, 45),
            Item(_("Institutions"), "training:institutions", "building", see, 45),
        )
        panels.register(
            Panel("home", "newest", _("Newest in the ledger"), "training:panel-newest", see, 20),
            Panel(
                "todo",
                "unfinished",
                _("Unfinished rows"),
                "training:panel-unfinished",
                Permission.ENTER_LEDGER,
                20,
            ),
            Panel("person", "trainings", _("Trainings"), "training:panel-person", see, 10),
            Panel(
                "figures",
                "people",
                _("Attendances and people"),
                "training:panel-people",
                figures,
                10,
            ),
        )
