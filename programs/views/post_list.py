"""The posts of units: what each may fill, what is filled, and where that is too much."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import User
from core.paging import Keyset
from core.rules import Batch, Finding, RuleBook, judge
from exchange.lists import PlaceForm, place_list, place_names
from programs.models import PostCeiling
from programs.posts import FILLED, LATER_RULES, POSTS, allowed, points_of_float

NEWEST_FIRST = Keyset("-as_of", "-id")


class PostForm(PlaceForm):
    permission = Permission.SEE_FIGURES
    q = forms.CharField(
        label=gettext_lazy("unit"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def narrow(self, rows: Any) -> Any:
        text = self.cleaned_data["q"]
        return rows.newest().filter(unit__contains=text)


@admits(Permission.SEE_FIGURES)
@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return place_list(
        request,
        PostForm(request.GET, user=user),
        PostCeiling.objects.all(),
        title=_("Posts of units"),
        order=NEWEST_FIRST,
        columns={
            "unit": _("unit"),
            "county": _("county"),
            "series": _("series of posts"),
            "total": _("posts in all"),
            "approved": pgettext("posts", "higher approved"),
            "allowed": pgettext("posts", "higher allowed"),
            "filled": pgettext("posts", "higher filled"),
            "special": pgettext("posts", "special"),
            "day": _("as of"),
            "remark": _("remark"),
        },
        cells=cells,
        kind="posts",
    )


def cells(rows: Iterable[PostCeiling]) -> list[list[Any]]:
    found, book = list(rows), RuleBook.load()
    counties = place_names(row.county_code for row in found)
    return [_cells(row, counties.get(row.county_code, ""), book) for row in found]


def _cells(row: PostCeiling, county: str, book: RuleBook) -> list[Any]:
    points = points_of_float(book, row.county_code, [row.as_of])[row.as_of]
    approved = row.senior + row.intermediate
    names = (*POSTS, *FILLED, "as_of")
    batch = Batch(1, row.county_code, {name: [getattr(row, name)] for name in names})
    broken = judge(batch, LATER_RULES, book)
    return [
        row.unit,
        county,
        row.series,
        _number(row.total),
        _number(approved),
        _number(allowed(row.total, approved, points)),
        _number(row.filled_senior + row.filled_intermediate),
        f"{row.filled_special} / {row.special}",
        f"{row.as_of:%Y-%m-%d}",
        _remark(broken),
    ]


def _number(value: int) -> dict[str, Any]:
    return {"value": value, "kind": "number"}


def _remark(broken: list[Finding]) -> dict[str, Any]:
    """What speaks against a row, which may have come in before the rule did: it is explained."""
    return {"value": _("above what is allowed"), "tone": "warning"} if broken else {"value": None}
