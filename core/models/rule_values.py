from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.regions import RegionCodeField


class RuleValue(models.Model):
    """The value of a rule's parameter for a region from a date on, with its source.

    The nearest region that has a value on the date wins; '' is the nation.
    """

    rule = models.CharField(_("rule"), max_length=80)
    parameter = models.CharField(_("parameter"), max_length=40)
    region_code = RegionCodeField(_("region"), blank=True, default="")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    value = models.JSONField(_("value"))
    citation = models.TextField(_("citation"))
    needs_checking = models.BooleanField(_("to be checked against the original"), default=True)

    class Meta:
        verbose_name = _("rule value")
        verbose_name_plural = _("rule values")
        ordering = ["rule", "parameter", "region_code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "parameter", "region_code", "valid_from"],
                name="one_rule_value_per_start",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="rule_value_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}.{self.parameter} {self.region_code or '*'} {self.valid_from}"
