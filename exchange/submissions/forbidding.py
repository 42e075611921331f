"""What keeps a row of a locked month from being corrected as it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from core.rules import Finding, Severity
from exchange.jobs import JobRefused

LEFT_ITS_MONTH = gettext_noop(
    "A correction cannot move a row to another month. Let the county ask for it to be withdrawn, "
    "and enter it where it belongs."
)
CHANGED_SINCE = gettext_noop(
    "The row was changed after the correction was asked for. Refuse the request; the county asks "
    "for it again."
)


class RulesForbid(JobRefused):
    """A mandatory or near-mandatory rule speaks against a row; `findings` are all that do."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        super().__init__(findings[0].sentence, **findings[0].params)


def refuse_forbidden(findings: Sequence[Finding]) -> None:
    """Raise RulesForbid for what no explanation can put right, as a month could not go up with it."""
    against = [each for each in findings if each.severity != Severity.EXPLAIN]
    if against:
        raise RulesForbid(against)
