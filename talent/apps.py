from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "talent"

    def ready(self) -> None:
        """Wake what this app declares."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation, rules
        from core.access import Permission
        from exchange.imports import kinds
        from talent.imports.people import PEOPLE

        kinds.register(PEOPLE)
        rules.register(*PEOPLE.all_rules().values())

        # An institution reads rows of its classes, not the register.
        see = Permission.SEE_FIGURES
        navigation.register(navigation.Item(_("People"), "talent:people", "people", see, 310))
