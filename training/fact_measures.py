"""Figures counted from what came of classes, each fact in the month of its day, and by funds."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.measures import Measure, Words
from programs.models import Fund
from talent.models import Credential
from training.models import ClaimLine, Enrollment, ExamEntry, FollowUp, TrainingClass
from training.rollups import (
    CERTIFIED,
    COMPLETIONS,
    EMPLOYED,
    SUBSIDIES,
    category_names,
    program_names,
)

RESULTS = Measure(
    key="training.results",
    label=_("results of exams"),
    unit=pgettext_lazy("unit of a figure", "results"),
    definition=_("Results of exams that were entered, by the month of their day."),
    model=ExamEntry,
    day="{row}.resulted_on",
    where="{row}.resulted_on IS NOT NULL",
    person="ledger.person_id",
    program="ledger.program_id",
    category="ledger.category",
    place="ledger.region_code",
    join="JOIN training_enrollment AS ledger ON ledger.id = {row}.enrollment_id",
    moved_by={Enrollment: "{row}.enrollment_id"},
    programs=program_names,
    categories=category_names,
    row_url="training:row",
    row_key="ledger.id",
)
FOLLOW_UPS = replace(
    RESULTS,
    key="training.follow_ups",
    label=_("follow-ups"),
    unit=pgettext_lazy("unit of a figure", "follow-ups"),
    definition=_("Follow-ups of trainees, by the month in which they were asked."),
    model=FollowUp,
    day="{row}.visited_on",
    where="true",
)
CERTIFICATES = replace(
    RESULTS,
    key="training.certificates",
    label=_("certificates"),
    unit=pgettext_lazy("unit of a figure", "certificates"),
    definition=_(
        "Certificates of trainees that are valid, by the month in which they were issued."
    ),
    model=Credential,
    day="{row}.issued_on",
    where="{row}.state = 'valid' AND {row}.enrollment_key IS NOT NULL",
    join="JOIN training_enrollment AS ledger ON ledger.id = {row}.enrollment_key",
    moved_by={Enrollment: "{row}.enrollment_key"},
)
CLAIMS_PAID = replace(
    RESULTS,
    key="training.claims_paid",
    label=_("subsidies approved"),
    unit=pgettext_lazy("unit of a figure", "yuan"),
    definition=_("Subsidies of approved claims, by the month of the approval."),
    model=ClaimLine,
    day="{row}.approved_on",
    where="{row}.approved_on IS NOT NULL",
    amount="{row}.amount",
)


def fund_names() -> dict[str, str]:
    return {fund.value: str(fund.label) for fund in Fund}


def by_fund(of: Measure, key: str, label: Words) -> Measure:
    """A measure of completions split by the source of funds of the class."""
    return replace(
        of,
        key=key,
        label=label,
        join="JOIN training_trainingclass AS taught ON taught.id = {row}.training_class_id",
        moved_by={TrainingClass: "{row}.training_class_id"},
        category="taught.fund",
        categories=fund_names,
        split_by=_("source of funds"),
        settled=False,
    )


FUNDED = by_fund(COMPLETIONS, "training.funded", _("completions by source of funds"))
FUNDED_CERTIFIED = by_fund(
    CERTIFIED, "training.funded_certified", _("completions with a certificate by source of funds")
)
FUNDED_EMPLOYED = by_fund(
    EMPLOYED, "training.funded_employed", _("completions followed by work by source of funds")
)
FUNDED_AMOUNT = by_fund(SUBSIDIES, "training.funded_amount", _("subsidies by source of funds"))
FACT_MEASURES = (RESULTS, CERTIFICATES, FOLLOW_UPS, CLAIMS_PAID)
FUND_MEASURES = (FUNDED, FUNDED_CERTIFIED, FUNDED_EMPLOYED, FUNDED_AMOUNT)
