"""Every door of the portal; each app lists its own in urls.py (pages) and api/urls.py."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from core import health
from core.access import Open, admits

# Prefix by app; an app without pages has no urls.py.
PAGES = {
    "core": "",
    "exchange": "",
    "talent": "talent/",
    "programs": "programs/",
    "training": "training/",
    "assessment": "assessment/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", admits(Open.EVERYBODY)(set_language), name="set_language"),
]
urlpatterns += [
    path(prefix, include(f"{app}.urls"))
    for app, prefix in PAGES.items()
    if find_spec(f"{app}.urls")
]

# The parts of /api/v1/, one namespace for all.
API = ["core.api.urls", "exchange.api.urls", "talent.api", "programs.api", "training.api.urls"]
urlpatterns.append(path("api/v1/", include(([path("", include(part)) for part in API], "api"))))

handler400 = "core.errors.bad_request"
handler403 = "core.errors.denied"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
