"""Results of an exam: written for many people of a frozen roll at once, and never over a colleague's."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.rules import Batch, Finding, judge
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from talent.models import Credential
from training.chapters import RESULTS
from training.holding import hold
from training.models import ExamEntry, ExamRoll
from training.noting import Change, note_before
from training.outcomes import copy_outcomes
from training.refusing import RowsRefused
from training.rules.certificates import FOLLOWS_A_PASS
from training.rules.exams import RESULT_AGREES

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("results entered"),)

NOT_FROZEN = gettext_noop(
    "The roll of this exam is not frozen yet. Freeze it first, then enter the results."
)
CHANGED_MEANWHILE = gettext_noop(
    "Nothing was saved yet. Rows that somebody else changed meanwhile: %(number)s. Yours and theirs "
    "stand side by side; correct yours where need be and save again."
)
HOLDS_CERTIFICATE = gettext_noop(
    "The certificate %(number)s was given for this result. Withdraw it first."
)


@dataclass(frozen=True)
class ExamResult:
    """What came of an exam for one person; all empty as long as it is not known."""

    result: str = ""
    score: Decimal | None = None
    resulted_on: datetime.date | None = None


class ChangedMeanwhile(JobRefused):
    """Some entries are not as the writer saw them; `entries` are those as they stand, by key."""

    def __init__(self, entries: Mapping[int, ExamEntry]) -> None:
        super().__init__(CHANGED_MEANWHILE, number=len(entries))
        self.entries = entries


def result_of(entry: ExamEntry) -> ExamResult:
    return ExamResult(entry.result, entry.score, entry.resulted_on)


def enter_results(
    *, roll: ExamRoll, results: Mapping[int, tuple[int, ExamResult]], by: User
) -> int:
    """Write results of a frozen roll; returns of how many people.

    `results` by key of the entry: the version that the writer saw, and what is to be there.
    All are written or none. Raises PermissionError outside the user's scope, ChangedMeanwhile,
    RowsRefused, PeriodClosed where a month of a result is closed, JobRefused otherwise.
    """
    county = roll.county_code
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError
    with told(), transaction.atomic():
        hold(county)
        roll.refresh_from_db()
        if roll.state != ExamRoll.State.FROZEN:
            raise JobRefused(NOT_FROZEN)
        entries = {entry.pk: entry for entry in roll.entries.filter(pk__in=results)}
        changed = {
            key: results[key][1]
            for key, entry in entries.items()
            if result_of(entry) != results[key][1]
        }
        _nobody_was_faster(entries, {key: results[key][0] for key in changed})
        _sound(roll, changed)
        _keep_certificates(entries, changed)
        _write(county, [entries[key] for key in sorted(changed)], changed, by)
        _record(roll, len(changed), by)
    return len(changed)


def _nobody_was_faster(entries: Mapping[int, ExamEntry], seen: Mapping[int, int]) -> None:
    others = {key: entries[key] for key, version in seen.items() if entries[key].version != version}
    if others:
        raise ChangedMeanwhile(others)


def _sound(roll: ExamRoll, results: Mapping[int, ExamResult]) -> None:
    keys = sorted(results)
    columns: dict[str, list[Any]] = {
        "exam_on": [roll.exam_on] * len(keys),
        "result": [results[key].result for key in keys],
        "score": [results[key].score for key in keys],
        "resulted_on": [results[key].resulted_on for key in keys],
    }
    found: dict[int, list[Finding]] = {}
    for finding in judge(Batch(len(keys), roll.county_code, columns), [RESULT_AGREES]):
        found.setdefault(keys[finding.row], []).append(finding)
    if found:
        raise RowsRefused(found)


def _keep_certificates(entries: Mapping[int, ExamEntry], results: Mapping[int, ExamResult]) -> None:
    """Who holds a certificate of the class has passed: the certificate is withdrawn first."""
    passed = ExamEntry.Result.PASSED
    losing = {
        entries[key].enrollment_id: key
        for key, said in results.items()
        if entries[key].result == passed != said.result
    }
    held = Credential.objects.filter(state=Credential.State.VALID, enrollment_key__in=losing)
    found = held.values_list("enrollment_key", "number")
    refused = {
        losing[row]: [FOLLOWS_A_PASS.finding(0, "result", HOLDS_CERTIFICATE, {"number": number})]
        for row, number in found
    }
    if refused:
        raise RowsRefused(refused)


def _write(
    county: str, entries: list[ExamEntry], results: Mapping[int, ExamResult], by: User
) -> None:
    """A first result is no change of one; who entered it first stays named."""
    note_before(RESULTS, county, [Change(e.pk) for e in entries if e.result], by=by)
    for entry in entries:
        said = results[entry.pk]
        if not entry.result:
            entry.entered_by = by
        entry.result, entry.score = said.result, said.score
        entry.resulted_on = said.resulted_on
        entry.version += 1
    written = ("result", "score", "resulted_on", "entered_by", "version")
    with rollups.counting(ExamEntry, [entry.pk for entry in entries]):
        ExamEntry.objects.bulk_update(entries, written)
    copy_outcomes(entry.enrollment_id for entry in entries)


def _record(roll: ExamRoll, number: int, by: User) -> None:
    audit.record(
        "training.results.entered",
        by=by,
        target=roll,
        region_code=roll.county_code,
        changes={"day": str(roll.exam_on), "rows": number},
    )
