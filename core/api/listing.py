"""Lists of the API: their filters, and pages by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.models import User
from core.paging import ROWS, page_of

MOST_ROWS = 200
NOT_A_PLACE = _("This is not the end of a page. Follow “next” of the page before.")
NOT_A_SIZE = _("A page has 1 to %(most)s rows.")


class Query(forms.Form):
    """The filters of a list, each a field; `rows` are those that are meant."""

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def narrow(self, rows: Any) -> Any:
        """The rows the filters mean, out of those the user may see."""
        raise NotImplementedError


def documented(form: type[forms.Form]) -> list[OpenApiParameter]:
    """The form's fields as the parameters of a list, for the API's description."""
    return [
        OpenApiParameter(name, str, OpenApiParameter.QUERY, description=str(field.label or name))
        for name, field in form.base_fields.items()
    ]


class KeysetPagination(pagination.BasePagination):
    """Pages by the view's `order`; the next one begins after the last row of this one."""

    parameters = frozenset({"after", "size"})

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        query = request.query_params
        self.page = page_of(queryset, query, view.order, _size(query.get("size")))
        if query.get("after") and self.page.rows and self.page.previous is None:
            raise exceptions.ValidationError({"after": [NOT_A_PLACE]})
        self.url = request.build_absolute_uri()
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        following = self.page.next and replace_query_param(self.url, "after", self.page.next)
        return Response({"total": self.page.total, "next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["total", "next", "results"],
            "properties": {
                "total": {
                    "type": "integer",
                    "nullable": True,
                    "description": str(_("null when there are more than 10,000")),
                },
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}
        return [
            {"name": "after", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "size", "in": "query", "required": False, "schema": size},
        ]


def _size(given: str | None) -> int:
    if given is None:
        return ROWS
    if given not in map(str, range(1, MOST_ROWS + 1)):
        raise exceptions.ValidationError({"size": [NOT_A_SIZE % {"most": MOST_ROWS}]})
    return int(given)
