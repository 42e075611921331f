"""Acts on accounts and roles. None of them knows a request; each leaves an audit entry."""

from __future__ import annotations

import secrets
from typing import Any

from axes.utils import reset as forgive_failures
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from core import audit
from core.access import ADMINISTRATORS, ROLES, Permission, Role, scope_of
from core.models import Assignment, AuditEntry, Office, Region, User

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("account opened"),
    gettext_noop("account closed"),
    gettext_noop("account reopened"),
    gettext_noop("password set"),
    gettext_noop("mail address set"),
    gettext_noop("session opened"),
    gettext_noop("session refused"),
    gettext_noop("role granted"),
    gettext_noop("role withdrawn"),
    gettext_noop("office added"),
    gettext_noop("divisions loaded"),
    gettext_noop("policy areas loaded"),
    gettext_noop("rule values loaded"),
)

OPENED = "core.account.opened"
PASSWORD_SET = "core.password.set"  # noqa: S105
# Without the letters and digits that are easily taken for one another.
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


class AccountRefused(ValidationError):
    """An act on an account that must not be; the message is for whoever tried it."""


class GrantRefused(ValidationError):
    """A role that must not be given or taken; the message is for whoever tried it."""


def new_initial_password() -> str:
    """Four groups of four legible characters, 79 bits by chance."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))


@transaction.atomic
def open_office(*, region: Region, name: str, by: User | None) -> Office:
    """A bureau of a region, for accounts to belong to. Raises AccountRefused."""
    _require_office(Office(region=region, name=name), by)
    office, is_new = Office.objects.get_or_create(region=region, name=name.strip())
    if not is_new:
        raise AccountRefused(_("This region has an office of this name already."))
    audit.record(
        "core.office.added",
        by=by,
        target=office,
        region_code=region.pk,
        changes={"office": office.name},
    )
    return office


@transaction.atomic
def open_account(
    *, username: str, name: str, office: Office, password: str, by: User | None
) -> User:
    """A new account of an office, without any role. Raises AccountRefused.

    `by` is None when the server's own operator opens it from the shell.
    """
    _require_office(office, by)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password, name=name, office=office)
    except IntegrityError as trouble:
        raise AccountRefused(_("This user name is taken. Choose another one.")) from trouble
    _record(OPENED, user, by, {"username": username, "office": office.name})
    return user


@transaction.atomic
def close_account(*, user: User, by: User | None) -> None:
    """Nobody can sign in with it any more, and whoever is signed in is signed out."""
    _require_office(user.office, by)
    if user == by:
        raise AccountRefused(_("You cannot close your own account. Ask another administrator."))
    _switch(user, active=False, verb="core.account.closed", by=by)


@transaction.atomic
def reopen_account(*, user: User, by: User | None) -> None:
    _require_office(user.office, by)
    _switch(user, active=True, verb="core.account.reopened", by=by)


@transaction.atomic
def set_mail_address(*, user: User, address: str, by: User) -> None:
    """Where the user's notices go by mail; '' for nowhere. Only the user sets it."""
    if user != by:
        raise PermissionError
    user.email = address
    user.save(update_fields=["email"])
    _record("core.mail_address.set", user, by, {"set": bool(address)})


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None) -> None:
    """A new password; all other sessions of the user end, and a lock on sign-in is lifted.

    Whoever could set the password of another administrator could act as both.
    """
    if by is not None and user != by:
        _require_office(user.office, by)
        if user.assignments.filter(role__in=ADMINISTRATORS).exists():
            raise AccountRefused(
                _("The password of an administrator is set on the server, by its operator.")
            )
    user.set_password(password)
    user.save(update_fields=["password"])
    forgive_failures(username=user.username)
    _record(PASSWORD_SET, user, by)


def has_initial_password(user: User) -> bool:
    """Whether another account set the password, so that somebody else knows it."""
    setter = (
        AuditEntry.objects.filter(target_type=user._meta.label_lower, target_key=str(user.pk))
        .filter(verb__in=(OPENED, PASSWORD_SET))
        .values_list("actor_id", flat=True)
        .first()
    )
    return setter not in (None, user.pk)


def note_sign_in(*, by: User) -> None:
    _record("core.session.opened", by, by)


