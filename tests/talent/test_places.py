"""From the names in a roster to official codes: one place, or a sentence; never a choice."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.models import Region
from core.places import short_place_name
from exchange.imports.columns import Reading
from exchange.imports.services import judge_rows
from exchange.imports.staging import Judged
from talent.places import Gazetteer, resolve_places
from tests.factories import divisions
from tests.factories.rosters import a_row, brought_in, csv_of, judged
from training.imports import TRAINING_ROSTER

MORE = {
    "621022101": "曲子镇",
    "621022101001": "李原村民委员会",
    "621022101002": "双城村民委员会",
    "621022101003": "双城居民委员会",
    "621022201002": "新集村民委员会",
    "621022201003": "新集村委会",
}
Found = list[tuple[int, str, str, str]]


@pytest.fixture(autouse=True)
def county(db: None) -> None:
    divisions()
    for code, name in MORE.items():
        level = 4 if len(code) == 9 else 5
        parent = code[:6] if level == 4 else code[:9]
        short = short_place_name(name, level)
        Region.objects.create(code=code, name=name, level=level, parent_id=parent, short_name=short)


def of(*places: tuple[str, str]) -> Judged:
    rows = [
        a_row(order, township=township, village=village)
        for order, (township, village) in enumerate(places, 1)
    ]
    return judge_rows(TRAINING_ROSTER, "621022", rows)


def codes(judged: Judged) -> list[str | None]:
    return judged.roster.batch["region_code"]


def told(judged: Judged) -> Found:
    with translation.override("zh-hans"):
        return [(f.row, f.column, f.rule, str(f)) for f in judged.findings]


@pytest.mark.parametrize(
    ("township", "village", "code"),
    [
        ("小南沟乡", "李原村", "621022201001"),
        ("曲子镇", "李原村", "621022101001"),
        ("小南沟乡", "李原村民委员会", "621022201001"),
        ("小南沟乡", "李原村委会", "621022201001"),
        ("小 南沟乡", "李原 村", "621022201001"),
        ("", "环州北路社区居委会", "621022100001"),
        ("", "环州北路社区", "621022100001"),
        ("曲子镇", "双城村", "621022101002"),
        ("曲子镇", "双城社区", "621022101003"),
        ("小南沟乡", "新集村委会", "621022201003"),
        ("小南沟乡", "", "621022201"),
        ("", "", "621022"),
    ],
)
def test_names_that_mean_one_place(township: str, village: str, code: str) -> None:
    found = of((township, village))
    assert (codes(found), found.findings) == ([code], [])


IN_COUNTY, EXISTS, ONE = (
    "talent.place_is_in_the_county",
    "talent.village_exists",
    "talent.village_is_one",
)


@pytest.mark.parametrize(
    ("township", "village", "column", "rule", "sentence"),
    [
        ("锁南镇", "锁南村", "township", IN_COUNTY, "“锁南镇”不属于本县，应由培训所在县填报。"),
        ("锁北镇", "锁南村", "township", EXISTS, "本县没有乡镇“锁北镇”，请核对名称。"),
        ("锁北镇", "", "township", EXISTS, "本县没有乡镇“锁北镇”，请核对名称。"),
        ("环城镇", "李原村", "village", EXISTS, "环城镇没有行政村“李原村”，请核对乡镇和村名。"),
        ("", "锁南村", "village", EXISTS, "本县没有行政村“锁南村”，请核对村名。"),
        (
            "",
            "李原村",
            "village",
            ONE,
            "“李原村”在曲子镇、小南沟乡都有，请注明乡镇，系统不代为选择。",
        ),
        (
            "小南沟乡",
            "新集村",
            "village",
            ONE,
            "“新集村”在小南沟乡、小南沟乡都有，请注明乡镇，系统不代为选择。",
        ),
    ],
)
def test_names_that_mean_no_place_or_several(
    township: str, village: str, column: str, rule: str, sentence: str
) -> None:
    found = of(("小南沟乡", "李原村"), (township, village))
    assert told(found) == [(1, column, rule, sentence)]
    assert (codes(found), found.held) == (["621022201001", None], {1})


def test_each_row_with_a_wrong_place_is_told() -> None:
    found = of(("锁北镇", "锁南村"), ("小南沟乡", "李原村"), ("锁北镇", "锁南村"))
    assert [row for row, *_ in told(found)] == [0, 2]


def test_a_place_written_otherwise_keeps_its_wording() -> None:
    found = of(("小南沟乡", "李原村民委员会"), ("小南沟乡", "李原村"))
    assert found.roster.reading.as_written == {0: {"village": "李原村民委员会"}}


def test_places_of_other_counties_are_not_candidates() -> None:
    places = Gazetteer.of("622926")
    assert places.townships == {"锁南镇": "622926100"}
    assert places.candidates(None, "锁南村") == ["622926100001"]
    assert places.candidates("小南沟乡", "李原村") == []


def test_every_trouble_of_a_place_can_be_kept(settings: Any, tmp_path: Path) -> None:
    """Findings stand in the database in their sentence's own parts."""
    settings.FILES_DIR = tmp_path
    rows = [
        a_row(1, township="", village="锁南村"),
        a_row(3, township="锁北镇"),
        a_row(5, township="锁南镇"),
        a_row(7, township="", village="李原村"),
        a_row(9, township="环城镇"),
    ]
    batch = brought_in(csv_of(rows))
    assert batch.error_sentence == ""
    kept = [(f.line - 2, f.column, f.sentence, f.params) for f in batch.findings.all()]
    found = [(f.row, f.column, f.sentence, f.params) for f in judged(*rows).findings]
    assert len(kept) == 5
    assert kept == found


def test_reading_starts_at_the_first_row() -> None:
    """Places are looked up when all blocks are read: their rows count from the first."""
    found = of(("小南沟乡", "李原村"), ("锁北镇", "李原村"))
    reading = Reading(first_row=7)
    resolve_places(found.roster.batch, reading)
    assert [f.row for f in reading.findings] == [1]
