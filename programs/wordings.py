"""The official wordings of the lists of postings and experts, as rosters and tables print them.

`ALSO` gives further wordings in use; a roster that uses one keeps its meaning.
"""

from programs.models import PostingKind, TeamKind, TitleGrade

POSTING = {
    PostingKind.FIRST_SECRETARY: "第一书记",
    PostingKind.VILLAGE_TEAM: "驻村工作队",
    PostingKind.DEPUTY_OF_TOWNSHIP: "科技副乡镇长",
    PostingKind.DEPUTY_OF_COUNTY: "科技副县长",
    PostingKind.TECHNICAL_ENVOY: "科技特派员",
    PostingKind.THREE_SUPPORTS: "三支一扶",
    PostingKind.VILLAGE_GRADUATE: "大学生村官",
    PostingKind.SPECIAL_POST: "特岗教师",
    PostingKind.WEST_PLAN: "西部计划",
    PostingKind.PAIRED_AID: "对口支援",
    PostingKind.SECONDMENT: "挂职",
    PostingKind.INTERNSHIP: "顶岗实习",
}
POSTING_ALSO = {
    "驻村第一书记": PostingKind.FIRST_SECRETARY,
    "村党组织第一书记": PostingKind.FIRST_SECRETARY,
    "驻村工作队员": PostingKind.VILLAGE_TEAM,
    "驻村工作队队员": PostingKind.VILLAGE_TEAM,
    "驻村干部": PostingKind.VILLAGE_TEAM,
    "科技副乡长": PostingKind.DEPUTY_OF_TOWNSHIP,
    "科技副镇长": PostingKind.DEPUTY_OF_TOWNSHIP,
    "“三支一扶”": PostingKind.THREE_SUPPORTS,
    "三支一扶人员": PostingKind.THREE_SUPPORTS,
    "村官": PostingKind.VILLAGE_GRADUATE,
    "特岗": PostingKind.SPECIAL_POST,
    "西部计划志愿者": PostingKind.WEST_PLAN,
    "挂职干部": PostingKind.SECONDMENT,
    "上挂下派": PostingKind.SECONDMENT,
}

TEAM = {
    TeamKind.SENIOR: "高级专家服务团",
    TeamKind.RETURNED: "赤子计划服务团",
    TeamKind.POSTDOCTORAL: "博士后科技服务团",
    TeamKind.SPECIAL: "新疆西藏特培",
    TeamKind.OTHER: "其他",
}
TEAM_ALSO = {
    "高级专家": TeamKind.SENIOR,
    "专家服务团": TeamKind.SENIOR,
    "赤子计划": TeamKind.RETURNED,
    "海外赤子": TeamKind.RETURNED,
    "博士后": TeamKind.POSTDOCTORAL,
    "博士后服务团": TeamKind.POSTDOCTORAL,
    "新疆特培": TeamKind.SPECIAL,
    "西藏特培": TeamKind.SPECIAL,
}

GRADE = {
    TitleGrade.FULL: "正高级",
    TitleGrade.ASSOCIATE: "副高级",
    TitleGrade.INTERMEDIATE: "中级",
    TitleGrade.JUNIOR: "初级",
}
GRADE_ALSO = {
    "正高": TitleGrade.FULL,
    "副高": TitleGrade.ASSOCIATE,
    "助理级": TitleGrade.JUNIOR,
    "员级": TitleGrade.JUNIOR,
}
