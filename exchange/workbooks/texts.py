"""Text as the XML of a workbook needs it."""

from __future__ import annotations

import math
import re
from xml.sax.saxutils import escape

CELL_LIMIT = 32_767  # UTF-16 units a cell may hold
LINE_HEIGHT = 16.5  # points
MOST_LINES = 24  # a row is at most 409 points high

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets read _x0041_ in a text as the letter A; its underscore goes by its own code then.
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def clean(text: str) -> str:
    """The text without the characters that XML cannot carry (control characters, surrogates)."""
    return _ILLEGAL.sub("", text)


def xml_text(text: str) -> str:
    """Clean and escape a text for an element, or for an attribute in double quotes."""
    return escape(clean(text), {'"': "&quot;"})


def fitted(text: str) -> str:
    """The text, clean and cut to what a cell may hold."""
    text = clean(text)
    if len(text) <= CELL_LIMIT // 2:
        return text
    return text.encode("utf-16-le")[: 2 * CELL_LIMIT].decode("utf-16-le", "ignore")


def text_cell(text: str, style: int) -> str:
    """What follows the reference of a cell that holds a clean text; an empty cell for none."""
    if not text:
        return f' s="{style}"/>'
    # A bare carriage return would be read as a line feed, as XML demands.
    content = escape(_CODED.sub("_x005F_", text), {"\r": "&#13;"})
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


def display_width(text: str) -> float:
    """Width of the longest line in characters of the body font; Chinese ones count double."""
    return max(map(_line_width, text.split("\n")))


def _line_width(line: str) -> float:
    # Half of characters and bytes: 1 for a letter or digit, 2 for a Chinese character; counting
    # bytes is many times faster than asking for the width of each character.
    return (len(line) + len(line.encode("utf-8", "replace"))) / 2


def wrapped_lines(text: str, room: float) -> int:
    """Lines a text needs in a cell of `room` characters; never more than the highest row shows."""
    lines = sum(math.ceil(_line_width(line) / room) or 1 for line in text.split("\n"))
    return min(lines, MOST_LINES)


def column_letters(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
