"""OLE2 containers, in which workbooks up to 2003 keep their streams (as [MS-CFB] describes them)."""

import struct

_ENTRY = 128
_FREE = 0xFFFFFFFA  # this and above are marks, no sectors
_SHORT = struct.Struct("<H")
_LONG = struct.Struct("<I")


def read_stream(data: bytes, *names: str) -> bytes:
    """The stream of the first of the names that is there.

    Raises LookupError, ValueError or struct.error where the container is damaged.
    """
    container = _Container(data)
    entries = container.entries()
    name = next(name for name in names if name in entries)
    first, size = entries[name]
    if size >= container.long(56):
        return container.chain(first)[:size]
    return container.short_chain(first, entries["Root Entry"][0])[:size]


class _Container:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = 1 << _SHORT.unpack_from(data, 30)[0]
        if self.size not in (512, 4096):
            raise ValueError("a container of impossible sectors")
        self.next = self._table(self._table_sectors())

    def long(self, place: int) -> int:
        number: int = _LONG.unpack_from(self.data, place)[0]
        return number

    def sector(self, number: int) -> bytes:
        found = self.data[(number + 1) * self.size : (number + 2) * self.size]
        if not found:
            raise ValueError("a sector beyond the end")
        return found

    def chain(self, first: int) -> bytes:
        return b"".join(map(self.sector, _followed(first, self.next)))

    def short_chain(self, first: int, root: int) -> bytes:
        """A small stream: its sectors of 64 bytes lie in the root's own."""
        links = _numbers(self.chain(self.long(60)))
        lying = self.chain(root)
        return b"".join(lying[at * 64 : at * 64 + 64] for at in _followed(first, links))

    def entries(self) -> dict[str, tuple[int, int]]:
        """First sector and size of each stream by its name."""
        found = {}
        directory = self.chain(self.long(48))
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[at : at + _ENTRY]
            length = max(_SHORT.unpack_from(entry, 64)[0] - 2, 0)
            name = entry[: min(length, 62)].decode("utf-16-le", "replace")
            found[name] = (_LONG.unpack_from(entry, 116)[0], _LONG.unpack_from(entry, 120)[0])
        return found

    def _table_sectors(self) -> list[int]:
        """Sectors of the table of links: 109 stand in the head, more in a chain of their own."""
        listed = list(struct.unpack_from("<109I", self.data, 76))
        following = self.long(68)
        for _ in range(len(self.data) // self.size):
            if following >= _FREE:
                break
            *more, following = _numbers(self.sector(following))
            listed += more
        return [number for number in listed if number < _FREE]

    def _table(self, sectors: list[int]) -> list[int]:
        return _numbers(b"".join(map(self.sector, sectors)))


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in _LONG.iter_unpack(data[: len(data) // 4 * 4])]


def _followed(first: int, links: list[int]) -> list[int]:
    """A chain of sectors; raises ValueError where it runs in a circle."""
    chain = []
    while first < _FREE:
        chain.append(first)
        if len(chain) > len(links):
            raise ValueError("a chain without an end")
        first = links[first]
    return chain
