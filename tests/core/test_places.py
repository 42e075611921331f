"""Short names of places: how people write them, and that real rosters find their villages."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.divisions import read_divisions
from core.places import pinyin_initials, short_place_name

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("level", "official", "short"),
    [
        (PROVINCE, "甘肃省", "甘肃"),
        (PROVINCE, "内蒙古自治区", "内蒙古"),
        (PROVINCE, "新疆维吾尔自治区", "新疆"),
        (PREFECTURE, "庆阳市", "庆阳市"),
        (PREFECTURE, "临夏回族自治州", "临夏州"),
        (PREFECTURE, "伊犁哈萨克自治州", "伊犁州"),
        (COUNTY, "环县", "环县"),
        (COUNTY, "东乡族自治县", "东乡县"),
        (COUNTY, "积石山保安族东乡族撒拉族自治县", "积石山县"),
        (COUNTY, "鄂伦春自治旗", "鄂伦春旗"),
        (COUNTY, "龙胜各族自治县", "龙胜县"),
        (TOWNSHIP, "环城镇", "环城镇"),
        (TOWNSHIP, "阿力麻土东乡族乡", "阿力麻土乡"),
        (TOWNSHIP, "漓东街道办事处", "漓东街道"),
        (TOWNSHIP, "漓东街道办", "漓东街道"),
        (TOWNSHIP, "四族镇", "四族镇"),
        (VILLAGE, "李原村委会", "李原村"),
        (VILLAGE, "李原村村委会", "李原村"),
        (VILLAGE, "李原村民委员会", "李原村"),
        (VILLAGE, "李原村村民委员会", "李原村"),
        (VILLAGE, "李原村村", "李原村"),
        (VILLAGE, "李原村委", "李原村"),
        (VILLAGE, "中巷村委员会", "中巷村"),
        (VILLAGE, "桥头社区委会", "桥头社区"),
        (VILLAGE, "李原行政村", "李原村"),
        (VILLAGE, "安居村委会", "安居村"),
        (VILLAGE, "安居居委会", "安居社区"),
        (VILLAGE, "新寺居民委员会", "新寺社区"),
        (VILLAGE, "新寺社区居委会", "新寺社区"),
        (VILLAGE, "五泉村社区居民委员会", "五泉村社区"),
        (VILLAGE, "彭村居委会", "彭村社区"),
        (VILLAGE, "产芝湖社区村村民委员会", "产芝湖社区"),
        (VILLAGE, "巴音敖包嘎查村民委员会", "巴音敖包嘎查"),
        (VILLAGE, "芒来嘎查委员会", "芒来嘎查"),
        (VILLAGE, "水泉湾村村民委会", "水泉湾村"),
        (VILLAGE, "安子里村委会会", "安子里村"),
        (VILLAGE, "东城嘉园村（居）委会", "东城嘉园村"),
        (VILLAGE, "李 原\u3000村", "李原村"),
        (VILLAGE, "山庄林场生活区", "山庄林场生活区"),
        (VILLAGE, "委员会", "委员会"),
        (VILLAGE, "居委会", "居委会"),
    ],
)
def test_a_place_is_written_short(level: int, official: str, short: str) -> None:
    assert short_place_name(official, level) == short


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("环县", "hx"),
        ("长庆桥镇", "cqqz"),
        ("西藏", "xz"),
        ("民乐县", "mlx"),
        ("重庆", "cq"),
        ("宕昌县", "tcx"),
        ("程庄路16号院社区", "czl16hysq"),
        ("IT家园社区", "itjysq"),
        ("上（新）村", "sxc"),
        ("高\ue170村", "gc"),
    ],
)
def test_initials_for_type_ahead(text: str, initials: str) -> None:
    assert pinyin_initials(text) == initials


def test_short_names_are_stable_and_tell_places_apart() -> None:
    """A short name stays as it is; townships of a county never share one."""
    townships: dict[tuple[str, str], str] = {}
    for division in read_divisions({"62", "15"}):
        short = division.short_name
        assert short
        assert short_place_name(short, division.level) == short
        if division.level == TOWNSHIP:
            assert (
                townships.setdefault((division.parent_code, short), division.code) == division.code
            )


def test_villages_of_gansu_that_share_a_short_name_are_few_and_known() -> None:
    """Their official names tell them apart; a search takes the exact name before the short one."""
    seen: dict[tuple[str, str], list[str]] = {}
    for division in read_divisions({"62"}):
        if division.level == VILLAGE:
            seen.setdefault((division.parent_code, division.short_name), []).append(division.name)
    shared = {key: names for key, names in seen.items() if len(names) > 1}
    assert sorted(shared) == [
        ("620523103", "六峰社区"),
        ("620524100", "东关社区"),
        ("620524100", "南关社区"),
        ("620524100", "西关社区"),
        ("620524102", "鸳鸯社区"),
        ("620524104", "四门社区"),
        ("620524105", "马力社区"),
    ]
    assert all(len(set(names)) == len(names) for names in shared.values())


# Rosters as county offices keep them, each with a record of the lines that must be held back.
ROSTERS = Path(os.environ.get("PORTAL_ROSTERS", Path(__file__).parents[3] / "shared" / "rosters"))
TOWNSHIP_HEADS = ("乡镇", "乡(镇)")
VILLAGE_HEADS = ("行政村", "村(社区)")
ADDRESS_HEAD = "家庭住址"
NAME_HEADS = ("姓名", "学员姓名")
HOUSEHOLD_HEADS = ("户编号", "贫困户编号")
PLACE_TROUBLES = {"no-such-village", "outside-your-county"}

Places = dict[tuple[str, str, str], str]
Row = tuple[int, dict[str, str]]


@pytest.fixture(scope="module")
def gansu() -> Places:
    """(county, short township, village as official or short) -> village code."""
    townships: dict[str, str] = {}
    official: Places = {}
    short: Places = {}
    for division in read_divisions({"62"}):
        if division.level == TOWNSHIP:
            townships[division.code] = division.short_name
        elif division.level == VILLAGE:
            place = division.code[:6], townships[division.parent_code]
            official[(*place, division.name)] = division.code
            short[(*place, division.short_name)] = division.code
    return short | official


def _sheets(file: Path) -> Iterator[tuple[str, list[list[Any]]]]:
    if file.suffix == ".csv":
        yield "", list(csv.reader(io.StringIO(file.read_bytes().decode("gb18030"))))
        return
    book = CalamineWorkbook.from_path(str(file))
    for sheet in book.sheet_names:
        yield sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _people(rows: list[list[Any]]) -> Iterator[Row]:
    """(line, cells by heading) of the rows that name a person."""
    heads: list[str] = []
    for line, row in enumerate(rows, start=1):
        cells = ["".join(str(cell).split()) for cell in row]
        if set(NAME_HEADS) & set(cells):
            heads = cells
            continue
        person = dict(zip(heads, cells, strict=False))
        if _first(person, NAME_HEADS) and person.get("性别"):
            yield line, person


def _first(person: dict[str, str], heads: tuple[str, ...]) -> str:
    return next((person[head] for head in heads if person.get(head)), "")


def _village(person: dict[str, str], county: str, places: Places) -> str | None:
    """The code of the village that the row names, by its columns or its address."""
    if ADDRESS_HEAD in person:
        address = person[ADDRESS_HEAD]
        found = [
            (len(township + village), code)
            for (of_county, township, village), code in places.items()
            if of_county == county and address.startswith(township + village)
        ]
        return max(found)[1] if found else None
    township = short_place_name(_first(person, TOWNSHIP_HEADS), TOWNSHIP)
    village = _first(person, VILLAGE_HEADS)
    exact = places.get((county, township, village))
    return exact or places.get((county, township, short_place_name(village, VILLAGE)))


def _roster_names() -> list[str]:
    return sorted(f.name.removesuffix(".truth.json") for f in ROSTERS.glob("*.truth.json"))


@pytest.mark.skipif(not _roster_names(), reason="no rosters on this machine (PORTAL_ROSTERS)")
@pytest.mark.parametrize("roster", _roster_names())
def test_rows_of_a_roster_find_their_village(roster: str, gansu: Places) -> None:
    """Every row finds the village it means, but for those held because of their place."""
    truth = json.loads((ROSTERS / f"{roster}.truth.json").read_text("utf-8"))
    people, lost = 0, set()
    for sheet, rows in _sheets(ROSTERS / roster):
        for line, person in _people(rows):
            people += 1
            code = _village(person, truth["county"], gansu)
            household = _first(person, HOUSEHOLD_HEADS)
            if code is None:
                lost.add((sheet, line))
            elif household:
                assert household.startswith(code)
    assert people == truth["people"]
    assert lost == {(h["sheet"], h["line"]) for h in truth["held"] if h["why"] in PLACE_TROUBLES}
