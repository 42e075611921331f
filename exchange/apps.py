from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        """Wake the kinds of job that this app does, its rules, its entries and panels."""
        from core import navigation, rules
        from exchange import anomalies, menu, panels
        from exchange.imports import services as imports  # noqa: F401
        from exchange.reports import services as reports  # noqa: F401
        from exchange.submissions import checking  # noqa: F401
        from exchange.submissions.rules import (
            EXPLANATION_SAYS_WHY,
            MONTH_IS_SUBMITTED_IN_TIME,
            MOST_DAYS_OPEN,
        )
        from exchange.tables.rules import TABLE_RULES

        rules.register(EXPLANATION_SAYS_WHY, MONTH_IS_SUBMITTED_IN_TIME, MOST_DAYS_OPEN)
        rules.register(*TABLE_RULES)
        navigation.register(*menu.ENTRIES)
        panels.register(*menu.PANELS)
        anomalies.register(anomalies.PACE, anomalies.NOT_EMPTY)
