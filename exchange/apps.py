from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        """Wake the kinds of job that this app does."""
        from exchange.imports import services as imports  # noqa: F401
        from exchange.reports import services as reports  # noqa: F401
