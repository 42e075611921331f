"""What is asked for when a roster comes in or a report goes out, and what their lists narrow to."""

from __future__ import annotations

import datetime
from typing import Any, TypedDict

from django import forms
from django.db.models import Max, Min, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.access import Permission, may, scope_of
from core.filtering import FilterForm
from core.models import Region, User
from core.rules import say
from exchange.files import Limits
from exchange.imports import kinds as imports
from exchange.imports import undoing
from exchange.imports.kinds import ImportKind
from exchange.jobs import JobRefused
from exchange.models import Breadth, Format, Job, Rollup
from exchange.periods import Period
from exchange.querysets import JobQuerySet, StagedRowQuerySet
from exchange.reports import kinds as reports

ACCEPTED = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.txt,.tsv,.htm,.html,.xml"
YEARS_BACK = 15
INDENT = "\u3000"
# Imports that a filter offers to choose from, the newest first.
MOST_IMPORTS = 200


def regions_for(user: User, permission: Permission) -> list[Region]:
    """Provinces, prefectures and counties where the user holds a permission, by code.

    Zones of the statistics have no office of their own; one is listed only to its own.
    """
    own = scope_of(user, permission).whole
    found = Region.objects.visible_to(user, permission).filter(level__lte=Region.Level.COUNTY)
    return list(found.filter(Q(statistical_only=False) | Q(code__in=own)).order_by("code"))


def regions_filing(user: User, kind: ImportKind) -> list[Region]:
    """The regions whose rosters of a kind the user may bring in, by code."""
    return [r for r in regions_for(user, kind.permission) if r.level in kind.levels]


class ImportForm(forms.Form):
    """A file, the region it is of, and what its kind asks beside."""

    region = forms.ChoiceField(
        label=_("Region"), error_messages={"required": _("Choose the region of the roster.")}
    )
    file = forms.FileField(
        label=_("Roster file"),
        # What is empty, too large or no spreadsheet is refused with its own sentence.
        allow_empty_file=True,
        error_messages={"required": _("Choose the file to bring in.")},
    )

    fields: dict[str, Any]

    def __init__(self, *args: Any, user: User, kind: ImportKind, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        regions = [(region.code, region.name) for region in regions_filing(user, kind)]
        region = self.fields["region"]
        region.choices = _to_be_chosen(regions)
        if kind.levels == (Region.Level.COUNTY,):
            region.label = _("County")
            region.error_messages["required"] = _("Choose the county of the roster.")
        if len(regions) == 1:
            region.widget, self.initial["region"] = forms.HiddenInput(), regions[0][0]
        for option in kind.options:
            self.fields[option.name] = forms.ChoiceField(
                label=capfirst(str(option.label)), choices=_to_be_chosen(option.choices())
            )
        self.order_fields(["region", *(option.name for option in kind.options), "file"])

    @property
    def options(self) -> dict[str, str]:
        return self.kind.chosen({o.name: self.cleaned_data[o.name] for o in self.kind.options})

    @property
    def max_bytes(self) -> int:
        return Limits().max_bytes

    @property
    def max_megabytes(self) -> int:
        return self.max_bytes >> 20


class TakeBackForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": undoing.LONGEST_REASON}),
        help_text=_("At least 4 characters, without ID or phone numbers. It is kept for good."),
        error_messages={"required": _("Say why the import is taken back.")},
    )

    def clean_reason(self) -> str:
        try:
            return undoing.sound_reason(self.cleaned_data["reason"])
        except JobRefused as refusal:
            raise forms.ValidationError(say(refusal.sentence, refusal.params)) from refusal


