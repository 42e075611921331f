"""A picture of a page has few colors: written with a palette of them it is half the size."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLORS = 256
Pixel = tuple[int, int, int]


def shrink(picture: Path) -> None:
    """Write an RGB picture anew with at most 256 colors: the commonest, and for others the nearest of these."""
    width, height, rows = read(picture)
    pixels = [list(zip(row[::3], row[1::3], row[2::3], strict=True)) for row in rows]
    seen = Counter(pixel for row in pixels for pixel in row)
    palette = [pixel for pixel, _times in seen.most_common(COLORS)]
    place = {pixel: n for n, pixel in enumerate(palette)}
    for pixel in seen.keys() - place.keys():
        place[pixel] = min(range(len(palette)), key=lambda n: distance(palette[n], pixel))
    lines = b"".join(b"\0" + bytes(place[pixel] for pixel in row) for row in pixels)
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0),
        b"PLTE": b"".join(map(bytes, palette)),
        b"IDAT": zlib.compress(lines, 9),
        b"IEND": b"",
    }
    picture.write_bytes(SIGNATURE + b"".join(chunk(*part) for part in chunks.items()))


def distance(one: Pixel, other: Pixel) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def read(picture: Path) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of RGB bytes of a PNG as browsers write it."""
    content, at, data = picture.read_bytes(), len(SIGNATURE), b""
    width, height, depth, color = struct.unpack(">IIBB", content[16:26])
    assert (depth, color) == (8, 2), "not a picture of 8-bit RGB"
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            data += content[at + 8 : at + 8 + size]
        at += size + 12
    return width, height, list(unfiltered(zlib.decompress(data), width * 3))


def unfiltered(data: bytes, width: int) -> Iterator[bytes]:
    above = bytes(width)
    for start in range(0, len(data), width + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + width])
        for n in range(width):
            left = row[n - 3] if n > 2 else 0
            corner = above[n - 3] if n > 2 else 0
            row[n] = (row[n] + predicted(kind, left, above[n], corner)) & 255
        above = bytes(row)
        yield above


def predicted(kind: int, left: int, up: int, corner: int) -> int:
    """What a PNG row's filter foretells of a byte."""
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda known: abs(guess - known))
    return (0, left, up, (left + up) // 2)[kind]
