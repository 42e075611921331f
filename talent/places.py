"""From the names of places in a roster to official codes within its county."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.models import Region
from core.places import short_place_name
from core.rules import Batch, Rule, Severity
from exchange.imports.columns import Column, Reading, text
from exchange.imports.kinds import Reference

LONGEST_NAME, TOWNSHIP_DIGITS = 30, 9
DIVISIONS = "国家统计局统计用区划代码和城乡划分代码（2023年版）"
PLACE_IS_IN_COUNTY = Rule(
    key="talent.place_is_in_the_county",
    name=_("A person's village is in the county that files the roster"),
    severity=Severity.BLOCK,
    citation=DIVISIONS,
)
PLACE_EXISTS = Rule(
    key="talent.village_exists",
    name=_("The village stands in the official list"),
    severity=Severity.BLOCK,
    citation=DIVISIONS,
)
PLACE_IS_ONE = Rule(
    key="talent.village_is_one",
    name=_("The village's name means one village only"),
    severity=Severity.BLOCK,
    citation=DIVISIONS,
)
PLACE_RULES = (PLACE_IS_IN_COUNTY, PLACE_EXISTS, PLACE_IS_ONE)

PLACE_COLUMNS = (
    Column(
        "township", "乡镇", text(50, compact=True), ("乡(镇)", "乡镇（街道）", "所在乡镇", "镇乡")
    ),
    Column(
        "village", "行政村", text(50, compact=True), ("村(社区)", "村", "村名", "所在村", "村委会")
    ),
    Column(
        "group_name",
        "村民小组",
        text(30, compact=True),
        ("社", "组", "村组", "自然村", "自然村(组)", "村民小组（社）", "小组"),
    ),
    Column(
        "address",
        "家庭住址",
        text(100, compact=True),
        ("住址", "家庭地址", "详细地址", "现住址", "户籍地址", "家庭详细住址", "户籍所在地"),
        parts=("township", "village", "group_name"),
    ),
)


def village_rows(county_code: str) -> Iterator[tuple[str, str]]:
    """Township and village of every village of a county, by code, as rosters write them."""
    regions = Region.objects.within(county_code).filter(level__gte=Region.Level.TOWNSHIP)
    townships: dict[str, str] = {}
    for code, short in regions.order_by("code").values_list("code", "short_name"):
        if len(code) == TOWNSHIP_DIGITS:
            townships[code] = short
        else:
            yield townships.get(code[:TOWNSHIP_DIGITS], ""), short


VILLAGES = Reference("本县乡村", ("乡镇", "行政村"), village_rows, {"village": 1})

OUTSIDE = gettext_noop(
    "%(place)s is not in your county. A row is filed by the county where it happened."
)
NO_TOWNSHIP = gettext_noop("No township “%(place)s” is in your county. Check the name.")
NO_VILLAGE = gettext_noop("No village “%(village)s” is in %(township)s. Check the names of both.")
NO_VILLAGE_HERE = gettext_noop("No village “%(village)s” is in your county. Check the name.")
SEVERAL = gettext_noop(
    "“%(village)s” may be in %(townships)s. Write the township too; none is chosen for you."
)


@dataclass
class Gazetteer:
    """A county's townships and villages by their short names."""

    townships: dict[str, str]
    villages: dict[tuple[str, str], list[str]]
    by_village: dict[str, list[str]]
    by_township: dict[str, set[str]]
    names: dict[str, str]
    # Townships by every name, and how an address may name what is above them, widest first.
    official: dict[str, str]
    above: list[set[str]]

    @classmethod
    def of(cls, county_code: str) -> Gazetteer:
        """Load a county's places: some twenty townships, some hundreds of villages."""
        regions = Region.objects.within(county_code).filter(level__gte=Region.Level.TOWNSHIP)
        rows = list(regions.values_list("code", "level", "short_name", "name"))
        names = {code: short for code, _level, short, _official in rows}
        found = cls({}, {}, {}, {}, names, {}, _names_above(county_code))
        for code, level, short, official in rows:
            if level == Region.Level.TOWNSHIP:
                found.townships[short] = found.official[official] = found.official[short] = code
                continue
            township = names.get(code[:9], "")
            for name in {short, official}:
                found.villages.setdefault((township, name), []).append(code)
                found.by_village.setdefault(name, []).append(code)
                found.by_township.setdefault(township, set()).add(name)
        return found

    def parted(self, address: str) -> tuple[str | None, str | None, str | None]:
        """Township, village and group of an address, by the longest names it begins with.

        What follows the village is the group, as it is written. Where no village of the
        township, or of the county, fits, the rest stands for the village.
        """
        rest = address
        for names in self.above:
            rest = rest[len(_longest_start(rest, names)) :]
        township = _longest_start(rest, self.official)
        rest = rest[len(township) :]
        short = self.names.get(self.official.get(township, ""))
        here = self.by_village if short is None else self.by_township.get(short, ())
        village = _longest_start(rest, here)
        if village:
            return township or None, village, rest[len(village) :] or None
        return township or None, rest or None, None

    def candidates(self, township: str | None, village: str) -> list[str]:
        """Codes the names may mean; township None when the roster has no such column."""
        short = short_place_name(village, Region.Level.VILLAGE)
        if township is None:
            return self.by_village.get(village) or self.by_village.get(short, [])
        within = short_place_name(township, Region.Level.TOWNSHIP)
        # Two villages of a township may share a short name; the official one tells them apart.
        return self.villages.get((within, village)) or self.villages.get((within, short), [])


