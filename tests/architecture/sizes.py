"""Budgets of length.

A function is counted from its `def` to its last line, both included, without decorators
and docstring; blank lines and comments count. A file is counted in lines as it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from statistics import median, quantiles

from tests.architecture.sources import Source

FUNCTION = {"median": 8, "p90": 25, "most": 50}
FILE = {"p90": 250, "most": 400}


def function_lengths(sources: Iterable[Source]) -> dict[str, int]:
    """Lines of each function and method, by place and name."""
    return {
        f"{source.at(node)} {node.name}": _length(node)
        for source in sources
        for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node, clean=False) is None:
        return lines
    told = node.body[0]
    return lines - ((told.end_lineno or told.lineno) - told.lineno + 1)


def file_lengths(sources: Iterable[Source]) -> dict[str, int]:
    return {source.path: source.text.count("\n") for source in sources}


def measured(lengths: Iterable[int]) -> dict[str, float]:
    """Median, the 90th of a hundred, and the longest."""
    found = sorted(lengths)
    return {"median": median(found), "p90": quantiles(found, n=10)[-1], "most": found[-1]}


def over(lengths: dict[str, int], most: int) -> dict[str, int]:
    return {name: lines for name, lines in lengths.items() if lines > most}
