"""Canonical cells in words, as pages show them: codes by their names, people masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import TextChoices

from core.models import Region
from core.sealing import mask_phone, unseal
from programs.models import Program
from talent.imports import PHONE_FIELD
from talent.models import Credential, Person
from talent.places import TOWNSHIP_DIGITS
from training.canonical import Cells
from training.imports import COLUMNS
from training.ledger import PHONE_AS_WRITTEN, WORDS
from training.models import Enrollment, ExamEntry, FollowUp

HEADINGS = {column.name: column.title for column in COLUMNS}
# What is no fact of the row but of how it came here, or a key that says nothing to people.
ORIGIN = {"batch", "sheet", "line", "entered_by", "row", "claim", "made_by", "decided_by"}
CODES: dict[str, tuple[type[TextChoices], ...]] = {
    "state": (Enrollment.State, Credential.State),
    "kind": (Credential.Kind,),
    "result": (ExamEntry.Result,),
    "way": (FollowUp.Way,),
    "employment": (Enrollment.Employment,),
}
NOTHING = "—"
Said = Callable[[str], str]


def worded(rows: Sequence[Cells]) -> list[Cells]:
    """Rows' cells in words. Asks for the names of people, places and programs once for all."""
    said: dict[str, Said] = {
        "person": _named(_people(_held(rows, "person"))),
        "region_code": _named(_places(_held(rows, "region_code"))),
        "program": _named(_programs(_held(rows, "program"))),
        "as_written": _as_written,
    }
    said |= {name: _named(_labels(*kinds)) for name, kinds in CODES.items()}
    said |= {name: _named(words) for name, words in WORDS.items()}
    return [
        {
            name: said[name](cell) if cell and name in said else cell
            for name, cell in cells.items()
            if name not in ORIGIN
        }
        for cells in rows
    ]


def _held(rows: Iterable[Cells], name: str) -> set[str]:
    return {cell for cells in rows if (cell := cells.get(name))}


def _named(names: Mapping[str, str]) -> Said:
    return lambda code: names.get(code, code)


def _labels(*kinds: type[TextChoices]) -> dict[str, str]:
    return {each.value: str(each.label) for kind in kinds for each in kind}


def _people(indexes: set[str]) -> dict[str, str]:
    people = Person.objects.filter(id_number_index__in=[bytes.fromhex(each) for each in indexes])
    facts = people.values_list("id_number_index", "name", "id_number_mask")
    return {bytes(index).hex(): f"{name} {mask}" for index, name, mask in facts}


def _places(codes: set[str]) -> dict[str, str]:
    wanted = codes | {code[:TOWNSHIP_DIGITS] for code in codes}
    names = dict(Region.objects.filter(pk__in=wanted).values_list("code", "short_name"))
    return {
        code: " ".join(
            names.get(each, "") for each in dict.fromkeys((code[:TOWNSHIP_DIGITS], code))
        )
        for code in codes
    }


def _programs(codes: set[str]) -> dict[str, str]:
    return dict(Program.objects.filter(pk__in=codes).values_list("code", "name"))


def _as_written(cell: str) -> str:
    written = json.loads(cell)
    sealed = written.pop(PHONE_AS_WRITTEN, None)
    if sealed:
        written["phone"] = mask_phone(unseal(bytes.fromhex(sealed), PHONE_FIELD))
    told = (f"{HEADINGS.get(name, name)} {text or NOTHING}" for name, text in written.items())
    return "；".join(told)
