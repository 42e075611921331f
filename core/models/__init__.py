"""Who may do what where, and the dated facts everything else leans on."""

from core.models.accounts import Assignment, Office, User
from core.models.audit import AuditEntry
from core.models.holidays import Holiday, LocalHoliday
from core.models.operations import Heartbeat
from core.models.policy_areas import PolicyArea, PolicyAreaCounty, PolicyAreaVillage
from core.models.regions import Region, RegionCodeField
from core.models.rule_values import RuleValue

__all__ = [
    "Assignment",
    "AuditEntry",
    "Heartbeat",
    "Holiday",
    "LocalHoliday",
    "Office",
    "PolicyArea",
    "PolicyAreaCounty",
    "PolicyAreaVillage",
    "Region",
    "RegionCodeField",
    "RuleValue",
    "User",
]
