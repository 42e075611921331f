"""Dated values of rule parameters, from the files that the apps ship into the database."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction

from core import audit, rules
from core.access import REGION_PATH
from core.models import RuleValue

KEYS = {
    "rule": str,
    "parameter": str,
    "region": str,
    "valid_from": datetime.date,
    "value": object,
    "citation": str,
    "needs_checking": bool,
}
OPTIONAL = {"valid_to": datetime.date}


class DeclarationTrouble(ValueError):
    """An entry of a rules.toml that cannot be taken; the message names file and entry."""


@dataclass(frozen=True)
class LoadedRuleValues:
    """How many values the files declare, and how many of them were new."""

    declared: int
    added: int


@transaction.atomic
def load_rule_values() -> LoadedRuleValues:
    """Add the declared values that are not there yet.

    A value of the same rule, parameter, region and first day stays as it is, for
    somebody may have checked or corrected it. Raises DeclarationTrouble.
    """
    declared = [value for file in declaration_files() for value in _read(file)]
    before = RuleValue.objects.count()
    RuleValue.objects.bulk_create(declared, ignore_conflicts=True)
    added = RuleValue.objects.count() - before
    if added:
        audit.record("core.rule_values.loaded", by=None, changes={"added": added})
    return LoadedRuleValues(len(declared), added)


def declaration_files() -> list[Path]:
    """data/rules.toml of every app that ships one."""
    files = (Path(app.path) / "data" / "rules.toml" for app in apps.get_app_configs())
    return [file for file in files if file.is_file()]


def _read(file: Path) -> Iterator[RuleValue]:
    for number, entry in enumerate(tomllib.loads(file.read_text("utf-8"))["value"], 1):
        if trouble := _trouble(entry):
            raise DeclarationTrouble(f"{file}, value {number}: {trouble}")
        yield RuleValue(region_code=entry.pop("region"), **entry)


def _trouble(entry: dict[str, Any]) -> str:
    allowed = KEYS | OPTIONAL
    wrong = [key for key, value in entry.items() if not isinstance(value, allowed.get(key, ()))]
    if missing := KEYS.keys() - entry.keys():
        return f"{', '.join(sorted(missing))} missing"
    if wrong:
        return f"{', '.join(wrong)} unknown or of another kind"
    if entry["rule"] not in rules.registered():
        return f"no rule is called {entry['rule']}"
    if entry["region"] and not REGION_PATH.fullmatch(entry["region"]):
        return f"{entry['region']} is no code of a region"
    return "" if entry["citation"] else "citation is empty"
