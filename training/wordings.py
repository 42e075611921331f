"""The official wordings of the ledger's lists, as rosters and tables print them."""

from programs.models import Fund
from training.models import SkillLevel

FUND = {
    Fund.EMPLOYMENT_FUNDS: "就业再就业资金",
    Fund.OTHER_FISCAL: "其他财政资金",
    Fund.OWN_CLAIM: "个人报销",
    Fund.ENTERPRISE: "企业自筹",
    Fund.CHARITY: "社会捐助",
}
# 就业补助资金 is the name of the same money since 2015.
FUND_ALSO = {
    "就业资金": Fund.EMPLOYMENT_FUNDS,
    "就业补助资金": Fund.EMPLOYMENT_FUNDS,
    "就业专项资金": Fund.EMPLOYMENT_FUNDS,
    "再就业资金": Fund.EMPLOYMENT_FUNDS,
    "其他财政": Fund.OTHER_FISCAL,
    "财政资金": Fund.OTHER_FISCAL,
    "扶贫资金": Fund.OTHER_FISCAL,
    "财政扶贫资金": Fund.OTHER_FISCAL,
    "专项扶贫资金": Fund.OTHER_FISCAL,
    "自费报销": Fund.OWN_CLAIM,
    "个人垫付": Fund.OWN_CLAIM,
    "企业": Fund.ENTERPRISE,
    "企业资金": Fund.ENTERPRISE,
    "社会捐赠": Fund.CHARITY,
    "捐助": Fund.CHARITY,
    "捐赠": Fund.CHARITY,
}

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
