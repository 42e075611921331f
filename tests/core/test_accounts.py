"""Accounts, roles and the audit trail: three administrators, kept apart, each in a region."""

import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import translation

from core import audit, services
from core.access import ROLES, Grant, Permission, scope_of
from core.models import Assignment, AuditEntry, Office, Region, User
from core.services import AccountRefused, GrantRefused
from tests.factories import an_account, an_office, divisions

BACKEND = "django.contrib.auth.backends.ModelBackend"
HUAN, QINGCHENG, DONGXIANG = "621022", "621021", "622926"


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    divisions()


@pytest.fixture
def system() -> User:
    return an_account("system", "system-administrator", "6210")


@pytest.fixture
def security() -> User:
    return an_account("security", "security-administrator", "6210")


def region(code: str) -> Region:
    return Region.objects.get(pk=code)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, BACKEND)
    return client


def grant(user: User, role: str, code: str, by: User | None, narrowed_to: str = "") -> Assignment:
    where = region(code)
    return services.grant_role(user=user, role=role, region=where, narrowed_to=narrowed_to, by=by)


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# Accounts


def test_open_account_shows_its_password_once(system: User) -> None:
    client = signed_in(system)
    typed = {"username": "zhang", "name": "张丽", "office": an_office(HUAN).pk}
    answer = client.post("/accounts/open/", typed)
    user = User.objects.get(username="zhang")
    password = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", answer.content.decode())
    assert [check_password(each, user.password) for each in password] == [True]
    assert "no-store" in answer.headers["Cache-Control"]
    assert (user.name, user.office_id, user.grants) == ("张丽", typed["office"], ())
    assert client.post("/accounts/open/", typed).status_code == 422
    entry = AuditEntry.objects.get(verb="core.account.opened")
    assert (entry.actor_id, entry.target_key, entry.region_code) == (system.pk, str(user.pk), HUAN)
    assert password[0] not in str(entry.changes)


def test_accounts_only_of_offices_beneath(system: User) -> None:
    far = an_account("far", office=an_office(DONGXIANG))
    client = signed_in(system)
    typed = {"username": "new", "name": "新", "office": far.office_id}
    assert client.post("/accounts/open/", typed).status_code == 422
    acts = ["", "close/", "reopen/", "password/"]
    found = [client.get(f"/accounts/{far.pk}/").status_code]
    found += [client.post(f"/accounts/{far.pk}/{act}").status_code for act in acts[1:]]
    assert found == [404, 404, 404, 404]
    with pytest.raises(AccountRefused):
        services.open_account(username="n", name="n", office=far.office, password="x", by=system)
    with pytest.raises(AccountRefused):
        services.close_account(user=far, by=system)
    assert verbs() == []


def test_account_list_and_its_filters(system: User) -> None:
    for name, code in [
        ("huan-1", HUAN),
        ("huan-2", HUAN),
        ("qing-1", QINGCHENG),
        ("far", DONGXIANG),
    ]:
        an_account(name, office=an_office(code))
    services.close_account(user=User.objects.get(username="huan-2"), by=system)
    client = signed_in(system)
    expected = {
        "": ["huan-1", "huan-2", "qing-1", "system"],
        "q=HUAN": ["huan-1", "huan-2"],
        f"region={QINGCHENG}": ["qing-1"],
        f"office={an_office(HUAN).pk}": ["huan-1", "huan-2"],
        "state=closed": ["huan-2"],
        "q=nobody": [],
        f"region={DONGXIANG}": ["huan-1", "huan-2", "qing-1", "system"],
    }
    for query, names in expected.items():
        rows = client.get(f"/accounts/?{query}").context["page"].rows
        assert [row.username for row in rows] == names, query


def test_pages_by_key_show_every_account_once(system: User) -> None:
    office = an_office(HUAN)
    User.objects.bulk_create(User(username=f"u{i:03}", office=office) for i in range(120))
    client, pages, cursor = signed_in(system), [], ""
    while cursor is not None:
        page = client.get("/accounts/", {"after": cursor}).context["page"]
        pages.append([row.username for row in page.rows])
        cursor, before = page.next, page.previous
    seen = [name for page in pages for name in page]
    assert ([len(page) for page in pages], seen) == ([50, 50, 21], sorted({*seen}))
    back = client.get("/accounts/", {"before": before}).context["page"]
    assert [row.username for row in back.rows] == pages[1]
    forged = client.get("/accounts/", {"after": "forged"}).context["page"]
    assert [row.username for row in forged.rows] == pages[0]


def test_closed_account_is_signed_out(system: User) -> None:
    user = an_account("clerk", "county-clerk", HUAN)
    client = signed_in(user)
    assert client.get("/account/").status_code == 200
    signed_in(system).post(f"/accounts/{user.pk}/close/")
    assert client.get("/account/").status_code == 302
    signed_in(system).post(f"/accounts/{user.pk}/reopen/")
    assert client.get("/account/").status_code == 200
    assert verbs() == ["core.account.closed", "core.account.reopened"]


