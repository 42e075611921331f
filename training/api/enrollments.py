"""The ledger for programs: read by the page's filters, written by the page's rules."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission
from core.api.listing import documented
from core.api.reading import Strict
from core.api.views import Window
from core.models import Region
from core.request_id import current_request_id
from core.rules import Finding
from exchange.imports.services import judge_rows, take_rows
from exchange.imports.staging import Judged
from talent.models import Person
from training.filters import LedgerForm
from training.imports import OWN_COLUMNS, TRAINING_ROSTER, program_choices
from training.models import Enrollment

MOST_ROWS = 1000
LONGEST_CELL = 2000
HELD = _("Some rows cannot be taken, so none was. Mend them and send all of them again.")


class PersonInLedgerSerializer(serializers.ModelSerializer[Person]):
    class Meta:
        model = Person
        fields = ["id", "name", "sex", "id_number_mask"]


class EnrollmentSerializer(serializers.ModelSerializer[Enrollment]):
    """A row of the ledger; `import` names the import it came with, `sheet` and `line` its place."""

    person = PersonInLedgerSerializer()
    class_code = serializers.CharField(source="training_class.code")
    occupation = serializers.CharField(source="training_class.occupation.name")
    institution = serializers.CharField(source="training_class.institution.name")
    program = serializers.CharField(source="program_id")

    class Meta:
        model = Enrollment
        fields = [
            "id",
            "state",
            "person",
            "training_class",
            "class_code",
            "occupation",
            "institution",
            "program",
            "county_code",
            "region_code",
            "group_name",
            "household_code",
            "relation",
            "category",
            "education",
            "level",
            "start_date",
            "end_date",
            "hours",
            "result",
            "score",
            "certificate_number",
            "subsidy",
            "employment",
            "remark",
            "sheet",
            "line",
            "created_at",
        ]

    def get_fields(self) -> dict[str, Any]:
        came_with = serializers.UUIDField(source="import_batch.public_id", default=None)
        return {**super().get_fields(), "import": came_with}


class RosterRow(Strict):
    """A row as a roster has it: every cell is text, by the name of its column."""

    def get_fields(self) -> dict[str, Any]:
        return {
            column.name: RosterCell(
                label=column.title,
                help_text=column.title,
                required=False,
                allow_null=True,
                allow_blank=True,
                trim_whitespace=False,
                max_length=LONGEST_CELL,
            )
            for column in OWN_COLUMNS
        }


class RosterCell(serializers.CharField):
    """Text only: a number that passed through a spreadsheet or a float is no longer a number."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EnrollmentRequest(Strict):
    """Rows of one county and one program."""

    region = serializers.RegexField(r"^[0-9]{6}\Z")
    program = serializers.CharField(max_length=20)
    rows = RosterRow(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]

    def validate_program(self, value: str) -> str:
        if value not in dict(program_choices()):
            raise serializers.ValidationError(
                _("There is no such program. Choose one of the list.")
            )
        return value


class FindingSerializer(serializers.Serializer[Finding]):
    """What a rule says of a row, counted from 1, in the words of the page."""

    row = serializers.SerializerMethodField()
    column = serializers.CharField()
    rule = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField(source="__str__")

    def get_row(self, finding: Finding) -> int:
        return finding.row + 1


class EnrollmentAnswer(serializers.Serializer[Any]):
    """`written` are new; `passed_over` stood in the ledger already."""

    rows = serializers.IntegerField()
    written = serializers.IntegerField()
    passed_over = serializers.IntegerField()
    findings = FindingSerializer(many=True)


class EnrollmentRefusal(serializers.Serializer[Any]):
    detail = serializers.CharField()
    rows = serializers.IntegerField()
    held = serializers.IntegerField()
    findings = FindingSerializer(many=True)
    request_id = serializers.CharField()


@extend_schema_view(
    list=extend_schema(parameters=documented(LedgerForm)),
    create=extend_schema(
        request=EnrollmentRequest, responses={201: EnrollmentAnswer, 422: EnrollmentRefusal}
    ),
)
class EnrollmentViewSet(Window):
    """Rows of the ledger of the reader's regions, the latest first; the filters are the page's."""

    access = {
        "list": Permission.SEE_LEDGER,
        "retrieve": Permission.SEE_LEDGER,
        "create": Permission.ENTER_LEDGER,
    }
    queryset = Enrollment.objects.select_related(
        "person",
        "import_batch",
        "training_class__institution",
        "training_class__occupation",
    ).defer("person__id_number_index", "person__id_number_sealed", "person__phone_sealed")
    serializer_class = EnrollmentSerializer
    query_form = LedgerForm
    order = ("-start_date", "-id")
    lookup_value_converter = "int"

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset & self.query().rows() if self.action == "list" else queryset

    def create(self, request: Request) -> Response:
        """Enter rows: all of them, or none when a mandatory finding holds one."""
        asked = self.body(EnrollmentRequest)
        may_enter = Region.objects.visible_to(request.user, Permission.ENTER_LEDGER)
        county: Model = get_object_or_404(may_enter, pk=asked["region"])
        judged = judge_rows(TRAINING_ROSTER, str(county.pk), asked["rows"])
        if judged.held:
            return Response(_refusal(judged), status.HTTP_422_UNPROCESSABLE_ENTITY)
        written = take_rows(judged, options={"program": asked["program"]}, by=request.user)
        return Response(_answer(judged, written), status.HTTP_201_CREATED)


def _refusal(judged: Judged) -> dict[str, Any]:
    return EnrollmentRefusal(
        {
            "detail": HELD,
            "rows": judged.people,
            "held": len(judged.held),
            "findings": judged.findings,
            "request_id": current_request_id(),
        }
    ).data


def _answer(judged: Judged, written: int) -> dict[str, Any]:
    return EnrollmentAnswer(
        {
            "rows": judged.people,
            "written": written,
            "passed_over": judged.people - written,
            "findings": judged.findings,
        }
    ).data
