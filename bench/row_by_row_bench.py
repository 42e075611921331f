"""Our import beside django-import-export, the usual way to bring rosters into Django.

    var/venv/bin/python bench/row_by_row_bench.py [--rows N]

with the portal's environment and DATABASE_URL set to an empty database that may be filled.
Both read the same file, check the same things of a row (number, names, dates, village,
choices, duplicates), seal the numbers and fill the same tables; the library does it row by
row as its manual shows, with clean_model_instances and one transaction.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.exceptions import ValidationError
from import_export import fields, resources
from import_export.formats.base_formats import XLSX

from bench.import_bench import forget, prepare, whole_import
from core.models import Region
from core.places import short_place_name
from core.sealing import blind_index, mask_id_number, mask_phone, seal
from talent import wordings
from talent.identity import birth_date_of, judge_id_number, sex_of
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.models import Household, HouseholdMembership, Person
from talent.names import fold_name, judge_name, name_initials
from training.demo.rosters import HUANXIAN
from training.models import Enrollment, Institution, Occupation, TrainingClass
from training.wordings import LEVEL, LEVEL_ALSO

COUNTY = HUANXIAN.code


def value_of(wording: str, official: dict[Any, str], also: dict[str, Any]) -> str:
    values = {text: value for value, text in official.items()} | also
    if wording not in values:
        raise ValidationError(f"{wording} is not in the list")
    return str(values[wording])


def person_of(row: dict[str, Any], village: Region) -> Person:
    number = row["身份证号码"]
    if judge_id_number(number) or judge_name(row["姓名"]):
        raise ValidationError("number or name")
    if sex_of(number) != value_of(row["性别"], wordings.SEX, wordings.SEX_ALSO):
        raise ValidationError("sex")
    index = blind_index(number, ID_NUMBER_FIELD)
    found = Person.objects.filter(id_number_index=index).first()
    if found:
        return found
    person = Person(
        id_number_index=index,
        id_number_sealed=seal(number, ID_NUMBER_FIELD),
        id_number_mask=mask_id_number(number),
        name=row["姓名"],
        name_key=fold_name(row["姓名"]),
        name_initials=name_initials(row["姓名"]),
        sex=sex_of(number),
        birth_date=birth_date_of(number),
        ethnicity=value_of(row["民族"], wordings.ETHNICITY, wordings.ETHNICITY_ALSO),
        education=value_of(row["文化程度"], wordings.EDUCATION, wordings.EDUCATION_ALSO),
        phone_sealed=seal(row["联系电话"], PHONE_FIELD),
        phone_mask=mask_phone(row["联系电话"]),
        county_code=COUNTY,
        region_code=village.code,
    )
    person.full_clean()
    person.save()
    return person


def village_of(row: dict[str, Any]) -> Region:
    return Region.objects.get(
        code__startswith=COUNTY,
        level=Region.Level.VILLAGE,
        short_name=short_place_name(row["行政村"], 5),
        parent__short_name=short_place_name(row["乡镇"], 4),
    )


def class_of(row: dict[str, Any]) -> TrainingClass:
    institution, _ = Institution.objects.get_or_create(county_code=COUNTY, name=row["培训机构"])
    occupation, _ = Occupation.objects.get_or_create(name=row["培训工种"])
    return TrainingClass.objects.get_or_create(
        county_code=COUNTY,
        code=row["班级编号"],
        institution=institution,
        occupation=occupation,
        start_date=row["开班时间"].date(),
        defaults={
            "program_id": "skills",
            "level": value_of(row["培训等级"], LEVEL, LEVEL_ALSO),
            "end_date": row["结业时间"].date(),
            "hours": row["培训学时"],
        },
    )[0]


def settle(row: dict[str, Any], person: Person, village: Region) -> None:
    household, _ = Household.objects.get_or_create(
        county_code=COUNTY, code=row["户编号"], defaults={"region_code": village.code}
    )
    if not HouseholdMembership.objects.filter(person=person, valid_to=None).exists():
        HouseholdMembership.objects.create(
            household=household,
            person=person,
            relation=value_of(row["与户主关系"], wordings.RELATION, wordings.RELATION_ALSO),
            valid_from=row["开班时间"].date(),
        )


class EnrollmentResource(resources.ModelResource):
    """One row after another, as the library's manual shows."""

    remark = fields.Field(attribute="remark", column_name="备注", default="")

    class Meta:
        model = Enrollment
        fields = ("remark",)
        import_id_fields = ()
        clean_model_instances = True
        use_transactions = True

    def before_save_instance(self, instance: Enrollment, row: Any, **kwargs: Any) -> None:
        """Nothing: the instance is whole when it is cleaned."""

    def import_instance(self, instance: Enrollment, row: Any, **kwargs: Any) -> None:
        village = village_of(row)
        instance.person = person_of(row, village)
        instance.training_class = class_of(row)
        settle(row, instance.person, village)
        instance.region_code, instance.county_code = village.code, COUNTY
        instance.prefecture_code, instance.program_id = COUNTY[:4], "skills"
        instance.category = value_of(row["人员类别"], wordings.CATEGORY, wordings.CATEGORY_ALSO)
        instance.household_code, instance.group_name = row["户编号"], row["村民小组"]
        instance.start_date = row["开班时间"].date()
        instance.end_date = row["结业时间"].date()
        instance.hours = row["培训学时"]
        same = Enrollment.objects.active().filter(
            training_class=instance.training_class, person=instance.person
        )
        if same.exists():
            raise ValidationError("already in the class")


def row_by_row(path: Path) -> float:
    started = time.perf_counter()
    dataset = XLSX().create_dataset(path.read_bytes())
    result = EnrollmentResource().import_data(dataset, raise_errors=True)
    assert result.totals["new"] == len(dataset), result.totals
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    size = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = prepare(size, Path(folder))
        ours = []
        for _ in range(3):
            forget(people=True)
            ours.append(whole_import(path)["all"])
        forget(people=True)
        Enrollment.objects.all().delete()
        theirs = row_by_row(path)
    best, worst = min(ours), max(ours)
    print(f"{size} rows: ours {best:.2f}-{worst:.2f} s, row by row {theirs:.1f} s")
    print(f"ratio {theirs / worst:.0f}-{theirs / best:.0f}")


if __name__ == "__main__":
    main()
