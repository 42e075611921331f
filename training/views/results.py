"""Entering the results of a roll: in one table, by pasting, or all at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.access import Permission, admits
from core.models import User
from exchange.jobs import JobRefused
from training.chapters import RESULTS
from training.models import ExamEntry, ExamRoll, RowChange
from training.refusing import RowsRefused
from training.results import ChangedMeanwhile, enter_results
from training.views import result_sheets
from training.views.exams import roll_page, visible_roll
from training.views.result_sheets import Sheet

# What fills the table in without saving it: the user looks at it first.
FILLS = {"paste": result_sheets.take_pasted, "all-passed": result_sheets.all_passed}


@admits(Permission.ENTER_LEDGER)
@require_POST
def results(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    roll = visible_roll(user, pk, Permission.ENTER_LEDGER)
    sheet = result_sheets.as_sent(roll, request.POST.dict())
    fill = FILLS.get(request.POST.get("act", ""))
    if fill:
        fill(sheet)
        return roll_page(request, roll, sheet=sheet, is_filled=True)
    return _save(request, roll, sheet, user)


def _save(request: HttpRequest, roll: ExamRoll, sheet: Sheet, user: User) -> HttpResponse:
    said = result_sheets.results(sheet)
    try:
        if any(line.troubles for line in sheet.lines):
            raise RowsRefused({line.entry.pk: () for line in sheet.lines if line.troubles})
        number = enter_results(roll=roll, results=said, by=user)
    except JobRefused as refusal:
        if isinstance(refusal, RowsRefused):
            result_sheets.say_findings(sheet, refusal.findings)
        if isinstance(refusal, ChangedMeanwhile):
            result_sheets.show_theirs(sheet, refusal.entries, _last_writers(refusal.entries))
        return roll_page(request, roll, sheet=sheet, refused=_(refusal.sentence) % refusal.params)
    told = ngettext("%(number)s result saved.", "%(number)s results saved.", number)
    messages.success(request, told % {"number": number})
    return redirect("training:exam", roll.pk)


def _last_writers(entries: dict[int, ExamEntry]) -> dict[int, int]:
    """Who wrote each entry last, by key; whoever entered it where nobody changed it since."""
    changes = RowChange.objects.of_rows(RESULTS.key, entries).order_by("version")
    first = {key: entry.entered_by_id for key, entry in entries.items() if entry.entered_by_id}
    return first | {change.row_key: change.by for change in changes if change.by}
