"""What the pages of months on their way up ask for."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.filters import PeriodField
from exchange.forms import EVERY, regions_for, tree
from exchange.models import Correction, Restatement, Submission
from exchange.periods import Period
from exchange.querysets import CorrectionQuerySet, RestatementQuerySet, SubmissionQuerySet
from exchange.submissions.books import all_books

ROUNDS = [("1", _("first submission")), ("2", _("submitted again"))]


class RegionFilters(FilterForm):
    """Of which region; no choice where the user has only one. `permission` says which are offered."""

    fields: dict[str, Any]
    permission = Permission.SEE_FIGURES

    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        regions = regions_for(user, self.permission)
        self.fields["region"].choices = EVERY + tree(regions)
        if len(regions) < 2:
            del self.fields["region"]


class MonthFilters(RegionFilters):
    """Of which region, in which month or year."""

    month = PeriodField(label=_("Month or year"))


class SubmissionFilters(MonthFilters):
    """Which months of which counties; every choice stands in the address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[*EVERY, *Submission.State.choices]
    )
    late = forms.ChoiceField(
        label=_("Deadline"), required=False, choices=[*EVERY, ("1", _("late only"))]
    )
    round = forms.ChoiceField(label=_("Round"), required=False, choices=[*EVERY, *ROUNDS])

    def rows(self) -> SubmissionQuerySet:
        """The months that are meant, of those the user may see."""
        chosen, rows = self.chosen, Submission.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        if "month" in chosen:
            rows = rows.during(chosen["month"])
        if "state" in chosen:
            rows = rows.filter(state=chosen["state"])
        if "late" in chosen:
            rows = rows.late(timezone.localdate())
        if "round" in chosen:
            rows = rows.filter(round=1) if chosen["round"] == "1" else rows.filter(round__gt=1)
        return rows


class CorrectionFilters(RegionFilters):
    """Requests of which region, in which state."""

    permission = Permission.SEE_LEDGER
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[*EVERY, *Correction.State.choices]
    )

    def rows(self) -> CorrectionQuerySet:
        chosen, rows = self.chosen, Correction.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        return rows.filter(state=chosen["state"]) if "state" in chosen else rows


class RestatementFilters(MonthFilters):
    """What was moved of the closed months of which region, in which month or year."""

    def rows(self) -> RestatementQuerySet:
        chosen, rows = self.chosen, Restatement.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        return rows.during(chosen["month"]) if "month" in chosen else rows


class MonthForm(forms.Form):
    """The county and the month that is to be begun."""

    fields: dict[str, Any]

    county = forms.ChoiceField(label=_("County"))
    book = forms.ChoiceField(label=_("Book"), widget=forms.HiddenInput)
    month = PeriodField(
        label=_("Month"), required=True, help_text=_("Written 2019-06."), widget=forms.TextInput
    )

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        counties = regions_for(user, Permission.PREPARE_SUBMISSIONS)
        self.fields["county"].choices = [(each.code, each.name) for each in counties]
        books = [(book.key, book.name) for book in all_books()]
        self.fields["book"].choices = books
        self.initial.setdefault("book", books[0][0] if books else "")
        if len(books) > 1:
            self.fields["book"].widget = forms.Select(choices=books)

    def clean_month(self) -> datetime.date:
        period: Period = self.cleaned_data["month"]
        if len(period.text) != len("2019-06"):
            raise forms.ValidationError(_("Give one month, such as 2019-06."))
        if period.first_day > timezone.localdate():
            raise forms.ValidationError(_("This month has not begun yet."))
        return period.first_day


class ReopenForm(forms.Form):
    """Why a locked month is opened again, and until which day."""

    until = forms.DateField(
        label=_("Open until the end of"), widget=forms.DateInput({"type": "date"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
