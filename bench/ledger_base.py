"""A ledger of millions of rows to measure in, the same for the same seed and size.

    var/venv/bin/python bench/ledger_base.py [--base N] [--rebuild] [--roster PATH --rows N]

with the portal's environment and DATABASE_URL set to a database that may be filled and
dropped. Rows of 303 counties of three provinces over ten years, by COPY: for each county and
year one import, half of its people new, half known from the county's earlier years. People
carry random bytes where a real one carries a blind index and a sealed number: of the right
length, and as scattered as real ones. Built once: the table's comment tells what it holds.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from core.divisions import load_divisions
from core.models import Region
from exchange import rollups
from exchange.imports.staging import copy_in
from exchange.models import ImportBatch
from programs.models import Program
from training.demo.people import FEMALE, MALE, SURNAMES
from training.demo.rosters import HUANXIAN, write_roster
from training.models import Enrollment, Institution, Occupation

PROVINCES = ["52", "53", "62"]
YEARS = range(2008, 2018)  # the roster to be imported is of 2018
IN_A_CLASS, IN_A_HOUSEHOLD = 45, 3
OCCUPATIONS = 12
CATEGORIES = ("filed-poor", "transferred", "unemployed", "two-after")
COLUMNS = {
    "training_trainingclass": (
        "id, county_code, code, institution_id, occupation_id, program_id, level, start_date,"
        " end_date, hours, created_at"
    ),
    "talent_person": (
        "id, id_number_index, id_number_sealed, id_number_mask, name, name_key, name_initials,"
        " sex, birth_date, ethnicity, education, phone_sealed, phone_mask, county_code,"
        " region_code, version, created_at"
    ),
    "talent_household": "id, code, county_code, region_code, created_at",
    "talent_householdmembership": ("id, household_id, person_id, relation, valid_from, created_at"),
    "training_enrollment": (
        "id, person_id, training_class_id, state, region_code, county_code, prefecture_code,"
        " group_name, household_code, relation, category, education, program_id, level,"
        " start_date, end_date, hours, result, certificate_number, employment, remark,"
        " import_batch_id, sheet, line, version, created_at"
    ),
}
ALSO_EMPTIED = (
    "exchange_importbatch",
    "exchange_peopleset",
    "exchange_rollup",
    "training_institution",
    "training_occupation",
)
GIVEN = MALE + FEMALE


def sql(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@dataclass
class County:
    code: str
    villages: list[str]
    people: list[int] = field(default_factory=list)


class Base:
    """The generator: `lines` holds the COPY lines made since they were last written."""

    def __init__(self, size: int, counties: list[County]) -> None:
        self.chance = random.Random(size)
        self.counties = counties
        self.size = size
        self.ids: dict[str, int] = defaultdict(int)
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.batches: list[ImportBatch] = []

    def write(self) -> None:
        """All years, county by county."""
        places = [(year, county) for year in YEARS for county in self.counties]
        for place, (year, county) in enumerate(places):
            due = self.size * (place + 1) // len(places) - self.ids["training_enrollment"]
            self._import(year, county, due)
            if place % 100 == 99:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        ImportBatch.objects.bulk_create(self.batches)
        self.batches = []
        for table, columns in COLUMNS.items():
            copy_in(table, columns, self.lines[table])
            self.lines[table] = []
        print(f"{self.ids['training_enrollment']:>10} rows", flush=True)

    def _add(self, table: str, *cells: object) -> int:
        self.ids[table] += 1
        line = "\t".join(map(str, cells))
        self.lines[table].append(f"{self.ids[table]}\t{line}\n")
        return self.ids[table]

    def _import(self, year: int, county: County, rows: int) -> None:
        self.ids["exchange_importbatch"] += 1
        batch = ImportBatch(
            pk=self.ids["exchange_importbatch"],
            kind="training",
            state=ImportBatch.State.DONE,
            step=ImportBatch.Step.WRITE,
            region_code=county.code,
            original_name=f"{year}.xlsx",
            size=1,
        )
        self.batches.append(batch)
        for line in range(0, rows, IN_A_CLASS):
            self._class(batch.pk, year, county, line + 2, min(IN_A_CLASS, rows - line))

    def _class(self, batch: int, year: int, county: County, line: int, size: int) -> None:
        chance = self.chance
        start = datetime.date(year, 3, 1) + datetime.timedelta(chance.randrange(260))
        days = f"{start}\t{start + datetime.timedelta(9)}\t60"
        institution = self.counties.index(county) * 2 + chance.randint(1, 2)
        taught = f"{institution}\t{chance.randint(1, OCCUPATIONS)}\tskills\t5\t{days}"
        code = f"B{county.code}{year}{self.ids['training_trainingclass']}"
        taken = self._add("training_trainingclass", county.code, code, taught, start)
        known = min(size // 2, len(county.people))
        people = chance.sample(county.people, known)
        people += self._new_people(county, start, size - known)
        before = f"{taken}\tactive"
        after = f"junior\tskills\t5\t{days}\tpassed\t\tunknown\t\t{batch}\t1"
        for place, person in enumerate(people):
            village = county.villages[person % len(county.villages)]
            home = f"{village}\t{county.code}\t{county.code[:4]}\t一组\tB{person}\thead"
            category = CATEGORIES[person % len(CATEGORIES)]
            cells = (person, before, home, category, after, line + place, 1, start)
            self._add("training_enrollment", *cells)

    def _new_people(self, county: County, day: datetime.date, size: int) -> list[int]:
        chance, found = self.chance, []
        born = datetime.date(1960, 1, 1)
        for place in range(size):
            village = county.villages[(self.ids["talent_person"] + 1) % len(county.villages)]
            secrets = chance.randbytes(16 + 48 + 41).hex()
            index, number, phone = secrets[:32], secrets[32:128], secrets[128:]
            name = chance.choice(SURNAMES) + chance.choice(GIVEN)
            birthday = born + datetime.timedelta(chance.randrange(15000))
            told = f"{name}\t{name}\txx\t{1 + place % 2}\t{birthday}\t汉族\tjunior"
            mask = f"{county.code}********{place:04d}"
            sealed = f"\\\\x{index}\t\\\\x{number}\t{mask}"
            home = f"\\\\x{phone}\t139****8657\t{county.code}\t{village}\t1"
            person = self._add("talent_person", sealed, told, home, day)
            if place % IN_A_HOUSEHOLD == 0:
                self._add("talent_household", f"B{person}", county.code, village, day)
            household = self.ids["talent_household"]
            self._add("talent_householdmembership", household, person, "other", day, day)
            found.append(person)
        county.people += found
        return found


@contextmanager
def bare(tables: list[str]) -> Iterator[None]:
    """The tables without indexes and foreign keys meanwhile, which are then made at once."""
    named = ", ".join(f"'{table}'::regclass" for table in tables)
    keys = sql(
        "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)"
        f" FROM pg_constraint WHERE conrelid IN ({named}) AND contype IN ('f', 'u')"
        " ORDER BY contype DESC"
    )
    for table, name, _definition in keys:
        sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = sql(
        "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE indrelid IN ({named}) AND NOT indisprimary"
    )
    for name, _definition in indexes:
        sql(f"DROP INDEX {name}")
    for table in tables:  # no month is closed, and what a trigger looks at would be kept twice
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in tables:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for _name, definition in indexes:
        sql(str(definition))
    for table, name, definition in keys:
        sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def prepare_county_tables() -> list[County]:
    """What the rows refer to: regions, program, occupations, two institutions a county."""
    call_command("migrate", verbosity=0)
    load_divisions(provinces=PROVINCES)
    Program.objects.get_or_create(
        code="skills", defaults={"name": "就业技能培训", "measure": "training.completions"}
    )
    villages: dict[str, list[str]] = {}
    found = Region.objects.filter(level=Region.Level.VILLAGE).order_by("code")
    for code in found.values_list("code", flat=True):
        villages.setdefault(code[:6], []).append(code)
    return [County(code, of) for code, of in villages.items()]


def build(size: int, *, counties: int | None = None) -> None:
    """Fill the empty tables with `size` ledger rows, of all counties or of the first ones only."""
    places = prepare_county_tables()[:counties]
    tables = ", ".join((*COLUMNS, *ALSO_EMPTIED))
    sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    Occupation.objects.bulk_create(Occupation(name=f"工种{n}") for n in range(OCCUPATIONS))
    Institution.objects.bulk_create(
        Institution(county_code=county.code, name=f"学校{n}") for county in places for n in (1, 2)
    )
    base = Base(size, places)
    with transaction.atomic(), bare(list(COLUMNS)):
        base.write()
        for table in base.ids:
            sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {base.ids[table]})")
        rollups.move(Enrollment, came="training_enrollment")
        told = " ".join(str(base.ids[table]) for table in COLUMNS)
        known = f"'bench {size} {told}'" if counties is None else "NULL"
        sql(f"COMMENT ON TABLE training_enrollment IS {known}")
    sql("VACUUM (FREEZE, ANALYZE)")


def known_base() -> list[int]:
    """The size asked for, and the last id of each of COLUMNS; nothing where no base is."""
    call_command("migrate", verbosity=0)
    ((comment,),) = sql("SELECT obj_description('training_enrollment'::regclass)")
    return [int(word) for word in str(comment).split()[1:]] if comment else []


def ensure(size: int, *, rebuild: bool = False) -> dict[str, int]:
    """The last id of each table of the base, which is built when it is not there yet."""
    known = known_base()
    if rebuild or not known or known[0] != size:
        build(size)
        known = known_base()
    return dict(zip(COLUMNS, known[1:], strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=8_000_000)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--roster", type=Path, help="write a roster to be imported here")
    parser.add_argument("--rows", type=int, default=100_000, help="of the roster")
    asked = parser.parse_args()
    ensure(asked.base, rebuild=asked.rebuild)
    if asked.roster:
        write_roster(asked.roster, HUANXIAN, 2018, "skills", asked.rows)


if __name__ == "__main__":
    main()
