from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        """Wake what this app declares."""
        from django.utils.translation import gettext_lazy as _

        from core import navigation, rules
        from core.access import Permission
        from exchange import measures, panels
        from exchange.imports import kinds
        from exchange.tables import declared, sources, stems
        from programs.imports.experts import EXPERTS
        from programs.imports.postings import POSTINGS
        from programs.imports.posts import POSTS
        from programs.imports.quotas import QUOTAS
        from programs.measures import MEASURES
        from programs.pace import PACE_RULES
        from programs.rules import DOCUMENT_RULES
        from programs.tables import QUOTA_SOURCE, TABLES, quotas

        for kind in (POSTINGS, EXPERTS, POSTS, QUOTAS):
            kinds.register(kind)
            rules.register(*kind.all_rules().values())
        rules.register(*DOCUMENT_RULES, *PACE_RULES)
        measures.register(*MEASURES)
        stems.register_stem("quotas", quotas)
        sources.register_source("quota", QUOTA_SOURCE)
        declared.register(*TABLES)
        see = Permission.SEE_FIGURES
        navigation.register(
            navigation.Item(_("Postings"), "programs:postings", "person-badge", see, 320),
            navigation.Item(_("Experts"), "programs:experts", "award", see, 330),
            navigation.Item(_("Posts of units"), "programs:posts", "diagram-3", see, 335),
            navigation.Item(_("Quotas"), "programs:quotas", "clipboard-data", see, 440),
        )
        panels.register(
            panels.Panel("home", "quotas", _("Quotas"), "programs:panel-quotas", see, 10),
            panels.Panel("figures", "plan", _("Plan and done"), "programs:panel-by-place", see, 5),
        )
