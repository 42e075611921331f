"""The demo's classes filed ahead of time: one approved, one waiting, one returned.

They start some weeks after the day of the first start, by the acts of the accounts whose
step each is.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from core.models import User
from programs.models import Program
from training import filing, gates, licences, timetable
from training.demo.rosters import HUANXIAN
from training.lessons import LessonLine
from training.models import ClassFiling, Institution, TrainingClass
from training.planning import ClassFacts, Planned

SCHOOL, OTHER_SCHOOL = f"{HUANXIAN.name}职业中等专业学校", f"{HUANXIAN.name}技工学校"
LICENSED_SINCE = datetime.date(2018, 1, 1)
TEACHERS = {"张建国": "高级技师", "李秀兰": "讲师"}
HOURS_A_DAY = Decimal(6)
APPROVED = "计划和课程表完整，同意开班。"
RETURNED = "未附课程表，授课教师也未落实，请补齐后重新提交。"
WHY = {
    "training.licence_is_on_file": "该校办学许可证正在换发，已查看旧证和换证受理通知书。",
    "training.timetable_agrees_with_the_filing": "授课教师尚在聘请，课程表待教师到位后补录。",
}


@dataclass(frozen=True)
class DemoFiling:
    """A class, how many days ahead it starts, its subjects a day each, and how far it goes."""

    code: str
    institution: str
    occupation: str
    ahead: int
    theory: tuple[str, ...]
    practice: tuple[str, ...]
    step: str = "filed"
    has_timetable: bool = True

    @property
    def days(self) -> int:
        return len(self.theory) + len(self.practice)


FILINGS = (
    DemoFiling(
        "环备案001",
        SCHOOL,
        "电焊工",
        12,
        ("安全用电与防护", "焊接材料与设备", "电弧焊基础", "焊接工艺与图纸", "缺陷与质量检查"),
        (
            "平焊练习",
            "立焊练习",
            "横焊练习",
            "管板焊接",
            "二氧化碳气体保护焊",
            "综合练习",
            "考前练习",
        ),
        "approved",
    ),
    DemoFiling(
        "环备案002",
        SCHOOL,
        "中式烹调师",
        20,
        ("食品安全与营养", "原料知识", "刀工与火候", "本地菜谱"),
        ("刀工练习", "热菜制作", "面点制作", "凉菜制作", "宴席实操", "综合练习"),
    ),
    DemoFiling(
        "环备案003",
        OTHER_SCHOOL,
        "家政服务员",
        25,
        ("职业道德与法律", "家居保洁知识", "老人照料知识", "婴幼儿照料知识"),
        ("家居保洁", "家庭烹饪", "老人照料", "婴幼儿照料", "急救练习", "综合练习"),
        "returned",
        has_timetable=False,
    ),
)


def load_filings(users: Mapping[str, User]) -> int:
    """File the classes that are not there yet and bring each as far as it goes; returns how many."""
    clerk, reviewer = users["huanxian"], users["huanxian-shenhe"]
    _license(clerk)
    known = TrainingClass.objects.filter(county_code=HUANXIAN.code).values_list("code", flat=True)
    missing = [each for each in FILINGS if each.code not in set(known)]
    for each in missing:
        _load(each, clerk, reviewer)
    return len(missing)


def _license(clerk: User) -> None:
    """What the school may teach and who teaches there, as its page would take it."""
    school, _ = Institution.objects.get_or_create(county_code=HUANXIAN.code, name=SCHOOL)
    if school.licensed_scopes.exists():
        return
    for occupation in ("电焊工", "中式烹调师"):
        licences.add_scope(
            institution=school, occupation=occupation, valid_from=LICENSED_SINCE, by=clerk
        )
    for name, qualification in TEACHERS.items():
        licences.register_teacher(
            institution=school, name=name, qualification=qualification, by=clerk
        )


def _load(each: DemoFiling, clerk: User, reviewer: User) -> None:
    found = filing.draw_up(
        county=HUANXIAN.code, taught=_taught(each), planned=_planned(each), by=clerk
    )
    if each.has_timetable:
        _timetable(each, found, clerk)
    _explain(found, clerk)
    filing.file(filing=found, version=found.version, by=clerk)
    if each.step == "approved":
        filing.approve(filing=found, version=found.version, by=reviewer, decision=APPROVED)
    if each.step == "returned":
        filing.return_(filing=found, version=found.version, by=reviewer, decision=RETURNED)


def _taught(each: DemoFiling) -> ClassFacts:
    start = timezone.localdate() + datetime.timedelta(days=each.ahead)
    institution, _ = Institution.objects.get_or_create(
        county_code=HUANXIAN.code, name=each.institution
    )
    return ClassFacts(
        institution=institution,
        occupation=each.occupation,
        program=Program.objects.get(code="skills"),
        level="5",
        code=each.code,
        start_date=start,
        end_date=start + datetime.timedelta(days=each.days - 1),
    )


def _planned(each: DemoFiling) -> Planned:
    return Planned(
        planned_size=40,
        hours_theory=len(each.theory) * HOURS_A_DAY,
        hours_practice=len(each.practice) * HOURS_A_DAY,
        place=f"{each.institution}实训楼",
        assessor="庆阳市职业技能鉴定指导中心",
        plan=f"先理论后实操，每天6学时，共{each.days}天；结业前由鉴定机构组织考核。",
    )


def _timetable(each: DemoFiling, found: ClassFiling, clerk: User) -> None:
    first, (theorist, master) = found.training_class.start_date, sorted(TEACHERS, reverse=True)
    subjects = [(name, False, theorist) for name in each.theory]
    subjects += [(name, True, master) for name in each.practice]
    lines = [
        LessonLine(first + datetime.timedelta(days), name, HOURS_A_DAY, is_practice, teacher)
        for days, (name, is_practice, teacher) in enumerate(subjects)
    ]
    timetable.keep_timetable(
        training_class=found.training_class, lines=lines, seen=timetable.digest_of([]), by=clerk
    )


def _explain(found: ClassFiling, clerk: User) -> None:
    for rule in dict.fromkeys(f.rule for f in gates.findings_of(found, timezone.localdate())):
        filing.explain(filing=found, version=found.version, rule=rule, text=WHY[rule], by=clerk)
