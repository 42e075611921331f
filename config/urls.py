"""Every door of the portal; each app lists its own in urls.py (pages) and api/urls.py."""

from importlib.util import find_spec

from django.urls import include, path

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
    path(prefix, include(f"{app}.urls")) for app, prefix in PAGES.items() if find_spec(f"{app}.urls")
]
