"""The official wordings of the register's lists, as rosters and tables print them.

Chinese facts of the forms, not texts of the interface: they are the same in every
language. `ALSO` gives further wordings in use; a roster that uses one keeps it.
"""

from talent.models import Category, Education, LaborSkill, Relation, Sex

SEX = {Sex.MALE: "男", Sex.FEMALE: "女"}
SEX_ALSO = {"男性": Sex.MALE, "女性": Sex.FEMALE}

EDUCATION = {
    Education.ILLITERATE: "文盲或半文盲",
    Education.PRIMARY: "小学",
    Education.JUNIOR: "初中",
    Education.SENIOR: "高中",
    Education.COLLEGE: "大专",
    Education.BACHELOR: "本科及以上",
}
EDUCATION_ALSO = {
    "文盲": Education.ILLITERATE,
    "半文盲": Education.ILLITERATE,
    "文盲半文盲": Education.ILLITERATE,
    "文盲、半文盲": Education.ILLITERATE,
    "小学文化": Education.PRIMARY,
    "初中文化": Education.JUNIOR,
    "高中文化": Education.SENIOR,
    "中专": Education.SENIOR,
    "职高": Education.SENIOR,
    "技校": Education.SENIOR,
    "高中/中专": Education.SENIOR,
    "高中（中专）": Education.SENIOR,
    "专科": Education.COLLEGE,
    "大学专科": Education.COLLEGE,
    "高职": Education.COLLEGE,
    "本科": Education.BACHELOR,
    "大学": Education.BACHELOR,
    "大学本科": Education.BACHELOR,
    "研究生": Education.BACHELOR,
    "硕士": Education.BACHELOR,
}

LABOR_SKILL = {
    LaborSkill.ORDINARY: "普通劳动力",
    LaborSkill.SKILLED: "技能劳动力",
    LaborSkill.WEAK: "弱劳动力或半劳动力",
    LaborSkill.LOST: "丧失劳动力",
    LaborSkill.NONE: "无劳动力",
}

CATEGORY = {
    Category.FILED_POOR: "建档立卡贫困劳动力",
    Category.OUT_OF_POVERTY: "脱贫劳动力",
    Category.MONITORED: "防返贫监测对象",
    Category.TRANSFERRED: "农村转移就业劳动者",
    Category.UNEMPLOYED: "登记失业人员",
    Category.TWO_AFTER: "两后生",
    Category.HARD_TO_PLACE: "就业困难人员",
    Category.FARM_TALENT: "农业实用人才",
    Category.EMPLOYEE: "企业职工",
    Category.VETERAN: "退役军人",
    Category.DISABLED: "残疾人",
    Category.GRADUATE: "高校毕业生",
    Category.FOUNDER: "创业者",
    Category.OTHER: "其他",
}
CATEGORY_ALSO = {
    "建档立卡": Category.FILED_POOR,
    "建档立卡户": Category.FILED_POOR,
    "建档立卡贫困户": Category.FILED_POOR,
    "建档立卡贫困人口": Category.FILED_POOR,
    "贫困劳动力": Category.FILED_POOR,
    "脱贫户": Category.OUT_OF_POVERTY,
    "脱贫人口": Category.OUT_OF_POVERTY,
    "脱贫劳动者": Category.OUT_OF_POVERTY,
    "监测对象": Category.MONITORED,
    "监测户": Category.MONITORED,
    "三类监测户": Category.MONITORED,
    "农村劳动力": Category.TRANSFERRED,
    "农村转移劳动力": Category.TRANSFERRED,
    "农村转移就业劳动力": Category.TRANSFERRED,
    "城镇登记失业人员": Category.UNEMPLOYED,
    "失业人员": Category.UNEMPLOYED,
    "登记失业": Category.UNEMPLOYED,
    "城乡两后生": Category.TWO_AFTER,
    "未继续升学初高中毕业生": Category.TWO_AFTER,
    "农村实用人才": Category.FARM_TALENT,
    "退伍军人": Category.VETERAN,
    "复转军人": Category.VETERAN,
    "毕业生": Category.GRADUATE,
    "大学生": Category.GRADUATE,
}

RELATION = {
    Relation.HEAD: "户主",
    Relation.SPOUSE: "配偶",
    Relation.SON: "之子",
    Relation.DAUGHTER: "之女",
    Relation.DAUGHTER_IN_LAW: "之儿媳",
    Relation.SON_IN_LAW: "之女婿",
    Relation.GRANDSON: "之孙子",
    Relation.GRANDDAUGHTER: "之孙女",
    Relation.FATHER: "之父",
    Relation.MOTHER: "之母",
    Relation.FATHER_IN_LAW: "之岳父",
    Relation.MOTHER_IN_LAW: "之岳母",
    Relation.GRANDFATHER: "之祖父",
    Relation.GRANDMOTHER: "之祖母",
    Relation.BROTHER: "之兄弟",
    Relation.SISTER: "之姐妹",
    Relation.OTHER: "其他",
}
RELATION_ALSO = {
    "本人": Relation.HEAD,
    "本人或户主": Relation.HEAD,
    "妻": Relation.SPOUSE,
    "妻子": Relation.SPOUSE,
    "丈夫": Relation.SPOUSE,
    "夫": Relation.SPOUSE,
    "子": Relation.SON,
    "儿子": Relation.SON,
    "长子": Relation.SON,
    "次子": Relation.SON,
    "三子": Relation.SON,
    "女": Relation.DAUGHTER,
    "女儿": Relation.DAUGHTER,
    "长女": Relation.DAUGHTER,
    "次女": Relation.DAUGHTER,
    "儿媳": Relation.DAUGHTER_IN_LAW,
    "之媳": Relation.DAUGHTER_IN_LAW,
    "女婿": Relation.SON_IN_LAW,
    "孙子": Relation.GRANDSON,
    "孙女": Relation.GRANDDAUGHTER,
    "之外孙子": Relation.GRANDSON,
    "之外孙女": Relation.GRANDDAUGHTER,
    "父亲": Relation.FATHER,
    "父": Relation.FATHER,
    "母亲": Relation.MOTHER,
    "母": Relation.MOTHER,
    "之公公": Relation.FATHER_IN_LAW,
    "之婆婆": Relation.MOTHER_IN_LAW,
    "岳父": Relation.FATHER_IN_LAW,
    "岳母": Relation.MOTHER_IN_LAW,
    "祖父": Relation.GRANDFATHER,
    "祖母": Relation.GRANDMOTHER,
    "兄弟": Relation.BROTHER,
    "之兄弟姐妹": Relation.BROTHER,
    "姐妹": Relation.SISTER,
}

# GB/T 3304 names the 56 groups; 97 is those not yet identified, 98 naturalized foreigners.
_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 "
    "拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 "
    "怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNICITY = {f"{group}族": f"{group}族" for group in _GROUPS.split()} | {
    "其他": "其他",
    "外国血统中国籍人士": "外国血统中国籍人士",
}
ETHNICITY_ALSO = {group: f"{group}族" for group in _GROUPS.split()} | {"崩龙族": "德昂族"}
