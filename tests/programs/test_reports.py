"""The quota report, read back from the files it makes."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from exchange.models import ReportRun, Rollup
from exchange.reports import services
from exchange.reports.making import folder
from programs.models import Plan, Program
from programs.reports import NO_PLAN
from tests.factories import a_plan, a_program, a_quota, divisions, issued

pytestmark = pytest.mark.django_db(transaction=True)
Rows = list[list[object]]


@pytest.fixture(autouse=True)
def surroundings(settings: object, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    divisions()


def made(region: str, period: str = "2019-12") -> ReportRun:
    run = services.request_report(
        report="quota", region_code=region, period=period, by=None, wake=False
    )
    return services.make_now(run)


def sheets(run: ReportRun) -> dict[str, Rows]:
    assert (run.state, run.error) == ("done", "")
    book = CalamineWorkbook.from_path(folder() / run.stored_as)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def body(rows: Rows) -> Rows:
    """The rows between the line of codes (甲, 乙...) and the empty line before the foot."""
    start = next(n for n, row in enumerate(rows) if row[0] == "甲") + 1
    end = next(n for n, row in enumerate(rows[start:], start) if not any(map(str, row)))
    return rows[start:end]


def text(rows: Rows) -> str:
    return "\n".join(str(cell) for row in rows for cell in row)


def done(county: str, month: str, program: Program, amount: int) -> None:
    Rollup.objects.create(
        measure=program.measure,
        county_code=county,
        month=datetime.date.fromisoformat(f"{month}-01"),
        program=program.pk,
        category="other",
        amount=Decimal(amount),
        as_of=timezone.now(),
    )


@pytest.fixture
def skills() -> Program:
    return a_program("skills", name="技能培训", order=1)


@pytest.fixture
def plan(skills: Program) -> Plan:
    """100 for 庆阳: 60 for 环县, 30 for 庆城, 10 left. Done 45 and 40, of which 5 last year."""
    plan = a_plan("2019年培训计划", document_number="甘人社〔2019〕1号")
    province = a_quota(plan, skills, "62", 150)
    prefecture = a_quota(plan, skills, "6210", 100, parent=province)
    a_quota(plan, skills, "621022", 60, parent=prefecture)
    a_quota(plan, skills, "621021", 30, parent=prefecture)
    done("621022", "2018-12", skills, 5)
    done("621022", "2019-03", skills, 20)
    done("621022", "2019-12", skills, 25)
    done("621021", "2019-06", skills, 40)
    return plan


@pytest.mark.usefixtures("plan")
def test_a_county_gets_one_row_for_each_program() -> None:
    book = sheets(made("621022"))
    assert list(book) == ["执行情况"]
    assert body(book["执行情况"]) == [
        ["2019年培训计划", "甘人社〔2019〕1号", "年度计划", "技能培训", 60, "", 45, 0.75, 15]
    ]


@pytest.mark.usefixtures("plan")
def test_a_prefecture_gets_its_counties_and_what_it_handed_down() -> None:
    book = sheets(made("6210"))
    assert list(book) == ["执行情况", "分地区", "2019年培训计划"]
    assert body(book["执行情况"])[0][4:] == [100, "", 85, 0.85, 15, 90, 10]
    assert body(book["分地区"]) == [
        ["合计", "6210", 100, "", 85, 0.85, 15],
        ["庆城县", "621021", 30, "", 40, 40 / 30, -10],
        ["环县", "621022", 60, "", 45, 0.75, 15],
    ]
    assert body(book["2019年培训计划"]) == [
        ["技能培训", "合计", "6210", 100, "", 85, 0.85, 15, 90, 10],
        ["技能培训", "庆城县", "621021", 30, "", 40, 40 / 30, -10, "", ""],
        ["技能培训", "环县", "621022", 60, "", 45, 0.75, 15, "", ""],
    ]


@pytest.mark.usefixtures("plan")
def test_a_province_gets_its_prefectures_also_those_without_a_plan() -> None:
    rows = body(sheets(made("62"))["2019年培训计划"])
    assert [row[1:] for row in rows] == [
        ["合计", "62", 150, "", 85, 85 / 150, 65, 100, 50],
        ["庆阳市", "6210", 100, "", 85, 0.85, 15, 90, 10],
        ["临夏回族自治州", "6229", "", "", 0, "", "", "", ""],
    ]


@pytest.mark.usefixtures("plan")
def test_only_what_was_done_by_the_end_of_the_period_counts() -> None:
    assert body(sheets(made("621022", "2019-11"))["执行情况"])[0][4:] == [60, "", 20, 20 / 60, 40]
    assert body(sheets(made("621022", "2019Q1"))["执行情况"])[0][6] == 20
    assert body(sheets(made("621022", "2019-02"))["执行情况"])[0][6] == 0


def test_a_phase_counts_from_the_month_it_begins_in(skills: Program) -> None:
    plan = a_plan(
        "三年计划",
        kind=Plan.Kind.PHASE,
        first_day=datetime.date(2018, 3, 15),
        last_day=datetime.date(2020, 12, 31),
    )
    a_quota(plan, skills, "621022", 10)
    for month in ("2018-02", "2018-03", "2019-12", "2020-01"):
        done("621022", month, skills, 1)
    (row,) = body(sheets(made("621022"))["执行情况"])
    assert (row[2], row[6]) == ("阶段计划", 2)


@pytest.mark.usefixtures("plan")
def test_plans_that_have_ended_or_not_begun_are_left_out() -> None:
    for period in ("2018-12", "2020-01"):
        book = sheets(made("6210", period))
        assert list(book) == ["执行情况"]
        assert body(book["执行情况"]) == []
        assert NO_PLAN in text(book["执行情况"])


def test_an_umbrella_stands_before_its_parts_and_sums_what_they_did() -> None:
    plan = a_plan()
    umbrella = a_program("all", name="培训总数", order=5)
    late = a_program("late", name="两后生培训", part_of=umbrella, order=2)
    early = a_program("early", name="劳务品牌培训", part_of=umbrella, order=1)
    other = a_program("other", name="创业培训", order=1)
    for program, amount in ((late, 20), (umbrella, 50), (other, 5), (early, 30)):
        a_quota(plan, program, "621022", amount)
    for program, amount in ((late, 3), (early, 4), (umbrella, 1), (other, 2)):
        done("621022", "2019-05", program, amount)
    book = sheets(made("621022"))
    assert [(row[3], row[4], row[6]) for row in body(book["执行情况"])] == [
        ("创业培训", 5, 2),
        ("培训总数", 50, 8),
        ("　其中：劳务品牌培训", 30, 4),
        ("　其中：两后生培训", 20, 3),
    ]
    matrix = sheets(made("6210"))["分地区"]
    assert body(matrix)[2] == ["环县", "621022", 5, "", 2, 0.4, 3, 50, "", 8, 0.16, 42]


def test_a_part_without_its_umbrella_in_the_plan_stands_on_its_own(skills: Program) -> None:
    """As under a prefecture's plan of one part; that another plan has the umbrella is nothing to it."""
    umbrella = a_program("all", name="培训总数", order=5)
    part = a_program("brand", name="劳务品牌培训", part_of=umbrella)
    plan, other = a_plan("甲"), a_plan("乙")
    for program, amount in ((skills, 10), (part, 30)):
        a_quota(plan, program, "6210", amount)
    a_quota(other, umbrella, "6210", 50)
    book = sheets(made("6210"))
    assert {(row[0], row[3]) for row in body(book["执行情况"])} == {
        ("甲", "技能培训"),
        ("甲", "劳务品牌培训"),
        ("乙", "培训总数"),
    }
    assert "其中：" not in text(book["甲"])
    assert {30, 10, 50} <= set(body(book["分地区"])[0])


