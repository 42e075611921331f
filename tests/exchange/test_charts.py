"""Where points, bars and tiles stand, and that the pictures say their figures."""

import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from exchange.charts import Place, Series, _grids, bars, curve, round_step, tiles

MONTHS = ["1", "2", "3"]


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (26, 10), (1_234_567, 500_000)],
)
def test_the_edge_has_a_few_round_steps(highest, step):
    assert round_step(highest) == step


def test_a_curve_reaches_from_zero_to_a_round_figure():
    drawn = curve([Series("2019", [0, 5, 10])], MONTHS, width=270, height=138)
    assert [(tick.at, tick.label) for tick in drawn.heights] == [
        (112, 0),
        (92, 2),
        (72, 4),
        (52, 6),
        (32, 8),
        (12, 10),
    ]
    assert [tick.at for tick in drawn.labels] == [56, 156, 256]
    assert drawn.lines[0].paths == ["56,112 156,62 256,12"]


def test_a_month_without_a_figure_breaks_the_line():
    drawn = curve([Series("2019", [1, None, Decimal(2)]), Series("2018", [1, 1, None])], MONTHS)
    assert [line.paths for line in drawn.lines] == [[], ["56,193 381,193"]]
    assert [[point.value for point in line.points] for line in drawn.lines] == [[1, 2], [1, 1]]


def test_nothing_at_all_is_a_flat_line():
    assert curve([Series("2019", [0, 0, 0])], MONTHS).lines[0].paths == ["56,374 381,374 706,374"]


@pytest.mark.parametrize(
    ("values", "lengths"),
    [([], []), ([0, None], [0, 0]), ([3, 12, None, -1, Decimal("6.5")], [25, 100, 0, 0, 54])],
)
def test_bars_are_hundredths_of_the_longest(values, lengths):
    assert bars(values) == lengths


def places(*values):
    codes = sorted(_grids()["62"])
    return [Place(code, code, value) for code, value in zip(codes, values, strict=False)]


def test_tones_are_fifths_and_the_same_figure_has_the_same_tone():
    drawn = tiles("62", places(*range(0, 110, 10)))
    assert [tile.tone for tile in drawn.tiles] == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [tile.tone for tile in tiles("62", places(7, 7, 7, 1)).tiles] == [5, 5, 5, 2]


def test_the_legend_says_which_figures_have_a_tone():
    drawn = tiles("62", places(0, 5, 9, 9))
    assert [(tone.number, tone.lowest, tone.highest) for tone in drawn.legend] == [
        (5, 9, 9),
        (2, 5, 5),
        (0, None, None),
    ]


def test_a_province_without_a_grid_has_no_map():
    assert tiles("11", [Place("1101", "北京", 1)]) is None
    assert tiles("62", [Place("6290", "省直辖", 1)]) is None


@pytest.mark.parametrize(
    ("province", "prefectures"), [("62", 14), ("63", 8), ("53", 16), ("52", 9)]
)
def test_every_prefecture_has_a_tile_of_its_own(province, prefectures):
    grid = _grids()[province]
    assert len(set(grid.values())) == len(grid) == prefectures
    assert {code[:2] for code in grid} == {province}


def test_the_figure_stands_in_the_tile_and_leads_on():
    drawn = tiles("62", [Place("6210", "庆阳市", 12345, "/figures/6210/")])
    html = render_to_string("_components/tile_map.html", {"map": drawn, "label": "x"})
    assert re.findall(r'<a href="([^"]+)">', html) == ["/figures/6210/"]
    assert re.findall(r">(庆阳市|12,345)</text>", html) == ["庆阳市", "12,345"]
    assert html.count("12,345") == 2  # in the tile and in the legend


def test_a_picture_needs_neither_style_nor_script():
    drawn = curve([Series("2019", [10, 1200, 30]), Series("2018", [1, 2, 3])], MONTHS)
    html = render_to_string("_components/curve.html", {"curve": drawn, "label": "x"})
    assert not re.search(r"style|<script|on\w+=", html)
    assert html.count("<circle") == 6
    assert "1,200" in html


def test_a_cell_shows_its_bar_before_the_figure():
    cell = {"value": 45.3, "kind": "percent", "bar": 50}
    html = render_to_string("_components/value.html", {"cell": cell})
    assert re.findall(r'<rect width="(\d+)"', html) == ["100", "50"]
    assert html.endswith("45.3%</span>")