def note_refused_sign_in(*, username: str, locked: bool) -> None:
    """Names the account when there is one; else nothing, as it may be a mistyped password."""
    user = User.objects.select_related("office").filter(username=username).first()
    verb, changes = "core.session.refused", {"locked": locked}
    if user is None:
        audit.record(verb, by=None, changes=changes, succeeded=False)
    else:
        _record(verb, user, None, changes, succeeded=False)


@transaction.atomic
def grant_role(
    *, user: User, role: str, region: Region, narrowed_to: str = "", by: User | None
) -> Assignment:
    """The user holds the role in the region and beneath it. Raises GrantRefused.

    `by` is None when the server's own operator appoints from the shell.
    """
    _require_scope(user, region, by)
    _require_two_people(user, by)
    _require_fitting(ROLES[role], region, narrowed_to)
    # The lock keeps two grants at once from mixing an administrator's role with another.
    held = set(_held_roles(User.objects.select_for_update().get(pk=user.pk)))
    _require_separation(role, held)
    assignment, is_new = Assignment.objects.get_or_create(
        user=user, role=role, region=region, narrowed_to=narrowed_to, defaults={"granted_by": by}
    )
    if not is_new:
        raise GrantRefused(_("The user holds this role there already. Nothing to do."))
    _record_grant("core.role.granted", assignment, by)
    return assignment


@transaction.atomic
def withdraw_role(*, assignment: Assignment, by: User | None) -> None:
    """Ends the assignment at once, also for a user who is signed in. Raises GrantRefused."""
    _require_scope(assignment.user, assignment.region, by)
    _record_grant("core.role.withdrawn", assignment, by)
    assignment.delete()


def _require_office(office: Office | None, by: User | None) -> None:
    if by is None:
        return
    scope = scope_of(by, Permission.MANAGE_ACCOUNTS)
    if office is None or not scope.covers(office.region_id):
        raise AccountRefused(_("This office does not lie in the region that you administer."))


def _require_scope(user: User, region: Region, by: User | None) -> None:
    if by is None:
        return
    if user == by:
        raise GrantRefused(
            _("You cannot change your own roles. Ask another security administrator.")
        )
    if not scope_of(by, Permission.GRANT_ROLES).covers(region.pk):
        raise GrantRefused(_("This region does not lie in the region that you administer."))


def _require_two_people(user: User, by: User | None) -> None:
    """Whoever made an account may not also make it powerful."""
    opened = AuditEntry.objects.filter(
        target_type=user._meta.label_lower, target_key=str(user.pk), verb=OPENED
    )
    if by is not None and opened.filter(actor_id=by.pk).exists():
        raise GrantRefused(
            _("You opened this account, so another security administrator must grant its roles.")
        )


def _require_fitting(role: type[Role], region: Region, narrowed_to: str) -> None:
    if len(region.pk) not in role.levels:
        raise GrantRefused(
            _("The role “%(role)s” is not granted for %(region)s: it needs another level.")
            % {"role": role.name, "region": region.name}
        )
    if role.narrowed and not narrowed_to:
        raise GrantRefused(_("This role needs the code of the institution it is for."))
    if narrowed_to and not role.narrowed:
        raise GrantRefused(_("This role is not for a single institution. Leave the code empty."))


def _held_roles(user: User) -> list[str]:
    return list(user.assignments.values_list("role", flat=True))


def _require_separation(role: str, held: set[str]) -> None:
    """三员分立: an administrator's role stands alone, if need be in several regions."""
    administrators = (held | {role}) & ADMINISTRATORS
    if administrators and held - {role}:
        comma = pgettext("between the items of a list", ", ")
        raise GrantRefused(
            _("An administrator holds no other role. Withdraw the others first: %(roles)s.")
            % {"roles": comma.join(str(ROLES[key].name) for key in sorted(held - {role}))}
        )


def _switch(user: User, *, active: bool, verb: str, by: User | None) -> None:
    changed = User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active)
    user.is_active = active
    if changed:
        _record(verb, user, by)


def _record(
    verb: str,
    user: User,
    by: User | None,
    changes: dict[str, Any] | None = None,
    *,
    succeeded: bool = True,
) -> None:
    region_code = user.office.region_id if user.office else ""
    audit.record(
        verb, by=by, target=user, region_code=region_code, changes=changes, succeeded=succeeded
    )


def _record_grant(verb: str, assignment: Assignment, by: User | None) -> None:
    changes = {"role": assignment.role, "narrowed_to": assignment.narrowed_to}
    audit.record(
        verb, by=by, target=assignment.user, region_code=assignment.region_id, changes=changes
    )