def test_no_administrator_closes_or_becomes_another(system: User, security: User) -> None:
    with pytest.raises(AccountRefused):
        services.close_account(user=system, by=system)
    with pytest.raises(AccountRefused):
        services.set_password(user=security, password="x", by=system)
    assert verbs() == []


def test_office_is_added_once_and_only_beneath(system: User) -> None:
    services.open_office(region=region(HUAN), name="环县教育局", by=system)
    for code in (HUAN, DONGXIANG):
        with pytest.raises(AccountRefused):
            services.open_office(region=region(code), name="环县教育局", by=system)
    assert list(Office.objects.filter(name="环县教育局").values_list("region", flat=True)) == [HUAN]


# Roles


def test_grant_and_withdraw(security: User) -> None:
    user, client = an_account("new", office=an_office(HUAN)), signed_in(security)
    typed = {"username": "new", "role": "county-clerk", "region": HUAN}
    assert client.post("/roles/grant/", typed).status_code == 302
    fresh = User.objects.get(pk=user.pk)
    assert scope_of(fresh, Permission.ENTER_LEDGER).whole == (HUAN,)
    held = user.assignments.get()
    assert (held.granted_by, held.narrowed_to) == (security, "")
    assert client.post(f"/roles/{held.pk}/withdraw/").status_code == 302
    assert user.assignments.count() == 0
    assert verbs() == ["core.role.granted", "core.role.withdrawn"]
    assert AuditEntry.objects.filter(region_code=HUAN, target_key=str(user.pk)).count() == 2


def test_nobody_changes_their_own_roles(security: User) -> None:
    with pytest.raises(GrantRefused):
        grant(security, "county-clerk", HUAN, security)
    with pytest.raises(GrantRefused):
        services.withdraw_role(assignment=security.assignments.get(), by=security)


@pytest.mark.parametrize(
    ("role", "code", "narrowed_to"),
    [
        ("county-clerk", "6210", ""),
        ("province-officer", "6210", ""),
        ("county-clerk", DONGXIANG, ""),
        ("training-institution", HUAN, ""),
        ("county-clerk", HUAN, "91620000"),
    ],
)
def test_role_that_does_not_fit(security: User, role: str, code: str, narrowed_to: str) -> None:
    user = an_account("new", office=an_office(HUAN))
    with pytest.raises(GrantRefused):
        grant(user, role, code, security, narrowed_to)
    typed = {"username": "new", "role": role, "region": code, "narrowed_to": narrowed_to}
    assert signed_in(security).post("/roles/grant/", typed).status_code == 422
    assert (user.assignments.count(), verbs()) == (0, [])


def test_institution_is_narrowed(security: User) -> None:
    user = an_account("school", office=an_office(HUAN))
    held = grant(user, "training-institution", HUAN, security, "91620000")
    assert (held.narrowed_to, User.objects.get(pk=user.pk).grants[0].narrowed_to) == (
        "91620000",
        "91620000",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("system-administrator", "county-clerk"),
        ("county-clerk", "audit-administrator"),
        ("audit-administrator", "security-administrator"),
    ],
)
def test_administrator_holds_no_other_role(security: User, first: str, second: str) -> None:
    user = an_account("new", office=an_office(HUAN))
    grant(user, first, HUAN, security)
    with pytest.raises(GrantRefused):
        grant(user, second, HUAN, security)
    assert [held.role for held in user.assignments.all()] == [first]


def test_business_roles_go_together(security: User) -> None:
    user = an_account("new", office=an_office(HUAN))
    grant(user, "county-clerk", HUAN, security)
    grant(user, "roster-administrator", HUAN, security)
    with pytest.raises(GrantRefused):
        grant(user, "county-clerk", HUAN, security)
    assert user.assignments.count() == 2


def test_whoever_opened_the_account_does_not_grant(system: User, security: User) -> None:
    opened = services.open_account(
        username="new", name="新", office=an_office(HUAN), password="x", by=system
    )
    system.assignments.update(role="security-administrator")
    turned = User.objects.get(pk=system.pk)
    with pytest.raises(GrantRefused):
        grant(opened, "county-clerk", HUAN, turned)
    assert grant(opened, "county-clerk", HUAN, security).user == opened


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_do_not_mix(security: User) -> None:
    user = an_account("new", office=an_office(HUAN))
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def give(role: str) -> None:
        try:
            together.wait(10)
            grant(user, role, HUAN, security)
            outcomes.append("granted")
        except GrantRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=give, args=[role])
        for role in ("county-clerk", "audit-administrator")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["granted", "refused"]
    assert user.assignments.count() == 1


