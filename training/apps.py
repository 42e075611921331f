from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        """Wake what this app declares."""
        from core import rules
        from exchange import reports, rollups
        from exchange.imports import kinds
        from training.imports import TRAINING_ROSTER
        from training.reports import LEDGER
        from training.rollups import ATTENDANCES, COMPLETIONS

        kinds.register(TRAINING_ROSTER)
        rules.register(*TRAINING_ROSTER.all_rules().values())
        rollups.register(ATTENDANCES, COMPLETIONS)
        reports.register(LEDGER)
