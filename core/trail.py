"""The way a reader came, kept in the address: each ?from= is a page, the last one the nearest.

So whoever goes down from a figure to a line of a file comes back by links over the same
pages, on a shared computer too, and a colleague who is sent the address has the same way.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

FROM = "from"
MOST_STEPS, LONGEST_STEP = 8, 500


def onward(request: HttpRequest, url: str) -> str:
    """A link further down: the way so far and this page go along."""
    return _with(url, [*steps(request), _here(request)]) if url else ""


def way(request: HttpRequest) -> str:
    """What a list puts behind the links of its rows: nothing, where the reader came by no trail."""
    return _with("", [*steps(request), _here(request)]) if steps(request) else ""


def aside(request: HttpRequest, url: str) -> str:
    """A link to another page of the same step: only the way so far goes along."""
    return _with(url, steps(request)) if url else ""


def steps(request: HttpRequest) -> list[str]:
    """The pages named in the address that are pages of this portal."""
    return [step for step in request.GET.getlist(FROM)[-MOST_STEPS:] if is_ours(step)]


def is_ours(address: str) -> bool:
    """Whether it is the path of a page of ours, with a query perhaps, and nothing else."""
    if len(address) > LONGEST_STEP or not url_has_allowed_host_and_scheme(address, None):
        return False
    try:
        resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return False
    return True


def way_back(request: HttpRequest) -> dict[str, str]:
    """For every page: the address one step back, '' where the reader came by no trail."""
    found = steps(request)
    return {"way_back": _with(found[-1], found[:-1]) if found else ""}


def _here(request: HttpRequest) -> str:
    own = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name != FROM:
            own.setlist(name, values)
    return f"{request.path}?{own.urlencode()}" if own else request.path


def _with(url: str, trail: list[str]) -> str:
    if not trail:
        return url
    query = urlencode({FROM: trail[-MOST_STEPS:]}, doseq=True)
    return f"{url}{'&' if '?' in url else '?'}{query}"
