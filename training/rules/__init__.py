"""Judgements over ledger rows before they are enrolled.

What a row, or the ledger beside it, contradicts holds it; what provinces set
differently, and this portal only knows from reports, asks for an explanation.
"""

from django.utils.translation import gettext_noop

from training.rules.classes import (
    CLASS_NUMBER,
    CLASS_SIZE,
    ENDS_AFTER_IT_STARTS,
    HOURS_A_DAY,
    HOURS_FOR_LEVEL,
    HOURS_RULE,
    LEVEL_HOURS_RULE,
    SIZE_RULE,
)
from training.rules.duplicates import (
    HIGHER_BARS_LOWER,
    NOT_IN_LEDGER_YET,
    ONCE_IN_FILE,
    ONE_CLASS_AT_A_TIME,
    SAME_SKILL_ONCE,
    SKILL_RULE,
)
from training.rules.eligibility import (
    AGE_RULE,
    CATEGORY_ON_FIRST_DAY,
    CATEGORY_RULE,
    LIFETIME_CAP,
    LIFETIME_RULE,
    WORKING_AGE,
    YEARLY_CAP,
    YEARLY_RULE,
)

__all__ = [
    "AGE_RULE",
    "CATEGORY_ON_FIRST_DAY",
    "CATEGORY_RULE",
    "CLASS_NUMBER",
    "CLASS_SIZE",
    "ENDS_AFTER_IT_STARTS",
    "ENROLLMENT_RULES",
    "HIGHER_BARS_LOWER",
    "HOURS_A_DAY",
    "HOURS_FOR_LEVEL",
    "HOURS_RULE",
    "LEVEL_HOURS_RULE",
    "LIFETIME_CAP",
    "LIFETIME_RULE",
    "NOT_IN_LEDGER_YET",
    "ONCE_IN_FILE",
    "ONE_CLASS_AT_A_TIME",
    "PARAMETERS",
    "SAME_SKILL_ONCE",
    "SIZE_RULE",
    "SKILL_RULE",
    "WORKING_AGE",
    "YEARLY_CAP",
    "YEARLY_RULE",
]

# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("least"),
    gettext_noop("most"),
    gettext_noop("most male"),
    gettext_noop("most female"),
    gettext_noop("most a day"),
    gettext_noop("most in deep poverty"),
    gettext_noop("least junior"),
    gettext_noop("least intermediate"),
    gettext_noop("least senior"),
    gettext_noop("last day filed poor"),
    gettext_noop("lead"),
    gettext_noop("least theory"),
    gettext_noop("least days"),
    gettext_noop("months"),
)
ENROLLMENT_RULES = (
    ENDS_AFTER_IT_STARTS,
    ONCE_IN_FILE,
    NOT_IN_LEDGER_YET,
    ONE_CLASS_AT_A_TIME,
    SAME_SKILL_ONCE,
    HIGHER_BARS_LOWER,
    YEARLY_CAP,
    LIFETIME_CAP,
    WORKING_AGE,
    CATEGORY_ON_FIRST_DAY,
    CLASS_SIZE,
    HOURS_A_DAY,
    HOURS_FOR_LEVEL,
    CLASS_NUMBER,
)
