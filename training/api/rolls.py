"""Roll calls for a desk: people and days of a class, what is found in marks, and saving them."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission
from core.api.listing import documented
from core.api.views import Door
from core.rules import say
from exchange.jobs import JobRefused
from training import desk
from training.api import roll_shapes as shapes
from training.api.row_shapes import ChangesAnswer, JudgeAnswer, SaveAnswer
from training.api.rows import TryAgain
from training.edits import Edit
from training.marks import MARK_OF, SIGNS, days_of
from training.models import TrainingClass
from training.roll_calls import (
    CHAPTER,
    active_rows,
    judge_roll_calls,
    lay_out,
    save_roll_calls,
    shown_rolls,
)

SEE, ENTER = Permission.SEE_LEDGER, Permission.ENTER_LEDGER


class RollCallViewSet(Door):
    """Who was there on which day, of one class: seen with the ledger, written by who enters it."""

    access = dict.fromkeys(("retrieve", "columns", "changes"), SEE) | {
        "judge": ENTER,
        "save": ENTER,
    }
    query_forms = {"changes": shapes.RollChangesQuery}
    serializer_class = shapes.RollAnswer
    lookup_value_converter = "int"

    @extend_schema(responses=shapes.RollAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Everybody in force in a class, with their marks by day."""
        attended = self.attended(pk, SEE)
        change = desk.newest_change(attended.county_code, CHAPTER)
        rows = lay_out(attended, active_rows(attended))
        return answer(shapes.RollAnswer, {"rows": rows, "change": change})

    @extend_schema(responses=shapes.DaysAnswer)
    @action(detail=True)
    def columns(self, request: Request, pk: int) -> Response:
        """The days on which the class's roll is called, and how marks are written."""
        marks = [
            {
                "mark": mark.value,
                "sign": sign,
                "words": [w for w, m in MARK_OF.items() if m == mark],
            }
            for mark, sign in SIGNS.items()
        ]
        columns = columns_of(self.attended(pk, SEE))
        return answer(shapes.DaysAnswer, {"columns": columns, "marks": marks})

    @extend_schema(request=shapes.RollJudgeRequest, responses=JudgeAnswer)
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, pk: int) -> Response:
        """What the rules say of marks as they are typed; nothing is saved."""
        asked = self.body(shapes.RollJudgeRequest)
        edits = [Edit(row["client"], row["client"], row["cells"]) for row in asked["rows"]]
        found = judge_roll_calls(self.attended(pk, ENTER), edits)
        rows = [
            {"client": edit.client, "findings": findings}
            for edit, findings in zip(edits, found, strict=True)
        ]
        return answer(JudgeAnswer, {"rows": rows, "wait": 0})

    @extend_schema(request=shapes.RollSaveRequest, responses=SaveAnswer)
    @action(detail=True, methods=["post"])
    def save(self, request: Request, pk: int) -> Response:
        """Save rows one by one; a mark that cannot be read is told and the row's others are written.

        The same edit (`op`) may be sent again whenever no answer came: it is written once.
        """
        asked = self.body(shapes.RollSaveRequest)
        attended = self.attended(pk, ENTER)
        edits = [
            Edit(row["client"], row["op"], row["cells"], key=row["id"], version=row["version"])
            for row in asked["rows"]
        ]
        try:
            outcomes = save_roll_calls(attended=attended, rows=edits, by=request.user)
        except JobRefused as refusal:
            raise TryAgain(say(refusal.sentence, refusal.params)) from refusal
        change = desk.newest_change(attended.county_code, CHAPTER)
        return answer(SaveAnswer, {"rows": outcomes, "change": change})

    @extend_schema(parameters=documented(shapes.RollChangesQuery), responses=ChangesAnswer)
    @action(detail=True)
    def changes(self, request: Request, pk: int) -> Response:
        """Rows of the class that were changed after a change; without one only the newest key."""
        attended, since = self.attended(pk, SEE), self.query().cleaned_data["since"]
        shown = partial(shown_rolls, attended)
        heard = desk.changed_since(attended.county_code, since, CHAPTER, shown)
        return answer(ChangesAnswer, heard)

    def attended(self, key: int, permission: Permission) -> TrainingClass:
        classes = TrainingClass.objects.visible_to(self.request.user, permission)
        return get_object_or_404(classes, pk=key)


def answer(shape: Any, found: Any) -> Response:
    return Response(shape(found).data, headers={"Cache-Control": "no-store"})


def columns_of(attended: TrainingClass) -> list[dict[str, Any]]:
    """Who it is, then day by day; a heading is known by several ways to write its day."""
    usual = {"also": [], "required": False, "choices": []}
    people = [("name", "姓名", "text"), ("id_number", "身份证号码", "id")]
    signs = [[sign, ""] for sign in SIGNS.values()]
    return [
        *(
            usual | {"name": name, "title": title, "kind": kind, "fixed": True}
            for name, title, kind in people
        ),
        *(
            usual
            | {"name": day.isoformat(), "title": f"{day.month}-{day.day}", "also": ways(day)}
            | {"kind": "mark", "fixed": False, "choices": signs}
            for day in days_of(attended)
        ),
    ]


def ways(day: datetime.date) -> list[str]:
    """How a sheet may head the column of a day."""
    year, month, of_month = day.year, day.month, day.day
    short = [f"{month}月{of_month}日", f"{month}.{of_month}", f"{month}/{of_month}"]
    return [day.isoformat(), f"{year}/{month}/{of_month}", f"{year}年{month}月{of_month}日", *short]
