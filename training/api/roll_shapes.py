"""How roll calls of a desk are written down on their way to the server and back."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.listing import Query
from core.api.reading import Strict
from training.api.enrollments import MOST_ROWS
from training.api.row_shapes import (
    GREATEST_KEY,
    GREATEST_VERSION,
    MOST_JUDGED,
    CellsField,
    StoredRowSerializer,
    each_once,
)


class RollChangesQuery(Query):
    since = forms.IntegerField(
        label=_("key of the change before"), required=False, min_value=0, max_value=GREATEST_KEY
    )


class DaysField(CellsField):
    """What stands in the cells of a row, by day as ISO text."""

    def known(self, data: dict[str, Any]) -> set[str]:
        return {day for day in data if is_day(day)}


def is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class JudgedRoll(Strict):
    """The changed days of a row; `id` is the ledger row's."""

    client = serializers.UUIDField(format="hex")
    id = serializers.IntegerField(min_value=1, max_value=GREATEST_KEY)
    cells = DaysField()
    line = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class SavedRoll(JudgedRoll):
    """An edit under its own key `op`; `version` is the one that the desk had before it."""

    op = serializers.UUIDField(format="hex")
    version = serializers.IntegerField(min_value=0, max_value=GREATEST_VERSION, default=0)
    withdraw = serializers.BooleanField(default=False)

    def validate_withdraw(self, given: bool) -> bool:
        if given:
            raise serializers.ValidationError(NOT_HERE)
        return given


NOT_HERE = _("A person is withdrawn from a class in the ledger, not on its roll.")


class RollRequest(Strict):
    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        return each_once(given)


class RollJudgeRequest(RollRequest):
    rows = JudgedRoll(many=True, allow_empty=False, max_length=MOST_JUDGED)  # type: ignore[call-arg]


class RollSaveRequest(RollRequest):
    rows = SavedRoll(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


class DaySerializer(serializers.Serializer[Any]):
    """A column: a person's name or masked number, or a day by its ISO text."""

    name = serializers.CharField()
    title = serializers.CharField()
    also = serializers.ListField(child=serializers.CharField())
    kind = serializers.ChoiceField(["text", "id", "mark"])
    required = serializers.BooleanField()
    fixed = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class MarkSerializer(serializers.Serializer[Any]):
    """A mark, the sign by which it is shown, and all that is read as it."""

    mark = serializers.CharField()
    sign = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())


class DaysAnswer(serializers.Serializer[Any]):
    columns = DaySerializer(many=True)
    marks = MarkSerializer(many=True)


class RollAnswer(serializers.Serializer[Any]):
    """People of a class in the order of its name list; `change` is the newest of its county."""

    rows = StoredRowSerializer(many=True)
    change = serializers.IntegerField()
