"""Classes for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from core.access import Permission
from core.api.listing import documented
from core.api.views import Window
from training.class_filters import ClassForm
from training.models import TrainingClass


class TrainingClassSerializer(serializers.ModelSerializer[TrainingClass]):
    institution = serializers.CharField(source="institution.name")
    occupation = serializers.CharField(source="occupation.name")
    program = serializers.CharField(source="program_id")

    class Meta:
        model = TrainingClass
        fields = [
            "id",
            "code",
            "county_code",
            "institution",
            "occupation",
            "program",
            "level",
            "start_date",
            "end_date",
            "hours",
        ]


@extend_schema_view(list=extend_schema(parameters=documented(ClassForm)))
class TrainingClassViewSet(Window):
    """Classes held in the reader's regions, the latest first; the filters are the page's."""

    access = Permission.SEE_LEDGER
    queryset = TrainingClass.objects.select_related("institution", "occupation")
    serializer_class = TrainingClassSerializer
    query_form = ClassForm
    order = ("-start_date", "-id")
    lookup_value_converter = "int"

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        return queryset & self.query().rows()
