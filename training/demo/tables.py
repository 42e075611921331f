"""The demo's official tables: at every step one, by the acts of the accounts whose step it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.models import User
from exchange.models import TableFiling
from exchange.tables import filing
from exchange.tables.relations import Place

WHY = "县里光缆中断，派驻干部名册补齐后才能汇总本表，数据已逐项核对。"
BEHIND = "秋收期间参训人员不足，年内剩余班次已排定，可按期完成。"
RETURNED = "驻村工作队在岗人数与组织部门名册不一致，请核对后重新报送。"
PHONE = "0934-0000000"
OFFICER = "qingyang"


@dataclass(frozen=True)
class DemoTable:
    """A table of a county for a period, and how far it has come: begun, filed, accepted, returned."""

    table: str
    county: str
    clerk: str
    period: str
    step: str


HUANXIAN, ZHENYUAN = ("621022", "huanxian"), ("621027", "zhenyuan")
# Training is counted from January on, and most months of the demo's years are not closed: what
# is filed here is a table that waits for none.
TABLES = (
    DemoTable("talent-teams", *HUANXIAN, "2018Q3", "accepted"),
    DemoTable("talent-teams", *ZHENYUAN, "2018Q3", "filed"),
    DemoTable("talent-teams", *HUANXIAN, "2018Q4", "returned"),
    DemoTable("quota-execution", *HUANXIAN, "2018-10", "begun"),
)


def load_tables(users: Mapping[str, User]) -> int:
    """Begin the tables that are not there yet and bring each as far as it goes; how many."""
    added = 0
    for each in TABLES:
        if not TableFiling.objects.of(each.table, each.county, each.period).exists():
            _load(each, users)
            added += 1
    return added


def _load(asked: DemoTable, users: Mapping[str, User]) -> None:
    clerk = users[asked.clerk]
    named = {"table": asked.table, "region_code": asked.county, "period": asked.period}
    draft = filing.open_filing(**named, by=clerk)
    _fill(draft, clerk)
    if asked.step == "begun":
        return
    draft.refresh_from_db()
    filed = filing.file(filing=draft, version=draft.version, by=users[f"{asked.clerk}-shenhe"])
    officer = users[OFFICER]
    if asked.step == "accepted":
        filing.accept(filing=filed, version=filed.version, by=officer)
    elif asked.step == "returned":
        filing.give_back(filing=filed, version=filed.version, reason=RETURNED, by=officer)
        filing.open_filing(**named, by=clerk)


def _fill(draft: TableFiling, clerk: User) -> None:
    """Type what must be typed and explain what is asked, as a clerk does."""
    filled, _findings = filing.judged_of(draft)
    said: dict[Place, str] = dict.fromkeys(filled.missing, BEHIND)
    filing.type_cells(filing=draft, said=said, version=draft.version, by=clerk, contact=PHONE)
    _filled, findings = filing.judged_of(draft)
    for finding in findings:
        if finding.severity == "explain":
            filing.explain(filing=draft, place=finding.place, text=WHY, by=clerk)
