"""Divisions: the regions a reader's figures are of, down to the villages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission
from core.api.listing import Query, documented
from core.api.views import Window
from core.models import Region


class RegionQuery(Query):
    q = forms.CharField(
        label=_("beginning of the name, the short name or the pinyin initials"),
        required=False,
        max_length=50,
    )
    parent = forms.CharField(label=_("code of the region above"), required=False, max_length=12)
    level = forms.TypedChoiceField(
        label=_("1 province, 2 prefecture, 3 county, 4 township, 5 village"),
        required=False,
        choices=Region.Level.choices,
        coerce=int,
    )

    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["parent"]:
            rows = rows.beneath(asked["parent"])
        if asked["level"]:
            rows = rows.filter(level=asked["level"])
        if asked["q"]:
            begins = Q(name__startswith=asked["q"]) | Q(short_name__startswith=asked["q"])
            rows = rows.filter(begins | Q(pinyin__startswith=asked["q"].lower()))
        return rows


class ChildrenQuery(Query):
    def narrow(self, rows: Any) -> Any:
        return rows


class RegionSerializer(serializers.ModelSerializer[Region]):
    parent = serializers.CharField(source="parent_id", allow_null=True)

    class Meta:
        model = Region
        fields = ["code", "name", "short_name", "pinyin", "level", "parent", "statistical_only"]


@extend_schema_view(list=extend_schema(parameters=documented(RegionQuery)))
class RegionViewSet(Window):
    """Divisions within the reader's regions, by code."""

    access = Permission.SEE_FIGURES
    queryset = Region.objects.all()
    serializer_class = RegionSerializer
    query_form = RegionQuery
    query_forms = {"children": ChildrenQuery}
    order = ("code",)
    lookup_value_converter = "region_code"

    @extend_schema(responses=RegionSerializer(many=True), parameters=documented(ChildrenQuery))
    @action(detail=True)
    def children(self, request: Request, **kwargs: Any) -> Response:
        """The divisions one level below a region."""
        below = self.get_queryset().beneath(self.get_object().code)
        page = self.paginate_queryset(below) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
