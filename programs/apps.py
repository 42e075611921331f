from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        """Wake what this app declares."""
        from exchange import reports
        from programs.reports import QUOTA

        reports.register(QUOTA)
