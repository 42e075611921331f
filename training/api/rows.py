"""The ledger's rows for a desk: what it shows, judges, saves and hears of others."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import Permission, scope_of
from core.api.listing import documented
from core.api.views import Door
from core.models import Region
from core.rules import say
from exchange.jobs import JobRefused
from exchange.periods import Period
from exchange.regions import asked_region
from training import desk
from training.api import row_shapes as shapes
from training.columns import columns_of, places_of
from training.judging import judge_for_desk
from training.models import Enrollment, TrainingClass
from training.rows import save_rows

ENTER = Permission.ENTER_LEDGER
RETRY_AFTER = 5


class TryAgain(exceptions.APIException):
    """What was sent may be sent again soon, as it is."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    wait = RETRY_AFTER


class LedgerRowViewSet(Door):
    """Rows of a county's ledger on a desk, for whoever may enter them there."""

    access = dict.fromkeys(("list", "columns", "judge", "save", "changes"), ENTER)
    query_form = shapes.RowsQuery
    query_forms = {"columns": shapes.CountyQuery, "changes": shapes.ChangesQuery}
    serializer_class = shapes.RowsAnswer

    @extend_schema(parameters=documented(shapes.RowsQuery), responses=shapes.RowsAnswer)
    def list(self, request: Request) -> Response:
        """Rows of a month or a class in the order in which they were entered, a thousand a page."""
        asked = self.query()
        county = self.county(asked.cleaned_data["region"])
        attended = self.attended(county, asked.cleaned_data["class"])
        rows = Enrollment.objects.visible_to(request.user, ENTER).filter(county_code=county)
        sees_numbers = scope_of(request.user, Permission.SEE_PERSONAL_NUMBERS).covers(county)
        sheet = desk.lay_out(
            asked.narrow(rows.active()),
            drafts=asked.drafts(county),
            county=county,
            month=asked.first_day,
            attended=attended,
            in_full=sees_numbers,
        )
        return self.answer(shapes.RowsAnswer, sheet)

    @extend_schema(parameters=documented(shapes.CountyQuery), responses=shapes.ColumnsAnswer)
    @action(detail=False)
    def columns(self, request: Request) -> Response:
        """The columns of a desk, with all that may be chosen in them, and the county's villages."""
        county = self.county(self.query().cleaned_data["region"])
        found = {"columns": columns_of(county), "places": places_of(county)}
        etag = f'"{hashlib.sha256(json.dumps(found).encode()).hexdigest()[:32]}"'
        kept = {"ETag": etag, "Cache-Control": "private, max-age=300"}
        if request.headers.get("If-None-Match") == etag:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=kept)
        return Response(shapes.ColumnsAnswer(found).data, headers=kept)

    @extend_schema(request=shapes.JudgeRequest, responses=shapes.JudgeAnswer)
    @action(detail=False, methods=["post"])
    def judge(self, request: Request) -> Response:
        """What the rules say of rows as they are typed; nothing is saved."""
        asked = self.body(shapes.JudgeRequest)
        county = self.county(asked["region"])
        attended = self.attended(county, asked["class"])
        mine = Enrollment.objects.visible_to(request.user, ENTER).filter(county_code=county)
        sent = asked["rows"]
        judgement = judge_for_desk(
            county=county,
            sent=[(row.get("id"), row["cells"]) for row in sent],
            stored=mine,
            attended=attended,
            lines=[row.get("line", place) for place, row in enumerate(sent, start=1)],
            by=request.user,
        )
        rows = [
            {"client": row["client"], "findings": findings}
            for row, findings in zip(sent, judgement.findings, strict=False)
        ]
        return self.answer(shapes.JudgeAnswer, {"rows": rows, "wait": judgement.wait})

    @extend_schema(request=shapes.SaveRequest, responses=shapes.SaveAnswer)
    @action(detail=False, methods=["post"])
    def save(self, request: Request) -> Response:
        """Save rows one by one: what cannot be saved is told, the others are saved nevertheless.

        The same edit (`op`) may be sent again whenever no answer came: it is written once.
        """
        asked = self.body(shapes.SaveRequest)
        county = self.county(asked["region"])
        try:
            outcomes = save_rows(
                county=county,
                program=asked["program"],
                rows=list(map(shapes.edit_of, asked["rows"])),
                by=request.user,
                attended=self.attended(county, asked["class"]),
                month=Period.parse(asked["month"]).first_day if asked["month"] else None,
            )
        except JobRefused as refusal:
            raise TryAgain(say(refusal.sentence, refusal.params)) from refusal
        return self.answer(
            shapes.SaveAnswer, {"rows": outcomes, "change": desk.newest_change(county)}
        )

    @extend_schema(parameters=documented(shapes.ChangesQuery), responses=shapes.ChangesAnswer)
    @action(detail=False)
    def changes(self, request: Request) -> Response:
        """Rows that were changed after a change, as they are now; without one only the newest key."""
        asked = self.query().cleaned_data
        county = self.county(asked["region"])
        found = desk.changed_since(county, asked["since"])
        return self.answer(shapes.ChangesAnswer, found)

    def county(self, code: str) -> str:
        """The county asked for, or the first in which the user enters rows."""
        region = asked_region(self.request.user, ENTER, code)
        if region is None or region.level != Region.Level.COUNTY:
            raise exceptions.NotFound
        return region.code

    def attended(self, county: str, key: int | None) -> TrainingClass | None:
        if key is None:
            return None
        classes = TrainingClass.objects.visible_to(self.request.user, ENTER)
        return get_object_or_404(
            classes.select_related("institution", "occupation"), county_code=county, pk=key
        )

    def answer(self, shape: Any, found: Any) -> Response:
        return Response(shape(found).data, headers={"Cache-Control": "no-store"})
