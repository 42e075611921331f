"""Ledger rows made ready for a table: a handful of columns of each row, in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.models import Region
from talent.models import Category, Sex
from training.models import Enrollment, SkillLevel
from training.querysets import EnrollmentQuerySet

READ = {
    "id": "id",
    "start_date": "start_date",
    "end_date": "end_date",
    "name": "person__name",
    "mask": "person__id_number_mask",
    "sex": "person__sex",
    "category": "category",
    "place": "region_code",
    "class_key": "training_class_id",
    "class_code": "training_class__code",
    "occupation": "training_class__occupation__name",
    "institution": "training_class__institution__name",
    "level": "level",
    "hours": "hours",
    "result": "result",
    "state": "state",
    "score": "score",
    "certificate": "certificate_number",
    "employment": "employment",
    "subsidy": "subsidy",
}
RESULT_TONES = {"passed": "success", "failed": "danger", "dropped": "warning"}
SEXES, CATEGORIES = dict(Sex.choices), dict(Category.choices)
LEVELS, RESULTS = dict(SkillLevel.choices), dict(Enrollment.Result.choices)
EMPLOYMENTS = dict(Enrollment.Employment.choices)


def read(rows: EnrollmentQuerySet) -> Any:
    """The columns of READ as named tuples, by the names of the model's own columns."""
    return rows.values_list(*READ.values(), named=True)


# What is the same for a whole class, and what comes of it for each.
OF_CLASS = {"class", "occupation", "institution", "dates", "hours"}


def columns(*, of_class: bool = False) -> list[dict[str, Any]]:
    """The columns of a page of rows; of those of one class, without what the class says of all."""
    labels = {
        "name": _("name"),
        "mask": _("citizen number"),
        "sex": _("sex"),
        "category": _("category"),
        "place": _("village"),
        "class": _("class"),
        "occupation": _("occupation and level"),
        "institution": _("training institution"),
        "dates": _("start and end"),
        "hours": _("hours"),
        "result": _("result"),
    }
    if of_class:
        labels = {k: label for k, label in labels.items() if k not in OF_CLASS}
        labels |= {
            "score": _("score"),
            "certificate": _("certificate number"),
            "employment": _("employment"),
            "subsidy": _("subsidy, yuan"),
        }
    kinds = {"mask": "code", "dates": "date", "certificate": "code"}
    kinds |= dict.fromkeys(("hours", "score", "subsidy"), "number")
    return [{"key": k, "label": label, "kind": kinds.get(k, "text")} for k, label in labels.items()]


def in_words(found: Iterable[Any], way: str = "") -> list[dict[str, Any]]:
    """What `read` found, for the template of a row. Asks once, for the names of the places.

    `way` follows the links of the rows: how the reader came (`core.trail`).
    """
    rows = [dict(zip(READ, row, strict=True)) for row in found]
    places = place_names(row["place"] for row in rows)
    return [
        row
        | {
            "sex": SEXES.get(row["sex"], ""),
            "category": CATEGORIES.get(row["category"], row["category"]),
            "place": places.get(row["place"], ""),
            "level": LEVELS.get(row["level"], ""),
            "start": row["start_date"].isoformat(),
            "end": row["end_date"].isoformat(),
            "hours": plain(row["hours"]),
            "result": RESULTS[row["result"]],
            "score": plain(row["score"]),
            "employment": EMPLOYMENTS[row["employment"]],
            "subsidy": plain(row["subsidy"]),
            "tone": RESULT_TONES.get(row["result"], ""),
            "withdrawn": row["state"] == Enrollment.State.WITHDRAWN,
            "way": way,
        }
        for row in rows
    ]


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """Township and village in one line, by code; a county's own name for its rows. One query."""
    asked = set(codes)
    known = asked | {code[:9] for code in asked if len(code) > 9}
    names = dict(Region.objects.filter(pk__in=known).values_list("code", "short_name"))
    return {code: " ".join(_names(names, code)) for code in asked}


def _names(names: dict[str, str], code: str) -> list[str]:
    parts = [code[:9], code] if len(code) > 9 else [code]
    return [names[part] for part in parts if part in names]


def dates(start: Any, end: Any) -> str:
    return _("%(start)s to %(end)s") % {"start": date_format(start), "end": date_format(end)}


def plain(number: Decimal | None) -> str:
    """A number without needless zeros."""
    return "" if number is None else f"{number.normalize():f}"
