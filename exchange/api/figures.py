"""Figures for programs: which measures there are, and any figure of them, by the pages' addresses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission
from core.api.listing import Query, documented
from core.api.views import Door
from exchange.amounts import By, Number
from exchange.figures import Figure, Part
from exchange.measures import Derived, Measure, all_derived, all_measures

SEE = Permission.SEE_FIGURES


class MeasureSerializer(serializers.Serializer[Any]):
    """`counts` is amount (parts add up), people (parts overlap), rate or stock (of two `parts`)."""

    key = serializers.CharField()
    version = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    definition = serializers.CharField()
    counts = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()

    def get_counts(self, of: Measure | Derived) -> str:
        return of.how if isinstance(of, Derived) else str(of.counts.value)

    def get_parts(self, of: Measure | Derived) -> list[str]:
        return list(of.parts) if isinstance(of, Derived) else []


class FigurePartSerializer(serializers.Serializer[Part]):
    """One part of a figure; `url` is the page of the part's own figure."""

    key = serializers.CharField()
    name = serializers.CharField()
    value = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_value(self, part: Part) -> float | None:
        return number(part.value)

    def get_url(self, part: Part) -> str:
        return self.context["request"].build_absolute_uri(part.figure.url())


class NamedFigureSerializer(serializers.Serializer[Figure]):
    """A figure as it stands now; a rate of nothing is null. `parts` where `by` was asked for."""

    measure = serializers.CharField()
    version = serializers.IntegerField(source="declared.version")
    unit = serializers.CharField(source="declared.unit")
    region = serializers.CharField(source="region_code")
    period = serializers.CharField(source="period.text")
    value = serializers.SerializerMethodField()
    as_of = serializers.DateTimeField(allow_null=True)
    is_counted = serializers.BooleanField(
        help_text=_("false after an upgrade until the figure is counted anew")
    )
    url = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()

    def get_value(self, of: Figure) -> float | None:
        return number(of.value())

    def get_url(self, of: Figure) -> str:
        return self.context["request"].build_absolute_uri(of.url())

    @extend_schema_field(FigurePartSerializer(many=True))
    def get_parts(self, of: Figure) -> list[dict[str, Any]]:
        by = self.context["by"]
        found = of.parts(By(by)) if by else []
        return [dict(FigurePartSerializer(part, context=self.context).data) for part in found]


def number(value: Number | None) -> float | int | None:
    """As JSON writes numbers; six places are enough for a rate."""
    return float(round(value, 6)) if isinstance(value, Decimal) else value


class FigureQuery(Query):
    """The names of a figure's address, and what it is to be taken apart by."""

    measure = forms.CharField(label=_("key of the measure"), max_length=60)
    region = forms.RegexField(r"^[0-9]{2,12}\Z", label=_("region"))
    period = forms.CharField(label=_("2019, 2019Q4, 2019-12 or 2019-01..2020-03"), max_length=16)
    program = forms.CharField(label=_("program"), required=False, max_length=20)
    category = forms.CharField(label=_("category"), required=False, max_length=20)
    area = forms.CharField(label=_("key of the policy area"), required=False, max_length=50)
    here = forms.ChoiceField(
        label=_("1: only rows that name no place below"), required=False, choices=[("1", "1")]
    )
    by = forms.ChoiceField(
        label=_("place, month, category or program"),
        required=False,
        choices=[(by.value, by.value) for by in By],
    )


@extend_schema_view(list=extend_schema(responses=MeasureSerializer(many=True)))
class MeasureViewSet(Door):
    """The measures that figures count, with their definitions."""

    access = SEE
    serializer_class = MeasureSerializer
    pagination_class = None

    def list(self, request: Request) -> Response:
        return Response(self.get_serializer([*all_measures(), *all_derived()], many=True).data)


@extend_schema_view(
    list=extend_schema(parameters=documented(FigureQuery), responses=NamedFigureSerializer)
)
class FigureViewSet(Door):
    """One figure of a region within the reader's scope, and its parts."""

    access = SEE
    serializer_class = NamedFigureSerializer
    query_form = FigureQuery
    pagination_class = None

    def list(self, request: Request) -> Response:
        asked = self.query().cleaned_data
        try:
            of = Figure.read(request.query_params, request.user)
        except Http404 as trouble:
            raise exceptions.NotFound from trouble
        context = {**self.get_serializer_context(), "by": asked["by"]}
        return Response(NamedFigureSerializer(of, context=context).data)
