"""Checking a number for programs: the page's answer, from the page's budget."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission
from core.api.reading import Strict
from core.api.views import Door
from core.request_id import current_request_id
from training.checking import Attended, Check, check_number


class NumberCheckRequest(Strict):
    """A citizen number, in the body only."""

    number = serializers.CharField(max_length=30)


class OwnClassSerializer(serializers.Serializer[Attended]):
    """A class of the reader's region; `enrollment` is the row of the ledger."""

    county = serializers.CharField()
    class_code = serializers.CharField()
    enrollment = serializers.IntegerField(source="row")


class OtherClassSerializer(serializers.Serializer[Attended]):
    """A class elsewhere in the province."""

    county = serializers.CharField()
    class_code = serializers.CharField()


class NumberCheckAnswer(serializers.Serializer[Check]):
    """`name` is told of people who live in the reader's region."""

    is_sound = serializers.SerializerMethodField()
    sentence = serializers.CharField()
    person = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    own = OwnClassSerializer(many=True)
    elsewhere = OtherClassSerializer(many=True)

    def get_is_sound(self, found: Check) -> bool:
        return not found.trouble


class NumberCheckRefusal(serializers.Serializer[Any]):
    detail = serializers.CharField()
    request_id = serializers.CharField()


@extend_schema_view(
    create=extend_schema(
        request=NumberCheckRequest, responses={200: NumberCheckAnswer, 429: NumberCheckRefusal}
    )
)
class NumberCheckViewSet(Door):
    """Whether a citizen number is sound, registered, and in a class already."""

    access = {"create": Permission.IMPORT_ROSTERS}
    serializer_class = NumberCheckAnswer

    def create(self, request: Request) -> Response:
        """Check one number; each check is written down and taken from the hour's and day's budget."""
        found = check_number(number=self.body(NumberCheckRequest)["number"], by=request.user)
        if not found.wait:
            return Response(NumberCheckAnswer(found).data, headers={"Cache-Control": "no-store"})
        refusal = {"detail": found.sentence, "request_id": current_request_id()}
        headers = {"Retry-After": str(found.wait), "Cache-Control": "no-store"}
        return Response(refusal, status.HTTP_429_TOO_MANY_REQUESTS, headers=headers)
