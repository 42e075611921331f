"""What a broken sum of lines leaves out: programs that the whole counts and no part names."""

from __future__ import annotations

from exchange.amounts import By
from exchange.measures import Measure, declared
from exchange.tables.filling import Filled
from exchange.tables.relations import Broken, refs_of


def programs_on_no_line(filled: Filled, broken: Broken) -> list[str]:
    """Names of the programs in the first cell of a sum of lines that none of its parts counts."""
    relation, at = broken.relation, broken.at
    if not relation.of_lines or filled.table.stem.lines != "fixed":
        return []
    whole = filled.cells[broken.place].figure
    if whole is None or not isinstance(declared(whole.measure), Measure):
        return []
    parts = [filled.cells[p].figure for ref in refs_of(relation.right) for p in at.places(ref)]
    named = [part.programs for part in parts if part is not None]
    if not all(named):
        return []
    known = frozenset().union(*named)
    return [part.name for part in whole.parts(By.PROGRAM) if part.key and part.key not in known]
