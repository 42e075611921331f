"""The one writer of printed tables: PDF true to the paper's size, every letter from a font within."""

from exchange.papers.tables import PaperInfo, Undrawn
from exchange.papers.writer import write_paper

__all__ = ["PaperInfo", "Undrawn", "write_paper"]
