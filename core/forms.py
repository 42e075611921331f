"""The shapes of what is typed on the pages of core."""

from __future__ import annotations

from django.contrib.auth.forms import PasswordChangeForm

from core import services
from core.models import User


class OwnPasswordForm(PasswordChangeForm):  # type: ignore[type-arg]
    """Like Django's, but the act is the service's."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        services.set_password(user=user, password=self.cleaned_data["new_password1"], by=user)
        return user
