from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        """Wake the kinds of job that this app does."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation, rules
        from core.access import Open, Permission
        from exchange.imports import services as imports  # noqa: F401
        from exchange.imports.worklist import held_rows_of
        from exchange.reports import services as reports  # noqa: F401
        from exchange.submissions import checking  # noqa: F401
        from exchange.submissions.rules import EXPLANATION_SAYS_WHY, MOST_DAYS_OPEN

        rules.register(EXPLANATION_SAYS_WHY, MOST_DAYS_OPEN)
        see, rows = Permission.SEE_FIGURES, Permission.SEE_LEDGER
        navigation.register(
            navigation.Item(_("Home"), "exchange:home", "house", Open.SIGNED_IN, 0),
            navigation.Item(_("Figures"), "exchange:figures-start", "bar-chart", see, 20),
            navigation.Item(_("Monthly submissions"), "exchange:submission-list", "send", see, 50),
            navigation.Item(_("Corrections"), "exchange:correction-list", "pencil", rows, 52),
            navigation.Item(
                _("Imports"), "exchange:import-list", "upload", Permission.TAKE_BACK_IMPORTS, 55
            ),
            navigation.Item(
                _("Work list"),
                "exchange:import-worklist",
                "list-check",
                Permission.BRING_IN_FILES,
                56,
                held_rows_of,
            ),
            navigation.Item(
                _("Reports"),
                "exchange:report-list",
                "file-earmark-spreadsheet",
                Permission.MAKE_REPORTS,
                60,
            ),
            navigation.Item(_("Receipts"), "exchange:receipt-list", "journal-check", see, 62),
            navigation.Item(
                _("Verification of receipts"),
                "exchange:receipt-verification",
                "shield-check",
                Permission.READ_AUDIT,
                63,
            ),
        )
