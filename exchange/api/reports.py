"""Reports for programs: ask for one, look whether it is made, take it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.access import Permission
from core.api.answers import ActUnacceptable
from core.api.listing import Query, documented
from core.api.reading import Strict
from core.api.views import Window
from core.downloads import download
from exchange.models import Breadth, Format, ReportRun
from exchange.periods import PeriodUnreadable
from exchange.reports.estimates import Estimate, estimate
from exchange.reports.services import (
    ReportNotPossible,
    look_at,
    open_file,
    openable,
    request_report,
)

REGION = RegexValidator(r"^[0-9]{2,6}\Z")


class ReportQuery(Query):
    region = forms.CharField(label=_("region"), required=False, validators=[REGION])
    report = forms.CharField(label=_("report"), required=False, max_length=40)
    period = forms.CharField(label=_("period"), required=False, max_length=10)
    state = forms.ChoiceField(label=_("state"), required=False, choices=ReportRun.State.choices)

    def narrow(self, rows: Any) -> Any:
        asked = dict(self.cleaned_data)
        region = asked.pop("region")
        rows = rows.within(region) if region else rows
        return rows.filter(**{name: value for name, value in asked.items() if value})


class ReportSerializer(serializers.ModelSerializer[ReportRun]):
    """`url` is where to look again; `file` is there once the reader may take the file out.

    `basis` is the digest of what a report over sealed months rests on, else ''. `differs_from`
    is an earlier report of the same basis whose bytes are others.
    """

    id = serializers.UUIDField(source="public_id")
    percent = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(source="error_sentence")
    differs_from = serializers.UUIDField(source="differs_from.public_id", default=None)
    asked_at = serializers.DateTimeField(source="queued_at")
    url = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = ReportRun
        fields = [
            "id",
            "url",
            "report",
            "region_code",
            "period",
            "format",
            "breadth",
            "state",
            "percent",
            "error",
            "asked_at",
            "finished_at",
            "as_of",
            "rows",
            "file_name",
            "size",
            "sha256",
            "basis",
            "differs_from",
            "expires_at",
            "file",
        ]

    def get_url(self, run: ReportRun) -> str:
        return self._address("api:report-detail", run)

    def get_file(self, run: ReportRun) -> str | None:
        may_open: bool = run.is_openable  # type: ignore[attr-defined]
        return self._address("api:report-file", run) if may_open else None

    def _address(self, name: str, run: ReportRun) -> str:
        address: str = reverse(name, args=[run.public_id], request=self.context["request"])
        return address


class ReportRequest(Strict):
    report = serializers.CharField(max_length=40)
    region = serializers.RegexField(r"^[0-9]{2,6}\Z")
    period = serializers.CharField(max_length=10, help_text="2019, 2019Q4, 2019-12")
    format = serializers.ChoiceField(Format.choices, default=Format.XLSX)
    breadth = serializers.ChoiceField(Breadth.choices, default=Breadth.ALONE)


class EstimateQuery(Query):
    """The same words as a request, for `estimate`."""

    report = forms.CharField(label=_("report"), max_length=40)
    region = forms.CharField(label=_("region"), validators=[REGION])
    period = forms.CharField(label=_("period"), max_length=10)
    format = forms.ChoiceField(label=_("format"), required=False, choices=Format.choices)
    breadth = forms.ChoiceField(label=_("whose"), required=False, choices=Breadth.choices)


class EstimateSerializer(serializers.Serializer[Estimate]):
    """`rows` of the first table, `tables` of a zip; `seconds` is null before the first was made."""

    rows = serializers.IntegerField()
    tables = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)


@extend_schema_view(
    list=extend_schema(parameters=documented(ReportQuery)),
    create=extend_schema(request=ReportRequest, responses={202: ReportSerializer}),
)
class ReportViewSet(Window):
    """Reports of the reader's regions, the latest first."""

    access = Permission.MAKE_REPORTS
    queryset = ReportRun.objects.all()
    serializer_class = ReportSerializer
    query_form = ReportQuery
    query_forms = {"estimate": EstimateQuery}
    order = ("-id",)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("differs_from")
        may_open = ReportRun.objects.openable_by(self.request.user).filter(pk=OuterRef("pk"))
        return rows.annotate(is_openable=Exists(may_open))

    def create(self, request: Request) -> Response:
        """Ask for a report. A worker makes it; look at `url` until it is done."""
        asked = self.body(ReportRequest)
        with _told():
            run = request_report(**_words(asked), by=request.user)
        told = self.get_serializer(self.get_queryset().get(pk=run.pk)).data
        return Response(told, status.HTTP_202_ACCEPTED, headers={"Location": told["url"]})

    @extend_schema(parameters=documented(EstimateQuery), responses=EstimateSerializer)
    @action(detail=False)
    def estimate(self, request: Request) -> Response:
        """How large a report would be and how long it would take; none is made."""
        words = _words(self.query().cleaned_data)
        with _told():
            look_at(**words, by=request.user)
            return Response(EstimateSerializer(estimate(**words)).data)

    @extend_schema(
        responses={
            (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): (
                OpenApiTypes.BINARY
            )
        }
    )
    @action(detail=True)
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """The file, for whoever may have it now; the taking is written down."""
        run = self.get_object()
        if not openable(run, request.user):
            raise Http404
        try:
            opened = open_file(run, by=request.user)
        except ReportNotPossible as trouble:
            raise ActUnacceptable(gettext(str(trouble))) from trouble
        return download(opened, run.file_name)


def _words(asked: Mapping[str, Any]) -> dict[str, str]:
    """What was asked for by the words of `request_report`."""
    words = {name: asked[name] for name in ("report", "period")}
    formed = {"format": asked["format"] or Format.XLSX, "breadth": asked["breadth"] or "alone"}
    return words | formed | {"region_code": asked["region"]}


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be asked for becomes an answer."""
    try:
        yield
    except PeriodUnreadable as trouble:
        raise exceptions.ValidationError({"period": [str(trouble)]}) from trouble
    except ReportNotPossible as trouble:
        raise ActUnacceptable(gettext(str(trouble))) from trouble
