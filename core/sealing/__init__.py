"""Personal numbers (citizen numbers, phones) at rest: sealed, indexed, masked.

All text passes here; how it is sealed is the provider's affair. Nothing ("") seals to
nothing (b"") and opens to it, None is an error, and nothing has no index: an index of
it would make strangers equal. A row's seal can be moved to another row of the same
column; where that matters, compare `blind_index` of what opens with the row's own.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from core.sealing.masks import mask_id_number, mask_phone, mask_stray_numbers
from core.sealing.provider import SealBroken, SealingProvider

__all__ = [
    "SealBroken",
    "SealingProvider",
    "blind_index",
    "blind_index_many",
    "is_current",
    "mac",
    "mask_id_number",
    "mask_phone",
    "mask_stray_numbers",
    "open_many",
    "reseal_many",
    "seal",
    "seal_many",
    "unseal",
]

_DEFAULT_PROVIDER = "core.sealing.sm4.SM4Provider"


def seal(value: str, field: str) -> bytes:
    """One value sealed for `field`, named app.Model.field."""
    return seal_many([value], field)[0]


def unseal(sealed: bytes | memoryview, field: str) -> str:
    """What was sealed; raises SealBroken."""
    return open_many([sealed], field)[0]


def seal_many(values: Sequence[str], field: str) -> list[bytes]:
    """A column sealed, in its order."""
    _refuse_none(values)
    sealed = iter(_provider().encrypt([value.encode() for value in values if value], field))
    return [next(sealed) if value else b"" for value in values]


def open_many(sealed: Sequence[bytes | memoryview], field: str) -> list[str]:
    """A column opened, in its order; raises SealBroken with the position of the first broken one."""
    _refuse_none(sealed)
    raw = [bytes(value) for value in sealed]
    filled = [place for place, value in enumerate(raw) if value]
    try:
        opened = iter(_provider().decrypt([raw[place] for place in filled], field))
    except SealBroken as trouble:
        raise SealBroken(filled[trouble.position]) from trouble
    return [next(opened).decode() if value else "" for value in raw]


def reseal_many(sealed: Sequence[bytes | memoryview], field: str) -> list[bytes]:
    """A column after a change of keys: what an older key sealed is sealed anew, the rest is kept.

    When a whole column came back unchanged, the older key may be taken away.
    """
    current = _provider().is_current
    renewed = [bytes(value) for value in sealed]
    stale = [place for place, value in enumerate(renewed) if value and not current(value)]
    values = open_many([renewed[place] for place in stale], field)
    for place, value in zip(stale, seal_many(values, field), strict=True):
        renewed[place] = value
    return renewed


def blind_index(value: str, field: str) -> bytes:
    """The 16 bytes by which a sealed value is found; the caller has brought it to its normal form."""
    return blind_index_many([value], field)[0]


def blind_index_many(values: Sequence[str], field: str) -> list[bytes]:
    """The indexes of a column, in its order."""
    _refuse_none(values)
    if "" in values:
        raise ValueError("An empty value has no blind index")
    return _provider().blind_index([value.encode() for value in values], field)


def mac(data: bytes) -> bytes:
    """32 bytes that prove `data` unchanged."""
    return _provider().mac(data)


def is_current(sealed: bytes | memoryview) -> bool:
    """Whether the newest key sealed this."""
    return _provider().is_current(bytes(sealed))


def _provider() -> SealingProvider:
    path = getattr(settings, "PORTAL_SEALING_PROVIDER", _DEFAULT_PROVIDER)
    return _built(path, tuple(settings.PORTAL_KEYS.items()), settings.PORTAL_INDEX_KEY)


@functools.lru_cache(maxsize=4)
def _built(path: str, keys: tuple[tuple[int, bytes], ...], index_key: bytes) -> SealingProvider:
    """The provider is kept as long as its settings, for deriving keys costs more than sealing."""
    provider: SealingProvider = import_string(path)(dict(keys), index_key)
    return provider


def _refuse_none(values: Sequence[object]) -> None:
    if None in values:
        raise TypeError("Seal '' for nothing: None has no seal")
