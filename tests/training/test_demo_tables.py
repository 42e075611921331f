"""The demo's official tables: one at every step, each as sound as a real one."""

import datetime

import pytest

from exchange.models import TableFiling
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled, settled
from tests.factories.submissions import a_month
from training.demo import tables

pytestmark = pytest.mark.django_db
OCTOBER = datetime.date(2018, 10, 8)


def test_tables_come_as_far_as_they_are_meant_to(monkeypatch: pytest.MonkeyPatch) -> None:
    divisions()
    own = tuple(each for each in tables.TABLES if each.county == "621022")
    monkeypatch.setattr(tables, "TABLES", own)
    enrolled(a_person(1), a_class(start_date=OCTOBER, program=a_program()), certificate_number="S")
    # As in the demo, a month of the year that nobody closes.
    spring = datetime.date(2018, 3, 5)
    enrolled(a_person(2), a_class(code="2", start_date=spring, program=a_program()))
    settled()
    a_month("locked", month=OCTOBER.replace(day=1))
    users = {
        "huanxian": an_account("huanxian", "county-clerk", "621022"),
        "huanxian-shenhe": an_account("huanxian-shenhe", "county-reviewer", "621022"),
        "qingyang": an_account("qingyang", "prefecture-officer", "6210"),
    }
    assert tables.load_tables(users) == 3
    assert tables.load_tables(users) == 0
    steps = TableFiling.objects.order_by("table", "period", "round")
    assert list(steps.values_list("table", "period", "round", "state")) == [
        ("quota-execution", "2018-10", 1, "draft"),
        ("talent-teams", "2018Q3", 1, "accepted"),
        ("talent-teams", "2018Q4", 1, "returned"),
        ("talent-teams", "2018Q4", 2, "draft"),
    ]
