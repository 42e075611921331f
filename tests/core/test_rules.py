"""The rule engine: dated values by the nearest region, findings, and what may be declared."""

import datetime
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from core import rules
from core.models import RuleValue
from core.rules import Batch, Finding, Rule, RuleBook, Severity, Verdict, held_rows, judge

DAY = datetime.date
SENTENCE = (
    "This expert is listed in your county for this team already, since %(day)s. Nothing to do."
)


def _too_long(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, name, most in batch.pairs("name", "most"):
        if len(name) > most:
            yield row, "name", "Too long."


def _dated(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    yield 0, "day", SENTENCE, {"day": book.value("r", "p", batch.region_code, DAY(2019, 1, 1))}


HOLDS = Rule("test.holds", "holds", Severity.BLOCK, "§1", _too_long)
TELLS = Rule("test.tells", "tells", Severity.EXPLAIN, "§2", _dated)
SHAPE = Rule("test.shape", "shape", Severity.BLOCK, "§3")


def a_value(value: object, region: str = "", **more: object) -> RuleValue:
    given = {"rule": "r", "parameter": "p", "valid_from": DAY(2015, 1, 1)} | more
    return RuleValue(region_code=region, value=value, **given)


def test_rules_judge_column_by_column_and_rows_with_both_cells() -> None:
    columns = {"name": ["abc", "ab", None, "abcd"], "most": [2, 2, 2, None]}
    batch = Batch(4, "621022", columns)
    found = judge(batch, [TELLS, HOLDS, SHAPE], RuleBook([a_value("2019-06-01")]))
    assert found == [
        Finding("test.tells", "explain", 0, "day", SENTENCE, {"day": "2019-06-01"}),
        Finding("test.holds", "block", 0, "name", "Too long.", {}),
    ]
    assert held_rows(found) == {0}
    assert held_rows(found[:1]) == set()
    assert batch["absent"] == [None] * 4


def test_a_finding_is_said_in_the_readers_language() -> None:
    finding = Finding("r", "block", 0, "c", SENTENCE, {"day": "2019-06-01"})
    with translation.override("en"):
        assert str(finding) == SENTENCE % {"day": "2019-06-01"}
    with translation.override("zh-hans"):
        assert str(finding) == "该专家已于 2019-06-01 在本县该类别登记，无须重复导入。"
    assert rules.say("100% of it.", {}) == "100% of it."


@pytest.mark.parametrize(
    ("region", "day", "value"),
    [
        ("621022", DAY(2015, 1, 1), "nation"),
        ("621022", DAY(2014, 12, 31), None),
        ("110101", DAY(2019, 6, 1), "nation"),
        ("622926", DAY(2019, 6, 1), "province"),
        ("621021", DAY(2019, 6, 1), "prefecture from 2018"),
        ("621021", DAY(2017, 6, 1), "prefecture"),
        ("621022", DAY(2019, 6, 1), "county"),
        ("621022", DAY(2019, 12, 31), "county"),
        ("621022", DAY(2020, 1, 1), "prefecture from 2018"),
        ("62102220100", DAY(2019, 6, 1), "county"),
    ],
)
def test_the_value_of_the_nearest_region_on_the_day(
    region: str, day: datetime.date, value: str | None
) -> None:
    book = RuleBook(
        [
            a_value("nation"),
            a_value("province", "62", valid_from=DAY(2019, 1, 1)),
            a_value("prefecture", "6210", valid_from=DAY(2017, 1, 1)),
            a_value("prefecture from 2018", "6210", valid_from=DAY(2018, 1, 1)),
            a_value("county", "621022", valid_from=DAY(2019, 1, 1), valid_to=DAY(2019, 12, 31)),
            a_value("other", rule="other"),
            a_value("other", parameter="other"),
        ]
    )
    assert book.value("r", "p", region, day) == value
    row = book.row("r", "p", region, day)
    assert (row and row.value) == value


def test_the_book_is_loaded_from_the_database(db: None) -> None:
    a_value(7, "62", citation="§").save()
    assert RuleBook.load().value("r", "p", "621022", DAY(2019, 1, 1)) == 7
    row = RuleBook.load().row("r", "p", "621022", DAY(2019, 1, 1))
    assert row is not None
    assert (row.citation, row.needs_checking) == ("§", True)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_registry", {})


def test_a_rule_is_declared_once_and_names_its_source(registry: None) -> None:
    rules.register(HOLDS, TELLS)
    rules.register(HOLDS)
    assert rules.registered() == {"test.holds": HOLDS, "test.tells": TELLS}
    for wrong in (
        Rule("test.holds", "another", Severity.BLOCK, "§1"),
        Rule("test.new", "no source", Severity.BLOCK, ""),
        Rule("test.new", "", Severity.BLOCK, "§1"),
    ):
        with pytest.raises(ImproperlyConfigured):
            rules.register(wrong)
    assert set(rules.registered()) == {"test.holds", "test.tells"}


def test_every_registered_rule_is_complete() -> None:
    found = rules.registered()
    assert len(found) > 20
    for key, rule in found.items():
        app, _dot, sentence = key.partition(".")
        assert (rule.key, bool(rule.citation), bool(sentence)) == (key, True, True)
        assert app in {"exchange", "talent", "training", "programs"}
