"""The product's source files as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# From the lowest floor up: each may import itself and what stands before it.
FLOORS = ("core", "exchange", "talent", "programs", "training", "assessment")
PRODUCT = (*FLOORS, "config")


@dataclass(frozen=True)
class Source:
    """A file: `module` is its dotted name, `text` what stands in it."""

    module: str
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    @property
    def name(self) -> str:
        return Path(self.path).name

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


def read(path: Path) -> Source:
    place = path.relative_to(ROOT)
    parts = place.with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Source(module, place.as_posix(), path.read_text())


def product() -> list[Source]:
    """The apps and config, without migrations."""
    files = (path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py")))
    return [read(path) for path in files if "migrations" not in path.parts]


def tools() -> list[Source]:
    """What bin/ runs."""
    return [read(path) for path in sorted((ROOT / "bin").rglob("*.py"))]


def planted(module: str, text: str) -> Source:
    """A file that is not there, to see a check bite."""
    return Source(module, module.replace(".", "/") + ".py", text)
