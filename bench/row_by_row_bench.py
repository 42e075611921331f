"""Our import beside django-import-export, the usual way to bring rosters into Django.

    var/venv/bin/python bench/row_by_row_bench.py [--rows N] [--base N]

with the portal's environment and DATABASE_URL set to an empty database that may be filled.
Both read the same file, check the same things of a row (number, names, dates, village,
choices, duplicates), seal the numbers and fill the same tables; the library does it row by
row as its manual shows, with clean_model_instances and one transaction, and in its bulk mode.
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
        phone_index=blind_index(row["联系电话"], PHONE_FIELD),
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


class BulkResource(EnrollmentResource):
    """The library's quick way: instances are gathered and created in batches, and not cleaned."""

    class Meta:
        model = Enrollment
        fields = ("remark",)
        import_id_fields = ()
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        use_transactions = True


MODES = {"row by row": EnrollmentResource, "in bulk": BulkResource}


def by_library(path: Path, resource: type[EnrollmentResource]) -> float:
    started = time.perf_counter()
    dataset = XLSX().create_dataset(path.read_bytes())
    result = resource().import_data(dataset, raise_errors=True)
    assert result.totals["new"] == len(dataset), result.totals
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--base", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        base = prepare(path, asked.rows, asked.base)
        ours = []
        for _ in range(3):
            forget(base, people=True)
            ours.append(whole_import(path)["all"])
        print(f"{asked.rows} rows: ours {min(ours):.2f}-{max(ours):.2f} s")
        for name, resource in MODES.items():
            forget(base, people=True)
            theirs = by_library(path, resource)
            print(f"{name} {theirs:.1f} s: {theirs / max(ours):.0f}-{theirs / min(ours):.0f} times")


if __name__ == "__main__":
    main()
