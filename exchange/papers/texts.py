"""Text in pieces of one font each: measured, broken into lines, drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from exchange.papers.faces import Face, face_of, main, utf16

SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
VOWEL_SEPARATOR = "\u180e"  # of Mongolian; only with the letters on both sides is it one
BREAKS_AFTER = " \u0f0b\u3000"  # in joined scripts, which cannot be broken anywhere


class Piece(NamedTuple):
    """Text that is drawn in one face and not broken; its width in ems."""

    face: Face
    text: str
    width: float


Line = Sequence[Piece]


def width(line: Line) -> float:
    """Width of a line in sizes of its letters."""
    return sum(piece.width for piece in line)


def unseen(character: str) -> bool:
    """Whether a character shows nothing by itself, so that no font needs to have it."""
    code = ord(character)
    return unicodedata.category(character) == "Cf" or any(code in them for them in SELECTORS)


def undrawable(text: str) -> list[str]:
    """The characters of a text that no font has."""
    if main().known.issuperset(map(ord, text)):
        return []
    return [c for c in dict.fromkeys(text) if not unseen(c) and face_of(c) is None]


def coded(character: str) -> str:
    """What stands for a character that cannot be drawn."""
    return f"[U+{ord(character):04X}]"


def lines(text: str, room: float) -> list[Line]:
    """The lines a text takes where `room` ems are to be had; at least one."""
    found = [line for part in text.split("\n") for line in _wrapped(part, room)]
    return found or [[]]


def _wrapped(text: str, room: float) -> list[Line]:
    if main().known.issuperset(map(ord, text)):
        width = main().width(text)
        if width <= room:
            return [[Piece(main(), text, width)]]
    return list(_broken(_atoms(text, room), room))


def _broken(atoms: Iterator[Piece], room: float) -> Iterator[Line]:
    line: list[Piece] = []
    taken = 0.0
    for atom in atoms:
        if line and taken + atom.width > room:
            yield _joined(line)
            line, taken = [], 0.0
        line.append(atom)
        taken += atom.width
    yield _joined(line)


def _joined(atoms: Sequence[Piece]) -> Line:
    """Neighbors of one face as one piece: only together do their letters join and run."""
    pieces = []
    for face, group in groupby(atoms, key=lambda atom: atom.face):
        text = "".join(atom.text for atom in group)
        pieces.append(Piece(face, text, face.width(text)))
    return pieces


def _atoms(text: str, room: float) -> Iterator[Piece]:
    """The smallest pieces a line may be broken between."""
    for face, stretch in _stretches(text):
        for part in _words(stretch) if face.joined else _characters(stretch):
            whole = Piece(face, part, face.width(part))
            yield from [whole] if whole.width <= room else _cut(whole)


def _cut(piece: Piece) -> Iterator[Piece]:
    for part in _characters(piece.text):
        yield Piece(piece.face, part, piece.face.width(part))


def _stretches(text: str) -> Iterator[tuple[Face, str]]:
    """A text by face; what shows nothing, and blanks between joined words, stay with what is before."""
    face, stretch = main(), ""
    for character in text:
        following = _face_after(face, character)
        shown = coded(character) if following is None else character
        following = following or main()
        if following is not face and stretch:
            yield face, stretch
            stretch = ""
        face, stretch = following, stretch + shown
    yield face, stretch


def _face_after(face: Face, character: str) -> Face | None:
    is_letter = unicodedata.category(character)[0] in "LN"
    if unseen(character) or (face.joined and not is_letter and face.has(character)):
        return face
    return face_of(character)


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        word += character
        if character in BREAKS_AFTER:
            yield word
            word = ""
    if word:
        yield word


def _characters(text: str) -> Iterator[str]:
    """Each character with the marks and the unseen ones after it."""
    cluster = ""
    for character in text:
        is_alone = not unseen(character) and unicodedata.category(character)[0] != "M"
        if cluster and is_alone and not cluster.endswith(VOWEL_SEPARATOR):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def draw(canvas: Any, line: Line, x: float, y: float, size: float) -> None:
    """Draw a line from x on, its letters standing on y; all in points."""
    for piece in line:
        canvas.setFont(piece.face.fontName, size)
        if piece.face.joined:
            _draw_glyphs(canvas, piece, x, y, size)
        else:
            _draw_letters(canvas, piece, x, y)
        x += piece.width * size


def _draw_letters(canvas: Any, piece: Piece, x: float, y: float) -> None:
    seen = "".join(filter(piece.face.has, piece.text))
    if seen == piece.text:
        canvas.drawString(x, y, seen)
    else:
        _begin_meaning(canvas, piece.text)
        canvas.drawString(x, y, seen)
        _end_meaning(canvas)


def _draw_glyphs(canvas: Any, piece: Piece, x: float, y: float, size: float) -> None:
    _begin_meaning(canvas, piece.text)
    for glyph in piece.face.shaped(piece.text):
        canvas.drawString(x + glyph.x * size, y + glyph.y * size, chr(glyph.code))
    _end_meaning(canvas)


def _begin_meaning(canvas: Any, text: str) -> None:
    """What is drawn next stands for this text, whatever the glyphs: who copies it gets the text."""
    canvas._code.append(f"/Span <</ActualText <FEFF{utf16(text)}>>> BDC")


def _end_meaning(canvas: Any) -> None:
    canvas._code.append("EMC")
