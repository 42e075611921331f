"""How rows of a desk are written down on their way to the server and back."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.listing import Query
from core.api.reading import Strict, refuse_unknown
from core.rules import Finding
from exchange.periods import Period
from training.api.enrollments import LONGEST_CELL, MOST_ROWS, RosterRow
from training.edits import Edit, Outcome
from training.imports import OWN_COLUMNS, TRAINING_ROSTER, program_choices
from training.marks import ROLL_CALL_RULES
from training.models import DraftRow
from training.withdrawing import WITHDRAWAL_RULES

MOST_JUDGED = 200
GREATEST_KEY, GREATEST_VERSION = 2**63 - 1, 2**31 - 1
NAMES = {column.name for column in OWN_COLUMNS}
OF_DESKS = (*WITHDRAWAL_RULES, *ROLL_CALL_RULES)
RULES = {**TRAINING_ROSTER.all_rules(), **{rule.key: rule for rule in OF_DESKS}}
NO_PROGRAM = _("There is no such program. Choose one of the list.")
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z"
NOT_TEXT = _("Every cell is a text of at most %(most)s characters, or null.")
NAMED_TWICE = _("Two rows of the request have the same key. Send each row once.")


class CountyQuery(Query):
    region = forms.RegexField(r"^[0-9]{6}\Z", label=_("county"), required=False)

    def narrow(self, rows: Any) -> Any:
        return rows


class RowsQuery(CountyQuery):
    """The month by its number, such as 2019-06, or the class by its key, whose rows are meant."""

    month = forms.RegexField(MONTH, label=_("month"), required=False)
    program = forms.CharField(label=_("program"), required=False, max_length=20)
    after = forms.IntegerField(
        label=_("key of the row before"), required=False, min_value=0, max_value=GREATEST_KEY
    )

    def narrow(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["month"]:
            rows = rows.starting(Period.parse(asked["month"]))
        if asked["class"]:
            rows = rows.filter(training_class=asked["class"])
        if asked["program"]:
            rows = rows.filter(program=asked["program"])
        return rows.filter(pk__gt=asked["after"] or 0)

    @property
    def first_day(self) -> datetime.date | None:
        """That of the month asked for."""
        written = self.cleaned_data["month"]
        return Period.parse(written).first_day if written else None

    def drafts(self, county_code: str) -> Any:
        """Unfinished rows of what is asked for; none behind the first page."""
        asked, rows = self.cleaned_data, DraftRow.objects.filter(county_code=county_code)
        if asked["after"]:
            return rows.none()
        if asked["month"]:
            rows = rows.of_month(county_code, self.first_day)
        if asked["class"]:
            rows = rows.filter(training_class=asked["class"])
        return rows.filter(program=asked["program"]) if asked["program"] else rows


RowsQuery.base_fields["class"] = forms.IntegerField(
    label=_("class"), required=False, max_value=GREATEST_KEY
)


class ChangesQuery(CountyQuery):
    since = forms.IntegerField(
        label=_("key of the change before"), required=False, min_value=0, max_value=GREATEST_KEY
    )


@extend_schema_field(RosterRow)
class CellsField(serializers.Field[Any, Any, Any, Any]):
    """Text by the name of its column; a thousand rows are read in no time."""

    def known(self, data: dict[str, Any]) -> set[str]:
        """The columns that there are."""
        return NAMES

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(NOT_TEXT % {"most": LONGEST_CELL})
        refuse_unknown(data, self.known(data))
        cells = {name: cell or "" for name, cell in data.items()}
        if any(not isinstance(c, str) or len(c) > LONGEST_CELL for c in cells.values()):
            raise serializers.ValidationError(NOT_TEXT % {"most": LONGEST_CELL})
        return cells

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


class JudgedRow(Strict):
    """A row as it would be saved; `id` names the stored one, of which only changed cells are sent."""

    client = serializers.UUIDField(format="hex")
    id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=GREATEST_KEY
    )
    cells = CellsField()
    line = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class SavedRow(JudgedRow):
    """An edit under its own key `op`; `version` is the one that the desk had before it."""

    op = serializers.UUIDField(format="hex")
    version = serializers.IntegerField(min_value=0, max_value=GREATEST_VERSION, default=0)
    withdraw = serializers.BooleanField(default=False)
    reason = serializers.CharField(default="", allow_blank=True, max_length=300)


class RowsRequest(Strict):
    """Rows of one county, of one class or all of one program.

    `month`, such as 2019-06, is the desk's: a row whose start cannot be read yet waits there.
    """

    month = serializers.RegexField(MONTH, required=False, allow_blank=True, default="")
    region = serializers.RegexField(r"^[0-9]{6}\Z")
    program = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")

    def get_fields(self) -> dict[str, Any]:
        key = serializers.IntegerField(
            required=False, allow_null=True, default=None, max_value=GREATEST_KEY
        )
        return {**super().get_fields(), "class": key}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["class"] is None and given["program"] not in dict(program_choices()):
            raise serializers.ValidationError({"program": [NO_PROGRAM]})
        return each_once(given)


def each_once(given: dict[str, Any]) -> dict[str, Any]:
    """The request, in which no two rows have a key in common."""
    for name in ("client", "op", "id"):
        keys = [row[name] for row in given["rows"] if row.get(name)]
        if len(keys) > len(set(keys)):
            raise serializers.ValidationError({"rows": [NAMED_TWICE]})
    return given


class JudgeRequest(RowsRequest):
    rows = JudgedRow(many=True, allow_empty=False, max_length=MOST_JUDGED)  # type: ignore[call-arg]


class SaveRequest(RowsRequest):
    rows = SavedRow(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


def edit_of(row: dict[str, Any]) -> Edit:
    return Edit(
        client=row["client"],
        op=row["op"],
        cells=row["cells"],
        key=row.get("id"),
        version=row["version"],
        withdraw=row["withdraw"],
        reason=row["reason"].strip(),
        line=row.get("line", 0),
    )


class RowFindingSerializer(serializers.Serializer[Finding]):
    """What a rule says of a row, with the rule's name and its source."""

    column = serializers.CharField()
    rule = serializers.CharField()
    name = serializers.SerializerMethodField()
    severity = serializers.CharField()
    message = serializers.CharField(source="__str__")
    citation = serializers.SerializerMethodField()

    def get_name(self, finding: Finding) -> str:
        return str(RULES[finding.rule].name)

    def get_citation(self, finding: Finding) -> str:
        return RULES[finding.rule].citation


