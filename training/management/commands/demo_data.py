"""Load the demo: offices, accounts, plans, rosters of invented people. What is there is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.models import Region
from training.demo import (
    accounts,
    claims,
    compared,
    exams,
    filings,
    lists,
    months,
    orders,
    plans,
    poor_villages,
    rolls,
    rosters,
    spells,
    tables,
)
from training.models import Institution

FIRST_STEPS = """
First steps:
1. Log in as huanxian, open 导入记录, 导入花名册 (Imports, Bring in a roster) and bring in
   %(roster)s
2. Log in as qingyang, open 数据统计 (Figures) and click a figure, down to a line of that file.
3. Log in as huanxian-shenhe: the start page tells what waits (待办, To do)."""
CLERKS = {"621022": "huanxian", "621027": "zhenyuan", "622926": "dongxiang"}


class Command(BaseCommand):
    help = "Loads the demo data; with --logins only prints the accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["logins"]:
            self.load()
            return
        for username, password, what in accounts.logins():
            self.stdout.write(f"{username}\t{password}\t{what}")
        roster = rosters.visitors_roster(settings.STATE_DIR)
        if roster.exists():
            self.stdout.write(FIRST_STEPS % {"roster": roster})

    def load(self) -> None:
        if not Region.objects.filter(code__startswith="62", level=Region.Level.VILLAGE).exists():
            raise CommandError("First load the divisions: load_divisions --province 62")
        users = accounts.load_accounts()
        plans.load_programs()
        plans.load_plans()
        clerks = {code: users[name] for code, name in CLERKS.items()}
        written = rosters.bring_in_rosters(clerks)
        rosters.leave_for_the_visitor(settings.STATE_DIR)
        listed = lists.bring_in_lists(clerks)
        poor_villages.designate()
        Institution.objects.filter(county_code="621022", name="环县职业中等专业学校").update(
            key=accounts.INSTITUTION_KEY
        )
        noted = spells.note_spells()
        called = rolls.call_rolls(users)
        begun = months.load_months(users)
        ordered = orders.load_orders(users)
        reported = tables.load_tables(users)
        filed = filings.load_filings(users)
        held = exams.load_exams(clerks["621022"])
        claimed = claims.load_claims(clerks["621022"], users["huanxian-shenhe"])
        held_against = compared.load_compared(clerks["621022"], users["qingyang"])
        self.stdout.write(
            f"Demo data: {written} enrollments and {listed} rows of other rosters added, "
            f"{noted} category spells noted, {begun} months begun, {ordered} reports ordered, "
            f"{filed} classes filed, {called} rolls called, {held} exams held, "
            f"{claimed} claims made, {held_against} comparisons made, "
            f"{reported} official tables begun."
        )
