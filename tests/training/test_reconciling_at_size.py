"""25 planted differences in 20,000 rows: all are named with their line, and nothing else is."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import transaction

from core.sealing import blind_index_many, mask_id_number
from exchange.imports.staging import copy_in
from talent.imports import ID_NUMBER_FIELD
from talent.names import fold_name
from tests.factories import a_class, a_program, an_account, citizen_number, divisions
from tests.factories.reconciling import a_slip, a_workbook, compared
from tests.factories.rosters import HUAN
from training.reconciling.cells import right_side

ROWS = 20_000
CATEGORIES = {"filed-poor": "建档立卡贫困劳动力", "unemployed": "失业人员"}
Row = list[str]


def people_of_a_county(count: int) -> list[tuple[str, str]]:
    """Names and sound numbers; the last two have one name and one date of birth."""
    born = datetime.date(1960, 1, 1)
    days = [f"{born + datetime.timedelta(days=each):%Y%m%d}" for each in range(count // 1000 + 1)]
    found = [
        (
            f"张{chr(0x4E00 + n // 200)}{chr(0x4E00 + n % 200)}",
            citizen_number(n % 1000, born=days[n // 1000]),
        )
        for n in range(count - 2)
    ]
    return found + [("李双", citizen_number(order, born="19770707")) for order in (11, 13)]


def class_of(n: int) -> int:
    return n // 40


def category_of(n: int) -> str:
    return ("filed-poor", "unemployed")[n % 2]


def start_of(n: int) -> datetime.date:
    return datetime.date(2019, 1 + class_of(n) % 12, 4)


def fill_ledger(people: Sequence[tuple[str, str]], lacking: set[int]) -> None:
    """Everybody is registered; those not lacking are in the ledger, by COPY."""
    classes = [
        a_class(HUAN, f"B{n}", start_date=start_of(n * 40)) for n in range(len(people) // 40 + 1)
    ]
    indexes = blind_index_many([number for _name, number in people], ID_NUMBER_FIELD)
    copy_in(
        "talent_person",
        "id, id_number_index, id_number_sealed, id_number_mask, name, name_key, name_initials, sex,"
        " birth_date, ethnicity, education, phone_mask, county_code, region_code, version, created_at",
        (
            f"{n}\t\\\\x{indexes[n - 1].hex()}\t\\\\x00\t{mask_id_number(number)}\t{name}\t{fold_name(name)}"
            f"\tx\t1\t{number[6:10]}-{number[10:12]}-{number[12:14]}\t\t\t\t{HUAN}\t{HUAN}\t1\tnow\n"
            for n, (name, number) in enumerate(people, 1)
        ),
    )
    copy_in(
        "training_enrollment",
        "person_id, training_class_id, state, region_code, county_code, prefecture_code, group_name,"
        " household_code, relation, category, education, program_id, level, start_date, end_date,"
        " result, certificate_number, employment, remark, version, created_at",
        (
            f"{n}\t{classes[class_of(n)].pk}\tactive\t{HUAN}\t{HUAN}\t6210\t\t\t\t{category_of(n)}\t\tskills"
            f"\t5\t{start_of(n)}\t{start_of(n)}\tunassessed\t\tunknown\t\t1\tnow\n"
            for n in range(1, len(people) + 1)
            if n not in lacking
        ),
    )


def theirs_of(people: Sequence[tuple[str, str]]) -> dict[int, Row]:
    return {
        n: [name, number, CATEGORIES[category_of(n)], f"B{class_of(n)}", start_of(n).isoformat()]
        for n, (name, number) in enumerate(people, 1)
    }


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """20,000 rows on each side with 25 differences; by kind the numbers of the people."""
    planted = {
        "missing": [100, 4000, 7001, 12345, 19900],
        "extra": [101, 4001, 7002, 12346, 19901],
        "category": [200, 4100, 8001, 13000, 19000],
        "period": [300, 4200, 8101, 13100, 19100],
        "number": [400, 4300, 8201],
        "doubtful": [ROWS + 4, ROWS + 5],
    }
    with django_db_blocker.unblock(), transaction.atomic():
        divisions()
        a_program()
        people = people_of_a_county(ROWS + 5)
        fill_ledger(people, set(planted["missing"]))
        theirs = theirs_of(people)
        for n in planted["extra"]:
            del theirs[n]
        for n in planted["category"]:
            theirs[n][2] = CATEGORIES[category_of(n + 1)]
        for n in planted["period"]:
            theirs[n][4] = start_of(n).replace(month=1 + start_of(n).month % 12).isoformat()
        for n in planted["number"]:
            theirs[n][1] = a_slip(theirs[n][1])
        for n in planted["doubtful"]:
            theirs[n][1] = theirs[n][1][:17]
        officer = an_account("officer", "prefecture-officer", "6210")
        rows = [[str(line), *row] for line, row in enumerate(theirs.values(), 1)]
        job = compared(a_workbook(rows), officer)
        lines = {n: line for line, n in enumerate(theirs, 2)}
        yield {"job": job, "planted": planted, "lines": lines, "people": people, "theirs": theirs}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_25_differences_in_20000_rows_are_all_named_and_nothing_else(large: Any) -> None:
    job, lines = large["job"], large["lines"]
    assert (job.state, job.error) == ("done", "")
    named = [(d.way, d.line, d.person_key) for d in job.lines.all()]
    expected = []
    for way, people in large["planted"].items():
        for n in people:
            on_line = None if way == "extra" else lines[n]
            person = None if way in {"missing", "doubtful"} else n
            expected.append((way, on_line, person))
    assert sorted(named, key=str) == sorted(expected, key=str)
    told = {way: job.counts.get(way) for way in ("theirs", "ours", "beside")}
    assert told == {"theirs": ROWS, "ours": ROWS, "beside": 0}
    names = {d.line: d.name for d in job.lines.exclude(way="extra")}
    assert names == {
        lines[n]: large["people"][n - 1][0]
        for way, people in large["planted"].items()
        for n in people
        if way != "extra"
    }


@pytest.mark.django_db
def test_each_figures_equation_closes(large: Any) -> None:
    """And its two sides are what is counted without any pairing."""
    job, wording = large["job"], {word: key for key, word in CATEGORIES.items()}
    theirs = Counter((row[4][:7], wording[row[2]]) for row in large["theirs"].values())
    ours = Counter(
        (start_of(n).isoformat()[:7], category_of(n))
        for n in range(1, len(large["people"]) + 1)
        if n not in large["planted"]["missing"]
    )
    total, *cells = job.cells
    assert len(cells) > 10
    for each in cells:
        terms, key = each["terms"], (each["cell"]["month"], each["cell"]["category"])
        assert (terms.get("theirs", 0), terms.get("ours", 0)) == (theirs[key], ours[key])
        assert right_side(terms) == ours[key]
    differing = {(e["cell"]["month"], e["cell"]["category"]) for e in cells}
    assert {key for key in theirs.keys() | ours.keys() if theirs[key] != ours[key]} <= differing
    assert right_side(total["terms"]) == total["terms"]["ours"] == ROWS
    assert (total["terms"]["doubtful"], total["terms"]["held"]) == (2, 2)
