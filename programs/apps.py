from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        """Wake what this app declares."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation, rules
        from core.access import Permission
        from exchange import panels, reports
        from exchange.imports import kinds
        from programs.imports.quotas import QUOTAS
        from programs.reports import QUOTA

        kinds.register(QUOTAS)
        rules.register(*QUOTAS.rules)
        reports.register(QUOTA)
        see = Permission.SEE_FIGURES
        navigation.register(
            navigation.Item(_("Quotas"), "programs:quotas", "clipboard-data", see, 60),
        )
        panels.register(
            panels.Panel("home", "quotas", _("Quotas"), "programs:panel-quotas", see, 10),
            panels.Panel("figures", "plan", _("Plan and done"), "programs:panel-by-place", see, 5),
        )
