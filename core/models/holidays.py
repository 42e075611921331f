from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.regions import RegionCodeField


class Holiday(models.Model):
    """A day that differs from Monday to Friday: a public holiday or a make-up workday."""

    date = models.DateField(_("date"), primary_key=True)
    is_workday = models.BooleanField(_("is a working day"))
    name = models.CharField(_("name"), max_length=50)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("holiday or make-up workday")
        verbose_name_plural = _("holidays and make-up workdays")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class LocalHoliday(models.Model):
    """A day that a region's own notice sets otherwise than the nation's calendar.

    The days by which an autonomous region or prefecture prolongs a festival of its
    people; the day of the smallest region prevails.
    """

    region_code = RegionCodeField(_("region"))
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("is a working day"))
    name = models.CharField(_("name"), max_length=50)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("local holiday")
        verbose_name_plural = _("local holidays")
        ordering = ["region_code", "date"]
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "date"], name="local_holiday_once_a_region"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.date} {self.name}"
