"""A small world of known figures, and a declaration that shows what a table can be."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.tables import declared, start
from exchange.tables.reading import load
from tests.factories import (
    a_class,
    a_person,
    a_program,
    divisions,
    enrolled,
    settled,
)
from tests.factories.submissions import a_month

DAY = datetime.date
TOWN, VILLAGE = "621022100", "621022100001"
SAMPLE = """\
key = "sample"
title = "培训样表"
name = "sample of training"
levels = ["province", "prefecture", "county"]
periods = ["quarter"]
unit = "人次"
paper = "A4"
due = { quarter = 10 }
[form]
table_number = "样1表"
issued_by = "样机关"
approved_by = "批准机关"
document_number = "样发〔2019〕1号"
valid_from = 2019-01-01
valid_to = 2099-12-31
needs_checking = false
[stem]
lines = "places"
titles = ["地区", "代码"]
line_codes = true
[[column]]
code = "(1)"
title = "培训人次"
kind = "integer"
from = { measure = "training.attendances" }
[[column]]
code = "(2)"
title = "建档立卡"
group = "其中"
kind = "integer"
from = { measure = "training.attendances", category = ["filed-poor"] }
[[column]]
code = "(3)"
title = "其他"
group = "其中"
kind = "integer"
from = { formula = "(1) - (2)" }
[[column]]
code = "(4)"
title = "占比"
kind = "percent"
from = { formula = "(2) / (1)" }
[[column]]
code = "(5)"
title = "上年"
kind = "integer"
from = "typed"
required = true
[[column]]
code = "(6)"
title = "说明"
kind = "text"
from = "typed"
[[relation]]
text = "(1) = (2) + (3)"
[[relation]]
text = "[whole] = sum[each]"
columns = ["(1)", "(2)", "(5)"]
[[relation]]
text = "(1) >= (5)"
severity = "explain"
[notes]
text = ["样表说明。"]
"""


@contextmanager
def known(folder: Path, text: str = SAMPLE) -> Iterator[declared.Table]:
    """A table that is declared as long as the test runs."""
    file = folder / "declaration.toml"
    file.write_text(text, "utf-8")
    table = load(file)
    declared.register(table)
    try:
        start.check()
        yield table
    finally:
        declared.unregister(table.key)


def a_quarter() -> None:
    """Six rows of the second quarter of 2019 in two counties of two prefectures, one of July.

    621022: three filed poor (two of one township, one without), one veteran there; 622926: one
    filed poor, one veteran. All months submitted.
    """
    divisions()
    june = a_class()
    enrolled(a_person(1), june, region_code=VILLAGE)
    enrolled(a_person(2), june, region_code=TOWN)
    enrolled(a_person(3), june)
    enrolled(a_person(4), june, region_code=VILLAGE, category="veteran")
    other = a_class("622926", program=a_program("brand"))
    enrolled(a_person(5), other)
    enrolled(a_person(6), other, category="veteran")
    enrolled(a_person(7), a_class(code="9", start_date=DAY(2019, 7, 5)))
    settled()
    for county in ("621022", "622926"):
        a_month("submitted", county=county, month=DAY(2019, 6, 1))
        a_month("submitted", county=county, month=DAY(2019, 7, 1))
