"""Phones of a roster: what is repaired, what is kept and explained, and nothing guessed."""

import pytest
from django.utils import translation

from exchange.imports.columns import Reading
from talent.phones import is_phone, read_phones
from tests.factories import divisions
from tests.factories.rosters import a_row, brought_in, csv_of

MOBILE = "13800138000"


@pytest.mark.parametrize(
    "written",
    [
        "138-0013-8000",
        "138.0013.8000",
        "+8613800138000",
        "+86-138-0013-8000",
        "(+86)13800138000",
        "008613800138000",
        "8613800138000",
        "86-13800138000",
    ],
)
def test_a_mobile_number_in_pieces_is_put_together_and_counted(written: str) -> None:
    reading = Reading()
    assert read_phones([written, MOBILE, written], reading) == [MOBILE] * 3
    assert (reading.tidied, reading.repairs, reading.findings) == ({"phone-separator": 2}, {}, [])


def test_spaces_are_spaces() -> None:
    reading = Reading()
    assert read_phones(["138 0013 8000", "１３８００１３８０００"], reading) == [MOBILE, MOBILE]
    assert reading.repairs == {"spaces": 1, "full-width": 1}


@pytest.mark.parametrize(
    "phone",
    ["0934-1234567转8", "09341234567", "(0934)4421234", "4421234", "010-62345678-12", MOBILE],
)
def test_a_landline_is_a_phone_and_stays_as_it_is(phone: str) -> None:
    reading = Reading()
    assert is_phone(phone)
    assert read_phones([phone], reading) == [phone]
    assert (reading.tidied, reading.repairs, reading.findings) == ({}, {}, [])


@pytest.mark.parametrize(
    "phone",
    [
        "13800138000/13900139000",
        "13800138000、13900139000",
        "1380013800",
        "138001380001",
        "138-0013-800",
        "2380013800012",
        "无",
    ],
)
def test_what_is_no_single_phone_is_kept_and_explained(phone: str) -> None:
    reading = Reading(column="phone", title="联系电话")
    assert read_phones(["", phone], reading) == [None, phone]
    assert (reading.tidied, reading.repairs) == ({}, {})
    with translation.override("en"):
        assert [(f.row, f.column, f.severity, str(f)) for f in reading.findings] == [
            (
                1,
                "phone",
                "explain",
                "This is not one mobile number of 11 digits or one landline. It is kept as it "
                "stands; check it.",
            )
        ]


def test_a_cell_too_long_is_held() -> None:
    reading = Reading(column="phone", title="联系电话")
    assert read_phones([f"{MOBILE}/{MOBILE}/{MOBILE}"], reading) == [None]
    assert [f.rule for f in reading.findings] == ["exchange.text_fits"]


def test_an_import_counts_phones_beside_the_other_repairs(db: None) -> None:
    divisions()
    batch = brought_in(csv_of([a_row(1, phone="138-0013-8000"), a_row(3, phone="+8613800138000")]))
    assert (batch.accepted, batch.repairs) == (2, {"phone-separator": 2})
