"""The two shapes of the API's views: a door for acts, a window on rows."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions, mixins, viewsets
from rest_framework.request import Request

from core.api.access import Scoped
from core.api.listing import KeysetPagination, Query
from core.api.reading import PlainJSONParser, Strict, refuse_unknown


class Door(viewsets.GenericViewSet):  # type: ignore[type-arg]
    """Base of all API views: reads its input strictly and says no more than it declares."""

    http_method_names = ["get", "head", "post"]
    parser_classes = [PlainJSONParser]
    # The filters of the list, and of further actions that give one.
    query_form: type[Query] | None = None
    query_forms: dict[str, type[Query] | None] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request.query_params, self.known_parameters())

    def known_parameters(self) -> set[str]:
        """What may stand behind the question mark: on a list its filters and its place."""
        if self.action == "list" or self.action in self.query_forms:
            form = self.query_forms.get(self.action, self.query_form)
            return set(form.base_fields if form else ()) | KeysetPagination.parameters
        return set()

    def query(self) -> Any:
        """The filters as given. Raises ValidationError for what cannot be read."""
        form = self.query_forms.get(self.action, self.query_form)
        filled = form(self.request.query_params, user=self.request.user)
        if not filled.is_valid():
            raise exceptions.ValidationError(filled.errors)
        return filled

    def body(self, shape: type[Strict], **more: Any) -> dict[str, Any]:
        """The request's body in a shape. Raises ValidationError (400)."""
        serializer = shape(data=self.request.data, **more)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values


class Window(Scoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, Door):
    """A list with filters and its single rows, out of what the user may see."""

    pagination_class = KeysetPagination
    order: tuple[str, ...]

    def filter_queryset(self, queryset: Any) -> Any:
        return self.query().narrow(queryset) if self.action == "list" else queryset
