"""What the portal asks of whatever seals its personal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class SealBroken(Exception):
    """A sealed value does not open: wrong key, damaged, or moved from another column.

    `position` is its place in the sequence that was to be opened.
    """

    sentence = _(
        "A stored personal number cannot be opened: its key is missing or the data was changed. "
        "Ask the system administrator to check the encryption keys."
    )

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position

    def __str__(self) -> str:
        return gettext(self.sentence)


class SealingProvider(Protocol):
    """One interface for software and for certified hardware.

    Values are bytes that are not empty. `field` names the column ("talent.Person.phone"):
    what was sealed for one field does not open for another, and the same number has
    different indexes in different fields.
    """

    def encrypt(self, values: Sequence[bytes], field: str) -> list[bytes]:
        """Seal with the newest key; equal values give different results."""

    def decrypt(self, sealed: Sequence[bytes], field: str) -> list[bytes]:
        """Open what any known key sealed; raise SealBroken for the first that does not open."""

    def blind_index(self, values: Sequence[bytes], field: str) -> list[bytes]:
        """Keyed digests, equal for equal values, by which a sealed column is searched."""

    def mac(self, data: bytes) -> bytes:
        """A keyed digest that proves `data` unchanged."""

    def is_current(self, sealed: bytes) -> bool:
        """Whether the newest key sealed this."""