class TheirsSerializer(serializers.Serializer[Any]):
    """The row as others left it; without cells it is there no more."""

    version = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    cells = CellsField()


class OutcomeSerializer(serializers.Serializer[Outcome]):
    """`cells` are those that the ledger writes otherwise than they were sent."""

    client = serializers.UUIDField(format="hex")
    outcome = serializers.ChoiceField(["saved", "held", "conflict", "gone", "closed"])
    id = serializers.IntegerField(source="key", allow_null=True)
    version = serializers.IntegerField()
    cells = CellsField()
    findings = RowFindingSerializer(many=True)
    theirs = TheirsSerializer(allow_null=True)


class SaveAnswer(serializers.Serializer[Any]):
    """`change` is the newest change of the county, for asking what others changed since."""

    rows = OutcomeSerializer(many=True)
    change = serializers.IntegerField()


class JudgedRowAnswer(serializers.Serializer[Any]):
    client = serializers.UUIDField(format="hex")
    findings = RowFindingSerializer(many=True)


class JudgeAnswer(serializers.Serializer[Any]):
    """`wait` seconds until the hour's or the day's budget allows more; then `rows` is empty."""

    rows = JudgedRowAnswer(many=True)
    wait = serializers.IntegerField()


class StoredRowSerializer(serializers.Serializer[Any]):
    """A row of the ledger in the roster's words, personal numbers masked."""

    id = serializers.IntegerField()
    version = serializers.IntegerField()
    client = serializers.UUIDField(format="hex", allow_null=True)
    cells = CellsField()
    findings = RowFindingSerializer(many=True)


class DraftSerializer(serializers.Serializer[Any]):
    """An unfinished row; of an edit of a stored row (`id`) only the changed cells."""

    client = serializers.UUIDField(format="hex")
    version = serializers.IntegerField()
    id = serializers.IntegerField(source="key", allow_null=True)
    row_version = serializers.IntegerField(allow_null=True)
    cells = CellsField()
    findings = RowFindingSerializer(many=True)


class ClosedSerializer(serializers.Serializer[Any]):
    month = serializers.CharField()
    state = serializers.CharField()
    sentence = serializers.CharField()


class RowsAnswer(serializers.Serializer[Any]):
    """`next` is what `after` asks for the next page with; unfinished rows stand on the first."""

    rows = StoredRowSerializer(many=True)
    drafts = DraftSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)
    change = serializers.IntegerField()
    closed = ClosedSerializer(allow_null=True)


class ChangedRowSerializer(serializers.Serializer[Any]):
    """A row that somebody changed, as it is now."""

    id = serializers.IntegerField(source="key")
    version = serializers.IntegerField()
    state = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    cells = CellsField()


class ChangesAnswer(serializers.Serializer[Any]):
    changes = ChangedRowSerializer(many=True)
    change = serializers.IntegerField()
    more = serializers.BooleanField()


class ColumnSerializer(serializers.Serializer[Any]):
    """`choices` are words with their pinyin initials; a text may be another one, a choice not."""

    name = serializers.CharField()
    title = serializers.CharField()
    also = serializers.ListField(child=serializers.CharField())
    kind = serializers.ChoiceField(
        ["text", "choice", "date", "village", "township", "id", "phone", "number"]
    )
    required = serializers.BooleanField()
    fixed = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class ColumnsAnswer(serializers.Serializer[Any]):
    """`places` are the villages: township, village, code, pinyin initials of both, village first."""

    columns = ColumnSerializer(many=True)
    places = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
