"""The citizen number: the national rule, its troubles, the repairs that are provable."""

import datetime
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.repairs import Repair
from talent.identity import (
    IdNumberTrouble,
    birth_date_of,
    expected_check_character,
    has_known_province,
    judge_id_number,
    judge_id_numbers,
    repair_id_column,
    repair_id_number,
    sex_of,
)

MISSING, LENGTH, CHARACTERS = (
    IdNumberTrouble.MISSING,
    IdNumberTrouble.LENGTH,
    IdNumberTrouble.CHARACTERS,
)
CHECKSUM, BIRTH_DATE, DAMAGED = (
    IdNumberTrouble.CHECKSUM,
    IdNumberTrouble.BIRTH_DATE,
    IdNumberTrouble.DAMAGED_BY_SPREADSHEET,
)
GOOD = "11010519491231002X"  # the example of GB 11643
ALL_DIGITS = "62102219810418421" + expected_check_character("62102219810418421")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TODAY = date(2019, 12, 31)


def numbered(first_17_digits: str) -> str:
    return first_17_digits + expected_check_character(first_17_digits)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_check_character_is_that_of_the_national_weights(digits: str) -> None:
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    assert expected_check_character(digits) == "10X98765432"[remainder]


@pytest.mark.parametrize("digits", ["", "6210221992040212", "62102219920402121X", "６" * 17])
def test_no_check_character_without_17_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        expected_check_character(digits)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (GOOD, None),
        ("440524188001010014", BIRTH_DATE),  # the other example of GB 11643: born in 1880
        (numbered("62017119920229121"), None),  # 620171 is a zone, not a county: only a hint
        (numbered("62102219200229121"), None),
        (numbered("62102219000101121"), None),
        (numbered("62102218991231121"), BIRTH_DATE),
        (numbered("62102219930229121"), BIRTH_DATE),
        (numbered("62102219001301121"), BIRTH_DATE),
        (numbered("62102200000000121"), BIRTH_DATE),
        (numbered("62102220191231121"), None),
        (numbered("62102220200101121"), BIRTH_DATE),
        (numbered("62102298001231121"), BIRTH_DATE),
        ("110105194912310021", CHECKSUM),
        ("110105194912310020", CHECKSUM),
        ("110105194912310120", CHECKSUM),
        ("11010519491231002x", CHARACTERS),
        ("1101051949123100X2", CHARACTERS),
        ("11010519491231 02X", CHARACTERS),
        ("１" + GOOD[1:], CHARACTERS),
        ("١" + GOOD[1:], CHARACTERS),
        (GOOD + "\n", LENGTH),
        ("110105491231002", LENGTH),
        (GOOD + "4", LENGTH),
        ("无", LENGTH),
        ("", MISSING),
        ("\x02621022198104184000", DAMAGED),
        ("\x02" + numbered("62102219810418400"), DAMAGED),
        ("\x026.21022198104184e+17", DAMAGED),
        ("\x02110105491231002", LENGTH),
        ("6.21022E+17", DAMAGED),
        ("6.21022198104184E17", DAMAGED),
        ("621022198104184000", DAMAGED),
        ("\x031992-04-02", LENGTH),
        ("\x05#N/A", LENGTH),
    ],
)
def test_judgement(text: str, trouble: IdNumberTrouble | None) -> None:
    assert judge_id_number(text, today=TODAY) is trouble


def test_three_zeros_that_the_check_character_proves_are_no_damage() -> None:
    proven = next(
        number
        for order in range(10)
        for day in range(10, 29)
        if (number := numbered(f"621022199204{day}{order}00")).endswith("000")
    )
    assert judge_id_number(proven, today=TODAY) is None
    assert judge_id_number("\x02" + proven, today=TODAY) is DAMAGED


def test_a_column_is_judged_in_its_order() -> None:
    column = [GOOD, "", "110105194912310021", GOOD, "6.2E+17"]
    assert judge_id_numbers(column, today=TODAY) == [None, MISSING, CHECKSUM, None, DAMAGED]
    assert judge_id_numbers([]) == []


