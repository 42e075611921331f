"""Files with broken structure: each is read or refused, and nothing else ever happens.

MUTATIONS sets how many are tried (20000 by night); they are the same at every run.
"""

import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from exchange.files import FileRefused, Limits, SheetBlock, read_blocks
from tests.faults.mutations import mutant

COUNT = int(os.environ.get("MUTATIONS", "300"))
LIMITS = Limits(cpu_seconds=5, wall_seconds=5)
pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
HARMFUL = re.compile("(?s).+[\x00-\x1f]|[\x00\x01\x07-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")


def flaws(block: SheetBlock) -> list[str]:
    """What a block may never be."""
    cells = [cell for column in block.columns for cell in column]
    last = block.first_line + len(block.columns[0]) - 1
    found = {
        "a harmful cell": any(map(HARMFUL.search, cells)),
        "no rectangle": len({len(column) for column in block.columns}) != 1,
        "another width": len(block.columns) != block.width,
        "lines beyond the sheet": last > block.height,
        "merges beyond the sheet": any(
            merge[2] > block.height or merge[3] > block.width for merge in block.merges
        ),
        "a hidden line elsewhere": any(
            not block.first_line <= line <= last for line in block.hidden_lines
        ),
    }
    return [flaw for flaw, is_so in found.items() if is_so]


@pytest.fixture
def outcome(tmp_path):
    def outcome(number: int) -> str:
        name, data = mutant(number)
        path = tmp_path / str(number)
        path.write_bytes(data)
        try:
            blocks = list(read_blocks(path, name=name, limits=LIMITS))
        except FileRefused as refused:
            return refused.code
        finally:
            path.unlink()
        wrong = [flaw for block in blocks for flaw in flaws(block)]
        return f"{number}: {wrong}" if wrong else "read"

    return outcome


def test_broken_files_are_read_or_refused(outcome):
    with ThreadPoolExecutor(2) as pool:
        counted = Counter(pool.map(outcome, range(COUNT)))
    print(dict(counted))
    assert [code for code in counted if ":" in code] == []
    assert {"read", "unreadable", "unsafe", "not-a-spreadsheet"} <= set(counted)
    assert sum(counted.values()) == COUNT
