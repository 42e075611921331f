from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        """Wake what this app declares."""
        from core import rules
        from exchange import measures, reports
        from exchange.imports import kinds, undoing
        from exchange.submissions import books
        from exchange.tables import declared
        from exchange.tables import start as tables
        from exchange.tables.reporting import report_of
        from programs import proposing_quotas
        from training.book import LEDGER_BOOK
        from training.fact_measures import FACT_MEASURES, FUND_MEASURES
        from training.imports import TRAINING_ROSTER
        from training.imports.institutions import INSTITUTIONS
        from training.marks import ROLL_CALL_RULES
        from training.periods import submitted_since
        from training.reports import LEDGER
        from training.rollups import LEDGER_MEASURES
        from training.rules.facts import FACT_RULES
        from training.rules.gates import GATES
        from training.rules.visits import ENOUGH_ASKED
        from training.tables import TABLES
        from training.teaching import institutions_that_taught
        from training.withdrawing import WITHDRAWAL_RULES

        for kind in (TRAINING_ROSTER, INSTITUTIONS):
            kinds.register(kind)
            rules.register(*kind.all_rules().values())
        undoing.obstacles.append(submitted_since)
        proposing_quotas.teaching.append(institutions_that_taught)
        rules.register(*WITHDRAWAL_RULES, ENOUGH_ASKED, *FACT_RULES, *GATES, *ROLL_CALL_RULES)
        books.register(LEDGER_BOOK)
        measures.register(*LEDGER_MEASURES, *FACT_MEASURES, *FUND_MEASURES)
        measures.check()  # nobody above this floor declares any
        declared.register(*TABLES)
        tables.check()
        reports.register(LEDGER, *map(report_of, declared.all_tables()))
        self.show()

    def show(self) -> None:
        """Put this app's pages into the menu, and its panels onto the pages that have some."""
        from core.navigation import register as offer
        from exchange import anomalies, board_figures, panels
        from training.menu import ENTRIES, ON_BOARDS, PANELS
        from training.watching import CERTIFICATES_COME_STEADILY

        offer(*ENTRIES)
        panels.register(*PANELS)
        board_figures.show(*ON_BOARDS)
        anomalies.register(CERTIFICATES_COME_STEADILY)
