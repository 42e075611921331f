from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Wake what this app declares."""
        from core import navigation
        from core.access import Permission
        from core.navigation import Item

        navigation.register(
            Item(_("Accounts"), "core:account-list", "people", Permission.MANAGE_ACCOUNTS, 900),
            Item(_("Roles"), "core:assignment-list", "shield-check", Permission.GRANT_ROLES, 910),
            Item(_("Audit trail"), "core:audit-list", "journal-check", Permission.READ_AUDIT, 920),
            Item(_("Rules and areas"), "core:rule-list", "list-check", Permission.SEE_FIGURES, 930),
        )
