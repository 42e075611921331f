"""What the board is of: a region and a month, both in the address."""

from __future__ import annotations

import datetime

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.models import Submission
from exchange.querysets import SubmissionQuerySet
from exchange.receipt_forms import MONTH
from exchange.regions import asked_region, region_choices

COUNTY = 6


class BoardFilters(FilterForm):
    region = forms.ChoiceField(label=_("region"), required=False)
    month = forms.RegexField(
        MONTH,
        label=_("month"),
        required=False,
        error_messages={"invalid": _("Write the month as 2019-06.")},
    )

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        found = asked_region(user, Permission.SEE_FIGURES, query.get("region", ""))
        choices = region_choices(user, Permission.SEE_FIGURES, found) if found else []
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            (code, name) for code, name in choices if len(code) <= COUNTY
        ]
        self.place = found.code if found else ""

    @property
    def meant(self) -> datetime.date | None:
        """The month asked for, else the newest one that the clock expects; None for none."""
        if written := self.chosen.get("month"):
            return datetime.date.fromisoformat(f"{written}-01")
        expected = self._in_place().filter(due_on__isnull=False).order_by("-month")
        return expected.values_list("month", flat=True).first()

    def rows(self) -> SubmissionQuerySet:
        """The month's submissions within the user's scope."""
        month = self.meant
        if self.errors or month is None:
            return Submission.objects.none()
        return self._in_place().filter(month=month)

    def _in_place(self) -> SubmissionQuerySet:
        rows: SubmissionQuerySet = Submission.objects.visible_to(self.user)
        return rows.within(self.place) if self.place else rows.none()
