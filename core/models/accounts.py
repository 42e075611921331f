from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.access import ADMINISTRATORS, Grant, role_choices
from core.models.regions import Region
from core.querysets import AssignmentQuerySet, OfficeQuerySet, UserQuerySet


class Office(models.Model):
    """A bureau that files tables: its name is what stands under 填报单位."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="offices")
    name = models.CharField(_("name"), max_length=100)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["region_id", "name"]
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="office_name_once_a_region"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. There is no superuser: rights come from assignments only."""

    username = models.CharField(
        _("username"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("email"), blank=True)
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("office"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("created"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """What this user was assigned, read once per request (the user is loaded anew)."""
        rows = self.assignments.values_list("role", "region_id", "narrowed_to")
        return tuple(Grant(*row) for row in rows)


class Assignment(models.Model):
    """A user holds a role in a region and everything beneath it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    role = models.CharField(_("role"), max_length=40, choices=role_choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    # The key of the one thing a narrowed role may see, such as an institution's code.
    narrowed_to = models.CharField(_("narrowed to"), max_length=40, blank=True, default="")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["user", "region", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "narrowed_to"], name="assignment_once"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(role__in=sorted(ADMINISTRATORS)),
                name="nobody_holds_two_administrator_roles",
            ),
            models.CheckConstraint(
                condition=models.Q(granted_by__isnull=True)
                | ~models.Q(granted_by=models.F("user")),
                name="nobody_grants_to_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.region_id}"