def _to_be_chosen(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices with none made beforehand, unless there is but one."""
    return choices if len(choices) == 1 else [("", "---------"), *choices]


MONTHS = [(f"-{month:02}", month) for month in range(1, 13)]
QUARTERS = [(f"Q{quarter}", quarter) for quarter in range(1, 5)]


def parts_of_year() -> list[tuple[Any, Any]]:
    """What follows the year in a written period, by what it is."""
    return [
        (_("month"), [(end, _("month %(number)s") % {"number": n}) for end, n in MONTHS]),
        (_("quarter"), [(end, _("quarter %(number)s") % {"number": n}) for end, n in QUARTERS]),
        (_("year"), [("", _("whole year"))]),
    ]


class Asked(TypedDict):
    """Which report is asked for, as `request_report` takes it."""

    report: str
    region_code: str
    period: str
    format: str
    breadth: str


class ReportForm(forms.Form):
    """Which report, of which region or those beneath it, of which month, quarter or year."""

    report = forms.ChoiceField(label=_("Report"))
    region = forms.ChoiceField(label=_("Region"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    part = forms.ChoiceField(label=_("Period"), required=False)
    breadth = forms.ChoiceField(label=_("Whose"), choices=Breadth.choices, required=False)
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices, required=False)

    fields: dict[str, Any]

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        regions = regions_for(user, Permission.MAKE_REPORTS)
        self.fields["report"].choices = reports_of(regions)
        self.fields["region"].choices = tree(regions)
        if all(region.level == Region.Level.COUNTY for region in regions):
            del self.fields["breadth"]
        first, newest = _known_months(user)
        this_year = timezone.localdate().year
        years = range(this_year, min(first.first_day.year, this_year - YEARS_BACK) - 1, -1)
        self.fields["year"].choices = [(year, year) for year in years]
        self.fields["part"].choices = parts_of_year()
        newest_part = {"year": newest.first_day.year, "part": newest.text[4:]}
        self.initial = {**newest_part, **self.initial}

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        period = f"{given['year']}{given['part']}"
        return {
            "report": given["report"],
            "region_code": given["region"],
            "period": period,
            "format": given["format"] or Format.XLSX,
            "breadth": given.get("breadth") or Breadth.ALONE,
        }


def reports_of(regions: list[Region]) -> list[tuple[str, Any]]:
    """The reports that these regions or those beneath have; those of the first one lead."""
    if not regions:
        return []
    own = regions[0].code
    found = [
        kind
        for kind in reports.all_kinds()
        if any(kind.is_for(own, breadth) for breadth in Breadth.values)
    ]
    found.sort(key=lambda kind: not kind.is_for(own, Breadth.ALONE))
    return [(kind.key, kind.name) for kind in found]


def tree(regions: list[Region]) -> list[tuple[str, str]]:
    """Regions indented under those they belong to; the widest stand at the left."""
    top = min((region.level for region in regions), default=1)
    return [(r.code, INDENT * (r.level - top) + r.name) for r in regions]


def _known_months(user: User) -> tuple[Period, Period]:
    """The first month with figures of the user's regions, and the newest that is over."""
    last = timezone.localdate().replace(day=1) - datetime.timedelta(days=1)
    months = Rollup.objects.settled().visible_to(user).filter(month__lte=last)
    known = months.aggregate(first=Min("month"), newest=Max("month"))
    return Period.month_of(known["first"] or last), Period.month_of(known["newest"] or last)


EVERY = [("", _("all"))]


class JobFilterForm(FilterForm):
    """What the lists of imports and of reports have in common: whose, in which state, of where."""

    permission: Permission
    # Fields that mean a column of the rows, and how it is compared.
    columns: dict[str, str] = {"state": "state"}
    states = Job.State.choices
    fields: dict[str, Any]

    whose = forms.ChoiceField(
        label=_("Asked for by"), required=False, choices=[*EVERY, ("me", _("me"))]
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        self.fields["state"].choices = EVERY + self.states
        regions = regions_for(user, self.permission)
        self.fields["region"].choices = EVERY + tree(regions)
        if len(regions) < 2:
            del self.fields["region"]

    def rows(self, rows: JobQuerySet) -> JobQuerySet:
        """Those of the rows that are meant."""
        chosen = self.chosen
        if "whose" in chosen:
            rows = rows.filter(requested_by=self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        wanted = {column: chosen[name] for name, column in self.columns.items() if name in chosen}
        return rows.filter(**wanted)


def report_kinds() -> list[tuple[str, Any]]:
    return EVERY + [(kind.key, kind.name) for kind in reports.all_kinds()]


class ImportFilterForm(JobFilterForm):
    permission = Permission.TAKE_BACK_IMPORTS
    columns = {"state": "state", "kind": "kind", "file": "original_name__icontains"}
    field_order = ("file", "kind", "region", "state", "whose")

    file = forms.CharField(label=_("File name"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind of roster"), required=False)

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query, user=user)
        reviews = may(user, Permission.REVIEW_LEDGER)
        seen = imports.all_kinds() if reviews else imports.kinds_for(user)
        kinds = [(kind.key, kind.name) for kind in seen]
        self.fields["kind"].choices = EVERY + kinds


KEPT = (
    ("sealed", _("over sealed months")),
    ("filed", _("of filed tables")),
    ("ordered", _("made on schedule")),
    ("differing", _("differing from an earlier one")),
)
IN_ARCHIVE = {
    "sealed": ~Q(basis="") & ~Q(parameters__has_key="filed"),
    "filed": Q(parameters__has_key="filed"),
    "ordered": Q(by_clock=True),
    "differing": Q(differs_from__isnull=False),
}


class ReportFilterForm(JobFilterForm):
    permission = Permission.MAKE_REPORTS
    states = [each for each in Job.State.choices if each[0] != Job.State.UNDONE]
    columns = {"state": "state", "report": "report", "period": "period__startswith"}
    field_order = ("report", "region", "period", "kept", "state", "whose")

    kept = forms.ChoiceField(label=_("Archive"), required=False, choices=[*EVERY, *KEPT])
    report = forms.ChoiceField(label=_("Report"), required=False, choices=report_kinds)
    period = forms.CharField(label=_("Period"), required=False, max_length=7)

    def rows(self, rows: JobQuerySet) -> JobQuerySet:
        rows = super().rows(rows)
        return rows.filter(IN_ARCHIVE[self.chosen["kept"]]) if "kept" in self.chosen else rows


class WorkListForm(FilterForm):
    """Held rows of one import, or those that one rule speaks against."""

    fields: dict[str, Any]

    file = forms.ChoiceField(label=_("Import"), required=False)
    rule = forms.ChoiceField(label=_("Rule"), required=False)

    def __init__(self, query: QueryDict, *, batches: JobQuerySet) -> None:
        super().__init__(query)
        found = list(batches.only("public_id", "original_name", "kind")[:MOST_IMPORTS])
        keys = {batch.kind for batch in found}
        rules = {r.key: r.name for key in keys for r in imports.kind_of(key).all_rules().values()}
        files = [(str(batch.public_id), batch.original_name) for batch in found]
        self.fields["file"].choices = [*EVERY, *files]
        self.fields["rule"].choices = [*EVERY, *sorted(rules.items(), key=lambda r: str(r[1]))]

    def rows(self, rows: StagedRowQuerySet) -> StagedRowQuerySet:
        chosen = self.chosen
        if "file" in chosen:
            rows = rows.filter(batch__public_id=chosen["file"])
        return rows.breaking(chosen["rule"]) if "rule" in chosen else rows
