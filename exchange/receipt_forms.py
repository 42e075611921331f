"""What a list of receipts narrows to, and what is read off a paper."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.models import Receipt
from exchange.querysets import ReceiptQuerySet
from exchange.regions import asked_region, region_choices

MONTH = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])"


class ReceiptFilters(FilterForm):
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
        place = asked_region(user, Permission.SEE_FIGURES, query.get("region", ""))
        choices = region_choices(user, Permission.SEE_FIGURES, place) if place else []
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            (code, name) for code, name in choices if len(code) <= 6
        ]
        self.initial["region"] = place.code if place else ""

    def rows(self) -> ReceiptQuerySet:
        """The receipts that are meant, within the user's scope."""
        chosen = self.chosen
        rows = Receipt.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        if "month" in chosen:
            rows = rows.filter(submission__month=f"{chosen['month']}-01")
        return rows if not self.errors else rows.none()


class PaperForm(forms.Form):
    """The two numbers of a paper that a receipt answers for."""

    rows = forms.IntegerField(label=_("Rows on the paper"), min_value=0)
    people = forms.IntegerField(label=_("People on the paper"), min_value=0)
