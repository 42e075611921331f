"""Files from outside, read into blocks of harmless cells.

`read_blocks` is the one door: it refuses what is no spreadsheet, is too large or is made to harm,
and gives everything else as columns of strings whose form `cells` describes. A new kind of file
is told apart in `inspection` and gets a reader in `child.READERS`.
"""

from exchange.files.blocks import SheetBlock
from exchange.files.inspection import preflight
from exchange.files.limits import Limits
from exchange.files.reading import read_blocks
from exchange.files.refusals import FileRefused

__all__ = ["FileRefused", "Limits", "SheetBlock", "preflight", "read_blocks"]
