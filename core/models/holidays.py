from django.db import models
from django.utils.translation import gettext_lazy as _


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
