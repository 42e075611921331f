"""Who may do what where: the whole policy on one page.

A permission is what a door asks for. A role is a class that holds permissions.
An assignment gives a user a role in a region and everything beneath it. What
lies outside a user's scope does not exist for that user: it is not found.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.models import User

REGION_PATH = re.compile(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?")


class Permission(enum.StrEnum):
    SEE_FIGURES = "see_figures"
    SEE_LEDGER = "see_ledger"
    SEE_PERSONAL_NUMBERS = "see_personal_numbers"
    ENTER_LEDGER = "enter_ledger"
    REVIEW_LEDGER = "review_ledger"
    # A county's month before it goes up: to have it checked, to explain and to answer.
    PREPARE_SUBMISSIONS = "prepare_submissions"
    # A month that has come up from a county; which step is whose, the two that follow say.
    DECIDE_SUBMISSIONS = "decide_submissions"
    # A county's submitted month: to return or accept it, to decide on corrections of it.
    ACCEPT_LEDGER = "accept_ledger"
    # An accepted month: to lock it, or to open it again for some days.
    LOCK_LEDGER = "lock_ledger"
    # To look at a class while it is held, and write down what was found.
    VISIT_CLASSES = "visit_classes"
    BRING_IN_FILES = "bring_in_files"
    IMPORT_ROSTERS = "import_rosters"
    # To see imports and take them back: those one may bring in, and where one reviews the ledger.
    TAKE_BACK_IMPORTS = "take_back_imports"
    MAKE_REPORTS = "make_reports"
    ALLOT_QUOTAS = "allot_quotas"
    # An official table of one's own office: to type what the ledger does not hold, to explain.
    FILL_TABLES = "fill_tables"
    # To file it, in the name of the office.
    FILE_TABLES = "file_tables"
    # A table that has come up from the level below: to accept or return it.
    DECIDE_TABLES = "decide_tables"
    JUDGE_TITLES = "judge_titles"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"


class Role:
    """Base of all roles; a subclass is complete only with every attribute set."""

    key: ClassVar[str]
    name: ClassVar[str | Promise]
    description: ClassVar[str | Promise]
    permissions: ClassVar[frozenset[Permission]]
    # Lengths of the region codes the role may be granted for.
    levels: ClassVar[frozenset[int]] = frozenset({2, 4, 6})
    narrowed: ClassVar[bool] = False


P = Permission


class CountyClerk(Role):
    key = "county-clerk"
    name = _("county clerk")
    description = _("Enters the county's training ledger, brings in rosters and makes reports.")
    levels = frozenset({6})
    permissions = frozenset(
        {
            P.SEE_FIGURES,
            P.SEE_LEDGER,
            P.VISIT_CLASSES,
            P.SEE_PERSONAL_NUMBERS,
            P.ENTER_LEDGER,
            P.PREPARE_SUBMISSIONS,
            P.BRING_IN_FILES,
            P.IMPORT_ROSTERS,
            P.TAKE_BACK_IMPORTS,
            P.MAKE_REPORTS,
            P.FILL_TABLES,
        }
    )


class CountyReviewer(Role):
    key = "county-reviewer"
    name = _("county reviewer")
    description = _("Checks what the clerk entered and answers for what the county files.")
    levels = frozenset({6})
    permissions = frozenset(
        {
            P.SEE_FIGURES,
            P.SEE_LEDGER,
            P.VISIT_CLASSES,
            P.SEE_PERSONAL_NUMBERS,
            P.REVIEW_LEDGER,
            P.PREPARE_SUBMISSIONS,
            P.TAKE_BACK_IMPORTS,
            P.MAKE_REPORTS,
            P.FILL_TABLES,
            P.FILE_TABLES,
        }
    )


class RosterAdministrator(Role):
    key = "roster-administrator"
    name = _("roster administrator")
    description = _("Brings in rosters for the offices of a region and everything beneath it.")
    permissions = frozenset(
        {P.SEE_FIGURES, P.SEE_LEDGER, P.BRING_IN_FILES, P.IMPORT_ROSTERS, P.TAKE_BACK_IMPORTS}
    )


class PrefectureOfficer(Role):
    key = "prefecture-officer"
    name = _("prefecture officer")
    description = _(
        "Reads the prefecture's figures, breaks quotas down and accepts the counties' months."
    )
    levels = frozenset({4})
    permissions = frozenset(
        {
            P.SEE_FIGURES,
            P.SEE_LEDGER,
            P.VISIT_CLASSES,
            P.BRING_IN_FILES,
            P.TAKE_BACK_IMPORTS,
            P.MAKE_REPORTS,
            P.ALLOT_QUOTAS,
            P.FILL_TABLES,
            P.FILE_TABLES,
            P.DECIDE_TABLES,
            P.DECIDE_SUBMISSIONS,
            P.ACCEPT_LEDGER,
        }
    )


class ProvinceOfficer(Role):
    key = "province-officer"
    name = _("province officer")
    description = _("Reads the province's figures, breaks quotas down and locks accepted months.")
    levels = frozenset({2})
    permissions = frozenset(
        {
            P.SEE_FIGURES,
            P.SEE_LEDGER,
            P.BRING_IN_FILES,
            P.TAKE_BACK_IMPORTS,
            P.MAKE_REPORTS,
            P.ALLOT_QUOTAS,
            P.FILL_TABLES,
            P.FILE_TABLES,
            P.DECIDE_TABLES,
            P.DECIDE_SUBMISSIONS,
            P.LOCK_LEDGER,
        }
    )


class TrainingInstitution(Role):
    key = "training-institution"
    name = _("training institution")
    description = _("Sees the classes it teaches, and nothing else.")
    levels = frozenset({6})
    narrowed = True
    permissions = frozenset({P.SEE_LEDGER})


class CommitteeMember(Role):
    key = "committee-member"
    name = _("evaluation committee member")
    description = _("Sees the evaluation rounds of the committee, while they are open.")
    permissions = frozenset({P.JUDGE_TITLES})


class SystemAdministrator(Role):
    key = "system-administrator"
    name = _("system administrator")
    description = _("Opens and closes accounts. Reads no business row and grants no role.")
    permissions = frozenset({P.MANAGE_ACCOUNTS})


class SecurityAdministrator(Role):
    key = "security-administrator"
    name = _("security administrator")
    description = _("Grants and withdraws roles. Reads no business row and opens no account.")
    permissions = frozenset({P.GRANT_ROLES})


class AuditAdministrator(Role):
    key = "audit-administrator"
    name = _("audit administrator")
    description = _("Reads the audit trail. Changes nothing and reads no business row.")
    permissions = frozenset({P.READ_AUDIT})


ROLES: dict[str, type[Role]] = {role.key: role for role in Role.__subclasses__()}
ADMINISTRATORS = frozenset(
    {SystemAdministrator.key, SecurityAdministrator.key, AuditAdministrator.key}
)


def role_choices() -> list[tuple[str, str | Promise]]:
    return [(role.key, role.name) for role in ROLES.values()]


@dataclass(frozen=True)
class Grant:
    """One assignment as read from the database."""

    role: str
    region_code: str
    narrowed_to: str = ""

    @property
    def holds(self) -> frozenset[Permission]:
        """The grant's permissions; none when the role or the region is malformed."""
        role = ROLES.get(self.role)
        if role is None or not REGION_PATH.fullmatch(self.region_code or ""):
            return frozenset()
        if role.narrowed and not self.narrowed_to:
            return frozenset()
        return role.permissions


