"""How large a file may be before reading it is refused."""

from dataclasses import dataclass

from exchange.files.refusals import FileRefused


@dataclass(frozen=True)
class Limits:
    """Ceilings for one file.

    Sizes are bytes, times are seconds. `max_ratio` (unpacked to packed) counts only above
    5 MB unpacked. `memory`, `cpu_seconds` and `wall_seconds` bound the reading process; the
    wall clock runs only while someone waits for it. Rows and cells are those of the whole file.
    """

    max_bytes: int = 30 << 20
    max_unpacked: int = 400 << 20
    max_ratio: int = 60
    max_entries: int = 300
    max_rows: int = 200_000
    max_columns: int = 200
    max_cells: int = 6_000_000
    memory: int = 1200 << 20
    cpu_seconds: int = 30
    wall_seconds: int = 40

    def check(self, *, rows: int, columns: int, cells: int) -> None:
        """Raise FileRefused for a table beyond these limits."""
        if rows > self.max_rows:
            raise FileRefused("too-many-rows", rows=self.max_rows)
        if columns > self.max_columns:
            raise FileRefused("too-many-columns", columns=self.max_columns)
        if cells > self.max_cells:
            raise FileRefused("too-many-cells", cells=self.max_cells)


STANDARD = Limits()
