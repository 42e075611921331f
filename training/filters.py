"""What a reader of the ledger may pick, and the rows that are then meant."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission
from core.models import PolicyArea, Region, User
from exchange.figures import Figure, years_with_figures
from exchange.filters import PeriodField, month_choices, with_every, year_choices
from exchange.measures import Measure, measure_of, measures_over
from exchange.models import ImportBatch, ReturnNote
from exchange.periods import Period
from exchange.regions import asked_region, region_choices
from talent.models import Person
from talent.names import fold_name
from training.chapters import LEDGER
from training.models import Enrollment, Institution, TrainingClass
from training.querysets import EnrollmentQuerySet
from training.rollups import ATTENDANCES, program_names

COUNTY = 6
FIRST_YEAR = 2013
ALL_STATES = "all"
EVER = Period.between(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31))
# What the rollups are kept by: with nothing else picked they know the total.
KEPT_BY = frozenset({"region", "year", "month", "period", "program", "category", "area", "measure"})
NOT_FOUND = gettext_lazy("This is not to be found. Take the filter away.")
TOO_WIDE = gettext_lazy(
    "Type at least two characters of the name, or choose a county first: initials are searched "
    "within a county."
)


class LedgerForm(forms.Form):
    """The filter bar of the ledger; the hidden fields come from links and show as chips.

    `bind` reads an address and gives the form ready to be asked for its rows.
    """

    region = forms.ChoiceField(label=gettext_lazy("region"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("year"), required=False)
    month = forms.ChoiceField(label=gettext_lazy("month"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("program"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("category"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    q = forms.CharField(
        label=gettext_lazy("name or initials"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )
    period = PeriodField(label=gettext_lazy("period"), max_length=None, widget=forms.HiddenInput)
    institution = forms.IntegerField(
        label=gettext_lazy("training institution"), required=False, widget=forms.HiddenInput
    )
    training_class = forms.IntegerField(
        label=gettext_lazy("class"), required=False, widget=forms.HiddenInput
    )
    noted = forms.ChoiceField(
        label=gettext_lazy("return notes"),
        required=False,
        widget=forms.HiddenInput,
        choices=[
            ("1", gettext_lazy("rows with return notes")),
            ("open", gettext_lazy("not answered yet")),
        ],
    )
    batch = forms.UUIDField(label=gettext_lazy("import"), required=False, widget=forms.HiddenInput)
    measure = forms.ChoiceField(
        label=gettext_lazy("counted in"),
        required=False,
        widget=forms.HiddenInput,
    )
    area = forms.ChoiceField(
        label=gettext_lazy("policy area"), required=False, widget=forms.HiddenInput
    )
    here = forms.ChoiceField(
        label=gettext_lazy("place"),
        required=False,
        widget=forms.HiddenInput,
        choices=[("1", gettext_lazy("no place below given"))],
    )
    person = forms.IntegerField(
        label=gettext_lazy("person"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.place = asked_region(user, Permission.SEE_LEDGER, data.get("region", ""))
        self._offer("year", with_every(year_choices(self._years())))
        self._offer("month", with_every(month_choices()))
        self._offer("measure", [(m.key, m.label) for m in measures_over(Enrollment)])
        asked = PolicyArea.objects.filter(key=data.get("area", ""))
        self._offer("area", asked.values_list("key", "name") if data.get("area") else [])
        self._several("program", program_names())
        self._several("category", self._split(data.get("measure", "")))
        states = [("", Enrollment.State.ACTIVE.label), *Enrollment.State.choices[1:]]
        self._offer("state", [*states, (ALL_STATES, _("all"))])
        if self.place is None:
            del self.fields["region"]
        else:
            self._offer("region", region_choices(user, Permission.SEE_LEDGER, self.place))
            self.initial["region"] = self.place.code

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _several(self, name: str, names: Mapping[str, Any]) -> None:
        """One of a list; several where a link of a figure names as many."""
        given = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        if len(given) > 1:
            hidden = forms.MultipleHiddenInput
            label = self.fields[name].label
            self.fields[name] = forms.MultipleChoiceField(
                label=label, required=False, widget=hidden
            )
            self._offer(name, names.items())
        else:
            self._offer(name, with_every(names.items()))

    def _split(self, key: str) -> Mapping[str, Any]:
        """What rows are split by in the measure that is asked for: mostly people's categories."""
        measure = next((m for m in measures_over(Enrollment) if m.key == key), ATTENDANCES)
        self.fields["category"].label = measure.split_by
        return measure.categories()

    def _years(self) -> list[int]:
        if self.place is None:
            return list(range(timezone.localdate().year, FIRST_YEAR - 1, -1))
        return years_with_figures(self.place.code[:COUNTY])

    def clean_institution(self) -> Institution | None:
        return self._seen(Institution.objects.visible_to(self.user), "institution", "pk")

    def clean_training_class(self) -> TrainingClass | None:
        return self._seen(TrainingClass.objects.visible_to(self.user), "training_class", "pk")

    def clean_person(self) -> int | None:
        """The key of somebody who has rows that the reader sees."""
        key: int | None = self.cleaned_data["person"]
        rows = Enrollment.objects.visible_to(self.user).filter(person=key)
        if key is not None and not (key < 2**31 and rows.exists()):
            raise forms.ValidationError(NOT_FOUND)
        return key

    def clean_batch(self) -> ImportBatch | None:
        batches = ImportBatch.objects.visible_to(self.user, Permission.SEE_LEDGER)
        return self._seen(batches, "batch", "public_id")

    def _seen(self, rows: Any, name: str, column: str) -> Any:
        """What a hidden field names, if it lies in the user's scope."""
        value = self.cleaned_data[name]
        if value is None:
            return None
        found = rows.filter(**{column: value}).first()
        if found is None:
            raise forms.ValidationError(NOT_FOUND)
        return found

    def clean_q(self) -> str:
        """Within a county any beginning will do; a wider search must be told more."""
        text = self.cleaned_data["q"]
        wide = self.place is not None and len(self.place.code) < COUNTY
        if text and wide and (text.isascii() or len(fold_name(text)) < 2):
            raise forms.ValidationError(TOO_WIDE)
        return text

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("month") and not self.cleaned_data.get("year"):
            self.add_error("month", _("Choose the year too."))
        return self.cleaned_data

    @property
    def hidden_troubles(self) -> list[str]:
        """What is wrong with filters that have no field on the page."""
        hidden = (field for field in self.hidden_fields() if field.errors)
        return [f"{field.label}：{error}" for field in hidden for error in field.errors]

    @property
    def counted(self) -> Measure:
        return measure_of(self.cleaned_data.get("measure") or ATTENDANCES.key)

    @property
    def span(self) -> Period | None:
        picked = self.cleaned_data
        if picked["period"]:
            return picked["period"]
        if not picked["year"]:
            return None
        month = picked["month"]
        return Period.parse(f"{picked['year']}-{int(month):02}" if month else picked["year"])

    def rows(self) -> EnrollmentQuerySet:
        """The rows that are meant; none while the filters cannot be read."""
        rows: EnrollmentQuerySet = Enrollment.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        picked = self.cleaned_data
        conditions = [self._place(), self._state(), self._batch(), self._noted(), self._named()]
        plain = {
            "person": picked["person"],
            "training_class": picked["training_class"],
            "training_class__institution": picked["institution"],
        }
        conditions.append(Q(**{name: value for name, value in plain.items() if value}))
        for condition in conditions:
            rows = rows.filter(condition)
        return self._counted(rows)

    def _counted(self, rows: EnrollmentQuerySet) -> EnrollmentQuerySet:
        """Those of the rows that count within what is picked; without a measure, whatever state."""
        span, picked = self.span, self.cleaned_data
        if span:
            # Whatever day counts, a class has started by then: so far the order's index helps.
            rows = rows.filter(start_date__lte=span.last_day)
        if any(picked[name] for name in ("measure", "area", "here")):
            return rows & self._figure(whole=False).rows()
        begun = Q(start_date__gte=span.first_day) if span else Q()
        for name in ("program", "category"):
            if codes := self._codes(name):
                begun &= Q(**{f"{name}__in": codes})
        return rows.filter(begun)

    def _figure(self, *, whole: bool = True) -> Figure:
        """What is picked as a figure; unless `whole`, without a place that `_place` says better."""
        code, picked = self.place.code if self.place else "", self.cleaned_data
        here = bool(picked["here"]) and len(code) >= COUNTY
        return Figure(
            measure=self.counted.key,
            region_code=code if whole or here or self.counted.join else "",
            period=self.span or EVER,
            programs=frozenset(self._codes("program")),
            categories=frozenset(self._codes("category")),
            area=picked["area"],
            here=here,
        )

    def _codes(self, name: str) -> list[str]:
        picked = self.cleaned_data[name]
        return picked if isinstance(picked, list) else [picked] if picked else []

    def _place(self) -> Q:
        """A township or village stands beside its county, whose index gives the order."""
        if self.place is None:
            return Q()
        code = self.place.code
        within = Enrollment.objects.none().in_region
        return within(code[:COUNTY]) & within(code) if len(code) > COUNTY else within(code)

    def _state(self) -> Q:
        state = self.cleaned_data["state"]
        return Q() if state == ALL_STATES else Q(state=state or Enrollment.State.ACTIVE)

    def _batch(self) -> Q:
        batch = self.cleaned_data["batch"]
        return Q(import_batch=batch, county_code=batch.region_code) if batch else Q()

    def _noted(self) -> Q:
        """Rows of which the levels above noted something, or still wait for an answer."""
        noted = self.cleaned_data["noted"]
        if not noted:
            return Q()
        notes = ReturnNote.objects.filter(chapter=LEDGER.key)
        notes = notes.filter(answer="") if noted == "open" else notes
        return Q(pk__in=notes.values("row_key"))

    def _named(self) -> Q:
        text = self.cleaned_data["q"]
        if not text:
            return Q()
        people = Person.objects.named(fold_name(text))
        if self.place is not None and len(self.place.code) < COUNTY:
            # By name within each county of the country: the register's index starts with it.
            counties = Region.objects.filter(level=Region.Level.COUNTY).values("code")
            people = people.filter(county_code__in=counties)
        return Q(person__in=people.values("pk"))

    @property
    def is_by_person(self) -> bool:
        """Whether people are listed, each once, because people are counted."""
        return self.is_valid() and self.counted.is_people and not self.cleaned_data["person"]

    def figure(self) -> Figure | None:
        """The figure that says how many rows, or people, these are; None when a filter goes deeper."""
        if self.place is None or len(self.place.code) > COUNTY or not self.is_valid():
            return None
        picked = {name for name, value in self.cleaned_data.items() if value}
        return self._figure() if picked <= KEPT_BY and self.counted.amount == "1" else None
