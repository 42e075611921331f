"""Whether each part of the running system is well."""

from __future__ import annotations

import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access import Open, admits
from core.models import Heartbeat

OK = "ok"
# Three beats may be missed before a part counts as failing.
BEATS_EVERY = datetime.timedelta(seconds=10)
FAILING_AFTER = BEATS_EVERY * 4
BEATING = ("worker", "beat")


def stamp(name: str) -> None:
    """Note that a part lives; the clock is the database's."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()})


def states() -> dict[str, str]:
    """The state of each part: 'ok', or 'failing: ' and a reason without secrets."""
    database = database_state()
    found = {"database": database, "redis": redis_state()}
    if database != OK:
        return found | dict.fromkeys(BEATING, "failing: not known without the database")
    ages = {name: age for name, age in _ages() if name in BEATING}
    return found | {name: _beating(ages.get(name)) for name in BEATING}


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "failing: no answer"
    return OK


def redis_state() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None
    )
    try:
        client.ping()
    except redis.RedisError:
        return "failing: no answer"
    finally:
        client.close()
    return OK


def _ages() -> list[tuple[str, datetime.timedelta]]:
    return list(Heartbeat.objects.annotate(age=Now() - F("at")).values_list("name", "age"))


def _beating(age: datetime.timedelta | None) -> str:
    if age is None:
        return "failing: never seen"
    if age > FAILING_AFTER:
        return f"failing: last seen {age.total_seconds():.0f} s ago"
    return OK


@admits(Open.EVERYBODY)
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """All parts by name; 200 only when every one is well, else 503."""
    found = states()
    return JsonResponse(found, status=200 if set(found.values()) == {OK} else 503)


@admits(Open.EVERYBODY)
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this web process can serve pages: 200 or 503."""
    found = database_state()
    return JsonResponse({"web": OK, "database": found}, status=200 if found == OK else 503)
