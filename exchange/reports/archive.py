"""Files that are kept: over sealed months a report made again is the file that is there already.

The digest of the basis says what a file is made of; that equal digests have equal bytes is
looked at whenever one is made, and what differs is said and kept beside the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from exchange import papers, workbooks
from exchange.models import Format, ReportRun
from exchange.reports import forms
from exchange.reports.kinds import ReportContext, ReportKind
from exchange.submissions.digests import sm3

log = structlog.get_logger()

WRITERS = {Format.XLSX: workbooks.VERSION, Format.PDF: papers.VERSION}


def of_its_basis(kind: ReportKind, context: ReportContext) -> ReportContext:
    """A context over sealed months without what else would enter the file: who asks, and when."""
    if kind.frozen is not None:
        filed = kind.frozen(context)
        return replace(context, as_of=filed.at) if filed else context
    basis = context.basis
    if basis is None or not basis.is_sealed or basis.as_of is None:
        return context
    office = forms.filing_office(context.region, None)
    return replace(context, as_of=basis.as_of, office=office, made_by="")


def digest_of(kind: ReportKind, context: ReportContext, written_as: str) -> str:
    """SM3, in hex, over all that a table over sealed months is made of; '' while one is open.

    Neither the name of somebody in the register nor that of a division is among it: nothing
    seals those. A filed table is made of itself alone.
    """
    made_of = _filed(kind, context) if kind.frozen else _sealed(context)
    if not made_of:
        return ""
    facts = made_of | {
        "kind": [kind.key, kind.version, kind.title],
        "writer": [written_as, WRITERS[Format(written_as)]],
        "place": [context.region.code, context.period.text],
    }
    return sm3(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hex()


def _filed(kind: ReportKind, context: ReportContext) -> dict[str, Any]:
    filed = kind.frozen(context) if kind.frozen else None
    return {"filed": filed.digest} if filed else {}


def _sealed(context: ReportContext) -> dict[str, Any]:
    basis = context.basis
    if basis is None or not basis.is_sealed:
        return {}
    return {
        "in_full": context.with_numbers,
        "receipts": list(basis.links),
        "restated": [basis.restated, basis.last_restated],
        "form": asdict(context.form),
    }


def digest_of_all(digests: Sequence[str]) -> str:
    """The digest of a zip of tables; '' when one of them has none."""
    return sm3("\n".join(digests).encode()).hex() if digests and all(digests) else ""


@dataclass(frozen=True)
class Place:
    """Where a run's file lies, and the earlier run of the same basis that it differs from."""

    stored_as: str
    differs_from: ReportRun | None = None


def place_of(run: ReportRun, path: Path, sha256: str) -> Place:
    """Of two equal files over sealed months one is kept; `run` names its basis already."""
    earlier = ReportRun.objects.made_on(run).first() if run.basis else None
    if earlier is None:
        return Place(path.name)
    if earlier.sha256 != sha256:
        facts = {"run": str(run.public_id), "earlier": str(earlier.public_id)}
        log.error("report.differs", **facts, basis=run.basis)
        return Place(path.name, earlier)
    is_there = (path.parent / earlier.stored_as).is_file()
    return Place(earlier.stored_as if is_there else path.name)


def equal_to(run: ReportRun) -> ReportRun | None:
    """The first run that made the file which this one only found again."""
    if not run.basis or not run.stored_as:
        return None
    same: ReportRun | None = (
        ReportRun.objects.made_on(run).filter(stored_as=run.stored_as, pk__lt=run.pk).last()
    )
    return same


def unnamed(stored_as: Iterable[str]) -> set[str]:
    """Of these files the ones that no run names any more."""
    wanted = set(stored_as)
    named = ReportRun.objects.filter(stored_as__in=wanted).values_list("stored_as", flat=True)
    return wanted - set(named)
