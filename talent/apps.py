from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"

    def ready(self) -> None:
        """Wake what this app declares."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation
        from core.access import Permission

        # An institution reads rows of its classes, not the register.
        see = Permission.SEE_FIGURES
        navigation.register(navigation.Item(_("People"), "talent:people", "people", see, 50))
