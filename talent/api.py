"""The register of people for programs: masks in place of numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from core.access import Permission
from core.api.listing import Query, documented
from core.api.views import Window
from talent.models import Person
from talent.names import fold_name

COUNTY = 6
TOO_WIDE = _(
    "Type at least two characters of the name, or choose a county first: initials are searched "
    "within a county."
)


class PersonQuery(Query):
    region = forms.CharField(label=_("region"), required=False, max_length=12)
    q = forms.CharField(label=_("name or initials"), required=False, max_length=50)

    def clean(self) -> dict[str, Any]:
        region, name = self.cleaned_data.get("region", ""), self.cleaned_data.get("q", "")
        if name and len(region) < COUNTY and (name.isascii() or len(fold_name(name)) < 2):
            self.add_error("q", TOO_WIDE)
        return self.cleaned_data

    def clean_region(self) -> str:
        code: str = self.cleaned_data["region"]
        if code and not code.isdecimal():
            raise forms.ValidationError(_("A region is given by its code."))
        return code

    def narrow(self, rows: Any) -> Any:
        if self.cleaned_data["region"]:
            rows = rows.within(self.cleaned_data["region"])
        if self.cleaned_data["q"]:
            rows = rows.named(fold_name(self.cleaned_data["q"]))
        return rows


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Nothing of the date of birth: it is what the mask hides of the number."""

    class Meta:
        model = Person
        fields = [
            "id",
            "name",
            "sex",
            "ethnicity",
            "education",
            "id_number_mask",
            "phone_mask",
            "county_code",
            "region_code",
        ]


@extend_schema_view(list=extend_schema(parameters=documented(PersonQuery)))
class PersonViewSet(Window):
    """People who live in the reader's regions."""

    access = Permission.SEE_LEDGER
    queryset = Person.objects.defer("id_number_index", "id_number_sealed", "phone_sealed")
    serializer_class = PersonSerializer
    query_form = PersonQuery
    order = ("county_code", "name_key", "id")
    lookup_value_converter = "int"


router = SimpleRouter(use_regex_path=False)
router.register("persons", PersonViewSet, "person")
urlpatterns = router.urls
