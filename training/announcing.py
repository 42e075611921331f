"""Who is told of an act upon a class's filing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import Permission
from core.models import User
from exchange.notices import notify
from training.models import ClassFiling

FILED = gettext_noop("The filing of class %(class)s waits for your decision.")
DECIDED = {
    ClassFiling.State.APPROVED: gettext_noop("The filing of class %(class)s was approved."),
    ClassFiling.State.RETURNED: gettext_noop(
        "The filing of class %(class)s was returned: %(decision)s"
    ),
}


def tell_who_decides(filing: ClassFiling) -> None:
    """Those who review the county's ledger, but for who filed."""
    deciding = User.objects.holding(Permission.REVIEW_LEDGER, filing.county_code)
    _tell(filing, deciding.exclude(pk=filing.filed_by_id), FILED)


def tell_who_filed(filing: ClassFiling) -> None:
    if filing.filed_by is not None:
        _tell(filing, [filing.filed_by], DECIDED[ClassFiling.State(filing.state)])


def _tell(filing: ClassFiling, users: Iterable[User], sentence: str) -> None:
    params: dict[str, Any] = {"class": filing.training_class.code, "decision": filing.decision}
    notify(
        kind="filing",
        users=users,
        sentence=sentence,
        params=params,
        url=reverse("training:filing", args=[filing.training_class_id]),
        region_code=filing.county_code,
    )
