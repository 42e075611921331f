"""Roles, grants and scopes: what is malformed holds nothing, and an empty scope is nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from core.access import (
    ADMINISTRATORS,
    ROLES,
    Grant,
    Open,
    Permission,
    Scope,
    admits,
    beneath,
    declared_access,
    is_admitted,
    may,
    scope_of,
)
from core.models import Assignment, AuditEntry, Region, User
from talent.models import Person
from tests.factories import a_class, a_person, an_account, divisions, enrolled
from training.models import Enrollment, TrainingClass

SEE = Permission.SEE_LEDGER


def a_user(*grants: Grant, is_active: bool = True) -> Any:
    return SimpleNamespace(is_active=is_active, is_authenticated=True, grants=grants)


def clerk(region: Any = "621022", narrowed: str = "") -> Grant:
    return Grant("county-clerk", region, narrowed)


def test_every_role_is_complete_and_the_administrators_read_no_rows() -> None:
    assert len(ROLES) == 10
    assert {"county-clerk", "roster-administrator", "committee-member"} < set(ROLES)
    assert {"system-administrator", "security-administrator", "audit-administrator"} == (
        ADMINISTRATORS
    )
    for key, role in ROLES.items():
        assert (role.key, bool(role.name), bool(role.description)) == (key, True, True)
        assert role.permissions
        assert role.levels <= {2, 4, 6}
    held = [ROLES[key].permissions for key in sorted(ADMINISTRATORS)]
    assert held == [
        {Permission.READ_AUDIT},
        {Permission.GRANT_ROLES},
        {Permission.MANAGE_ACCOUNTS},
    ]
    others = [role.permissions for key, role in ROLES.items() if key not in ADMINISTRATORS]
    assert not frozenset().union(*others) & frozenset().union(*held)


@pytest.mark.parametrize(
    "region",
    ["", None, " ", "6", "620", "62102", "6210222", "62\n", " 62", "６２", "62%", "6x", "*", "-1"],
)
def test_a_malformed_region_holds_nothing(region: Any) -> None:
    assert clerk(region).holds == frozenset()
    assert not scope_of(a_user(clerk(region)), SEE)


def test_an_unknown_role_and_a_narrowed_one_without_a_key_hold_nothing() -> None:
    assert Grant("county-clerks", "621022").holds == frozenset()
    assert Grant("training-institution", "621022").holds == frozenset()
    assert Grant("training-institution", "621022", "K").holds == {SEE}


def test_a_malformed_grant_does_not_spoil_a_sound_one() -> None:
    assert scope_of(a_user(clerk("6"), clerk("621022")), SEE).whole == ("621022",)


def test_who_is_inactive_or_nobody_holds_nothing() -> None:
    assert not may(a_user(clerk(), is_active=False), SEE)
    assert not may(AnonymousUser(), SEE)
    assert not may(a_user(), SEE)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_holds_nothing_else(role: str) -> None:
    user = a_user(clerk(), Grant(role, "62"))
    assert {p for p in Permission if may(user, p)} == ROLES[role].permissions


def test_a_scope_keeps_the_outermost_regions() -> None:
    grants = [clerk(code) for code in ("621022", "6210", "622926", "6210", "620102")]
    assert Scope(tuple(grants)).whole == ("620102", "6210", "622926")
    scope = Scope((clerk("6210"), Grant("training-institution", "62", "K")))
    assert scope.whole == ("6210",)
    covered = {"6210": True, "621022": True, "621022201001": True, "62": False, "6229": False}
    assert {code: scope.covers(code) for code in covered} == covered
    assert (bool(Scope()), Scope().whole, Scope().covers("62")) == (False, (), False)


@pytest.mark.parametrize(
    ("code", "following"),
    [("62", "63"), ("6210", "6211"), ("621099", "621100"), ("6299", "6300"), ("0199", "0200")],
)
def test_here_and_beneath_is_a_range(code: str, following: str) -> None:
    assert beneath("c", code) == Q(c__gte=code, c__lt=following)


def test_a_view_admits_whom_it_declares() -> None:
    @admits(SEE)
    def ledger() -> None: ...

    def undeclared() -> None: ...

    assert (declared_access(ledger), declared_access(undeclared)) == (SEE, None)
    held = SimpleNamespace(view_class=SimpleNamespace(access=Open.SIGNED_IN))
    assert declared_access(held) is Open.SIGNED_IN
    users = {"clerk": a_user(clerk()), "none": a_user(), "nobody": AnonymousUser()}
    users["closed"] = a_user(clerk(), is_active=False)
    admitted = {
        access: {name for name, user in users.items() if is_admitted(user, access)}
        for access in (SEE, Open.SIGNED_IN, Open.EVERYBODY)
    }
    assert admitted == {
        SEE: {"clerk"},
        Open.SIGNED_IN: {"clerk", "none"},
        Open.EVERYBODY: set(users),
    }


@pytest.fixture
def rows(db: None) -> None:
    """A class with a row in 环县 and one in 东乡县; the first one's school has the key K."""
    divisions()
    for order, county in ((1, "621022"), (3, "622926")):
        enrolled(a_person(order, county_code=county), a_class(county))
    taught = TrainingClass.objects.get(county_code="621022").institution
    taught.key = "K"
    taught.save()