@dataclass(frozen=True)
class Scope:
    """Where a user may use one permission. An empty scope is nothing, never everything."""

    grants: tuple[Grant, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.grants)

    @property
    def whole(self) -> tuple[str, ...]:
        """The region codes held without narrowing, outermost only, in order."""
        kept: list[str] = []
        for code in sorted({g.region_code for g in self.grants if not g.narrowed_to}):
            if not (kept and code.startswith(kept[-1])):
                kept.append(code)
        return tuple(kept)

    def covers(self, region_code: str) -> bool:
        """Whether the whole of a region lies inside this scope."""
        return any(region_code.startswith(code) for code in self.whole)


def beneath(column: str, region_code: str) -> Q:
    """'Here and beneath' as a range of codes, which a plain index can serve."""
    return Q(**{f"{column}__gte": region_code, f"{column}__lt": following(region_code)})


def following(region_code: str) -> str:
    """The first code after all those beneath a region's."""
    return str(int(region_code) + 1).zfill(len(region_code))


def scope_of(user: User | AnonymousUser, permission: Permission) -> Scope:
    """Where the user holds the permission.

    Whoever holds an administrator's role holds nothing else, whatever else was
    assigned: the three administrators read no business row.
    """
    grants: Iterable[Grant] = getattr(user, "grants", ()) if user.is_active else ()
    separated = tuple(g for g in grants if g.role in ADMINISTRATORS)
    return Scope(tuple(g for g in separated or grants if permission in g.holds))


def may(user: User | AnonymousUser, permission: Permission) -> bool:
    """Whether the user holds the permission anywhere."""
    return bool(scope_of(user, permission))


class Open(enum.Enum):
    """What a door that asks for no permission is open to."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"


Access = Permission | Open
View = TypeVar("View", bound=Callable[..., Any])


def admits(access: Access) -> Callable[[View], View]:
    """Declare whom a view admits; a view without a declaration admits nobody."""

    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def declared_access(view: Callable[..., Any]) -> Access | None:
    """The access a view function, class-based view or API view declares, or None."""
    holder = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    access: Access | None = getattr(holder, "access", None)
    return access


def is_admitted(user: User | AnonymousUser, access: Access) -> bool:
    if access is Open.EVERYBODY:
        return True
    if access is Open.SIGNED_IN:
        return bool(user.is_authenticated and user.is_active)
    return may(user, access)
