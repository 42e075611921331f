"""SM3, by the system's library where it has it, else by cryptography's."""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.hazmat.primitives import hashes


class Running(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _ByCryptography:
    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.finalize()


# The system's costs half as much a row; some builds of it leave SM3 out.
_SYSTEM_HAS_IT = "sm3" in hashlib.algorithms_available


def running() -> Running:
    """An SM3 to be fed bit by bit; `digest` once, at the end."""
    return hashlib.new("sm3") if _SYSTEM_HAS_IT else _ByCryptography()


def sm3(data: bytes) -> bytes:
    """The 32 bytes of the SM3 of the data."""
    digest = running()
    digest.update(data)
    return digest.digest()
