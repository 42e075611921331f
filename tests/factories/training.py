"""People, classes and rows of the ledger."""

import datetime
from typing import Any

from core.sealing import blind_index, mask_id_number, mask_phone, seal
from exchange import rollups
from talent.identity import birth_date_of, expected_check_character, sex_of
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.models import Category, Person
from talent.names import fold_names
from tests.factories.plans import a_program
from training.models import Enrollment, Institution, Occupation, TrainingClass


def citizen_number(order: int, *, place: str = "621022", born: str = "19900101") -> str:
    """A sound number; `order` from 0 to 999, odd for men."""
    first = f"{place}{born}{order:03}"
    return first + expected_check_character(first)


def a_person(order: int = 1, *, phone: str = "13900000000", **values: Any) -> Person:
    """The person with `citizen_number(order)`; the same one when made twice."""
    number = values.pop("id_number", None) or citizen_number(order)
    name = values.pop("name", f"张{order}")
    county = values.pop("county_code", "621022")
    values = {
        "id_number_sealed": seal(number, ID_NUMBER_FIELD),
        "id_number_mask": mask_id_number(number),
        "name": name,
        "name_key": fold_names([name])[0],
        "sex": sex_of(number),
        "birth_date": birth_date_of(number),
        "ethnicity": "汉族",
        "education": "junior",
        "phone_sealed": seal(phone, PHONE_FIELD),
        "phone_mask": mask_phone(phone),
        "phone_index": blind_index(phone, PHONE_FIELD),
        "county_code": county,
        "region_code": county,
    } | values
    index = blind_index(number, ID_NUMBER_FIELD)
    person, _ = Person.objects.get_or_create(id_number_index=index, defaults=values)
    return person


def a_class(county: str = "621022", code: str = "2019001", **values: Any) -> TrainingClass:
    institution, _ = Institution.objects.get_or_create(
        county_code=county, name=values.pop("institution", f"{county}职业培训学校")
    )
    occupation, _ = Occupation.objects.get_or_create(name=values.pop("occupation", "电焊工"))
    start = values.pop("start_date", datetime.date(2019, 6, 24))
    values = {"end_date": start + datetime.timedelta(days=14), "level": "5", "hours": 90} | values
    values["program"] = values.get("program") or a_program()
    found, _ = TrainingClass.objects.get_or_create(
        county_code=county,
        code=code,
        institution=institution,
        occupation=occupation,
        start_date=start,
        defaults=values,
    )
    return found


def enrolled(person: Person, training_class: TrainingClass, **values: Any) -> Enrollment:
    """A row of the ledger. The rollups do not know of it before `settled()`."""
    attended = training_class
    values = {
        "region_code": attended.county_code,
        "county_code": attended.county_code,
        "prefecture_code": attended.county_code[:4],
        "category": Category.FILED_POOR,
        "education": person.education,
        "program": attended.program,
        "level": attended.level,
        "start_date": attended.start_date,
        "end_date": attended.end_date,
        "hours": attended.hours,
    } | values
    return Enrollment.objects.create(person=person, training_class=attended, **values)


def settled() -> None:
    """Bring the rollups up to the rows that were made without the services."""
    rollups.rebuild()
