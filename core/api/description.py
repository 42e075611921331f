"""The API's description (OpenAPI) and its page, for whoever is signed in; nothing from outside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.access import Open, admits
from core.api.access import DeclaredAccess


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    access = Open.SIGNED_IN
    permission_classes = [DeclaredAccess]
    http_method_names = ["get", "head"]


_page = SpectacularSwaggerSplitView.as_view(
    url_name="api:schema",
    template_name="core/api_docs.html",
    permission_classes=[],
    http_method_names=["get", "head"],
)


@admits(Open.SIGNED_IN)
def docs(request: HttpRequest) -> HttpResponseBase:
    """A page like others: who is not signed in is led to the sign-in and back."""
    return _page(request)
