"""Months and receipts for programs: read what is where on its way, and what was sealed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from core.access import Permission
from core.api.listing import Query, documented
from core.api.views import Window
from exchange.api.reports import REGION
from exchange.models import Receipt, Submission
from exchange.receipt_forms import MONTH
from exchange.submissions import codes

NAMES = ("measure", "program", "category", "amount")


class MonthField(serializers.DateField):
    """A month, written 2019-06."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m", **options)


class OfMonth(Query):
    region = forms.CharField(label=_("region"), required=False, validators=[REGION])
    month = forms.RegexField(MONTH, label=_("month"), required=False)


class SubmissionQuery(OfMonth):
    state = forms.ChoiceField(
        label=_("state"), required=False, choices=[("", ""), *Submission.State.choices]
    )
    late = forms.ChoiceField(
        label=_("late only"), required=False, choices=[("", ""), ("1", _("late only"))]
    )

    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        rows = rows.within(asked["region"]) if asked["region"] else rows
        rows = rows.filter(month=f"{asked['month']}-01") if asked["month"] else rows
        rows = rows.filter(state=asked["state"]) if asked["state"] else rows
        return rows.late(timezone.localdate()) if asked["late"] else rows


class ReceiptQuery(OfMonth):
    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        rows = rows.within(asked["region"]) if asked["region"] else rows
        return rows.filter(submission__month=f"{asked['month']}-01") if asked["month"] else rows


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """`round` is how often the month was submitted; `version` grows with every step."""

    month = MonthField()
    is_late = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = [
            "id",
            "book",
            "county_code",
            "month",
            "state",
            "round",
            "due_on",
            "is_late",
            "late_reason",
            "submitted_at",
            "accepted_at",
            "locked_at",
            "returned_at",
            "open_until",
            "version",
        ]

    def get_is_late(self, submission: Submission) -> bool:
        return submission.counts_as_late(timezone.localdate())


class FigureSerializer(serializers.Serializer[Any]):
    measure = serializers.CharField()
    program = serializers.CharField()
    category = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """`figures` are those of the whole month at the moment of sealing; `link` is in hex."""

    month = MonthField(source="submission.month")
    link = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta:
        model = Receipt
        fields = [
            "code",
            "county_code",
            "month",
            "kind",
            "seq",
            "round",
            "rows",
            "people",
            "figures",
            "link",
            "sealed_at",
        ]

    def get_link(self, receipt: Receipt) -> str:
        return bytes(receipt.link).hex()

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, receipt: Receipt) -> list[dict[str, str]]:
        return [dict(zip(NAMES, figure, strict=True)) for figure in receipt.figures]


@extend_schema_view(list=extend_schema(parameters=documented(SubmissionQuery)))
class SubmissionViewSet(Window):
    """Months of the reader's counties on their way to the province, the latest first."""

    access = Permission.SEE_FIGURES
    queryset = Submission.objects.all()
    serializer_class = SubmissionSerializer
    query_form = SubmissionQuery
    order = ("-month", "-county_code", "-id")


@extend_schema_view(list=extend_schema(parameters=documented(ReceiptQuery)))
class ReceiptViewSet(Window):
    """What the reader's counties sealed, the latest first; one is found by the code on a paper."""

    access = Permission.SEE_FIGURES
    queryset = Receipt.objects.select_related("submission")
    serializer_class = ReceiptSerializer
    query_form = ReceiptQuery
    order = ("-id",)
    lookup_field = "code"
    lookup_value_converter = "str"

    def get_object(self) -> Receipt:
        """The receipt, its code written with or without hyphens."""
        code = codes.read(self.kwargs["code"])
        if code is None:
            raise Http404
        self.kwargs["code"] = code
        found: Receipt = super().get_object()
        return found
