"""Who imports whom: floors, circles, and imports that hide inside functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import FLOORS, Source

# Where Django or Celery loads a module before the apps are ready.
MAY_DEFER = {"apps.py", "tasks.py"}


def imported(node: ast.AST, source: Source) -> Iterator[str]:
    """The dotted names an import statement asks for; of `from a import b`, a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = source.module.split(".")
            inside = parts if source.name == "__init__.py" else parts[:-1]
            above = inside[: len(inside) - node.level + 1]
            base = ".".join([*above, *filter(None, [node.module])])
        yield from (f"{base}.{alias.name}" for alias in node.names)


def upward(sources: Iterable[Source]) -> list[str]:
    """Imports from a higher floor, and any import of config."""
    found = []
    for source in sources:
        for node in source.nodes(ast.Import, ast.ImportFrom):
            for name in imported(node, source):
                if _is_above(source.package, name.partition(".")[0]):
                    found.append(f"{source.at(node)} imports {name}")
    return found


def _is_above(package: str, other: str) -> bool:
    if other == "config":
        return package != "config"
    if package not in FLOORS or other not in FLOORS:
        return False
    return FLOORS.index(other) > FLOORS.index(package)


def deferred(sources: Iterable[Source]) -> list[str]:
    """Imports inside functions; what is only for the type checker stands at the top anyway."""
    return [
        source.at(node)
        for source in sources
        if source.name not in MAY_DEFER
        for function in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def circles(sources: Iterable[Source]) -> list[list[str]]:
    """Groups of modules that import each other while they are loaded."""
    by_name = {source.module: source for source in sources}
    graph = {name: set(_loads(source, by_name)) - {name} for name, source in by_name.items()}
    left = dict(graph)
    while True:
        ends = {name for name, needs in left.items() if not needs & left.keys()}
        ends |= left.keys() - {need for needs in left.values() for need in needs}
        if not ends:
            return [sorted(left)] if left else []
        left = {name: needs for name, needs in left.items() if name not in ends}


def _loads(source: Source, known: dict[str, Source]) -> Iterator[str]:
    for node in _at_load(source.tree):
        for name in imported(node, source):
            if name in known:
                yield name
            elif (module := name.rpartition(".")[0]) in known:
                yield module


def _at_load(node: ast.AST) -> Iterator[ast.AST]:
    """Import statements that run when the module is loaded."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _at_load(child)
