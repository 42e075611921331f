"""The ledger's list as Django gives it to everybody: ListView, Paginator, a template.

The same rows, the same order and the same contents of a row as the portal's own list, the related
rows joined in. It asks nobody to sign in and knows no scope but the region in the address.
"""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.generic import ListView

from training.models import Enrollment

PAGE = engines["django"].from_string(
    "<html><body><table>{% for row in page_obj %}<tr><td>{{ row.person.name }}</td>"
    "<td>{{ row.person.id_number_mask }}</td><td>{{ row.person.get_sex_display }}</td>"
    "<td>{{ row.get_category_display }}</td><td>{{ row.region_code }}</td>"
    "<td>{{ row.training_class.code }}</td><td>{{ row.training_class.occupation.name }}</td>"
    "<td>{{ row.training_class.institution.name }}</td><td>{{ row.get_level_display }}</td>"
    "<td>{{ row.start_date }}</td><td>{{ row.end_date }}</td><td>{{ row.hours }}</td>"
    "<td>{{ row.get_result_display }}</td></tr>{% endfor %}</table>"
    "<p>{{ page_obj.number }} / {{ paginator.num_pages }} / {{ paginator.count }}</p></body></html>"
)


class StockList(ListView):
    model = Enrollment
    paginate_by = 50

    def get_queryset(self) -> Any:
        named = "person", "training_class__occupation", "training_class__institution"
        rows = Enrollment.objects.active().within(self.kwargs["region"])
        return rows.select_related(*named).order_by("-start_date", "-id")

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return HttpResponse(PAGE.render(context))


urlpatterns = [path("<str:region>/", StockList.as_view())]
# Only the WSGI server of the bench imports this module: the settings are its own.
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = WSGIHandler()
