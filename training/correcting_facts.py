"""Facts of a locked month, corrected by request: a result, a certificate, an employment.

A fact stays in the month of its day: what is asked for is what it says, and of a certificate
that it be withdrawn. A subsidy that was approved wrongly is claimed back, not corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.db.models import F
from django.forms.models import model_to_dict, modelform_factory
from django.utils.translation import gettext_noop

from core.models import User
from core.rules import Finding
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.models import Correction
from exchange.submissions.books import Applied, Cells
from exchange.submissions.forbidding import CHANGED_SINCE, refuse_forbidden
from talent.models import Credential
from training.canonical import canonical_rows
from training.certificates import normal
from training.chapters import CERTIFICATES, CHAPTERS, EMPLOYMENT, RESULTS, Chapter
from training.noting import Change, note_before
from training.outcomes import copy_outcomes
from training.refusing import told_as
from training.worded import worded

# What may be asked of a fact, by chapter.
COLUMNS = {
    RESULTS.key: ("result", "score"),
    CERTIFICATES.key: ("kind", "number", "issuer"),
    EMPLOYMENT.key: ("employment", "employer", "way", "evidence"),
}
NOT_SO = gettext_noop("This cannot be written: %(trouble)s")
NUMBER_TAKEN = gettext_noop("Another certificate has this number already. Check the number.")
STAYS = gettext_noop("This fact cannot be withdrawn. Ask for what it says to be changed.")


def form_of(chapter: Chapter, fact: models.Model, said: Mapping[str, Any] | None = None) -> Any:
    """A form over what may be asked of a fact, as it stands or with `said` written over it."""
    names = COLUMNS[chapter.key]
    made = modelform_factory(chapter.model, form=forms.ModelForm, fields=names)
    form = made(said and model_to_dict(fact, names) | dict(said), instance=fact)
    if "result" in names:  # the table leaves it open until the exam; here there is one
        form.fields["result"].required = True
    return form


def judge_fact(correction: Correction, said: Mapping[str, str]) -> list[Finding]:
    """Raises JobRefused for what cannot be written so; rules over facts speak when it is applied."""
    _changes(correction, _standing(correction), said)
    return []


def apply_to_fact(correction: Correction, said: Mapping[str, str], by: User) -> Applied:
    """Write what an approved correction asks of a fact; what it changed, in words.

    Runs in the deciding transaction, which holds the county and has told the database.
    """
    chapter, fact = CHAPTERS[correction.chapter], _standing(correction, held=True)
    changes = _changes(correction, fact, said)
    before = _cells(chapter, fact.pk)
    change = Change(fact.pk, reason=correction.reason)
    county = correction.county_code
    note_before(chapter, county, [change], by=by, correction=correction.pk)
    rows = chapter.rows().filter(pk=fact.pk)
    counted = rollups.counting(chapter.model, [fact.pk])
    with told_as({"certificate_number_once": NUMBER_TAKEN}), counted:
        rows.update(**changes, version=F("version") + 1)
    if chapter.judge:
        found = chapter.judge(county, correction.submission.month)
        refuse_forbidden([finding for key, finding in found if key == fact.pk])
    row = rows.values_list(chapter.row, flat=True).get()
    copy_outcomes([row] if row else [])
    after = _cells(chapter, fact.pk)
    differing = [name for name in after if after[name] != before[name]]
    (was, now) = worded([{name: c[name] for name in differing} for c in (before, after)])
    return Applied((chapter.key, fact.pk), was, now)


def _standing(correction: Correction, *, held: bool = False) -> Any:
    rows = CHAPTERS[correction.chapter].rows().filter(county_code=correction.county_code)
    rows = rows.select_for_update(of=("self",)) if held else rows
    fact = rows.filter(pk=correction.row_key).first()
    if fact is None or fact.version != correction.row_version:
        raise JobRefused(CHANGED_SINCE)
    return fact


def _changes(correction: Correction, fact: Any, said: Mapping[str, str]) -> dict[str, Any]:
    """The columns to be written. Raises JobRefused for what the table itself would refuse."""
    if correction.kind == Correction.Kind.WITHDRAW:
        if not isinstance(fact, Credential):
            raise JobRefused(STAYS)
        return {"state": Credential.State.WITHDRAWN}
    form = form_of(CHAPTERS[correction.chapter], fact, said)
    if not form.is_valid():
        trouble = next(str(some[0]) for some in form.errors.values())
        raise JobRefused(NOT_SO, trouble=trouble)
    changes = {name: form.cleaned_data[name] for name in COLUMNS[correction.chapter]}
    if isinstance(fact, Credential):
        changes["number"] = normal(changes["number"])
        _refuse_taken(fact, changes)
    return changes


def _refuse_taken(fact: Credential, changes: Mapping[str, Any]) -> None:
    """What the table would refuse, said when it is asked for; the state is no part of the form."""
    same = Credential.objects.filter(kind=changes["kind"], number=changes["number"])
    if same.filter(state=Credential.State.VALID).exclude(pk=fact.pk).exists():
        raise JobRefused(NUMBER_TAKEN)


def _cells(chapter: Chapter, key: int) -> Cells:
    ((_key, _version, cells),) = canonical_rows(chapter.rows().filter(pk=key), chapter.sources)
    return cells
