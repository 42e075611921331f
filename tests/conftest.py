"""For all tests: no network but this machine."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


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
