"""The shapes of what is typed on the pages of core."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import services
from core.access import ROLES, Permission, role_choices
from core.filtering import FilterForm
from core.models import Office, PolicyArea, Region, User
from core.rules import Severity

CHOOSE = _("Please choose")


class OwnPasswordForm(PasswordChangeForm):
    """Like Django's, but the act is the service's."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        services.set_password(user=user, password=self.cleaned_data["new_password1"], by=user)
        return user


class MailAddressForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)
        labels = {"email": _("Mail address")}
        help_texts = {
            "email": _(
                "Reminders and notices go there too. Empty: they wait in the portal only. "
                "A mail never holds a citizen number or a phone number."
            ),
        }


class RegionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A province, prefecture or county, indented by its level."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{'　' * (obj.level - 1)}{obj.name} {obj.code}"


class OfficeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.region.name} {obj.name}"


def regions_of(user: User, permission: Permission) -> QuerySet[Region]:
    """The provinces, prefectures and counties where the user holds the permission."""
    seats = Region.objects.filter(level__lte=Region.Level.COUNTY, statistical_only=False)
    return seats.visible_to(user, permission)


def offices_of(user: User) -> QuerySet[Office]:
    offices = Office.objects.visible_to(user, Permission.MANAGE_ACCOUNTS)
    return offices.select_related("region").order_by("region_id", "name")


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "name", "office")
        field_classes = {"office": OfficeChoice}
        help_texts = {
            "username": _(
                "For signing in: letters, digits and . - _ only, such as huanxian-zhang."
            ),
            "name": _("The person's own name. Every act is recorded under it."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_of(by)  # type: ignore[attr-defined]
        self.fields["office"].empty_label = CHOOSE  # type: ignore[attr-defined]
        self.fields["office"].required = True


class OfficeForm(forms.Form):
    region = RegionChoice(Region.objects.none(), label=_("Region"), empty_label=CHOOSE)
    name = forms.CharField(
        label=_("Name of the office"),
        max_length=100,
        help_text=_("As it stands on the tables it files, such as 环县人力资源和社会保障局."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_of(by, Permission.MANAGE_ACCOUNTS)  # type: ignore[attr-defined]


class AccountFilters(FilterForm):
    q = forms.CharField(label=_("User name or name"), required=False)
    region = RegionChoice(
        Region.objects.none(), label=_("Region"), required=False, empty_label=_("All")
    )
    office = OfficeChoice(
        Office.objects.none(), label=_("Office"), required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", pgettext_lazy("account", "Open")),
            ("closed", pgettext_lazy("account", "Closed")),
        ],
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = offices_of(by)
        with_offices = regions_of(by, Permission.MANAGE_ACCOUNTS).filter(offices__isnull=False)
        self.fields["region"].queryset = with_offices.distinct()  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]


class AssignmentFilters(FilterForm):
    q = forms.CharField(label=_("User name or name"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)
    region = RegionChoice(
        Region.objects.none(), label=_("Region"), required=False, empty_label=_("All")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("All")), *role_choices()]  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions_of(by, Permission.GRANT_ROLES)  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    """Who gets which role where. What may not be is refused by the service, in its words."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", CHOOSE), *role_choices()])
    region = RegionChoice(
        Region.objects.none(),
        label=_("Region"),
        empty_label=CHOOSE,
        help_text=_("The role holds here and in everything beneath."),
    )
    narrowed_to = forms.CharField(
        label=_("Code of the institution"),
        max_length=40,
        required=False,
        help_text=_("For a training institution only: its unified social credit code."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["region"].queryset = regions_of(by, Permission.GRANT_ROLES)  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        known = User.objects.visible_to(self.by, Permission.GRANT_ROLES).active()
        self.user = known.filter(username=self.cleaned_data["username"]).first()
        if self.user is None:
            raise forms.ValidationError(
                _("Your region has no open account of this user name. Check the spelling.")
            )
        username: str = self.user.username
        return username

    def clean(self) -> dict[str, Any]:
        """Tells a level that does not fit at the field where it is chosen."""
        values = super().clean() or {}
        role, region = values.get("role"), values.get("region")
        if role and region and len(region.pk) not in ROLES[role].levels:
            self.add_error("region", _("This role is not granted at this level."))
        return values


class AuditFilters(FilterForm):
    verb = forms.ChoiceField(label=_("Act"), required=False)
    actor = forms.CharField(label=_("Who"), required=False)
    target = forms.CharField(
        label=_("Target"),
        required=False,
        help_text=_("The number of the target, or a user name"),
    )
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))


class RuleFilters(FilterForm):
    q = forms.CharField(label=_("Words in it"), required=False)
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("All")), *Severity.choices]
    )
    checking = forms.ChoiceField(
        label=_("Values"),
        required=False,
        choices=[("", _("All")), ("1", _("To be checked"))],
    )


class PolicyAreaFilters(FilterForm):
    q = forms.CharField(label=_("Name of the area"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *PolicyArea.Kind.choices]
    )


class CountyFilters(FilterForm):
    q = forms.CharField(label=_("County"), required=False)
