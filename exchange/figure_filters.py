"""What a board is of: a period, and what narrows its figures; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import beneath
from core.filtering import FilterForm
from core.models import PolicyArea, Region
from exchange.board_figures import all_shown, shown_keys
from exchange.figures import Figure
from exchange.filters import Choices, with_every
from exchange.measures import COUNTY, Measure, declared, measure_of
from exchange.periods import Period, PeriodUnreadable

QUARTERS, MONTHS = range(1, 5), range(1, 13)


class FigureFilters(FilterForm):
    """The filter bar of a board; without a period that can be read it is of the newest year."""

    region = forms.CharField(required=False, widget=forms.HiddenInput)
    period = forms.ChoiceField(label=_("period"), required=False)
    program = forms.ChoiceField(label=_("program"), required=False)
    area = forms.ChoiceField(label=_("policy area"), required=False)
    category = forms.ChoiceField(label=_("category"), required=False)
    measure = forms.ChoiceField(label=_("shown in pictures"), required=False)

    def __init__(self, query: QueryDict, *, region: Region, years: Sequence[int]) -> None:
        asked, newest = query.copy(), next(iter(years), timezone.localdate().year)
        period = readable(query.get("period", "")) or Period.parse(str(newest))
        asked["period"] = period.text
        super().__init__(asked)
        periods = period_choices(sorted({*years, period.first_day.year}, reverse=True))
        self.place = region.code
        first = of_shown()
        self._offer("period", periods)
        self._offer("program", with_every(first.programs().items()))
        self._offer("category", with_every(first.categories().items()))
        self._offer("measure", [(key, declared(key).label) for key in shown_keys()])
        areas = area_choices(region.code) if len(region.code) < COUNTY else []
        self._offer("area", with_every(areas))
        if not areas:
            del self.fields["area"]

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def chips(self) -> list[dict[str, str]]:
        """What narrows the figures; a board always has a period, and pictures a measure."""
        kept = {str(self.fields[name].label) for name in ("region", "period", "measure")}
        return [chip for chip in super().chips if chip["label"] not in kept]

    def figure(self) -> Figure:
        """The figure that the pictures show, and whose bounds are the board's."""
        chosen = self.chosen
        return Figure(
            measure=chosen.get("measure") or all_shown()[0].measure,
            region_code=self.place,
            period=Period.parse(chosen["period"]),
            programs=frozenset({chosen["program"]} if "program" in chosen else ()),
            categories=frozenset({chosen["category"]} if "category" in chosen else ()),
            area=chosen.get("area", ""),
        )


def readable(text: str) -> Period | None:
    """A written year, quarter or month; None for anything else."""
    try:
        return Period.parse(text)
    except PeriodUnreadable:
        return None


def of_shown(key: str = "") -> Measure:
    """The measure that gives programs and categories their names: one shown, or its first term."""
    of = declared(key or all_shown()[0].measure)
    return of if isinstance(of, Measure) else measure_of(of.parts[0])


def period_choices(years: Sequence[int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each year as a group: the year itself, its quarters and its months."""
    written = {
        year: [str(year), *(f"{year}Q{n}" for n in QUARTERS), *(f"{year}-{n:02}" for n in MONTHS)]
        for year in years
    }
    return [
        (Period.parse(str(year)).name, [(text, Period.parse(text).name) for text in texts])
        for year, texts in written.items()
    ]


def area_choices(region_code: str) -> list[tuple[str, str]]:
    """Policy areas with counties in the region."""
    members = PolicyArea.objects.filter(beneath("memberships__county_id", region_code))
    return list(members.order_by("kind", "key").distinct().values_list("key", "name"))
