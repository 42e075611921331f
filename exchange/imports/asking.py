"""Asking which column is which: a form for each layout of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.rules import say
from exchange.imports.fields import entry_for
from exchange.imports.headings import Names, keys_of
from exchange.imports.kinds import ImportKind, kind_of
from exchange.imports.matching import Match, MatchRefused
from exchange.models import ImportBatch

LONGEST_GIVEN = 100


@dataclass
class Layout:
    """Tables of a file under the same heading: their reports, and where each stands."""

    reports: list[dict[str, Any]]
    places: list[tuple[str, int]]

    @property
    def table(self) -> dict[str, Any]:
        return self.reports[0]

    @property
    def is_asked(self) -> bool:
        return any(report.get("asked") for report in self.reports)

    @property
    def is_left_out(self) -> bool:
        return bool(self.table["matched"] and not self.table["places"])

    @property
    def above(self) -> frozenset[str]:
        """Columns that stand above every one of the tables."""
        return frozenset.intersection(*(frozenset(each["facts"]) for each in self.reports))

    @property
    def titles(self) -> dict[int, str]:
        return {int(place): title for place, title in self.table["titles"].items()}

    @property
    def columns(self) -> dict[int, str]:
        """The column of each place that was understood."""
        return {place: name for name, place in self.table["places"].items()}


def layouts_of(batch: ImportBatch) -> list[Layout]:
    """The layouts of a batch's sheets, in the file's order."""
    found: dict[str, Layout] = {}
    for sheet in batch.sheets:
        for table in sheet["tables"]:
            layout = found.setdefault(table["digest"], Layout([], []))
            layout.reports.append(table)
            layout.places.append((sheet["name"], table["line"]))
    return list(found.values())


class LayoutForm(forms.Form):
    """Which column each heading of a layout is, what is the same for all rows, or nothing of it."""

    leave_out = forms.BooleanField(label=_("Leave this table out"), required=False)

    fields: dict[str, Any]

    def __init__(self, data: QueryDict | None, layout: Layout, kind: ImportKind, given: Any):
        super().__init__(data, prefix=layout.table["digest"])
        self.layout, self.kind = layout, kind
        self.keys = keys_of(layout.titles)
        self.initial["leave_out"] = layout.is_left_out
        choices = [("", _("do not take")), *((c.name, c.title) for c in kind.columns)]
        for place, title in layout.titles.items():
            field = forms.ChoiceField(label=title, choices=choices, required=False)
            field.widget.attrs = {"aria-label": title, "data-column-choice": ""}
            self.fields[f"place-{place}"] = field
            self.initial[f"place-{place}"] = layout.columns.get(place, "")
        for column in kind.columns:
            if column.for_all and not column.is_composite and column.name not in layout.above:
                self.fields[f"given-{column.name}"] = entry_for(column)
                self.initial[f"given-{column.name}"] = given.get(column.name, "")

    def clean(self) -> dict[str, Any]:
        """What `matching.match` would refuse is told at the field it speaks of."""
        if self.is_said and not self.errors:
            try:
                self.said.check(self.kind)
            except MatchRefused as refusal:
                self._tell(refusal)
        return self.cleaned_data

    def _tell(self, refusal: MatchRefused) -> None:
        told = say(refusal.sentence, refusal.params)
        at = [
            f for f, value in self.cleaned_data.items() if value in refusal.names and "place" in f
        ]
        at += [f"given-{n}" for n in refusal.names if f"given-{n}" in self.fields]
        fields: list[str | None] = [*at] or [None]
        for name in fields:
            self.add_error(name, told)

    @property
    def is_said(self) -> bool:
        """Whether anything is said of this layout: what was asked for is, the rest when changed."""
        return self.layout.is_asked or self.has_changed()

    @property
    def said(self) -> Match:
        """The answer, once the form is clean."""
        given = self.cleaned_data
        left_out = given.get("leave_out")
        columns = {
            key: "" if left_out else given.get(f"place-{place}", "")
            for place, key in self.keys.items()
        }
        for_all = {n[6:]: t for n, t in given.items() if n.startswith("given-") and t}
        return Match(self.layout.table["digest"], columns, for_all, self.layout.above)

    @property
    def headings(self) -> Iterator[dict[str, Any]]:
        """Each heading: its title, its first contents, its field, and whether another claims the same."""
        names, unclear = Names(self.kind.columns), set(self.layout.table["unclear"])
        for place, title in self.layout.titles.items():
            yield {
                "title": title,
                "samples": self.layout.table["samples"].get(str(place), []),
                "field": self[f"place-{place}"],
                "is_unclear": names.claimed_by(title) in unclear,
                "is_unknown": place not in self.layout.columns,
            }

    @property
    def missing(self) -> list[str]:
        """Titles of the required columns that have neither heading nor content so far."""
        if self.layout.is_left_out:
            return []
        columns = {str(place): name for place, name in self.layout.columns.items()}
        given = {n[6:]: t for n, t in self.initial.items() if n.startswith("given-") and t}
        so_far = Match("", columns, given, self.layout.above)
        said = self.said if self.is_bound and hasattr(self, "cleaned_data") else so_far
        lacks = said.lacks(self.kind)
        return [column.title for column in self.kind.columns if column.name in lacks]

    @property
    def for_all(self) -> list[Any]:
        """Fields for what is the same for all rows and has no heading, the required first."""
        had = Names(self.kind.columns).given_by(set(self.layout.columns.values()))
        names = [c.name for c in self.kind.columns if f"given-{c.name}" in self.fields]
        required = {column.name for column in self.kind.required}
        open_ = [name for name in names if name not in had or self[f"given-{name}"].errors]
        return [self[f"given-{name}"] for name in sorted(open_, key=lambda n: n not in required)]

    @property
    def chips(self) -> list[dict[str, Any]]:
        """The kind's columns, to drop headings on; `held_by` are those that hold one as a part."""
        whole = [column for column in self.kind.columns if column.is_composite]
        return [
            {
                "name": column.name,
                "title": column.title,
                "required": column.required,
                "held_by": " ".join(each.name for each in whole if column.name in each.parts),
            }
            for column in self.kind.columns
        ]


def forms_of(batch: ImportBatch, data: QueryDict | None = None) -> list[LayoutForm]:
    """A form for each layout of the batch's file, those that are asked for first."""
    kind = kind_of(batch.kind)
    layouts = sorted(layouts_of(batch), key=lambda layout: not layout.is_asked)
    return [
        LayoutForm(data, layout, kind, batch.given.get(layout.table["digest"], {}))
        for layout in layouts
    ]
