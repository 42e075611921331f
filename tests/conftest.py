"""For all tests: no network but this machine, and no language left over from the test before."""

import gc
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone, translation
from pytest_django.plugin import blocking_manager_key
from xdist.scheduler import LoadScopeScheduling


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple) or address[0] == "localhost":
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, address: Any) -> Any:
        if not _is_here(address):
            pytest.fail(f"A test wanted to reach {address}; tests stay on this machine.")
        return connect(self, address)

    return guard


socket.socket.connect = _guarded(socket.socket.connect)  # type: ignore[method-assign]
socket.socket.connect_ex = _guarded(socket.socket.connect_ex)  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of garbage need not look at it time and again."""
    gc.collect()
    gc.freeze()


class ByFolder(LoadScopeScheduling):
    """Journeys with each other, and with each other what ends servers: each in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return "journeys" if nodeid.startswith("tests/journeys/") else "servers"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return ByFolder(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits leaves empty tables, and whoever comes next a portal never upgraded."""
    yield
    if nextitem and _commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            _counted_as_of_now()


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    marked = bool(marker and marker.kwargs.get("transaction"))
    return marked or "transactional_db" in getattr(item, "fixturenames", ())


def _counted_as_of_now() -> None:
    """As `migrate` leaves the figures of tables that hold nothing."""
    from exchange.models import MeasureCount
    from exchange.rollups import outdated

    now = timezone.now()
    MeasureCount.objects.bulk_create(
        MeasureCount(measure=each.key, version=each.version, counted_at=now, since=now)
        for each in outdated()
    )


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A client that asked for English leaves it active in the process, and the order is chance."""
    yield
    translation.deactivate()
