"""For all tests: no network but this machine, and no language left over from the test before."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What must not run side by side: journeys with each other, and what ends servers."""
    for item in items:
        if any(folder in item.path.parts for folder in ("bin", "faults")):
            item.add_marker(pytest.mark.xdist_group("servers"))
        elif "journeys" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A client that asked for English leaves it active in the process, and the order is chance."""
    yield
    translation.deactivate()
