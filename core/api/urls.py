from django.urls import path, register_converter
from django.urls.converters import StringConverter
from rest_framework.routers import SimpleRouter

from core.api import description
from core.api.regions import RegionViewSet


class RegionCodeConverter(StringConverter):
    """A code of the divisions; anything else is no address."""

    regex = "[0-9]{2,12}"


register_converter(RegionCodeConverter, "region_code")

router = SimpleRouter(use_regex_path=False)
router.register("regions", RegionViewSet, "region")
urlpatterns = [
    *router.urls,
    path("schema/", description.SchemaView.as_view(), name="schema"),
    path("docs/", description.docs, name="docs"),
]
