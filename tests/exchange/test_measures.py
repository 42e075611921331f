"""Declarations of measures: what is refused, and the rows they mean."""

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from exchange import measures
from exchange.measures import Counts, Derived
from training.models import Enrollment, TrainingClass
from training.rollups import ATTENDANCES, COMPLETIONS


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test declares is gone afterwards."""
    for name in ("_measures", "_derived"):
        monkeypatch.setattr(measures, name, dict(getattr(measures, name)))


def a_rate(**values: object) -> Derived:
    said = {"key": "test.rate", "label": "rate", "unit": "", "definition": "one by the other"}
    parts = (COMPLETIONS.key, ATTENDANCES.key)
    return Derived(**{"how": "rate", "parts": parts, **said, **values})  # type: ignore[arg-type]


def test_a_measure_is_declared_once() -> None:
    with pytest.raises(ImproperlyConfigured):
        measures.register(ATTENDANCES)
    measures.register(a_rate())
    with pytest.raises(ImproperlyConfigured):
        measures.register(a_rate())
    with pytest.raises(ImproperlyConfigured):
        measures.register(a_rate(key=ATTENDANCES.key))


def test_what_is_put_together_of_something_unknown_is_refused_at_the_end_of_start_up() -> None:
    measures.register(a_rate(parts=("test.later", ATTENDANCES.key)))
    with pytest.raises(ImproperlyConfigured, match=r"test\.later"):
        measures.check()
    measures.register(replace(ATTENDANCES, key="test.later"))
    measures.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"definition": ""},
        {"counts": Counts.PEOPLE},
        {"where": "{row}.state LIKE 'a%'"},
        {"join": "JOIN other ON other.name LIKE '%'"},
    ],
)
def test_a_declaration_that_cannot_be_counted_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ImproperlyConfigured):
        replace(ATTENDANCES, key="test.wrong", **wrong)  # type: ignore[arg-type]


def test_measures_are_found_by_the_rows_they_count_and_by_those_they_read() -> None:
    reading = replace(
        ATTENDANCES, key="test.reading", moved_by={TrainingClass: "{row}.training_class_id"}
    )
    measures.register(reading, a_rate())
    assert {ATTENDANCES, COMPLETIONS, reading} <= set(measures.measures_over(Enrollment))
    assert reading in measures.moved_by(TrainingClass)
    assert reading not in measures.moved_by(Enrollment)
    assert measures.measure_of("test.reading") is reading
    assert isinstance(measures.declared("test.rate"), Derived)
    with pytest.raises(KeyError):
        measures.measure_of("test.rate")