def test_a_measure_of_its_own_is_not_mixed_with_others(skills: Program) -> None:
    done("621022", "2019-05", skills, 3)
    skills.measure = "training.completions"
    skills.save()
    done("621022", "2019-06", skills, 2)
    plan = a_plan()
    a_quota(plan, skills, "621022", 10)
    a_quota(plan, a_program("other", order=9), "621022", 10)
    assert [row[6] for row in body(sheets(made("621022"))["执行情况"])] == [2, 0]


def test_what_is_listed_apart_stands_apart_and_takes_nothing_from_its_parent(
    skills: Program,
) -> None:
    plan = a_plan()
    prefecture = a_quota(plan, skills, "6210", 100)
    a_quota(plan, skills, "621022", 60, parent=prefecture)
    apart = a_quota(plan, skills, "621021", 20, parent=prefecture, listed_apart=True)
    assert (prefecture.allotted, apart.listed_apart) == (60, True)
    done("621021", "2019-05", skills, 5)
    done("621022", "2019-05", skills, 55)
    rows = body(sheets(made("6210"))["2019年培训计划"])
    assert [row[1:] for row in rows] == [
        ["合计", "6210", 100, 20, 60, 0.5, 60, 60, 40],
        ["庆城县", "621021", "", 20, 5, 0.25, 15, "", ""],
        ["环县", "621022", 60, "", 55, 55 / 60, 5, "", ""],
    ]


def test_parts_of_what_is_listed_apart_are_not_counted_twice(skills: Program) -> None:
    plan = a_plan()
    apart = a_quota(plan, skills, "6210", 100, listed_apart=True)
    a_quota(plan, skills, "621022", 40, parent=apart, listed_apart=True)
    province, prefecture = (sheets(made(code))["2019年培训计划"] for code in ("62", "6210"))
    assert [row[4] for row in body(province)] == [100, 100, ""]
    assert [row[4] for row in body(prefecture)] == [100, "", 40]


def test_a_plan_of_nothing_has_no_rate(skills: Program) -> None:
    plan = a_plan()
    a_quota(plan, skills, "621022", 5)
    issued(plan, ("621022", skills, -5, False), kind="claw-back", number="1号")
    done("621022", "2019-05", skills, 5)
    assert body(sheets(made("621022"))["执行情况"])[0][4:] == [0, "", 5, "", -5]


def test_a_later_document_does_not_rewrite_an_earlier_period(skills: Program) -> None:
    plan = a_plan()
    a_quota(plan, skills, "621022", 60)
    issued(plan, ("621022", skills, 15, False), dated=datetime.date(2019, 9, 1))
    found = [
        body(sheets(made("621022", period))["执行情况"])[0][4] for period in ("2019-08", "2019-09")
    ]
    assert found == [60, 75]


@pytest.mark.usefixtures("plan")
def test_the_form_names_the_plans_document() -> None:
    rows = sheets(made("6210"))["2019年培训计划"]
    said = "计划文件：2019年培训计划；文号：甘人社〔2019〕1号；年度计划，执行期：2019-01-01至2019-12-31。"
    assert said in text(rows)
    assert "填报单位：庆阳市人力资源和社会保障局" in text(rows)
    assert "制定机关：甘肃省人力资源和社会保障厅" in text(rows)
