"""One ledger row in words, and what its roster wrote otherwise."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.sealing import mask_phone, unseal
from talent.imports import PHONE_FIELD
from training.imports import COLUMNS
from training.ledger import PHONE_AS_WRITTEN
from training.models import Enrollment, TrainingClass
from training.views import tables

TITLES = {column.name: column.title for column in COLUMNS}


def of(row: Enrollment) -> dict[str, list[dict[str, Any]]]:
    """Facts by part of the page: the person, the class, what came of it."""
    return {"person": person(row), "taught": taught(row), "outcome": outcome(row)}


def person(row: Enrollment) -> list[dict[str, Any]]:
    who = row.person
    return [
        {"label": _("name"), "value": who.name},
        {"label": _("sex"), "value": who.get_sex_display()},
        {"label": _("year of birth"), "value": str(who.birth_date.year)},
        {"label": _("ethnic group"), "value": who.ethnicity},
        {"label": _("education"), "value": row.get_education_display()},
        {"label": _("category"), "value": row.get_category_display()},
        {"label": _("household number"), "value": row.household_code},
        {"label": _("relation to the head"), "value": row.get_relation_display()},
        {"label": _("village"), "value": place(row)},
    ]


def place(row: Enrollment) -> str:
    named = tables.place_names([row.region_code])[row.region_code]
    return f"{named} {row.group_name}".strip()


def taught(row: Enrollment) -> list[dict[str, Any]]:
    return [
        {"label": _("program"), "value": row.program.name},
        *of_class(row.training_class),
        {"label": pgettext("of a skill", "level"), "value": row.get_level_display()},
        {"label": _("dates"), "value": tables.dates(row.start_date, row.end_date)},
        {"label": _("hours"), "value": tables.plain(row.hours)},
    ]


def of_class(taught: TrainingClass) -> list[dict[str, Any]]:
    return [
        {"label": _("class"), "value": taught.code},
        {"label": _("occupation"), "value": taught.occupation.name},
        {"label": _("training institution"), "value": taught.institution.name},
    ]


def outcome(row: Enrollment) -> list[dict[str, Any]]:
    return [
        {"label": _("state"), "value": row.get_state_display()},
        {"label": _("result"), "value": row.get_result_display()},
        {"label": _("score"), "value": tables.plain(row.score)},
        {"label": _("certificate number"), "value": row.certificate_number},
        {"label": _("subsidy, yuan"), "value": tables.plain(row.subsidy)},
        {"label": _("employment"), "value": row.get_employment_display()},
        {"label": _("remark"), "value": row.remark},
    ]


def as_written(row: Enrollment) -> list[dict[str, Any]]:
    """What the roster wrote where it differs from the register: heading and words; a phone masked."""
    written = dict(row.as_written or {})
    sealed = written.pop(PHONE_AS_WRITTEN, None)
    if sealed:
        written["phone"] = mask_phone(unseal(bytes.fromhex(sealed), PHONE_FIELD))
    return [{"label": TITLES.get(name, name), "value": words} for name, words in written.items()]
