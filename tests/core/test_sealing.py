"""Personal numbers at rest: known answers, what must not open, change of keys, masks."""

import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB, GCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from pytest_django import Settings

from core import sealing
from core.sealing import SealBroken, mask_id_number, mask_phone
from core.sealing.sm4 import SM4Provider

FIELD, OTHER_FIELD = "talent.Person.id_number", "talent.Person.phone"
NUMBER = "621022199204021213"
NUMBERS = [f"6210221992040{place:05d}" for place in range(200)]
KEYS = {version: bytes([version]) * 32 for version in (1, 2, 3)}
INDEX_KEY = bytes([9]) * 32
ONE, COLUMN = 1, 200  # one value is sealed by SM4-GCM, a column by SM4-CTR with HMAC-SM3


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.PORTAL_KEYS = {1: KEYS[1]}
    settings.PORTAL_INDEX_KEY = INDEX_KEY


@pytest.fixture(params=[ONE, COLUMN], ids=["one", "column"])
def sealed(request: pytest.FixtureRequest) -> list[bytes]:
    return sealing.seal_many(NUMBERS[: request.param], FIELD)


def test_sm4_known_answer() -> None:
    """GB/T 32907-2016, annex A, example 1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(SM4(key), ECB()).encryptor()
    assert encryptor.update(key).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_known_answer() -> None:
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    encryptor = Cipher(SM4(key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    )
    text = bytes.fromhex("".join(letter * 16 for letter in "abcdefea"))
    assert encryptor.update(text).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.finalize() == b""
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_sm3_known_answer() -> None:
    """GB/T 32905-2016, annex A, example 1."""
    digest = Hash(SM3())
    digest.update(b"abc")
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest.finalize().hex() == expected


def test_mac_is_hmac_over_sm3() -> None:
    """Computed a second time by the definition of HMAC (RFC 2104) and of HKDF (RFC 5869)."""
    mac_key = _hmac(_hmac(bytes(32), INDEX_KEY), b"mac\x01")
    assert sealing.mac(b"line of a ledger") == _hmac(mac_key, b"line of a ledger")


def _hmac(key: bytes, data: bytes) -> bytes:
    padded = key.ljust(64, b"\0")
    inner = _sm3(bytes(byte ^ 0x36 for byte in padded) + data)
    return _sm3(bytes(byte ^ 0x5C for byte in padded) + inner)


def _sm3(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


@pytest.mark.parametrize(
    "stored",
    [
        "0101a4d0eba03a7dfa1451d6de2ea617573166525bceb751df04333c2534ee37ae8040e1df8bb137a1a2e5d7e3bb0e1f",
        "0201572b07124a0037f7298c4e819ddc6bf2871121c441b53627d5882d9d3319cd366030a226c57a9a76d048174d9465",
    ],
    ids=["SM4-GCM", "SM4-CTR with HMAC-SM3"],
)
def test_what_was_stored_once_opens_for_ever(stored: str) -> None:
    assert sealing.unseal(bytes.fromhex(stored), FIELD) == NUMBER


def test_index_of_a_number_never_changes() -> None:
    assert sealing.blind_index(NUMBER, FIELD).hex() == "6bf7cdc9c43844d503f6a4d2f36e39cc"


@pytest.mark.parametrize("size", [0, 1, 63, 64, 200])
def test_a_column_opens_as_it_was_sealed(size: int) -> None:
    values = ["", *NUMBERS[:size], "", "王䶮𠮷·买买提"]
    stored = sealing.seal_many(values, FIELD)
    assert sealing.open_many(stored, FIELD) == values
    assert sealing.open_many([memoryview(value) for value in stored], FIELD) == values
    assert [value == b"" for value in stored] == [value == "" for value in values]


def test_algorithm_and_key_version_stand_in_front(settings: Settings) -> None:
    settings.PORTAL_KEYS = {2: KEYS[2], 1: KEYS[1]}
    assert sealing.seal(NUMBER, FIELD)[:2] == bytes([1, 2])
    assert {value[:2] for value in sealing.seal_many(NUMBERS, FIELD)} == {bytes([2, 2])}
    assert {len(value) for value in sealing.seal_many(NUMBERS, FIELD)} == {48}


@pytest.mark.parametrize("size", [50, 200])
def test_equal_numbers_are_sealed_differently(size: int) -> None:
    stored = sealing.seal_many([NUMBER] * size, FIELD)
    assert len({value[2:14] for value in stored}) == size
    assert len({value[14:] for value in stored}) == size


def test_nothing_is_sealed_as_nothing_and_none_is_refused() -> None:
    assert sealing.seal("", FIELD) == b""
    assert sealing.unseal(b"", FIELD) == ""
    for refused in (
        lambda: sealing.seal_many([NUMBER, None], FIELD),  # type: ignore[list-item]
        lambda: sealing.open_many([None], FIELD),  # type: ignore[list-item]
        lambda: sealing.blind_index_many([None], FIELD),  # type: ignore[list-item]
    ):
        with pytest.raises(TypeError):
            refused()
    with pytest.raises(ValueError, match="no blind index"):
        sealing.blind_index_many([NUMBER, ""], FIELD)


def test_a_changed_byte_is_found_wherever_it_is(sealed: list[bytes]) -> None:
    for place in range(len(sealed[0])):
        changed = bytearray(sealed[0])
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            sealing.unseal(bytes(changed), FIELD)


def test_a_cut_or_lengthened_value_is_found(sealed: list[bytes]) -> None:
    for length in range(1, len(sealed[0])):
        with pytest.raises(SealBroken):
            sealing.unseal(sealed[0][:length], FIELD)
    with pytest.raises(SealBroken):
        sealing.unseal(sealed[0] + b"\0", FIELD)


def test_another_column_does_not_open_it(sealed: list[bytes]) -> None:
    with pytest.raises(SealBroken):
        sealing.open_many(sealed, OTHER_FIELD)


def test_another_key_does_not_open_it(sealed: list[bytes], settings: Settings) -> None:
    settings.PORTAL_KEYS = {1: KEYS[3]}
    with pytest.raises(SealBroken):
        sealing.open_many(sealed, FIELD)
    settings.PORTAL_KEYS = {2: KEYS[1]}
    with pytest.raises(SealBroken):
        sealing.open_many(sealed, FIELD)


def test_the_broken_one_is_named_by_its_position(sealed: list[bytes]) -> None:
    column = [b"", sealed[0], b"", sealed[0][:-1], b"no seal"]
    with pytest.raises(SealBroken) as caught:
        sealing.open_many(column, FIELD)
    assert caught.value.position == 3
    assert NUMBERS[0] not in str(caught.value)


def test_change_of_keys(sealed: list[bytes], settings: Settings) -> None:
    values, before = sealing.open_many(sealed, FIELD), sealing.blind_index(NUMBER, FIELD)
    settings.PORTAL_KEYS = {1: KEYS[1], 2: KEYS[2]}
    fresh = sealing.seal(NUMBER, FIELD)
    assert [sealing.is_current(value) for value in (*sealed, fresh)] == [False] * len(sealed) + [
        True
    ]

    renewed = sealing.reseal_many([*sealed, b"", fresh], FIELD)
    assert renewed[-2:] == [b"", fresh]
    assert all(map(sealing.is_current, renewed[:-2]))
    assert sealing.reseal_many(renewed, FIELD) == renewed

    settings.PORTAL_KEYS = {2: KEYS[2]}
    assert sealing.open_many(renewed, FIELD) == [*values, "", NUMBER]
    assert sealing.blind_index(NUMBER, FIELD) == before


def test_indexes_tell_numbers_and_columns_apart(settings: Settings) -> None:
    indexes = sealing.blind_index_many(NUMBERS, FIELD)
    assert len(set(indexes)) == len(NUMBERS)
    assert {len(index) for index in indexes} == {16}
    assert sealing.blind_index(NUMBERS[7], FIELD) == indexes[7]
    assert set(indexes).isdisjoint(sealing.blind_index_many(NUMBERS, OTHER_FIELD))
    settings.PORTAL_INDEX_KEY = KEYS[3]
    assert set(indexes).isdisjoint(sealing.blind_index_many(NUMBERS, FIELD))


def test_an_index_is_no_plain_digest() -> None:
    plain = {hashlib.new(name, NUMBER.encode()).digest()[:16] for name in ("sha256", "md5")}
    assert sealing.blind_index(NUMBER, FIELD) not in plain | {_sm3(NUMBER.encode())[:16]}


class CertifiedHardware(SM4Provider):
    """Stands for another implementation of the interface."""

    def mac(self, data: bytes) -> bytes:
        return b"by hardware"

    def blind_index(self, values: Sequence[bytes], field: str) -> list[bytes]:
        return [b"h" * 16 for _ in values]


def test_the_provider_can_be_replaced(settings: Settings) -> None:
    settings.PORTAL_SEALING_PROVIDER = f"{__name__}.{CertifiedHardware.__qualname__}"
    assert sealing.mac(b"") == b"by hardware"
    assert sealing.blind_index(NUMBER, FIELD) == b"h" * 16
    assert sealing.unseal(sealing.seal(NUMBER, FIELD), FIELD) == NUMBER


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("621022199204021213", "621022********1213"),
        ("62102219901028930X", "621022********930X"),
        ("622926800920508", "****0508"),
        ("G123", "****"),
        ("", ""),
    ],
)
def test_mask_of_an_id_number(number: str, mask: str) -> None:
    assert mask_id_number(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("13912348657", "139****8657"),
        ("0934-8612345", "****2345"),
        ("8612345", "****"),
        ("", ""),
    ],
)
def test_mask_of_a_phone(number: str, mask: str) -> None:
    assert mask_phone(number) == mask
