"""What the pages of follow-ups ask for: which people are listed, and what was learned of each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.filters import PeriodField
from training.follow_up_days import due
from training.follow_ups import TOLD, Answer
from training.models import Enrollment, FollowUp
from training.place_filters import PlaceFilters
from training.querysets import EnrollmentQuerySet

BLANK = ("", "—")
EVERY = ("", gettext_lazy("all"))


class FollowUpFilters(PlaceFilters):
    """Whose classes are over: of which region, class and month, due or not, at work or not."""

    due = forms.ChoiceField(
        label=gettext_lazy("follow-up"),
        required=False,
        choices=[EVERY, ("1", gettext_lazy("due only"))],
    )
    code = forms.CharField(label=gettext_lazy("class number"), required=False, max_length=40)
    ended = PeriodField(label=gettext_lazy("month of the end"))
    employment = forms.ChoiceField(
        label=gettext_lazy("employment"),
        required=False,
        choices=[EVERY, *Enrollment.Employment.choices],
    )

    def rows(self) -> EnrollmentQuerySet:
        """Rows of the ledger whose class is over, of those the user may see."""
        chosen, today = self.chosen, timezone.localdate()
        rows: EnrollmentQuerySet = Enrollment.objects.visible_to(self.user).active()
        rows = rows.filter(end_date__lte=today)
        if self.place is not None:
            rows = rows.within(self.place.code)
        if "code" in chosen:
            rows = rows.filter(training_class__code__startswith=chosen["code"])
        if ended := chosen.get("ended"):
            rows = rows.filter(end_date__gte=ended.first_day, end_date__lte=ended.last_day)
        if "employment" in chosen:
            rows = rows.filter(employment=chosen["employment"])
        return due(rows, today) if "due" in chosen else rows


def _cell(label: Any, **attributes: str) -> dict[str, Any]:
    return {"class": "form-control form-control-sm", "aria-label": label, **attributes}


class FollowUpRow(forms.Form):
    """What was learned of one person; nothing, while no employment is chosen."""

    key = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    visited_on = forms.DateField(
        required=False,
        widget=forms.DateInput(_cell(gettext_lazy("asked on"), type="date"), format="%Y-%m-%d"),
    )
    way = forms.ChoiceField(
        required=False,
        choices=[BLANK, *FollowUp.Way.choices],
        widget=forms.Select(_cell(gettext_lazy("way"))),
    )
    employment = forms.ChoiceField(
        required=False,
        choices=[BLANK, *Enrollment.Employment.choices],
        widget=forms.Select(_cell(gettext_lazy("employment"))),
    )
    employer = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(_cell(gettext_lazy("employer or trade"))),
    )
    evidence = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(_cell(gettext_lazy("evidence")))
    )

    def __init__(
        self,
        row: Enrollment,
        data: QueryDict | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=str(row.pk), auto_id="cell_%s", initial=dict(initial or {}))
        self.row = row
        self.newest: FollowUp | None = None
        self.is_filled = False

    def answer(self, day: datetime.date | None, way: str) -> Answer | None:
        """What was said, with what holds for all rows; None for nothing. Adds what is lacking."""
        said: dict[str, Any] = {name: self.cleaned_data.get(name) for name in TOLD}
        if not any(said[name] for name in ("employment", "employer", "evidence")):
            if self.cleaned_data.get("key"):
                self.add_error("employment", _("Choose what was learned."))
            return None
        said["visited_on"], said["way"] = said["visited_on"] or day, said["way"] or way
        for name in ("visited_on", "way", "employment"):
            if not said[name] and name not in self.errors:
                self.add_error(name, _("Fill this in, or the field for all rows."))
        if self.errors:
            return None
        said["key"], said["version"] = self.cleaned_data["key"], self.cleaned_data["version"] or 0
        return Answer(row=self.row.pk, **said)


class ForAllRows(forms.Form):
    """The day and the way of whoever has none of their own."""

    day = forms.DateField(
        label=gettext_lazy("asked on, for all rows"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    for_all = forms.ChoiceField(
        label=gettext_lazy("way, for all rows"),
        required=False,
        choices=[BLANK, *FollowUp.Way.choices],
    )


class FollowUpTable:
    """The people of a class with a form each; in `newest` their last follow-ups."""

    def __init__(
        self,
        roster: Sequence[Enrollment],
        newest: Mapping[int, FollowUp],
        data: QueryDict | None = None,
        *,
        change: bool = False,
        cells: Mapping[int, Mapping[str, str]] | None = None,
    ) -> None:
        is_bound = data is not None and cells is None
        self.for_all = ForAllRows(data) if is_bound else ForAllRows(initial=_of_all(data))
        self.forms = []
        for row in roster:
            filled = (cells or {}).get(row.pk, {})
            initial = {**_initial(newest.get(row.pk) if change else None, data, row), **filled}
            form = FollowUpRow(row, data if is_bound else None, initial)
            form.newest, form.is_filled = newest.get(row.pk), bool(filled)
            self.forms.append(form)

    def answers(self) -> list[Answer] | None:
        """What was said of everybody; None when something is wrong, which the forms then tell."""
        valid = [form.is_valid() for form in (self.for_all, *self.forms)]
        if not valid[0]:
            return None
        together = self.for_all.cleaned_data
        said = [form.answer(together["day"], together["for_all"]) for form in self.forms]
        if any(form.errors for form in self.forms):
            return None
        return [answer for answer in said if answer]


def _of_all(data: QueryDict | None) -> dict[str, Any]:
    return {name: data.get(name, "") for name in ("day", "for_all")} if data else {}


def _initial(standing: FollowUp | None, data: QueryDict | None, row: Enrollment) -> dict[str, Any]:
    """What stood in the row's cells before a block was read, or the follow-up to be changed."""
    if data is not None:
        names = ("key", "version", *TOLD)
        return {name: data.get(f"{row.pk}-{name}", "") for name in names}
    if standing is None:
        return {}
    values: Iterator[tuple[str, Any]] = ((name, getattr(standing, name)) for name in TOLD)
    return {"key": standing.pk, "version": standing.version, **dict(values)}
