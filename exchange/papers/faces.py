"""The fonts of printed tables: which face draws a character, and how the letters of some join."""

from __future__ import annotations

import io
import lzma
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz
from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

MAIN = "noto-sans-sc-0.4.3/NotoSansSC-Regular.ttf.xz"
# Asked in this order for what the main font lacks. The letters of the joined ones change with
# their neighbors. The last one is large, and is opened for the rarest characters only.
JOINED = (
    "noto-serif-tibetan-0.4.2/NotoSerifTibetan-Regular.ttf.xz",
    "noto-sans-arabic-0.4.3/NotoSansArabic-Regular.ttf.xz",
    "noto-sans-mongolian-0.4.1/NotoSansMongolian-Regular.ttf.xz",
)
OTHERS = (
    "noto-sans-yi-0.4.2/NotoSansYi-Regular.ttf.xz",
    "rare-han-2017.9.4/PortalRareHan-Regular.ttf.xz",
)
# A glyph that stands for no single character goes by this code and its own number.
GLYPHS = 0xF0000
MOST_MAPPED = 100  # entries of one block of a character map, as PDF allows

MAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange"""
MAP_FOOT = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""

_loading = threading.Lock()


class Glyph(NamedTuple):
    """A glyph where it belongs, in ems from the start of its line."""

    code: int
    x: float
    y: float
    advance: float


class Face(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """A font for a PDF: what it can draw, how wide, and its letters joined."""

    def __init__(self, name: str, data: bytes, *, joined: bool) -> None:
        super().__init__(name, io.BytesIO(data))
        self.joined = joined
        self.known = frozenset(self.face.charToGlyph)

    def has(self, character: str) -> bool:
        return ord(character) in self.known

    def width(self, text: str) -> float:
        """The width of a text in ems."""
        if self.joined:
            return sum(glyph.advance for glyph in self.shaped(text))
        widths = self.face.charWidths
        return float(sum(widths[ord(c)] for c in text if self.has(c))) / 1000

    def shaped(self, text: str) -> list[Glyph]:
        """The glyphs of a text from left to right, joined and stacked as its script wants."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        uharfbuzz.shape(self._shaper, buffer)
        em, x, glyphs = self._shaper.face.upem, 0.0, []
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(
                Glyph(
                    self._code(info.codepoint),
                    x + place.x_offset / em,
                    place.y_offset / em,
                    place.x_advance / em,
                )
            )
            x += place.x_advance / em
        return glyphs

    @cached_property
    def _shaper(self) -> Any:
        return uharfbuzz.Font(uharfbuzz.Face(self.face._ttf_data))

    def _code(self, glyph: int) -> int:
        code = GLYPHS + glyph
        advance = self._shaper.get_glyph_h_advance(glyph) * 1000 / self._shaper.face.upem
        self.face.charToGlyph[code] = glyph
        self.face.charWidths[code] = advance
        return code

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # ReportLab's name
        """Give each subset a map to Unicode that holds beyond the first plane, too."""
        subsets = self.state[doc].subsets if doc in self.state else []
        names = [self.getSubsetInternalName(n, doc)[1:] for n in range(len(subsets))]
        super().addObjects(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        for name, subset in zip(names, subsets, strict=True):
            doc.idToObject[fonts[name].ToUnicode.name].content = character_map(subset)


def character_map(codes: Sequence[int]) -> str:
    """What the bytes of a subset mean, as a PDF wants it told: in UTF-16."""
    entries = [f"<{n:02X}> <{utf16(chr(code))}>" for n, code in enumerate(codes)]
    parts = [entries[n : n + MOST_MAPPED] for n in range(0, len(entries), MOST_MAPPED)]
    blocks = [f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts]
    return "\n".join([MAP_HEAD, *blocks, MAP_FOOT])


def utf16(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex().upper()


def main() -> Face:
    """The face that draws nearly everything."""
    return _opened(settings.FONTS_DIR / MAIN, joined=False)


def face_of(character: str) -> Face | None:
    """The first face that has a character; None when no font does."""
    return next((face for face in faces() if face.has(character)), None)


def faces() -> Iterator[Face]:
    """All faces in the order they are asked, the office's own last; each is opened when asked."""
    yield main()
    for name in JOINED:
        yield _opened(settings.FONTS_DIR / name, joined=True)
    for name in OTHERS:
        yield _opened(settings.FONTS_DIR / name, joined=False)
    for path in _own():
        yield _opened(path, joined=False)


def _own() -> list[Path]:
    folder = settings.OWN_FONTS_DIR
    return sorted(folder.glob("*.ttf")) if folder.is_dir() else []


_opened_faces: dict[Path, Face] = {}


def _opened(path: Path, *, joined: bool) -> Face:
    with _loading:
        if path not in _opened_faces:
            data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
            face = Face(path.name.partition(".")[0], data, joined=joined)
            pdfmetrics.registerFont(face)
            _opened_faces[path] = face
        return _opened_faces[path]
