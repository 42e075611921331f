"""The official wordings of the ledger's lists, as rosters and tables print them."""

from training.models import SkillLevel

LEVEL = {
    SkillLevel.JUNIOR: "初级",
    SkillLevel.INTERMEDIATE: "中级",
    SkillLevel.SENIOR: "高级",
    SkillLevel.TECHNICIAN: "技师",
    SkillLevel.SENIOR_TECHNICIAN: "高级技师",
}
_SAME_LEVEL = {
    SkillLevel.JUNIOR: (
        "五级",
        "初级工",
        "五级工",
        "5级",
        "初级/五级",
        "五级/初级工",
        "初级（五级）",
    ),
    SkillLevel.INTERMEDIATE: (
        "四级",
        "中级工",
        "四级工",
        "4级",
        "中级/四级",
        "四级/中级工",
        "中级（四级）",
    ),
    SkillLevel.SENIOR: (
        "三级",
        "高级工",
        "三级工",
        "3级",
        "高级/三级",
        "三级/高级工",
        "高级（三级）",
    ),
    SkillLevel.TECHNICIAN: ("二级", "2级", "二级/技师"),
    SkillLevel.SENIOR_TECHNICIAN: ("一级", "1级", "一级/高级技师"),
}
LEVEL_ALSO = {wording: level for level, same in _SAME_LEVEL.items() for wording in same}
