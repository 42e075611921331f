"""A small world of figures: two years, two prefectures, two programs, a policy area."""

import datetime

from core.models import PolicyArea, PolicyAreaCounty
from tests.factories.places import divisions
from tests.factories.plans import a_program
from tests.factories.training import a_class, a_person, enrolled, settled
from training.models import Enrollment

HUAN, DONGXIANG, QINGCHENG = "621022", "622926", "621021"
AREA = "three-prefectures"


def figures_world() -> None:
    """Nine rows that count and one that was withdrawn.

    2019: 环县 3 in June (2 people) and 1 in August, 东乡 2 in June, 庆城 1 in March (it dropped
    out); 2018: 环县 2 in June. 东乡 lies in the policy area `AREA`. Of 环县's June one has a
    certificate and a subsidy of 1,500, another is employed.
    """
    divisions()
    other = a_program("roads")
    june, august = datetime.date(2019, 6, 24), datetime.date(2019, 8, 5)
    first = a_class(HUAN, "a", start_date=june)
    second = a_class(HUAN, "b", start_date=june, program=other)
    late = a_class(HUAN, "c", start_date=august)
    old = a_class(HUAN, "d", start_date=datetime.date(2018, 6, 4))
    west = a_class(DONGXIANG, "e", start_date=june)
    north = a_class(QINGCHENG, "f", start_date=datetime.date(2019, 3, 4))
    ma, li, zhang = a_person(1), a_person(2), a_person(3)
    enrolled(ma, first, region_code="621022201001", employment=Enrollment.Employment.EMPLOYED)
    enrolled(ma, second, region_code="621022201001")
    enrolled(
        li,
        first,
        category="monitored",
        region_code="621022100001",
        certificate_number="S000062100000000000001",
        subsidy=1500,
    )
    enrolled(zhang, late)
    enrolled(a_person(9), late, state=Enrollment.State.WITHDRAWN)
    enrolled(ma, old, region_code="621022201001")
    enrolled(li, old, category="monitored")
    enrolled(a_person(4, county_code=DONGXIANG), west)
    enrolled(a_person(5, county_code=DONGXIANG), west, category="monitored")
    enrolled(a_person(6, county_code=QINGCHENG), north, result=Enrollment.Result.DROPPED)
    area = PolicyArea.objects.create(
        key=AREA, name="三区三州", kind=PolicyArea.Kind.DEEP_POVERTY, source="测试用"
    )
    PolicyAreaCounty.objects.create(area=area, county_id=DONGXIANG)
    settled()
