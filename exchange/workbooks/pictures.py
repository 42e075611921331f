"""A picture under a table: a PNG of black and white squares, and the parts that place it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

_SCALE = 8  # dots of a square's side
_QUIET = 4  # squares of white around
_SIDE = 20 * 36_000  # 20 mm, in the units of a drawing
HEIGHT = 62.0  # points of the line it stands in
MEDIA = "xl/media/code.png"

_SCHEMAS = "http://schemas.openxmlformats.org"
_RELATIONS = f"{_SCHEMAS}/officeDocument/2006/relationships"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"


def png_of(squares: Sequence[Sequence[bool]]) -> bytes:
    """A PNG of one bit a dot; True is black."""
    width = (len(squares) + 2 * _QUIET) * _SCALE
    blank = [False] * len(squares)
    rows = [*[blank] * _QUIET, *squares, *[blank] * _QUIET]
    data = b"".join((b"\0" + _packed(row)) * _SCALE for row in rows)
    header = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _packed(row: Sequence[bool]) -> bytes:
    """A line of dots, eight a byte (so many dots a square has), white as ones."""
    white = b"\xff" * _QUIET
    return white + bytes(0 if black else 255 for black in row) + white


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def parts_of(number: int, line: int) -> dict[str, str]:
    """The parts that place the picture on a sheet, by name; `line` is counted from 1."""
    return {
        f"xl/worksheets/_rels/sheet{number}.xml.rels": _relation(
            "drawing", f"../drawings/drawing{number}.xml"
        ),
        f"xl/drawings/_rels/drawing{number}.xml.rels": _relation("image", "../media/code.png"),
        drawing_part(number): _drawing(line),
    }


def drawing_part(number: int) -> str:
    return f"xl/drawings/drawing{number}.xml"


def reference() -> str:
    """What a sheet says of its picture."""
    return f'<drawing xmlns:r="{_RELATIONS}" r:id="rId1"/>'


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    )


def _drawing(line: int) -> str:
    size = f'cx="{_SIDE}" cy="{_SIDE}"'
    place = f"<xdr:row>{line - 1}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    return (
        f'<xdr:wsDr xmlns:xdr="{_SCHEMAS}/drawingml/2006/spreadsheetDrawing"'
        f' xmlns:a="{_SCHEMAS}/drawingml/2006/main">'
        f"<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff>{place}"
        f"</xdr:from><xdr:ext {size}/>"
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="code"/>'
        '<xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip xmlns:r="{_RELATIONS}" r:embed="rId1"/>'
        "<a:stretch><a:fillRect/></a:stretch></xdr:blipFill>"
        f'<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>'
        "<xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
    )
