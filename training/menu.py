"""The entries of this app in the main menu, its parts of other pages, its figures on boards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.navigation import Item
from exchange.board_figures import Shown
from exchange.panels import Panel

SEE = Permission.SEE_LEDGER
CHECK, ENTER = Permission.IMPORT_ROSTERS, Permission.ENTER_LEDGER
PREPARE, VISIT = Permission.PREPARE_SUBMISSIONS, Permission.VISIT_CLASSES

ENTRIES = (
    Item(_("Training ledger"), "training:ledger", "journal-text", SEE, 110),
    Item(_("Classes"), "training:classes", "mortarboard", SEE, 120),
    Item(_("Filings of classes"), "training:filings", "card-checklist", SEE, 130),
    Item(_("Follow-ups"), "training:follow-ups", "telephone", SEE, 140),
    Item(_("Claims"), "training:claims", "cash-coin", SEE, 150),
    Item(_("Check a number"), "training:check", "person-check", CHECK, 180),
    Item(_("Reconciliation"), "training:reconciliations", "layers", Permission.MAKE_REPORTS, 190),
    Item(_("Institutions"), "training:institutions", "building", SEE, 170),
)
PANELS = (
    Panel("home", "newest", _("Newest in the ledger"), "training:panel-newest", SEE, 20),
    Panel("todo", "filings", _("Filings of classes"), "training:panel-filings", SEE, 15),
    Panel("todo", "visits", _("Classes to be visited"), "training:panel-visits", VISIT, 16),
    Panel("todo", "unfinished", _("Unfinished rows"), "training:panel-unfinished", ENTER, 20),
    Panel("todo", "follow-ups", _("Follow-ups due"), "training:panel-follow-ups", PREPARE, 30),
    Panel("figure", "training:ledger", _("By class"), "training:panel-figure-classes", SEE, 10),
    Panel("person", "trainings", _("Trainings"), "training:panel-person", SEE, 10),
)
ON_BOARDS = (
    Shown("training.attendances", beside="training.people"),
    Shown("training.completions", beside="training.completed_people"),
    Shown("training.certificate_rate"),
    Shown("training.employment_rate"),
    Shown("training.cost_a_head"),
)
