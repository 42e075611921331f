"""Relations: read once, judged over cells, printed; each sign and each way of writing."""

from decimal import Decimal

import pytest

from exchange.tables.grammar import Order, RelationUnreadable, parse, parse_formula
from exchange.tables.relations import At, Place, printed, rounded, value_of

COLUMNS = [f"({n})" for n in range(1, 9)]
LINES = ["01", "02", "03", "04", "05", "06", "07"]
ORDER = Order(COLUMNS, LINES)


def cells(**lines: list[int | str | None]) -> dict[Place, Decimal | None]:
    return {
        Place(line.removeprefix("l"), f"({n})"): None if value is None else Decimal(value)
        for line, values in lines.items()
        for n, value in enumerate(values, 1)
    }


def is_broken(
    text: str, line: str = "01", column: str = "", **lines: list[int | str | None]
) -> bool:
    at = At(line=line, column=column, whole="01", each=["02", "03"])
    return parse(text, ORDER).broken(cells(**lines), at) is not None


@pytest.mark.parametrize(
    ("text", "holds", "breaks"),
    [
        ("(1) = (2)", [5, 5], [5, 4]),
        ("(1) >= (2)", [5, 5], [4, 5]),
        ("(1) <= (2)", [5, 5], [6, 5]),
        ("(1) > (2)", [6, 5], [5, 5]),
        ("(1) < (2)", [4, 5], [5, 5]),
        ("(1) = (2) + (3)", [5, 2, 3], [5, 3, 3]),
        ("(1) = (2) - (3)", [5, 8, 3], [5, 7, 3]),
        ("(1) = (2) * (3)", [6, 2, 3], [5, 2, 3]),
        ("(1) = (2) / (3)", ["0.6667", 2, 3], ["0.6666", 2, 3]),
        ("(1) = (2) + (3) * (4)", [14, 2, 3, 4], [20, 2, 3, 4]),
        ("(1) = ((2) + (3)) * (4)", [20, 2, 3, 4], [14, 2, 3, 4]),
        ("(1) = (2) - ((3) - (4))", [3, 2, 3, 4], [-5, 2, 3, 4]),
        ("(1) = (2) - (3) - (4)", [-5, 2, 3, 4], [3, 2, 3, 4]),
        ("(1)=(2)+...+(5)", [10, 1, 2, 3, 4], [5, 1, 2, 3, 4]),
        ("(1)=(2)+…+(5)", [10, 1, 2, 3, 4], [3, 1, 2, 3, 4]),
        ("(1) = 2 * (2) + 1.5", ["5.5", 2], [4, 2]),
        ("(1) = (2) + (3)", [5, 5, None], [5, None, 3]),
        ("(1) >= (2)", [None, None], [None, 1]),
        ("(1) >= (2) / (3)", [0, 5, 0], [0, 5, 1]),
    ],
)
def test_a_relation_of_columns(
    text: str, holds: list[int | str | None], breaks: list[int | str | None]
) -> None:
    assert is_broken(text, l01=holds) is False
    assert is_broken(text, l01=breaks) is True


def test_a_relation_of_lines() -> None:
    good = {"l01": [6, 1], "l02": [4, 1], "l03": [2, 0]}
    assert is_broken("[01] = [02] + [03]", column="(1)", **good) is False
    assert is_broken("[01] = [02] + [03]", column="(1)", **good | {"l03": [3, 0]}) is True
    assert is_broken("[01](2) = [02](2) + [03](2)", **good) is False
    assert is_broken("[01](2) = [02](1) + [03](2)", **good) is True
    assert is_broken("[01]=[02]+...+[03]", column="(1)", **good) is False
    assert is_broken("[whole](1) >= sum[each](1)", **good) is False
    assert is_broken("[whole](1) >= sum[each](1)", **good | {"l02": [5, 1]}) is True
    assert is_broken("[each] <= [whole]", line="02", column="(1)", **good) is False
    assert is_broken("[each] <= [whole]", line="02", column="(1)", **good | {"l02": [7, 1]}) is True


def test_what_is_broken_names_its_cell_and_both_sides() -> None:
    relation = parse("[01](1) = [02](1) + [03](1)", ORDER)
    broken = relation.broken(cells(l01=[6], l02=[4], l03=[3]), At())
    assert broken is not None
    assert (broken.place, broken.left, broken.right) == (Place("01", "(1)"), Decimal(6), Decimal(7))


def test_a_formula() -> None:
    node = parse_formula("(3) / ((1) + (2))", ORDER)
    at = At(line="01")
    assert rounded(value_of(node, cells(l01=[2, 1, 2]), at)) == Decimal("0.6667")
    assert value_of(node, cells(l01=[0, 0, 2]), at) is None
    assert value_of(node, cells(l01=[None, None, None]), at) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(1)>=(2)", "(1)≥(2)"),
        ("(1) = (2) + ... + (7)", "(1)=(2)+…+(7)"),
        ("(1) = (2) + (3) + ... + (7)", "(1)=(2)+(3)+…+(7)"),
        ("(1) = (2) + ... + (3)", "(1)=(2)+(3)"),
        ("[02]=[03]+[04]", "[02]=[03]+[04]"),
        ("(4) <= (3) / ((1) + (2)) * 100", "(4)≤(3)÷((1)+(2))×100"),
        ("[whole](1) >= sum[each](1)", "合计(1)≥各行(1)之和"),
        ("(1)=(2)-((3)-(4))", "(1)=(2)-((3)-(4))"),
    ],
)
def test_a_relation_is_printed(text: str, shown: str) -> None:
    assert parse(text, ORDER).printed() == shown


def test_a_relation_says_the_lines_and_columns_it_is_of() -> None:
    parts = parse("[whole](1) >= sum[each](1)", ORDER, over="parts")
    assert parts.printed() == "上级项目(1)≥所属项目(1)之和"
    columns = parse("[whole] = sum[each]", ORDER, columns=("(1)", "(2)"))
    assert columns.printed() == "合计=各行之和［(1)、(2)栏］"


def test_a_formula_is_printed() -> None:
    assert printed(parse_formula("((1) - (2)) / (3)", ORDER)) == "((1)-(2))÷(3)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(1)",
        "(1) =",
        "= (1)",
        "(1) (2)",
        "(1) == (2)",
        "(1) = (2) = (3)",
        "(1) = ((2)",
        "(1) = (2) + ...",
        "(1) = (2) + ... - (4)",
        "(1) = 2 + ... + (4)",
        "(1) = (5) + ... + (2)",
        "(1) = (2) + ... + (12)",
        "(1) = [02](2) + ... + [04](3)",
        "(1) = SUM(A1:B2)",
        "(1) = cmd|'/c calc'!A0",
        "(1) ! (2)",
    ],
)
def test_what_is_no_relation(text: str) -> None:
    with pytest.raises(RelationUnreadable):
        parse(text, ORDER)
