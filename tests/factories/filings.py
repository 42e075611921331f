"""Classes as they are filed: drawn up by the service, far enough ahead, with nothing amiss."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.models import User
from tests.factories.plans import a_program
from training import filing, gates
from training.models import ClassFiling, Institution
from training.planning import ClassFacts, Planned

EXPLAINED = "已电话询问该校并查看许可证原件，情况与备案一致"


def class_facts(county: str = "621022", **values: Any) -> ClassFacts:
    """A class that starts in thirty days and lasts fifteen."""
    institution, _ = Institution.objects.get_or_create(
        county_code=county, name=values.pop("institution", f"{county}职业培训学校")
    )
    start = values.pop("start_date", timezone.localdate() + datetime.timedelta(days=30))
    facts = {
        "institution": institution,
        "occupation": "电焊工",
        "program": values.pop("program", None) or a_program(),
        "level": "5",
        "code": "2026001",
        "start_date": start,
        "end_date": start + datetime.timedelta(days=14),
    }
    return ClassFacts(**facts | values)


def planned(**values: Any) -> Planned:
    usual = {
        "planned_size": 40,
        "hours_theory": Decimal(40),
        "hours_practice": Decimal(50),
        "place": "县职教中心实训楼",
    }
    return Planned(**usual | values)


def a_filing(by: User, county: str = "621022", **values: Any) -> ClassFiling:
    """A draft; `values` are those of the class or of what is planned."""
    known = {n: values.pop(n) for n in list(values) if n in Planned.__annotations__}
    return filing.draw_up(
        county=county, taught=class_facts(county, **values), planned=planned(**known), by=by
    )


def explained(found: ClassFiling, by: User) -> ClassFiling:
    """The same filing with every finding that asks explained."""
    for rule in {each.rule for each in gates.findings_of(found, timezone.localdate())}:
        filing.explain(filing=found, version=found.version, rule=rule, text=EXPLAINED, by=by)
    return found


def a_filed_class(by: User, county: str = "621022", **values: Any) -> ClassFiling:
    found = explained(a_filing(by, county, **values), by)
    filing.file(filing=found, version=found.version, by=by)
    return found