def test_role_pages(security: User) -> None:
    an_account("clerk", "county-clerk", HUAN)
    an_account("far", "county-clerk", DONGXIANG)
    waiting = an_account("waiting", office=an_office(HUAN))
    client = signed_in(security)
    expected = {
        "": ["clerk", "security"],
        "role=county-clerk": ["clerk"],
        f"region={HUAN}": ["clerk"],
        "q=nobody": [],
    }
    for query, names in expected.items():
        rows = client.get(f"/roles/?{query}").context["page"].rows
        assert [row.user.username for row in rows] == names, query
    assert client.get("/roles/waiting/").context["page"].rows == [waiting]
    assert len(client.get("/roles/meaning/").context["rows"]) == 10


# The audit trail


def test_audit_list_and_its_filters(system: User) -> None:
    reader = an_account("reader", "audit-administrator", "6210")
    clerk = an_account("clerk", "county-clerk", HUAN)
    services.close_account(user=clerk, by=system)
    audit.record("core.role.granted", by=None, target=clerk, region_code=HUAN)
    audit.record("core.role.granted", by=None, target=clerk, region_code=DONGXIANG)
    audit.record("core.rule_values.loaded", by=None)
    client = signed_in(reader)
    both = ["core.role.granted", "core.account.closed"]
    expected = {
        "": both,
        "verb=core.account.closed": both[1:],
        "actor=system": both[1:],
        "target=clerk": both,
        f"target={clerk.pk}": both,
        "target=somebody": [],
        "first=2000-01-01&last=2000-01-02": [],
        "first=2000-01-01": both,
        "verb=core.rule_values.loaded": both,
    }
    for query, wanted in expected.items():
        page = client.get(f"/audit/?{query}")
        assert [row.verb for row in page.context["page"].rows] == wanted, query
    assert "account closed" in client.get("/audit/").content.decode()


def test_facts_of_an_act_are_told_in_words() -> None:
    reader = an_account("reader", "audit-administrator", "6210")
    changes: dict[str, Any] = {
        "undecided_days": 30,
        "rows": {"core.office": 3, "gone.model": 1},
        "columns": ["name", "phone"],
        "locked": True,
        "role": "county-clerk",
        "reason": "",
    }
    audit.record("core.office.added", by=None, region_code=HUAN, changes=changes)
    page = signed_in(reader).get("/audit/", headers={"accept-language": "en"})
    (row,) = page.context["page"].rows
    with translation.override("en"):
        role = str(ROLES["county-clerk"].name)
    assert dict(row.words["changes"]) == {
        "days undecided": "30",
        "rows": "gone.model 1、office 3",
        "columns": "name、phone",
        "locked": "yes",
        "role": role,
    }


def test_acts_of_no_region_are_the_provinces_to_read() -> None:
    audit.record("core.rule_values.loaded", by=None)
    readers = [an_account(f"r{code}", "audit-administrator", code) for code in ("62", "6210")]
    seen = [AuditEntry.objects.visible_to(reader).count() for reader in readers]
    assert seen == [1, 0]


PAGES = {
    "system-administrator": ["/accounts/", "/accounts/open/", "/offices/open/"],
    "security-administrator": ["/roles/", "/roles/waiting/", "/roles/meaning/", "/roles/grant/"],
    "audit-administrator": ["/audit/"],
    "county-clerk": ["/rules/", "/rules/areas/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_each_role_has_its_own_pages(role: str) -> None:
    client = signed_in(an_account("someone", role, HUAN))
    found = {page: client.get(page).status_code for pages in PAGES.values() for page in pages}
    assert {page for page, status in found.items() if status == 200} == set(PAGES[role])
    assert set(found.values()) == {200, 403}


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("system-administrator", "/accounts/"),
        ("security-administrator", "/roles/"),
        ("security-administrator", "/roles/waiting/"),
        ("audit-administrator", "/audit/"),
    ],
)
def test_lists_ask_as_often_for_three_rows_as_for_one(
    role: str, address: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = signed_in(an_account("reader", role, "6210"))
    counts = []
    for made in (1, 3):
        for i in range(made):
            user = an_account(f"{role}{made}{i}", "county-clerk", HUAN)
            an_account(f"waiting{made}{i}", office=an_office(HUAN))
            audit.record("core.role.granted", by=user, target=user, region_code=HUAN)
        with django_assert_max_num_queries(30) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# From the shell


def test_first_administrators_come_from_the_shell() -> None:
    said = io.StringIO()
    options = {"name": "王建国", "region": "62", "office": "省厅", "role": "system-administrator"}
    call_command("open_account", "first", **options, stdout=said)
    user = User.objects.get(username="first")
    password = re.split("[:：]", said.getvalue())[-1].strip()
    assert (check_password(password, user.password), user.office.name) == (True, "省厅")
    assert user.grants == (Grant("system-administrator", "62"),)
    with pytest.raises(CommandError):
        call_command("open_account", "first", **options, stdout=said)
    with pytest.raises(CommandError):
        call_command("open_account", "other", **options | {"role": "county-clerk"}, stdout=said)
    assert User.objects.count() == 1
