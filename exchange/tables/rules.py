"""Rules of filing a table, with their dated values in exchange/data/rules.toml."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Rule, Severity

OWN = "未查到全国统一规定，由本平台自定"
LAPSED = (
    "部门统计调查项目管理办法（国家统计局令第22号）：统计调查表超过有效期的，不得继续执行（核实）"
)
BALANCED = "统计报表栏目关系审核通例（核实）"

FORM_IS_IN_FORCE = Rule(
    "exchange.table_form_is_in_force", _("the form of a table is in force"), Severity.BLOCK, LAPSED
)
BALANCES = Rule("exchange.table_balances", _("a table balances"), Severity.BLOCK, BALANCED)
ASKED_TO_BALANCE = Rule(
    "exchange.table_is_plausible", _("a table is plausible"), Severity.EXPLAIN, BALANCED
)
IS_COMPLETE = Rule(
    "exchange.table_is_complete", _("what must be filled in is filled in"), Severity.BLOCK, OWN
)
MONTHS_ARE_CLOSED = Rule(
    "exchange.table_rests_on_closed_months",
    _("a table rests on closed months"),
    Severity.BLOCK,
    OWN,
)
IS_FILED_IN_TIME = Rule(
    "exchange.table_is_filed_in_time",
    _("a table is filed in time"),
    Severity.EXPLAIN,
    "未查到全国统一规定；按年报次年1月10日前报送类推",
)
TABLE_RULES = (
    FORM_IS_IN_FORCE,
    BALANCES,
    ASKED_TO_BALANCE,
    IS_COMPLETE,
    MONTHS_ARE_CLOSED,
    IS_FILED_IN_TIME,
)
# The parameters of these rules in words.
PARAMETERS = (gettext_noop("due"),)
