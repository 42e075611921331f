"""The entries of this app in the main menu, and its parts of the to-do page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access import Open, Permission
from core.navigation import Item
from exchange.imports.worklist import held_rows_of
from exchange.panels import Panel

SEE, ROWS = Permission.SEE_FIGURES, Permission.SEE_LEDGER

ENTRIES = (
    Item(_("Home"), "exchange:home", "house", Open.SIGNED_IN, 0),
    Item(_("To do"), "exchange:todo", "clipboard-check", SEE, 5),
    Item(_("Figures"), "exchange:figures-start", "bar-chart", SEE, 20),
    Item(_("Monthly submissions"), "exchange:submission-list", "send", SEE, 210),
    Item(_("Submission board"), "exchange:board", "calendar-check", SEE, 220),
    Item(_("Corrections"), "exchange:correction-list", "pencil", ROWS, 230),
    Item(_("Imports"), "exchange:import-list", "upload", Permission.TAKE_BACK_IMPORTS, 410),
    Item(
        _("Work list"),
        "exchange:import-worklist",
        "list-check",
        Permission.BRING_IN_FILES,
        420,
        held_rows_of,
    ),
    Item(
        _("Reports"),
        "exchange:report-list",
        "file-earmark-spreadsheet",
        Permission.MAKE_REPORTS,
        430,
    ),
    Item(_("Official tables"), "exchange:table-list", "table", SEE, 235),
    Item(_("Receipts"), "exchange:receipt-list", "journal-check", SEE, 240),
    Item(
        _("Verification of receipts"),
        "exchange:receipt-verification",
        "shield-check",
        Permission.READ_AUDIT,
        250,
    ),
)
PREPARE, DECIDE = Permission.PREPARE_SUBMISSIONS, Permission.DECIDE_SUBMISSIONS
PANELS = (
    Panel("home-first", "due", _("Months due"), "exchange:panel-due", PREPARE, 0),
    Panel("home-first", "board", _("Submission board"), "exchange:panel-board", DECIDE, 0),
    Panel("figures", "late", _("Late offices"), "exchange:panel-late", SEE, 20),
    Panel("figures", "findings", _("Open findings"), "exchange:panel-findings", SEE, 30),
    Panel("figures", "anomalies", _("Figures that stand out"), "exchange:panel-anomalies", SEE, 40),
    Panel("todo", "months", _("Months"), "exchange:panel-months", SEE, 0),
    Panel("todo", "mending", _("Rows to be mended"), "exchange:panel-mending", ROWS, 10),
)