def test_today_is_beijings(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 20:00 UTC of the 30th it is the 31st in Beijing."""
    moment = datetime.datetime(2019, 12, 30, 20, tzinfo=datetime.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    assert judge_id_number(numbered("62102220191231121")) is None
    assert judge_id_number(numbered("62102220200101121")) is BIRTH_DATE


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_never_passes(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    assert (judge_id_number(changed, today=TODAY) is None) == (changed == GOOD)


@given(st.text(alphabet=st.characters(), max_size=25))
def test_any_text_gets_a_judgement(text: str) -> None:
    repaired, _ = repair_id_number(text)
    assert judge_id_number(repaired, today=TODAY) in {None, *IdNumberTrouble}
    assert repair_id_number(repaired)[0] == repaired or repaired[:1] in "='\""


def test_birth_date_and_sex() -> None:
    assert birth_date_of(GOOD) == date(1949, 12, 31)
    assert type(birth_date_of(GOOD)) is date
    assert sex_of(GOOD) == "2"
    assert sex_of("621022199204021213") == "1"
    with pytest.raises(ValueError, match="no date of birth"):
        birth_date_of("11010519490231002X")


def test_the_place_only_gives_a_hint() -> None:
    assert has_known_province("621022199204021213")
    assert not has_known_province(numbered("99102219920402121"))
    assert judge_id_number(numbered("99102219920402121"), today=TODAY) is None


def test_sentences_hold_no_number_and_no_placeholder() -> None:
    for trouble in IdNumberTrouble:
        with translation.override("en"):
            assert str(trouble) == trouble.sentence
        assert trouble.sentence.endswith(".")
        assert "%" not in trouble.sentence


@pytest.mark.parametrize(
    ("raw", "text", "kinds"),
    [
        (GOOD, GOOD, []),
        ("", "", []),
        ("１１０１０５１９４９１２３１００２Ｘ", GOOD, [Repair.FULL_WIDTH]),
        ("110105 19491231 002X", GOOD, [Repair.SPACES]),
        ("\t" + GOOD, GOOD, [Repair.SPACES]),
        ("\u00a0110105\u300019491231\u2009002X\r\n", GOOD, [Repair.SPACES]),
        ("\u202d" + GOOD + "\u200b", GOOD, [Repair.ZERO_WIDTH]),
        ("\ufeff\u2060" + GOOD + "\u200c\u200d", GOOD, [Repair.ZERO_WIDTH]),
        *[(mark + GOOD, GOOD, [Repair.APOSTROPHE]) for mark in "'’‘`"],
        ("＇" + GOOD, GOOD, [Repair.FULL_WIDTH, Repair.APOSTROPHE]),
        (f'="{GOOD}"', GOOD, [Repair.APOSTROPHE]),
        (GOOD.lower(), GOOD, [Repair.LOWER_CASE_X]),
        ("11010519491231002ｘ", GOOD, [Repair.FULL_WIDTH, Repair.LOWER_CASE_X]),
        (" ' " + GOOD.lower(), GOOD, [Repair.SPACES, Repair.APOSTROPHE, Repair.LOWER_CASE_X]),
        ("11010519491231002", "11010519491231002", []),
        ("110105491231002", "110105491231002", []),
        *[(GOOD + end, GOOD, [Repair.DISABILITY_CERTIFICATE]) for end in ("43", "4301", "43B1")],
        (GOOD.lower() + "43", GOOD, [Repair.DISABILITY_CERTIFICATE]),
        (ALL_DIGITS + "43", ALL_DIGITS, [Repair.DISABILITY_CERTIFICATE]),
        *[(text, text, []) for text in (GOOD[:17] + "143", GOOD + "83", GOOD + "45", GOOD + "4")],
        *[(text, text, []) for text in (GOOD + "430", GOOD + "430112", "\x02" + GOOD + "43")],
        ("\x02621022198104184000", "\x02621022198104184000", []),
        ("6.21022E+17", "6.21022E+17", []),
        ("O10105194912310021", "O10105194912310021", []),
    ],
)
def test_repair(raw: str, text: str, kinds: list[Repair]) -> None:
    assert repair_id_number(raw) == (text, kinds)
    assert repair_id_column([raw]) == ([text], {kind.value: 1 for kind in kinds})


def test_repairs_count_cells() -> None:
    cells = [GOOD, " 1 1 0105194912310 02X ", "'" + GOOD, " 1 1 0105194912310 02X ", GOOD.lower()]
    assert repair_id_column(cells) == (
        [GOOD] * 5,
        {"spaces": 2, "apostrophe": 1, "lower-case-x": 1},
    )
