"""Columns that describe a person, for every kind of roster that names people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.rules import Batch
from core.sealing import blind_index_many, seal_many
from core.sealing.masks import mask_id_number, mask_phone
from exchange.files import cells as marks
from exchange.imports.columns import Column, Reading, choice
from exchange.imports.kinds import Cells, Staged
from talent import wordings
from talent.identity import birth_date_of, judge_id_numbers, repair_id_column
from talent.known import known_people
from talent.names import fold_names, judge_names, name_initials_many, repair_name_column
from talent.phones import read_phones
from talent.querysets import Registered
from talent.rules import ID_RULES, NAME_IS_A_NAME

ID_NUMBER_FIELD = "talent.Person.id_number"
PHONE_FIELD = "talent.Person.phone"


def read_id_numbers(cells: Sequence[str], reading: Reading) -> Cells:
    """Citizen numbers in their normal form, None where they are in trouble."""
    repaired, counts = repair_id_column(list(cells))
    reading.repairs.update(counts)
    values: Cells = list(repaired)
    for row, trouble in enumerate(judge_id_numbers(repaired)):
        if trouble is not None:
            reading.trouble(ID_RULES[trouble], row, trouble.sentence)
            values[row] = None
    return values


def read_names(cells: Sequence[str], reading: Reading) -> Cells:
    """Names as written, spaces and dots in order."""
    repaired, counts = repair_name_column(marks.contents(cells))
    reading.repairs.update(counts)
    values: Cells = list(repaired)
    for row, trouble in enumerate(judge_names(repaired)):
        if trouble is not None:
            reading.trouble(NAME_IS_A_NAME, row, trouble.sentence)
            values[row] = None
    return values


PERSON_COLUMNS = (
    Column("name", "姓名", read_names, ("学员姓名", "人员姓名", "学员", "培训人员姓名")),
    Column(
        "sex",
        "性别",
        choice(wordings.SEX, also=wordings.SEX_ALSO),
    ),
    Column(
        "id_number",
        "身份证号码",
        read_id_numbers,
        (
            "身份证",
            "身份证号",
            "公民身份号码",
            "公民身份证号码",
            "证件号码",
            "居民身份证号码",
            "身份证件号码",
        ),
    ),
    Column(
        "ethnicity",
        "民族",
        choice(wordings.ETHNICITY, also=wordings.ETHNICITY_ALSO),
        ("民族成份", "民族成分"),
    ),
    Column(
        "education",
        "文化程度",
        choice(wordings.EDUCATION, also=wordings.EDUCATION_ALSO),
        ("学历", "学历层次", "受教育程度"),
    ),
    Column(
        "phone",
        "联系电话",
        read_phones,
        ("电话", "手机号", "手机号码", "本人电话", "联系方式"),
    ),
)

STAGED_PERSON = (
    Staged("person_id", "bigint"),
    Staged("id_index", "bytea"),
    Staged("id_sealed", "bytea"),
    Staged("id_mask", "text"),
    Staged("name", "text"),
    Staged("name_key", "text"),
    Staged("name_initials", "text"),
    Staged("sex", "text"),
    Staged("birth_date", "date"),
    Staged("ethnicity", "text"),
    Staged("education", "text"),
    Staged("phone_index", "bytea"),
    Staged("phone_sealed", "bytea"),
    Staged("phone_mask", "text"),
)


def resolve_people(batch: Batch) -> None:
    """Add `id_index` (16 bytes, None without a sound number) and `name_key` to a batch."""
    numbers = batch["id_number"]
    sound = [number for number in numbers if number is not None]
    indexes = iter(blind_index_many(sound, ID_NUMBER_FIELD))
    batch.columns["id_index"] = [None if n is None else next(indexes) for n in numbers]
    batch.columns["name_key"] = [
        key or None for key in fold_names([n or "" for n in batch["name"]])
    ]


def clean_people(batch: Batch, rows: Sequence[int]) -> list[Cells]:
    """The cells of STAGED_PERSON for the rows, column by column; numbers sealed.

    What only registers somebody is given for strangers, a phone's seal also where the
    register has another phone.
    """

    def taken(name: str) -> Cells:
        return list(map(batch[name].__getitem__, rows))

    known, index = known_people(batch), [batch["id_index"][row] for row in rows]
    people = list(map(known.get, index))
    new = [place for place, person in enumerate(people) if person is None]
    numbers, names = taken("id_number"), taken("name")

    def of_new(cells: Cells, made: Callable[[list[str]], Iterable[str]]) -> Cells:
        return _at(new, made([cells[place] or "" for place in new]), len(rows))

    return [
        [None if person is None else str(person.key) for person in people],
        [_bytea(key) for key in index],
        of_new(numbers, lambda some: map(_bytea, seal_many(some, ID_NUMBER_FIELD))),
        [mask_id_number(number or "") for number in numbers],
        names,
        of_new(taken("name_key"), iter),
        of_new(names, name_initials_many),
        taken("sex"),
        of_new(numbers, lambda some: (birth_date_of(number).isoformat() for number in some)),
        taken("ethnicity"),
        taken("education"),
        *_clean_phones(taken("phone"), people),
    ]


def _clean_phones(phones: Cells, people: Sequence[Registered | None]) -> list[Cells]:
    """The columns phone_index, phone_sealed and phone_mask; sealed is what the register lacks."""
    given = [place for place, phone in enumerate(phones) if phone]
    indexes = blind_index_many([phones[place] or "" for place in given], PHONE_FIELD)
    others = [
        place
        for place, index in zip(given, indexes, strict=True)
        if (person := people[place]) is None or person.phone_index != index
    ]
    sealed = seal_many([phones[place] or "" for place in others], PHONE_FIELD)
    return [
        _at(given, map(_bytea, indexes), len(phones)),
        _at(others, map(_bytea, sealed), len(phones)),
        [mask_phone(phone) if phone else None for phone in phones],
    ]


def _at(places: Sequence[int], cells: Iterable[str], size: int) -> Cells:
    """A column of `size` with these cells at these places."""
    column: Cells = [None] * size
    for place, cell in zip(places, cells, strict=True):
        column[place] = cell
    return column


def _bytea(value: bytes) -> str:
    return "\\x" + value.hex()
