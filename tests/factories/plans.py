"""Programs, plans and quotas."""

import datetime
from typing import Any

from programs.models import Plan, Program, Quota


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
    **values: Any,
) -> Quota:
    """A quota; unless it is listed apart, it is counted as allotted by its parent."""
    quota = Quota.objects.create(
        plan=plan, program=program, region_code=region_code, amount=amount, parent=parent, **values
    )
    if parent is not None and not quota.listed_apart:
        parent.allotted += amount
        parent.save()
    return quota
