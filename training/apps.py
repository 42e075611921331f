from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        """Wake what this app declares."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation, rules
        from core.access import Permission
        from exchange import panels, reports, rollups
        from exchange.imports import kinds, undoing
        from exchange.submissions import books
        from training.book import LEDGER_BOOK
        from training.imports import TRAINING_ROSTER
        from training.imports.institutions import INSTITUTIONS
        from training.periods import submitted_since
        from training.reports import LEDGER
        from training.rollups import ATTENDANCES, COMPLETIONS
        from training.withdrawing import WITHDRAWAL_SAYS_WHY

        for kind in (TRAINING_ROSTER, INSTITUTIONS):
            kinds.register(kind)
            rules.register(*kind.all_rules().values())
        undoing.obstacles.append(submitted_since)
        rules.register(WITHDRAWAL_SAYS_WHY)
        books.register(LEDGER_BOOK)
        rollups.register(ATTENDANCES, COMPLETIONS)
        reports.register(LEDGER)
        see, ask = Permission.SEE_LEDGER, Permission.IMPORT_ROSTERS
        navigation.register(
            navigation.Item(_("Training ledger"), "training:ledger", "journal-text", see, 30),
            navigation.Item(_("Classes"), "training:classes", "mortarboard", see, 40),
            navigation.Item(_("Check a number"), "training:check", "person-check", ask, 45),
            navigation.Item(_("Institutions"), "training:institutions", "building", see, 45),
        )
        panels.register(
            panels.Panel(
                "home", "newest", _("Newest in the ledger"), "training:panel-newest", see, 20
            ),
            panels.Panel("person", "trainings", _("Trainings"), "training:panel-person", see, 10),
            panels.Panel(
                "figures",
                "people",
                _("Attendances and people"),
                "training:panel-people",
                Permission.SEE_FIGURES,
                10,
            ),
        )
