"""Offices and the people who sign in."""

from core.models import Assignment, Office, User


def an_office(region_code: str, name: str = "") -> Office:
    office, _ = Office.objects.get_or_create(
        region_id=region_code, name=name or f"{region_code}人社局"
    )
    return office


def an_account(
    username: str,
    role: str = "",
    region_code: str = "",
    *,
    office: Office | None = None,
    name: str = "",
    password: str | None = None,
) -> User:
    """An account, with one role in a region when they are given, of the region's office.

    Without a password nobody can sign in with it; hashing one takes a while.
    """
    if office is None and region_code:
        office = an_office(region_code)
    user = User.objects.create_user(username, password, name=name or username, office=office)
    if role:
        Assignment.objects.create(user=user, role=role, region_id=region_code)
    return user
