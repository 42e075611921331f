"""The one writer of printed tables: PDF true to the paper's size, every letter from a font within."""

from exchange.papers.printing import print_paper
from exchange.papers.tables import PaperInfo, Undrawn
from exchange.papers.values import day_in_words
from exchange.papers.writer import VERSION, write_paper

__all__ = ["VERSION", "PaperInfo", "Undrawn", "day_in_words", "print_paper", "write_paper"]
