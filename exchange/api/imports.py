"""Imports for programs: bring a file in, look what was found in it, let it be written or stop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import parsers, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.access import Permission
from core.api.answers import StateConflict
from core.api.listing import Query, documented
from core.api.reading import PlainJSONParser, Strict
from core.api.views import Window
from core.rules import Severity, say
from exchange.imports import services, undoing
from exchange.imports.kinds import ImportKind, all_kinds, kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.jobs import JobRefused
from exchange.models import ImportBatch, ImportFinding


class ImportQuery(Query):
    region = forms.CharField(
        label=_("region"), required=False, validators=[RegexValidator(r"^[0-9]{2,6}\Z")]
    )
    kind = forms.CharField(label=_("kind of roster"), required=False, max_length=40)
    state = forms.ChoiceField(label=_("state"), required=False, choices=ImportBatch.State.choices)

    def narrow(self, rows: Any) -> Any:
        asked = dict(self.cleaned_data)
        region = asked.pop("region")
        rows = rows.within(region) if region else rows
        return rows.filter(**{name: value for name, value in asked.items() if value})


class FindingQuery(Query):
    severity = forms.ChoiceField(label=_("severity"), required=False, choices=Severity.choices)
    rule = forms.CharField(label=_("rule"), required=False, max_length=80)

    def narrow(self, rows: Any) -> Any:
        return rows.filter(**{name: value for name, value in self.cleaned_data.items() if value})


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    """`url` is where to look again; the counts are known once the state is `waiting`."""

    id = serializers.UUIDField(source="public_id")
    percent = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(source="error_sentence")
    asked_at = serializers.DateTimeField(source="queued_at")
    url = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "url",
            "kind",
            "region_code",
            "options",
            "state",
            "step",
            "done",
            "total",
            "percent",
            "error",
            "original_name",
            "size",
            "sha256",
            "people",
            "accepted",
            "held",
            "not_data",
            "written",
            "undone_at",
            "undo_reason",
            "repairs",
            "asked_at",
            "finished_at",
            "findings",
        ]

    def get_url(self, batch: ImportBatch) -> str:
        return self._address("api:import-detail", batch)

    def get_findings(self, batch: ImportBatch) -> str:
        return self._address("api:import-findings", batch)

    def _address(self, name: str, batch: ImportBatch) -> str:
        address: str = reverse(name, args=[batch.public_id], request=self.context["request"])
        return address


class ImportFindingSerializer(serializers.ModelSerializer[ImportFinding]):
    """What a rule says of a line of the file, in the words of the page."""

    message = serializers.CharField(source="__str__")

    class Meta:
        model = ImportFinding
        fields = ["sheet", "line", "column", "rule", "severity", "message"]


class ImportRequest(Strict):
    """A file of one region; the kind may ask for more, such as the program of a training roster."""

    file = serializers.FileField(allow_empty_file=True, max_length=255)
    kind = serializers.CharField(max_length=40)
    region = serializers.RegexField(r"^[0-9]{2}(?:[0-9]{2}(?:[0-9]{2})?)?\Z")

    def get_fields(self) -> dict[str, Any]:
        options = {
            option.name: serializers.CharField(
                required=False, max_length=40, help_text=str(option.label)
            )
            for kind in all_kinds()
            for option in kind.options
        }
        return {**super().get_fields(), **options}

    def validate_kind(self, value: str) -> ImportKind:
        try:
            return kind_of(value)
        except KeyError:
            raise serializers.ValidationError(
                _("There is no such kind of roster. Choose one of the list.")
            ) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = attrs["kind"]
        # Two digits more a level; what does not exist is as far as what is another's.
        if len(attrs["region"]) // 2 not in kind.levels:
            raise serializers.ValidationError(
                {"region": [_("This kind of roster is not filed by such a region.")]}
            )
        given = {name: attrs[name] for name in attrs.keys() - {"file", "kind", "region"}}
        for name in given.keys() - {option.name for option in kind.options}:
            raise serializers.ValidationError(
                {name: [_("This kind of roster does not ask for it.")]}
            )
        try:
            chosen = kind.chosen(given)
        except ValueError as trouble:
            name = str(trouble).partition(":")[0]
            raise serializers.ValidationError({name: [_("Choose one of the list.")]}) from trouble
        return {**attrs, "options": chosen}


class TakeBackRequest(Strict):
    """Why the import is taken back; without ID or phone numbers."""

    reason = serializers.CharField(
        min_length=undoing.SHORTEST_REASON, max_length=undoing.LONGEST_REASON
    )


# Whoever may take imports back sees them.
SEE = Permission.TAKE_BACK_IMPORTS
ACT = {"request": None, "responses": {202: ImportSerializer}}


@extend_schema_view(
    list=extend_schema(parameters=documented(ImportQuery)),
    create=extend_schema(
        request={"multipart/form-data": ImportRequest},
        responses={202: ImportSerializer, 422: ImportSerializer},
    ),
)
class ImportViewSet(Window):
    """Imports of the reader's regions, the latest first."""

    access = {
        "list": SEE,
        "retrieve": SEE,
        "findings": SEE,
        "create": Permission.BRING_IN_FILES,
        "confirm": Permission.BRING_IN_FILES,
        "stop": Permission.BRING_IN_FILES,
        "try_again": Permission.BRING_IN_FILES,
        "take_back": SEE,
    }
    queryset = ImportBatch.objects.all()
    serializer_class = ImportSerializer
    parser_classes = [PlainJSONParser, parsers.MultiPartParser]
    query_form = ImportQuery
    query_forms = {"findings": FindingQuery}
    order = ("-id",)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.access.get(self.action) is SEE and not getattr(self, "swagger_fake_view", False):
            return ImportBatch.objects.overseen_by(self.request.user)
        return rows

    def create(self, request: Request) -> Response:
        """Bring a file in. A worker reads and judges it; look at `url` until it is waiting.

        A file that is refused at the door is answered 422, with the reason in `error`.
        """
        asked = self.body(ImportRequest)
        batch = services.bring_in(
            file=asked["file"],
            name=asked["file"].name,
            kind=asked["kind"],
            region_code=asked["region"],
            options=asked["options"],
            by=request.user,
        )
        refused = batch.state == ImportBatch.State.FAILED
        return self._told(
            batch, status.HTTP_422_UNPROCESSABLE_ENTITY if refused else status.HTTP_202_ACCEPTED
        )

    @extend_schema(
        responses=ImportFindingSerializer(many=True), parameters=documented(FindingQuery)
    )
    @action(detail=True)
    def findings(self, request: Request, **kwargs: Any) -> Response:
        """What the rules say of the file's rows, by sheet and line."""
        self.order = ("sheet", "line", "id")
        found = self.query().narrow(self.get_object().findings.all())
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(ImportFindingSerializer(page, many=True).data)

    @extend_schema(**ACT)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Let the accepted rows be written; the held ones stay behind."""
        return self._acted(services.confirm, request)

    @extend_schema(**ACT)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, **kwargs: Any) -> Response:
        """Give the import up; nothing is written."""
        return self._acted(services.stop, request)

    @extend_schema(**ACT)
    @action(detail=True, methods=["post"], url_path="try-again")
    def try_again(self, request: Request, **kwargs: Any) -> Response:
        """Let the kept file be read once more after its reading broke off, such as for want of room.

        409 with a sentence when it did not break off, or would only break off again.
        """
        return self._acted(services.try_again, request)

    @extend_schema(request=TakeBackRequest, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **kwargs: Any) -> Response:
        """Take a written import back as a whole, with a reason. A worker does it; look at `url`.

        409 with a sentence when something stands in the way, such as rows changed since.
        """
        batch = self.get_object()
        asked = self.body(TakeBackRequest)
        try:
            undoing.take_back(batch, by=request.user, reason=asked["reason"])
        except JobRefused as refusal:
            raise StateConflict(say(refusal.sentence, refusal.params)) from refusal
        return self._told(batch, status.HTTP_202_ACCEPTED)

    def _acted(self, act: Any, request: Request) -> Response:
        """Decide on an import. The request needs no body and may say nothing by one."""
        batch = self.get_object()
        self.body(Strict)
        try:
            act(batch, by=request.user)
        except ImportNotPossible as trouble:
            raise StateConflict(gettext(str(trouble))) from trouble
        return self._told(batch, status.HTTP_202_ACCEPTED)

    def _told(self, batch: ImportBatch, code: int) -> Response:
        told = self.get_serializer(batch).data
        return Response(told, code, headers={"Location": told["url"]})
