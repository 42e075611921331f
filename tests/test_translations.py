"""The Chinese catalog is complete, agrees with the sources, and is compiled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ("config", "core", "exchange", "talent", "programs", "training", "assessment")
# How many leading arguments of each function are a context, and how many are messages.
MARKED = {
    "_": (0, 1),
    "gettext": (0, 1),
    "gettext_lazy": (0, 1),
    "gettext_noop": (0, 1),
    "ngettext": (0, 2),
    "ngettext_lazy": (0, 2),
    "pgettext": (1, 1),
    "pgettext_lazy": (1, 1),
    "npgettext": (1, 2),
    "npgettext_lazy": (1, 2),
}
# Calls as templatize writes them.
CALL = re.compile(r"\b(_|n?p?gettext)\(((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|, ?)+)")
PLACE = re.compile(r"%\((\w+)\)[a-z]")

Message = tuple[str | None, str]


def of_call(name: str, arguments: list[object]) -> Iterator[Message]:
    contexts, _messages = MARKED[name]
    texts = [text for text in arguments[: contexts + 1] if isinstance(text, str)]
    if len(texts) == contexts + 1:
        yield (texts[0] if contexts else None), texts[-1]


def in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in MARKED:
            yield from of_call(name, [getattr(arg, "value", None) for arg in node.args])


def in_template(path: Path) -> Iterator[Message]:
    for name, arguments in CALL.findall(templatize(path.read_text())):
        yield from of_call(name, ast.literal_eval(f"[{arguments}]"))


def in_sources() -> set[Message]:
    found: set[Message] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found.update(in_python(path))
    for path in (ROOT / "templates").rglob("*.*"):
        if path.suffix in {".html", ".txt"}:
            found.update(in_template(path))
    return {message for message in found if message[1].strip()}


@pytest.fixture(scope="module")
def catalog() -> polib.POFile:
    return polib.pofile(str(CATALOG))


def test_every_message_of_the_sources_is_translated(catalog: polib.POFile) -> None:
    translated = {(e.msgctxt, e.msgid) for e in catalog if e.translated() and not e.fuzzy}
    assert sorted(in_sources() - translated, key=str) == []


def test_the_catalog_holds_nothing_the_sources_do_not(catalog: polib.POFile) -> None:
    ours = {(e.msgctxt, e.msgid) for e in catalog if not e.obsolete and e.msgid.strip()}
    assert sorted(ours - in_sources(), key=str) == []
    assert catalog.obsolete_entries() == []


def test_places_for_values_agree(catalog: polib.POFile) -> None:
    wrong = [
        e.msgid
        for e in catalog
        for text in (e.msgstr_plural.values() if e.msgid_plural else [e.msgstr])
        if not set(PLACE.findall(text)) <= set(PLACE.findall(e.msgid + e.msgid_plural))
    ]
    assert wrong == []


def test_the_compiled_catalog_is_the_written_one(catalog: polib.POFile) -> None:
    assert CATALOG.with_suffix(".mo").read_bytes() == catalog.to_binary()
