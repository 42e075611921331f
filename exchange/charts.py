"""Pictures of figures: where each point, bar and tile stands. Numbers only; the components draw them.

A picture never says what the table beside it does not say.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Amount = int | float | Decimal
TILES = Path(__file__).parent / "data" / "tiles.toml"

# The paper of a curve, in the units of its viewBox, and how many steps its height may have.
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 26
MOST_STEPS = 5

# A tile, the space between two, and how many tones there are but 'none'.
TILE_WIDTH, TILE_HEIGHT, GAP = 104, 66, 6
TONES = 5
WORDS = {
    5: pgettext_lazy("tone", "highest"),
    4: pgettext_lazy("tone", "high"),
    3: pgettext_lazy("tone", "middle"),
    2: pgettext_lazy("tone", "low"),
    1: pgettext_lazy("tone", "lowest"),
    0: pgettext_lazy("tone", "none"),
}


@dataclass(frozen=True)
class Series:
    """A line to be drawn: a value for each label, None where there is none yet."""

    name: str
    values: Sequence[Amount | None]


@dataclass(frozen=True)
class Point:
    x: int
    y: int
    label: str
    value: Amount


@dataclass(frozen=True)
class Line:
    """`paths` are the `points` attributes of its unbroken stretches."""

    name: str
    points: Sequence[Point]
    paths: Sequence[str]


@dataclass(frozen=True)
class Tick:
    """A label on the edge, `at` so far from the left or the top."""

    at: int
    label: Amount | str


@dataclass(frozen=True)
class Curve:
    width: int
    height: int
    left: int
    right: int
    bottom: int
    heights: Sequence[Tick]
    labels: Sequence[Tick]
    lines: Sequence[Line]


def curve(
    series: Sequence[Series], labels: Sequence[str], width: int = 720, height: int = 400
) -> Curve:
    """Lines over the same labels, from zero to a round figure above the highest value."""
    known = [value for each in series for value in each.values if value is not None]
    step = round_step(max([*known, 0]))
    steps = max(1, ceil(max([*known, 0]) / step))
    right, bottom = width - RIGHT, height - BOTTOM
    between = (right - LEFT) / max(1, len(labels) - 1)

    def across(number: int) -> int:
        return round(LEFT + number * between)

    def down(value: Amount) -> int:
        return round(bottom - (bottom - TOP) * float(value) / (step * steps))

    return Curve(
        width=width,
        height=height,
        left=LEFT,
        right=right,
        bottom=bottom,
        heights=[Tick(down(step * number), step * number) for number in range(steps + 1)],
        labels=[Tick(across(number), label) for number, label in enumerate(labels)],
        lines=[
            _line(
                each.name,
                [
                    Point(across(n), down(value), labels[n], value) if value is not None else None
                    for n, value in enumerate(each.values)
                ],
            )
            for each in series
        ],
    )


def round_step(highest: Amount) -> int:
    """1, 2 or 5 times a power of ten, so that a few steps of it reach the highest value."""
    least = max(1.0, float(highest) / MOST_STEPS)
    power: int = 10 ** floor(log10(least))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= least)


def _line(name: str, places: Sequence[Point | None]) -> Line:
    stretches: list[list[Point]] = [[]]
    for point in places:
        if point is None:
            stretches.append([])
        else:
            stretches[-1].append(point)
    paths = [" ".join(f"{p.x},{p.y}" for p in each) for each in stretches if len(each) > 1]
    return Line(name, [point for point in places if point is not None], paths)


def bars(values: Iterable[Amount | None]) -> list[int]:
    """How long the bar beside each value is, in hundredths of the longest one's."""
    given = [max(0.0, float(value or 0)) for value in values]
    longest = max(given, default=0.0)
    return [round(100 * value / longest) if longest else 0 for value in given]


@dataclass(frozen=True)
class Place:
    """A division with its figure, and where its tile leads."""

    code: str
    name: str
    value: Amount | None
    url: str = ""


@dataclass(frozen=True)
class Tile:
    place: Place
    x: int
    y: int
    tone: int


@dataclass(frozen=True)
class Tone:
    """One entry of the legend: the shade's number, its word, and the figures that have it."""

    number: int
    word: str | Promise
    lowest: Amount | None = None
    highest: Amount | None = None


@dataclass(frozen=True)
class TileMap:
    width: int
    height: int
    tile_width: int
    tile_height: int
    tiles: Sequence[Tile]
    legend: Sequence[Tone]


def tiles(province: str, places: Iterable[Place]) -> TileMap | None:
    """The prefectures of a province where they lie to each other; None where no grid is drawn."""
    grid = _grids().get(province)
    shown = [place for place in places if grid and place.code in grid]
    if not grid or not shown:
        return None
    tones = dict(zip(shown, _tones([place.value for place in shown]), strict=True))
    columns, rows = (max(at) + 1 for at in zip(*grid.values(), strict=True))
    return TileMap(
        width=columns * (TILE_WIDTH + GAP) - GAP,
        height=rows * (TILE_HEIGHT + GAP) - GAP,
        tile_width=TILE_WIDTH,
        tile_height=TILE_HEIGHT,
        tiles=[
            Tile(
                place,
                grid[place.code][0] * (TILE_WIDTH + GAP),
                grid[place.code][1] * (TILE_HEIGHT + GAP),
                tones[place],
            )
            for place in shown
        ],
        legend=_legend(tones),
    )


def _tones(values: Sequence[Amount | None]) -> list[int]:
    """By fifths of the places that have any: 5 is the highest fifth, 0 has none.

    The same figure has the same tone.
    """
    some = [value for value in values if value]
    return [
        TONES - TONES * sum(other > value for other in some) // len(some) if value else 0
        for value in values
    ]


def _legend(tones: dict[Place, int]) -> list[Tone]:
    """The tones that are shown, the highest first, each with the figures that have it."""
    found = []
    for number, word in WORDS.items():
        values = [place.value for place, tone in tones.items() if tone == number]
        some = [value for value in values if value]
        if values:
            ends = (min(some), max(some)) if some else (None, None)
            found.append(Tone(number, word, *ends))
    return found


@functools.cache
def _grids() -> dict[str, dict[str, tuple[int, int]]]:
    """By province: prefecture to column and row."""
    return {
        province: {code: (at[0], at[1]) for code, at in places.items()}
        for province, places in tomllib.loads(TILES.read_text("utf-8")).items()
    }
