"""Receipt codes: any single slip of a reader, and any swap, is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.submissions.codes import LETTERS, code_of, read, shown

links = st.binary(min_size=32, max_size=32)
LINK = bytes(range(32))


@given(links)
def test_a_code_is_read_back_however_it_is_written(link: bytes) -> None:
    code = code_of(link)
    assert len(code) == 16
    for written in (
        code,
        shown(code),
        shown(code).lower(),
        f" {shown(code).replace('-', ' ')} ",
        f"https://portal.example/receipts/{code}/",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert read(written) == code


@given(links, st.integers(0, 15), st.sampled_from(LETTERS))
def test_one_wrong_character_is_noticed(link: bytes, place: int, letter: str) -> None:
    code = code_of(link)
    other = code[:place] + letter + code[place + 1 :]
    assert read(other) == (code if other == code else None)


@given(links, st.integers(0, 15), st.integers(0, 15))
def test_two_swapped_characters_are_noticed(link: bytes, first: int, second: int) -> None:
    code = code_of(link)
    letters = list(code)
    letters[first], letters[second] = letters[second], letters[first]
    other = "".join(letters)
    assert read(other) == (code if other == code else None)


@pytest.mark.parametrize(
    "typed", ["", "-", "0" * 15, "0" * 17, "U" * 16, "回执", "/", "0" * 15 + "1"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read(typed) is None


def test_the_code_is_the_beginning_of_the_link() -> None:
    assert shown(code_of(LINK)).startswith("000G-40R4-0M30-E20")
    assert code_of(LINK[:9] + b"\x09" + bytes(22)) == code_of(LINK)
    assert code_of(b"\x01" + LINK[1:]) != code_of(LINK)
