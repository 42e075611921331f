"""Sealing in software with the commercial ciphers: SM4 (GB/T 32907) and SM3 (GB/T 32905).

A sealed value is: algorithm (1 byte), key version (1 byte), nonce (12), ciphertext, tag (16).
An 18-digit number takes 48 bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CTR, GCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.sealing.provider import SealBroken

_HEADER, _NONCE, _TAG = 2, 12, 16
_START = _HEADER + _NONCE
_COUNTER_FROM_ZERO = bytes(4)

# A GCM context costs more than the enciphering itself and cannot be used twice,
# so a column goes the way that keeps one context for all its rows.
_COLUMN = 64

# Long enough that two numbers never share one, short enough to keep the database's index small.
_INDEX = 16


class SM4GCM:
    """SM4-GCM, one context a value."""

    algorithm: ClassVar[int] = 1

    def __init__(self, key: bytes, version: int) -> None:
        self.header = bytes((self.algorithm, version))
        self._cipher = SM4(_derive(key, b"SM4-GCM", 16))

    def seal(self, values: Sequence[bytes], field: str) -> list[bytes]:
        header, nonces, sealed = self.header, os.urandom(_NONCE * len(values)), []
        context = header + field.encode()
        for place, value in enumerate(values):
            nonce = nonces[place * _NONCE : (place + 1) * _NONCE]
            encryptor = Cipher(self._cipher, GCM(nonce)).encryptor()
            encryptor.authenticate_additional_data(context)
            text = encryptor.update(value) + encryptor.finalize()
            sealed.append(header + nonce + text + encryptor.tag)
        return sealed

    def opener(self, field: str) -> Callable[[bytes], bytes]:
        context = self.header + field.encode()

        def open_one(sealed: bytes) -> bytes:
            mode = GCM(sealed[_HEADER:_START], sealed[-_TAG:])
            decryptor = Cipher(self._cipher, mode).decryptor()
            decryptor.authenticate_additional_data(context)
            return decryptor.update(sealed[_START:-_TAG]) + decryptor.finalize()

        return open_one


class SM4CTRWithHMAC:
    """SM4-CTR, then HMAC-SM3 over all of it (encrypt-then-MAC), with a key for each."""

    algorithm: ClassVar[int] = 2

    def __init__(self, key: bytes, version: int) -> None:
        self.header = bytes((self.algorithm, version))
        self._cipher = SM4(_derive(key, b"SM4-CTR", 16))
        self._tag_key = _derive(key, b"HMAC-SM3", 32)

    def seal(self, values: Sequence[bytes], field: str) -> list[bytes]:
        header, nonces, sealed = self.header, os.urandom(_NONCE * len(values)), []
        fresh_tag = _keyed(self._tag_key, field).copy
        encryptor = Cipher(self._cipher, CTR(bytes(16))).encryptor()
        for place, value in enumerate(values):
            nonce = nonces[place * _NONCE : (place + 1) * _NONCE]
            encryptor.reset_nonce(nonce + _COUNTER_FROM_ZERO)
            text = header + nonce + encryptor.update(value)
            tag = fresh_tag()
            tag.update(text)
            sealed.append(text + tag.finalize()[:_TAG])
        return sealed

    def opener(self, field: str) -> Callable[[bytes], bytes]:
        fresh_tag = _keyed(self._tag_key, field).copy
        decryptor = Cipher(self._cipher, CTR(bytes(16))).decryptor()

        def open_one(sealed: bytes) -> bytes:
            tag = fresh_tag()
            tag.update(sealed[:-_TAG])
            if not compare_digest(tag.finalize()[:_TAG], sealed[-_TAG:]):
                raise InvalidTag
            decryptor.reset_nonce(sealed[_HEADER:_START] + _COUNTER_FROM_ZERO)
            return decryptor.update(sealed[_START:-_TAG])

        return open_one


class SM4Provider:
    """The default provider.

    `keys`: 32 random bytes by version (1 to 255); the highest seals, all open. A key may
    seal about 2**32 values before its random nonces could meet: then add the next one.
    `index_key`: 32 random bytes that stay as long as the indexes made with it.
    """

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes) -> None:
        self._single = {version: SM4GCM(key, version) for version, key in keys.items()}
        self._column = {version: SM4CTRWithHMAC(key, version) for version, key in keys.items()}
        self._newest = max(keys)
        suites: list[SM4GCM | SM4CTRWithHMAC] = [*self._single.values(), *self._column.values()]
        self._openers = {suite.header: suite.opener for suite in suites}
        self._index_key = _derive(index_key, b"blind index", 32)
        self._mac_key = _derive(index_key, b"mac", 32)

    def encrypt(self, values: Sequence[bytes], field: str) -> list[bytes]:
        if len(values) < _COLUMN:
            return self._single[self._newest].seal(values, field)
        return self._column[self._newest].seal(values, field)

    def decrypt(self, sealed: Sequence[bytes], field: str) -> list[bytes]:
        openers = {header: opener(field) for header, opener in self._openers.items()}
        opened: list[bytes] = []
        try:
            for value in sealed:
                opened.append(openers[value[:_HEADER]](value))
        except (KeyError, InvalidTag, ValueError) as trouble:
            raise SealBroken(len(opened)) from trouble
        return opened

    def blind_index(self, values: Sequence[bytes], field: str) -> list[bytes]:
        fresh, indexes = _keyed(self._index_key, field).copy, []
        for value in values:
            digest = fresh()
            digest.update(value)
            indexes.append(digest.finalize()[:_INDEX])
        return indexes

    def mac(self, data: bytes) -> bytes:
        digest = HMAC(self._mac_key, SM3())
        digest.update(data)
        return digest.finalize()

    def is_current(self, sealed: bytes) -> bool:
        return len(sealed) > _START + _TAG and sealed[1] == self._newest


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    """A key for one purpose only."""
    return HKDF(algorithm=SM3(), length=length, salt=None, info=purpose).derive(key)


def _keyed(key: bytes, field: str) -> HMAC:
    """An HMAC that has read the field's name; a copy of it costs less than a new one."""
    digest = HMAC(key, SM3())
    digest.update(field.encode() + b"\0")
    return digest
