"""The pages of a class: each begins with the class itself and leads to every part of its life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from core.access import Permission
from core.models import User
from training.models import ClassFiling, TrainingClass
from training.views import facts, tables

# What a part is called and the page it is on, in the order of a class's life. Each page takes
# the key of the class.
PARTS = (
    (pgettext_lazy("part of a class", "Roster"), "training:class"),
    (pgettext_lazy("part of a class", "Filing"), "training:filing"),
    (pgettext_lazy("part of a class", "Timetable"), "training:timetable"),
    (pgettext_lazy("part of a class", "Roll call"), "training:roll-call"),
    (pgettext_lazy("part of a class", "Visits"), "training:visits"),
    (pgettext_lazy("part of a class", "Exam and results"), "training:exams"),
    (pgettext_lazy("part of a class", "Certificates"), "training:certificates"),
    (pgettext_lazy("part of a class", "Subsidy"), "training:class-claims"),
    (pgettext_lazy("part of a class", "Follow-ups"), "training:class-follow-ups"),
)


def visible_class(
    user: User, pk: int, permission: Permission = Permission.SEE_LEDGER
) -> TrainingClass:
    """The class, or Http404 outside the scope of the permission."""
    visible = TrainingClass.objects.visible_to(user, permission)
    return get_object_or_404(visible.select_related("institution", "occupation", "program"), pk=pk)


def opening(
    found: TrainingClass, page: str, actions: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """What `training/_class.html` shows at the head of a page, by the url name of the page."""
    parts = [
        {"label": label, "url": reverse(name, args=[found.pk]), "active": name == page}
        for label, name in PARTS
    ]
    here = next(str(part["label"]) for part in parts if part["active"])
    return {
        "class": found,
        "facts": class_facts(found),
        "parts": parts,
        "part": here,
        "actions": list(actions),
        "breadcrumb": [
            {"label": _("Classes"), "url": reverse("training:classes")},
            {"label": found.code, "url": reverse("training:class", args=[found.pk])},
            {"label": here, "url": ""},
        ],
    }


def class_facts(found: TrainingClass) -> list[dict[str, Any]]:
    return [
        *facts.of_class(found),
        {"label": pgettext("of a skill", "level"), "value": found.get_level_display()},
        {"label": _("program"), "value": found.program.name},
        {"label": _("dates"), "value": tables.dates(found.start_date, found.end_date)},
        {"label": _("hours"), "value": tables.plain(found.hours)},
        {"label": _("source of funds"), "value": found.get_fund_display()},
        {"label": _("filing"), "value": filing_of(found)},
    ]


def filing_of(found: TrainingClass) -> str:
    """How far the filing of a class is; a class that came with a roster has none."""
    filing = ClassFiling.objects.filter(training_class=found).first()
    return filing.get_state_display() if filing else _("not filed ahead")
