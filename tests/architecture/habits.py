"""What no source may say, whatever it is for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from django.apps import apps
from django.db import models

from tests.architecture.sources import FLOORS, Source

NO_MODULE = {"utils", "helpers", "common", "constants", "selectors", "misc"}
SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals"}
# Doors that put work into the queue: a task is called by the clock or by a job, never sent.
SENDS = {"delay", "apply_async", "send_task"}
MAY_SEND = ("exchange/jobs.py", "/tasks.py")


def vague_modules(sources: Iterable[Source]) -> list[str]:
    return [
        source.path
        for source in sources
        if NO_MODULE & {part.removesuffix(".py") for part in PurePosixPath(source.path).parts}
    ]


def signals(sources: Iterable[Source]) -> list[str]:
    """Imports of the machinery of signals."""
    return [
        source.at(node)
        for source in sources
        for node in source.nodes(ast.ImportFrom, ast.Import)
        if SIGNALS & {getattr(node, "module", ""), *(alias.name for alias in node.names)}  # type: ignore[attr-defined]
    ]


def every_field(sources: Iterable[Source]) -> list[str]:
    """`fields = "__all__"`: a column that is added later would show itself."""
    return [
        source.at(node)
        for source in sources
        for node in source.nodes(ast.Constant)
        if isinstance(node, ast.Constant) and node.value == "__all__"
    ]


def sends(sources: Iterable[Source]) -> list[str]:
    return [
        source.at(node)
        for source in sources
        if not source.path.endswith(MAY_SEND)
        for node in source.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr in SENDS
    ]


def streams(sources: Iterable[Source]) -> list[str]:
    """Answers drawn from the database while they are sent hold a connection each."""
    return [
        source.at(node)
        for source in sources
        for node in source.nodes(ast.Name, ast.alias)
        if "StreamingHttpResponse" in {getattr(node, "id", ""), getattr(node, "name", "")}
    ]


def reaching_up(sources: Iterable[Source]) -> list[str]:
    """Names that a model of a higher floor gives to what stands below, said down there."""
    given = {(low, name) for low, _high, name in _accessors()}
    return [
        f"{source.at(node)} says {name}"
        for source in sources
        for node in source.nodes(ast.Attribute, ast.Constant, ast.keyword)
        for name in _said(node)
        if (source.package, name) in given
    ]


def _accessors() -> Iterator[tuple[str, str, str]]:
    """(floor, floor of the model that points at it or below, name), for every floor beneath it."""
    for model in apps.get_models():
        high = model._meta.app_label
        for column in model._meta.get_fields():
            remote = getattr(column, "remote_field", None)
            target = getattr(column, "related_model", None)
            if high not in FLOORS or remote is None or not isinstance(target, type(models.Model)):
                continue
            if column.auto_created or target._meta.app_label == high:
                continue
            for name in {remote.get_accessor_name(), column.related_query_name()} - {None}:
                if not name.endswith("+"):
                    for low in FLOORS[: FLOORS.index(high)]:
                        yield low, high, name


def _said(node: ast.AST) -> Iterator[str]:
    """The names an attribute, a lookup's keyword or the text of a lookup is made of."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.keyword) and node.arg:
        yield from node.arg.split("__")
    elif isinstance(node, ast.Constant) and _is_lookup(node.value):
        yield from str(node.value).split("__")


def _is_lookup(value: object) -> bool:
    """Whether a text could be the path of a lookup: one word of letters and underscores."""
    return isinstance(value, str) and value.replace("_", "").isalnum()


WALKED = {"Submission", "Correction"}
MAY_WALK = ("exchange/submissions/moves.py", "exchange/submissions/correcting.py")
WRITES = {"update", "create", "get_or_create", "update_or_create", "bulk_create", *WALKED}
BY_HAND = re.compile(r"update\s+exchange_(submission|correction)\b", re.IGNORECASE)


def steps_taken_elsewhere(sources: Iterable[Source]) -> list[str]:
    """Where the state of a month or of a correction is set by other than its moves.

    A write that names `state` counts as one of these wherever their class is known, unless
    the value is a state of another class.
    """
    return [
        source.at(node)
        for source in sources
        if not source.path.endswith(MAY_WALK)
        for knows in [bool(WALKED & _imported(source))]
        for node in ast.walk(source.tree)
        if _walks(node, knows=knows)
    ]


def _imported(source: Source) -> set[str]:
    imports = (node for node in source.nodes(ast.ImportFrom) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imports for alias in node.names}


def _walks(node: ast.AST, *, knows: bool) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return bool(BY_HAND.search(text))
        case ast.Assign(targets=[ast.Attribute(value=whose, attr="state")], value=value):
            named = {each.lower() for each in _names(whose)}
            is_theirs = any(word.lower() in name for word in WALKED for name in named)
            return is_theirs or (knows and not _of_another_class(value))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords):
            states = [each.value for each in keywords if each.arg == "state"]
            return knows and name in WRITES and not all(map(_of_another_class, states))
    return False


def _of_another_class(value: ast.AST) -> bool:
    """Such as LedgerCheck.State.DONE."""
    match value:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name), attr="State")):
            return name not in WALKED
    return False


def _names(node: ast.AST) -> set[str]:
    """The names of a chain such as check.submission."""
    return {
        getattr(each, "attr", "") or getattr(each, "id", "")
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute | ast.Name)
    }
