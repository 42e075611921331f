"""Who is told of an act upon a claim: whose turn it is, or who made it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import Permission
from core.models import User
from exchange.notices import notify
from training.models import Claim

SENTENCES = {
    "published": gettext_noop(
        "Claim no. %(claim)s for class %(class)s is published until %(until)s. It can be approved "
        "after that."
    ),
    "objected": gettext_noop(
        "Somebody objects to claim no. %(claim)s for class %(class)s. Settle the objection."
    ),
    "settled": gettext_noop("An objection to claim no. %(claim)s for class %(class)s is settled."),
    "approved": gettext_noop("Claim no. %(claim)s for class %(class)s is approved."),
    "refused": gettext_noop("Claim no. %(claim)s for class %(class)s is refused: %(decision)s"),
    "withdrawn": gettext_noop("Claim no. %(claim)s for class %(class)s is withdrawn."),
}


def tell_of_claim(act: str, claim: Claim, *, by: User) -> None:
    """Tell the county's clerks and reviewers of an act, in its transaction; but not who made it."""
    sentence = SENTENCES.get(act)
    if sentence is None:
        return
    concerned = User.objects.holding(Permission.PREPARE_SUBMISSIONS, claim.county_code)
    notify(
        kind="claim",
        users=concerned.exclude(pk=by.pk),
        sentence=sentence,
        params={
            "claim": claim.pk,
            "class": claim.training_class.code,
            "until": claim.publicity_until.isoformat() if claim.publicity_until else "",
            "decision": claim.decision,
        },
        url=reverse("training:claim", args=[claim.pk]),
        region_code=claim.county_code,
    )
