"""Quotas for programs."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from core.access import Permission
from core.api.listing import Query, documented
from core.api.views import Window
from programs.models import Plan, Program, Quota, QuotaDocument, QuotaLine


class QuotaQuery(Query):
    region = forms.CharField(
        label=_("region"), required=False, validators=[RegexValidator(r"^[0-9]{2,6}$")]
    )
    year = forms.IntegerField(label=_("year"), required=False, min_value=1949, max_value=2200)
    plan = forms.IntegerField(label=_("plan"), required=False, min_value=1)
    program = forms.CharField(label=_("program"), required=False, max_length=20)

    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["region"]:
            rows = rows.within(asked["region"])
        if asked["year"]:
            first, last = (datetime.date(asked["year"], *day) for day in ((1, 1), (12, 31)))
            rows = rows.filter(plan__first_day__lte=last, plan__last_day__gte=first)
        named = {name: asked[name] for name in ("plan", "program") if asked[name]}
        return rows.filter(**named)


class PlanSerializer(serializers.ModelSerializer[Plan]):
    class Meta:
        model = Plan
        fields = ["id", "name", "kind", "first_day", "last_day", "document_number"]


class ProgramSerializer(serializers.ModelSerializer[Program]):
    class Meta:
        model = Program
        fields = ["code", "name"]


class QuotaSerializer(serializers.ModelSerializer[Quota]):
    plan = PlanSerializer()
    program = ProgramSerializer()
    remainder = serializers.IntegerField()
    document_number = serializers.CharField()

    class Meta:
        model = Quota
        fields = [
            "id",
            "plan",
            "program",
            "region_code",
            "amount",
            "allotted",
            "remainder",
            "listed_apart",
            "document_number",
            "changed_at",
        ]


@extend_schema_view(list=extend_schema(parameters=documented(QuotaQuery)))
class QuotaViewSet(Window):
    """What the reader's regions are to do, and what of it is allotted below them."""

    access = Permission.SEE_FIGURES
    queryset = Quota.objects.naming_document().select_related("plan", "program")
    serializer_class = QuotaSerializer
    query_form = QuotaQuery
    order = ("plan_id", "region_code", "id")
    lookup_value_converter = "int"


class QuotaDocumentQuery(Query):
    region = forms.CharField(
        label=_("region"), required=False, validators=[RegexValidator(r"^[0-9]{2,6}$")]
    )
    plan = forms.IntegerField(label=_("plan"), required=False, min_value=1)
    state = forms.ChoiceField(label=_("state"), required=False, choices=QuotaDocument.State.choices)

    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["region"]:
            rows = rows.naming(asked["region"])
        named = {name: asked[name] for name in ("plan", "state") if asked[name]}
        return rows.filter(**named)


class QuotaLineSerializer(serializers.ModelSerializer[QuotaLine]):
    class Meta:
        model = QuotaLine
        fields = ["region_code", "program", "listed_apart", "change", "quota"]


class QuotaDocumentSerializer(serializers.ModelSerializer[QuotaDocument]):
    id = serializers.UUIDField(source="public_id")
    lines = QuotaLineSerializer(many=True)

    class Meta:
        model = QuotaDocument
        fields = [
            "id",
            "plan",
            "region_code",
            "kind",
            "state",
            "number",
            "dated",
            "issuer",
            "title",
            "reason",
            "issued_at",
            "lines",
        ]


@extend_schema_view(list=extend_schema(parameters=documented(QuotaDocumentQuery)))
class QuotaDocumentViewSet(Window):
    """Documents that move quotas, the latest first, with their lines in the reader's regions."""

    access = Permission.SEE_FIGURES
    queryset = QuotaDocument.objects.all()
    serializer_class = QuotaDocumentSerializer
    query_form = QuotaDocumentQuery
    order = ("-id",)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        seen = QuotaLine.objects.visible_to(self.request.user)
        return super().get_queryset().prefetch_related(Prefetch("lines", seen))


router = SimpleRouter(use_regex_path=False)
router.register("quotas", QuotaViewSet, "quota")
router.register("quota-documents", QuotaDocumentViewSet, "quota-document")
urlpatterns = router.urls
