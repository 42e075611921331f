"""What a declaration asks for must be declared somewhere, and nobody adds up people."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from exchange.periods import Period
from exchange.tables import start
from exchange.tables.reading import read
from exchange.tables.sources import figure_of
from exchange.tables.stems import Context, StemLine
from tests.exchange.tables.test_declared import GOOD
from tests.exchange.tables.world import SAMPLE, known

ATTENDED = 'from = { measure = "training.attendances" }'


def wrongs(old: str, new: str, text: str = SAMPLE) -> list[str]:
    assert old in text
    return list(start.wrongs(read(text.replace(old, new, 1))))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (ATTENDED, 'from = { measure = "no.such" }', "no.such"),
        (ATTENDED, 'from = { measure = "training.attendances", span = "week" }', "week"),
        (ATTENDED, 'from = { measure = "training.attendances", per = "x" }', "per"),
        (ATTENDED, 'from = { nothing = "x" }', "nothing"),
        ('["filed-poor"]', '["no-such"]', "no-such"),
        ('lines = "places"', 'lines = "nowhere"', "nowhere"),
        (ATTENDED, 'from = { measure = "training.people" }', "[whole] = sum[each]"),
        (ATTENDED, 'from = { quota = "pace" }', "pace"),
    ],
)
def test_what_nobody_declares_is_told(old: str, new: str, word: str) -> None:
    assert any(word in said for said in wrongs(old, new))


def test_a_sound_declaration_has_nothing_wrong() -> None:
    assert wrongs("样表", "样表") == []


def test_the_portal_does_not_start_with_a_wrong_one(tmp_path: Path) -> None:
    wrong = SAMPLE.replace("training.attendances", "no.such")
    with (
        pytest.raises(ImproperlyConfigured, match=r"declaration\.toml: column \(1\).*no\.such"),
        known(tmp_path, wrong),
    ):
        pass


def test_line_and_column_narrow_a_figure_together() -> None:
    table = read(SAMPLE)
    context = Context(table, None, Period.parse("2019Q2"))  # type: ignore[arg-type]
    line = StemLine(
        code="x",
        titles=(),
        region_code="62",
        categories=frozenset({"filed-poor", "veteran"}),
        programs=frozenset({"skills"}),
    )
    figure = figure_of(table.column("(2)"), line, context)
    assert (figure.categories, figure.programs) == ({"filed-poor"}, {"skills"})
    assert figure_of(table.column("(1)"), line, context).categories == line.categories


def test_a_line_and_a_column_with_nothing_in_common_are_told() -> None:
    text = GOOD.replace("some.measure", "training.attendances").replace(
        "some.money", "training.attendances"
    )
    text = text.replace('span = "year" }', 'span = "year", program = ["brand"] }')
    assert any("in common" in said for said in start.wrongs(read(text)))