def _names_above(county_code: str) -> list[set[str]]:
    """Every name of the province, the prefecture and the county, in this order."""
    codes = [county_code[:length] for length in (2, 4, 6)]
    above = Region.objects.filter(code__in=codes).order_by("code")
    return [{region.name, region.short_name} for region in above]


def _longest_start(text: str, names: Collection[str]) -> str:
    """The longest of the names that the text begins with, or nothing."""
    found = (text[:length] for length in range(min(len(text), LONGEST_NAME), 0, -1))
    return next((start for start in found if start in names), "")


def part_addresses(places: Gazetteer, batch: Batch, reading: Reading) -> None:
    """Fill township, village and group of the rows that write them as one address."""
    parts = ("township", "village", "group_name")
    columns = {name: list(batch[name]) for name in parts}
    parted: dict[str, tuple[str | None, ...]] = {}
    for row, address in enumerate(batch["address"]):
        if address is None or any(columns[name][row] for name in parts):
            continue
        if address not in parted:
            parted[address] = places.parted(address)
        for name, part in zip(parts, parted[address], strict=True):
            columns[name][row] = part
        if "".join(filter(None, parted[address])) != address:
            reading.as_written.setdefault(row, {})["address"] = address
    batch.columns |= columns


def resolve_places(batch: Batch, reading: Reading) -> None:
    """Add `region_code`: the village's, or the township's or county's where none is named."""
    places = Gazetteer.of(batch.region_code)
    if any(batch["address"]):
        part_addresses(places, batch, reading)
    reading.first_row = 0
    named = list(zip(batch["township"], batch["village"], strict=True))
    codes = {key: _one_place(places, batch.region_code, *key) for key in set(named)}
    batch.columns["region_code"] = list(map(codes.__getitem__, named))
    words = {key: _own_wordings(places, codes[key], *key) for key in codes}
    strangers: dict[int, str] = {}
    noted = {key for key in codes if codes[key] is None or words[key]}
    for row in (row for row, key in enumerate(named) if key in noted) if noted else ():
        key = named[row]
        if codes[key] is None:
            strangers[row] = _trouble(places, reading, row, *key)
        else:
            reading.as_written.setdefault(row, {}).update(words[key])
    _tell_outsiders(reading, {row: name for row, name in strangers.items() if name})


def _one_place(
    places: Gazetteer, county_code: str, township: str | None, village: str | None
) -> str | None:
    if village is not None:
        found = places.candidates(township, village)
        return found[0] if len(found) == 1 else None
    if township is None:
        return county_code
    return places.townships.get(short_place_name(township, Region.Level.TOWNSHIP))


def _own_wordings(
    places: Gazetteer, code: str | None, township: str | None, village: str | None
) -> dict[str, str]:
    """The names that are written otherwise than the official list shortens them."""
    code = code or ""
    return {
        column: written
        for column, written, official in (
            ("township", township, places.names.get(code[:TOWNSHIP_DIGITS])),
            ("village", village, places.names.get(code)),
        )
        if code and written is not None and written != official
    }


def _trouble(
    places: Gazetteer, reading: Reading, row: int, township: str | None, village: str | None
) -> str:
    """Note what is wrong with a place; a township not of this county is returned by name."""
    if township and short_place_name(township, Region.Level.TOWNSHIP) not in places.townships:
        return township
    found = places.candidates(township, village or "")
    reading.column, reading.title = "village", "行政村"
    if len(found) > 1:
        townships = "、".join(places.names.get(code[:9], "") for code in found)
        reading.trouble(PLACE_IS_ONE, row, SEVERAL, village=village, townships=townships)
    elif township:
        reading.trouble(PLACE_EXISTS, row, NO_VILLAGE, village=village, township=township)
    else:
        reading.trouble(PLACE_EXISTS, row, NO_VILLAGE_HERE, village=village)
    return ""


def _tell_outsiders(reading: Reading, strangers: dict[int, str]) -> None:
    """A township that another county has is outside; one that nobody has is misspelled."""
    elsewhere = _known_townships(set(strangers.values()))
    reading.column, reading.title = "township", "乡镇"
    for row, name in strangers.items():
        if short_place_name(name, Region.Level.TOWNSHIP) in elsewhere:
            reading.trouble(PLACE_IS_IN_COUNTY, row, OUTSIDE, place=name)
        else:
            reading.trouble(PLACE_EXISTS, row, NO_TOWNSHIP, place=name)


def _known_townships(names: Iterable[str]) -> set[str]:
    short = {short_place_name(name, Region.Level.TOWNSHIP) for name in names}
    return set(
        Region.objects.filter(level=Region.Level.TOWNSHIP, short_name__in=short).values_list(
            "short_name", flat=True
        )
    )
