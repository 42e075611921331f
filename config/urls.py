"""Every door of the portal; each app lists its own in urls.py (pages) and api/urls.py."""

from importlib.util import find_spec

from django.urls import include, path

from core import health

# Prefix by app; an app without pages has no urls.py.
PAGES = {
    "core": "",
    "exchange": "",
    "talent": "talent/",
    "programs": "programs/",
    "training": "training/",
    "assessment": "assessment/",
}

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
urlpatterns += [
    path(prefix, include(f"{app}.urls"))
    for app, prefix in PAGES.items()
    if find_spec(f"{app}.urls")
]

handler500 = "core.errors.server_error"
