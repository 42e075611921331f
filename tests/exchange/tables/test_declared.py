"""Declarations of tables: read whole, or the portal does not start and says where."""

import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from exchange.periods import Period
from exchange.tables import declared
from exchange.tables.reading import load
from exchange.workbooks import Kind

DAY = datetime.date
GOOD = """\
key = "sample"
title = "样表"
name = "sample"
levels = ["prefecture", "county"]
periods = ["quarter", "year"]
unit = "人次"
paper = "A3"
due = { quarter = 10, year = "01-10" }
[form]
table_number = "样1表"
issued_by = "样机关"
valid_from = 2019-01-01
valid_to = 2019-12-31
[stem]
lines = "fixed"
titles = ["类型"]
line_codes = true
[[line]]
code = "01"
title = "合计"
total = true
[[line]]
code = "02"
title = "其中"
program = ["skills"]
empty = ["(2)"]
[[column]]
code = "(1)"
title = "人次"
kind = "integer"
from = { measure = "some.measure", span = "year" }
[[column]]
code = "(2)"
title = "金额"
kind = "wan"
from = { measure = "some.money" }
levels = ["county"]
[[column]]
code = "(3)"
title = "比率"
kind = "percent"
from = { formula = "(4) / (1)" }
needs = ["(1)"]
[[column]]
code = "(4)"
title = "人数"
kind = "integer"
from = "typed"
required = true
[[column]]
code = "(5)"
title = "原因"
kind = "text"
from = "typed"
required_when = "(3) < (1)"
[[relation]]
text = "(1) >= (4)"
[[relation]]
text = "[01] >= [02]"
columns = ["(1)"]
severity = "explain"
[notes]
text = ["说明一。"]
"""


def declare(folder: Path, text: str) -> declared.Table:
    file = folder / "sample.toml"
    file.write_text(text, "utf-8")
    return load(file)


def test_a_declaration_is_read_whole(tmp_path: Path) -> None:
    table = declare(tmp_path, GOOD)
    assert (table.key, table.paper, table.levels) == ("sample", "A3", {4, 6})
    assert [c.kind for c in table.columns] == [
        Kind.INTEGER,
        Kind.WAN,
        Kind.PERCENT,
        Kind.INTEGER,
        Kind.TEXT,
    ]
    money = table.column("(2)")
    assert (money.source, money.asked, money.levels) == ("measure", "some.money", {6})
    assert table.column("(1)").options == {"span": "year"}
    assert [c.code for c in table.columns_for("6210")] == ["(1)", "(3)", "(4)", "(5)"]
    assert [line.programs for line in table.lines] == [frozenset(), {"skills"}]
    assert table.lines[1].empty == {"(2)"}
    assert table.form.valid_until == "2019年12月31日"
    assert len(table.digest) == 64
    assert table.signatures[-1] == "报出日期"


def test_a_table_is_filed_for_its_levels_and_periods(tmp_path: Path) -> None:
    table = declare(tmp_path, GOOD)
    asked = [("6210", "2019Q1"), ("621022", "2019"), ("62", "2019"), ("6210", "2019-01")]
    assert [table.is_for(code, Period.parse(of)) for code, of in asked] == [
        True,
        True,
        False,
        False,
    ]
    days = [table.due.day(Period.parse(of)) for of in ("2019Q1", "2019", "2019-01")]
    assert days == [DAY(2019, 4, 10), DAY(2020, 1, 10), None]
    days_in_force = [DAY(2018, 12, 31), DAY(2019, 1, 1), DAY(2019, 12, 31), DAY(2020, 1, 1)]
    assert [table.is_in_force(day) for day in days_in_force] == [False, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('["prefecture", ', '["town", ', "level"),
        ('paper = "A3"', 'paper = "A5"', "A5"),
        ('code = "02"', 'code = "01"', "twice"),
        ('code = "(2)"', 'code = "(1)"', "twice"),
        ('code = "(5)"', 'code = "E"', "not written"),
        ('formula = "(4) / (1)"', 'formula = "(4) / (9)"', "(9)"),
        ('formula = "(4) / (1)"', 'formula = "(3) / (1)"', "circle"),
        ('formula = "(4) / (1)"', 'formula = "(4) // (1)"', "expected"),
        ('formula = "(4) / (1)"', 'formula = "(2) / (1)"', "money"),
        ('formula = "(4) / (1)"', 'formula = "(5) + (1)"', "words"),
        ('formula = "(4) / (1)"', 'formula = "[01](4)"', "stays in its line"),
        ('text = "(1) >= (4)"', 'text = "(1) >= (6)"', "(6)"),
        ('text = "(1) >= (4)"', 'text = "(1) > = (4)"', "expected"),
        ('text = "[01] >= [02]"', 'text = "[01] >= [03]"', "[03]"),
        ('text = "[01] >= [02]"', 'text = "[01](1) >= [02]"', "column"),
        ('severity = "explain"', 'severity = "warn"', "warn"),
        ('required_when = "(3) < (1)"', 'required_when = "(3) < (6)"', "(6)"),
        ('lines = "fixed"', 'lines = "places"', "fixed"),
    ],
)
def test_what_is_wrong_stops_the_start(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in GOOD
    wrong = GOOD.replace(old, new, 1)
    with pytest.raises(ImproperlyConfigured) as told:
        declare(tmp_path, wrong)
    lines = [n for n, line in enumerate(wrong.splitlines(), 1) if new in line]
    assert word in str(told.value)
    assert f"sample.toml, line {lines[-1]}:" in str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "at", "word"),
    [
        ('key = "sample"', "key = ", "", "line 1"),
        ('unit = "人次"\n', "", "", "lacks unit"),
        ('from = { measure = "some.money" }\n', "", 'code = "(2)"', "lacks from"),
        ("required = true", "required = true\nmust = true", 'code = "(4)"', "must"),
        ('needs = ["(1)"]', 'needs = ["(8)"]', 'code = "(3)"', "(8)"),
        ('empty = ["(2)"]', 'empty = ["(7)"]', 'code = "02"', "(7)"),
        ("valid_to = 2019-12-31", 'valid_to = "2019"', "valid_to", "no day"),
        (
            'from = "typed"\nrequired_when',
            'from = { measure = "x" }\nrequired_when',
            '"(5)"',
            "nobody",
        ),
    ],
)
def test_what_is_missing_or_strange_stops_it_too(
    tmp_path: Path, old: str, new: str, at: str, word: str
) -> None:
    assert old in GOOD
    wrong = GOOD.replace(old, new, 1)
    with pytest.raises(ImproperlyConfigured) as told:
        declare(tmp_path, wrong)
    assert word in str(told.value)
    lines = [n for n, line in enumerate(wrong.splitlines(), 1) if at and at in line]
    assert not lines or f"sample.toml, line {lines[-1]}:" in str(told.value)


def test_a_key_and_a_number_are_declared_once(tmp_path: Path) -> None:
    table = declare(tmp_path, GOOD)
    declared.register(table)
    try:
        with pytest.raises(ImproperlyConfigured, match="twice"):
            declared.register(table)
        other = GOOD.replace('key = "sample"', 'key = "other"')
        with pytest.raises(ImproperlyConfigured, match="样1表"):
            declared.register(declare(tmp_path, other))
        later = other.replace("2019-01-01", "2020-01-01").replace("2019-12-31", "2021-12-31")
        declared.register(declare(tmp_path, later))
        declared.unregister("other")
    finally:
        declared.unregister("sample")
    assert "sample" not in {each.key for each in declared.all_tables()}
