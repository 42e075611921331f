"""Programs, plans and quotas."""

import datetime
from typing import Any

from programs import quota_book
from programs.models import Plan, Program, Quota, QuotaDocument


def a_program(code: str = "skills", **values: Any) -> Program:
    values = {"name": code, "measure": "training.attendances"} | values
    program, _ = Program.objects.get_or_create(code=code, defaults=values)
    return program


def a_plan(name: str = "2019年培训计划", **values: Any) -> Plan:
    values = {
        "kind": Plan.Kind.YEAR,
        "region_code": "62",
        "first_day": datetime.date(2019, 1, 1),
        "last_day": datetime.date(2019, 12, 31),
    } | values
    return Plan.objects.create(name=name, **values)


def a_quota(
    plan: Plan,
    program: Program,
    region_code: str,
    amount: int,
    *,
    parent: Quota | None = None,
    listed_apart: bool = False,
    dated: datetime.date | None = None,
) -> Quota:
    """A quota that an opening document of its own gave; the rows given here are read anew.

    Without a `parent` it lies under none, wherever its place.
    """
    quota = Quota.objects.create(
        plan=plan,
        program=program,
        region_code=region_code,
        parent=parent,
        listed_apart=listed_apart,
    )
    if amount:
        issued(plan, (region_code, program, amount, listed_apart), dated=dated)
    for row in (quota, parent):
        if row is not None:
            row.refresh_from_db()
    return quota


def issued(
    plan: Plan,
    *lines: tuple[str, Program, int, bool],
    kind: str = "opening",
    region_code: str = "",
    number: str = "",
    dated: datetime.date | None = None,
) -> QuotaDocument:
    """A document of the plan's region that was issued on the first day of the plan."""
    document = quota_book.draw_up(
        plan=plan,
        region_code=region_code or plan.region_code,
        kind=kind,
        paper=quota_book.Paper(number=number, dated=dated or plan.first_day),
        by=None,
    )
    put = [quota_book.Line(code, of.pk, change, apart) for code, of, change, apart in lines]
    quota_book.put_lines(document=document, lines=put, version=document.version, by=None)
    return quota_book.issue(document=document, by=None)
