"""Web pages cut into tags and the text between them: forgiving as browsers, fast as exports need.

The standard library's parser takes ten times as long. No expression here looks beyond the next
bracket, so that a page cannot be made to take longer than its length.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape

_TAG = re.compile(
    r"<(?:(!--)|[!?][^<>]*>"
    r"|(/?)([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+|[^<>]*)>)"
)
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")
_RAW = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "title", "xml")}

Attributes = Mapping[str, str]


def tags(text: str) -> Iterator[tuple[str, str, Attributes]]:
    """Text before each tag, the tag's name ("/td" if it closes), and its attributes.

    The last name is empty. What is in comments, scripts and styles is left out.
    """
    start = at = 0
    while hit := _TAG.search(text, at):
        before = text[start : hit.start()]
        comment, closing, name, written = hit.groups("")
        start = at = hit.end()
        name = name.lower()
        if comment:
            start = at = _after(text, "-->", at)
        elif name in _RAW and not closing:
            end = _RAW[name].search(text, at)
            start = at = end.start() if end else len(text)
        yield _plain(before), closing + name, attributes(written) if written else {}
    yield _plain(text[start:]), "", {}


@lru_cache(maxsize=10_000)
def attributes(written: str) -> Attributes:
    """Attributes of a tag by lower-case name; one without a value has an empty one."""
    found = _ATTRIBUTE.findall(written)
    return {name.lower(): _plain(one or two or bare) for name, one, two, bare in reversed(found)}


def _plain(text: str) -> str:
    return unescape(text) if "&" in text else text


def _after(text: str, sign: str, start: int) -> int:
    found = text.find(sign, start)
    return found + len(sign) if found >= 0 else len(text)
