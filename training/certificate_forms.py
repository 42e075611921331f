"""What is typed about certificates."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talent.models import Credential
from training.certifying import Issue


class IssueForm(forms.Form):
    """What the certificates that are entered together have in common."""

    kind = forms.ChoiceField(label=_("kind of certificate"), choices=Credential.Kind.choices)
    issued_on = forms.DateField(
        label=_("issued on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    issuer = forms.CharField(label=_("issued by"), max_length=100, required=False)

    @property
    def issue(self) -> Issue:
        said = self.cleaned_data
        return Issue(said["kind"], said["issued_on"], said["issuer"].strip())

    @staticmethod
    def usual() -> dict[str, object]:
        return {"kind": Credential.Kind.LEVEL, "issued_on": timezone.localdate()}
