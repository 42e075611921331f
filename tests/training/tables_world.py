"""A small world whose every figure can be counted by hand.

    who  class                     from        to          program    place       category
    1    A of 621022               2019-06-03  2019-06-17  skills     621022100…  filed-poor
    2    A                                                            621022100   filed-poor
    3    A                                                            621022      veteran
    4    A (dropped out)                                              621022201…  two-after
    10   A (withdrawn)
    1    B of 621022               2019-03-11  2019-03-25  brand      621022100…  filed-poor
    5    B                                                            621022201…  transferred
    6    C of 622926               2019-06-24  2019-07-08  two-after  622926100   two-after
    7    C                                                            622926100   filed-poor
    6    D of 622926               2019-05-06  2019-05-20  skills     622926      two-after
    8    D                                                            622926      disabled
    9    E of 621021               2018-12-17  2019-01-07  skills     621021      monitored

Certified are 1 (in A and B), 3, 6 (in C), 9; at work 1 (in A), 3, 8, 9; subsidies in yuan are
1000, 600, 1000 in A, 500.50 for 1 in B, 800 for 8.
"""

import datetime
from typing import Any

from programs.models import Expert, Posting
from tests.factories import (
    a_class,
    a_person,
    a_plan,
    a_program,
    a_quota,
    divisions,
    enrolled,
    settled,
)

DAY = datetime.date
EAST, WEST = "621022100001", "621022201001"


def the_ledger() -> None:
    divisions()
    labor = a_program("labor", name="劳动力培训", measure="training.completions", order=1)
    for order, code in enumerate(("skills", "brand", "two-after"), 2):
        a_program(code, measure="training.completions", order=order, part_of=labor)
    a, b = (
        _class("621022", "A", (6, 3), "skills", "employment-funds"),
        _class("621022", "B", (3, 11), "brand", "other-fiscal"),
    )
    c = _class("622926", "C", (6, 24), "two-after", "unknown")
    d = _class("622926", "D", (5, 6), "skills", "own-claim")
    e = a_class(
        "621021",
        "E",
        start_date=DAY(2018, 12, 17),
        end_date=DAY(2019, 1, 7),
        program=a_program("skills"),
        fund="employment-funds",
    )
    _row(1, a, EAST, certificate_number="S1", employment="employed", subsidy=1000)
    _row(2, a, "621022100", employment="unemployed", subsidy=600)
    _row(
        3, a, "621022", "veteran", certificate_number="S3", employment="self-employed", subsidy=1000
    )
    _row(4, a, WEST, "two-after", result="dropped")
    _row(10, a, EAST, state="withdrawn")
    _row(1, b, EAST, certificate_number="S2", subsidy="500.50")
    _row(5, b, WEST, "transferred")
    _row(6, c, "622926100", "two-after", certificate_number="S6")
    _row(7, c, "622926100")
    _row(6, d, "622926", "two-after")
    _row(8, d, "622926", "disabled", employment="employed", subsidy=800)
    _row(9, e, "621021", "monitored", certificate_number="S9", employment="employed")
    settled()


def _class(county: str, code: str, day: tuple[int, int], program: str, fund: str) -> Any:
    start = DAY(2019, *day)
    return a_class(county, code, start_date=start, program=a_program(program), fund=fund)


def _row(who: int, attended: Any, place: str, category: str = "filed-poor", **values: Any) -> None:
    enrolled(a_person(who), attended, region_code=place, category=category, **values)


def the_plan() -> None:
    """Labor: 100 of the province, 60 and 30 of the prefectures, 40 of 621022, 5 apart in 622926;
    skills: 20 of 6210."""
    plan, labor = a_plan(document_number="甘人社〔2019〕1号"), a_program("labor")
    province = a_quota(plan, labor, "62", 100)
    qingyang = a_quota(plan, labor, "6210", 60, parent=province)
    linxia = a_quota(plan, labor, "6229", 30, parent=province)
    a_quota(plan, labor, "621022", 40, parent=qingyang)
    a_quota(plan, labor, "622926", 5, parent=linxia, listed_apart=True)
    a_quota(plan, a_program("skills"), "6210", 20)


def the_teams() -> None:
    """Of 621022: first secretaries 1 since 2018, 2 since May 2019, 5 until 31 March 2019; of the
    village team 3 until 29 June 2019; technical envoy 4 from April to 30 June 2019. Senior experts
    6 since 2018 and 7 since April 2019, a returned scholar 8 since July 2019."""
    _posted(1, "first-secretary", DAY(2018, 1, 1))
    _posted(2, "first-secretary", DAY(2019, 5, 1))
    _posted(5, "first-secretary", DAY(2017, 1, 1), DAY(2019, 3, 31))
    _posted(3, "village-team", DAY(2018, 6, 1), DAY(2019, 6, 29))
    _posted(4, "technical-envoy", DAY(2019, 4, 10), DAY(2019, 6, 30))
    _listed(6, "senior", DAY(2018, 5, 1))
    _listed(7, "senior", DAY(2019, 4, 2))
    _listed(8, "returned", DAY(2019, 7, 1))
    settled()


def _posted(who: int, kind: str, first: DAY, last: DAY | None = None) -> None:
    place = {"county_code": "621022", "region_code": "621022100"}
    dates = {"start_date": first, "end_date": last}
    Posting.objects.create(person=a_person(who), kind=kind, sending_unit="县委", **place, **dates)


def _listed(who: int, team: str, since: DAY) -> None:
    Expert.objects.create(
        person=a_person(who),
        team=team,
        county_code="621022",
        unit="农科院",
        specialty="畜牧",
        start_date=since,
    )