def seen_by(user: Any, model: Any = Enrollment, permission: Permission | None = None) -> list[str]:
    return sorted(model.objects.visible_to(user, permission).values_list("county_code", flat=True))


@pytest.mark.parametrize(
    ("grants", "seen"),
    [
        ([clerk("621022")], ["621022"]),
        ([Grant("prefecture-officer", "6210")], ["621022"]),
        ([Grant("province-officer", "62")], ["621022", "622926"]),
        ([clerk("621022"), clerk("622926")], ["621022", "622926"]),
        ([clerk("621021")], []),
        ([clerk("6")], []),
        ([], []),
        ([Grant("training-institution", "621022", "K")], ["621022"]),
        ([Grant("training-institution", "62", "K")], ["621022"]),
        ([Grant("training-institution", "62", "L")], []),
        ([Grant("training-institution", "622926", "K")], []),
        ([Grant("training-institution", "62")], []),
        ([Grant("training-institution", "62", "K"), clerk("622926")], ["621022", "622926"]),
        ([Grant("committee-member", "62")], []),
        ([Grant("audit-administrator", "62"), clerk("621022")], []),
    ],
)
def test_who_sees_which_rows(grants: list[Grant], seen: list[str], rows: None) -> None:
    user = a_user(*grants)
    assert seen_by(user) == seen
    assert seen_by(user, TrainingClass) == seen


def test_rows_by_another_permission(rows: None) -> None:
    user = a_user(Grant("province-officer", "62"), clerk("622926"))
    assert seen_by(user, permission=Permission.ENTER_LEDGER) == ["622926"]


def test_a_narrowed_grant_shows_no_region_and_no_person(rows: None) -> None:
    """Only rows that know the key are narrowed to it; of all others there are none."""
    user = a_user(Grant("training-institution", "621022", "K"))
    assert not Region.objects.visible_to(user).exists()
    assert not Person.objects.visible_to(user).exists()


def test_regions_seen_are_the_users_and_those_beneath(rows: None) -> None:
    codes = Region.objects.visible_to(a_user(clerk("622926"))).values_list("code", flat=True)
    assert list(codes) == ["622926", "622926100", "622926100001"]


def test_acts_of_no_region_are_the_provinces_to_read(rows: None) -> None:
    for code in ("", "621022", "6229"):
        AuditEntry.objects.create(verb="test.act.done", region_code=code)
    mine = AuditEntry.objects.filter(verb="test.act.done")

    def read_at(region: str) -> list[str]:
        user = a_user(Grant("audit-administrator", region))
        return sorted(mine.visible_to(user).values_list("region_code", flat=True))

    assert read_at("62") == ["", "621022", "6229"]
    assert read_at("6210") == ["621022"]
    assert sorted(mine.visible_to(a_user(clerk())).values_list("pk")) == []


def test_grants_are_read_from_the_assignments(rows: None) -> None:
    user = an_account("c", "county-clerk", "621022")
    Assignment.objects.create(
        user=user, role="training-institution", region_id="622926", narrowed_to="K"
    )
    assert set(user.grants) == {clerk(), Grant("training-institution", "622926", "K")}


@pytest.mark.django_db
def test_holding_gives_those_whose_scope_covers_the_region() -> None:
    """The same answer as `scope_of`, asked from the other side."""
    divisions()
    made = {
        "clerk": an_account("clerk", "county-clerk", "621022"),
        "elsewhere": an_account("elsewhere", "county-clerk", "621021"),
        "reviewer": an_account("reviewer", "county-reviewer", "621022"),
        "roster": an_account("roster", "roster-administrator", "6210"),
        "gone": an_account("gone", "county-clerk", "621022"),
        "narrowed": an_account("narrowed"),
        "separated": an_account("separated", "county-clerk", "621022"),
        "system": an_account("system", "system-administrator", "62"),
        "officer": an_account("officer", "prefecture-officer", "6210"),
        "twice": an_account("twice", "county-reviewer", "621022"),
    }
    Assignment.objects.create(user=made["twice"], role="county-clerk", region_id="621022")
    Assignment.objects.create(user=made["separated"], role="audit-administrator", region_id="62")
    Assignment.objects.create(
        user=made["narrowed"], role="training-institution", region_id="621022", narrowed_to="1"
    )
    User.objects.filter(username="gone").update(is_active=False)
    for permission in Permission:
        for region in ("62", "6210", "621022", "622926"):
            held = {user.username for user in User.objects.holding(permission, region)}
            covered = {
                user.username
                for user in User.objects.all()
                if scope_of(user, permission).covers(region)
            }
            assert (permission, region, held) == (permission, region, covered)
    found = User.objects.holding(Permission.ENTER_LEDGER, "621022").order_by("username")
    assert [user.username for user in found] == ["clerk", "twice"]
