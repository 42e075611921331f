"""Designated villages: from a list, with the figures that count by them."""

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry, PolicyArea
from exchange import rollups
from exchange.figures import Figure
from exchange.periods import Period
from tests.factories import a_class, a_person, divisions, enrolled, settled

pytestmark = pytest.mark.django_db
VILLAGE = "621022100001"


@pytest.fixture
def area():
    divisions()
    enrolled(a_person(1), a_class(), region_code=VILLAGE)
    enrolled(a_person(2), a_class(), region_code="621022201001")
    settled()
    return PolicyArea.objects.create(key="poor", name="贫困村", kind="provincial", source="test")


def designated(path, *codes, **days):
    path.write_text("\n".join(codes) + "\n", "utf-8")
    call_command("designate_villages", "poor", path, source="某县〔2014〕1号", **days)


def in_poor_villages():
    return Figure("training.in_poor_villages", "62", Period.parse("2019")).value()


def test_villages_of_a_list_are_designated_once_and_counted(area, tmp_path):
    for _time in range(2):
        designated(tmp_path / "list.txt", VILLAGE, valid_from="2014-01-01", valid_to="2020-12-31")
        assert in_poor_villages() == 1
    (village,) = area.villages.all()
    assert (village.village_id, str(village.valid_to)) == (VILLAGE, "2020-12-31")
    entry = AuditEntry.objects.get(verb="training.villages.designated")
    assert (entry.changes, rollups.differences()) == ({"new": 1}, [])


def test_a_list_with_other_codes_is_refused_whole(area, tmp_path):
    with pytest.raises(CommandError, match="621022999999"):
        designated(tmp_path / "list.txt", VILLAGE, "621022999999")
    with pytest.raises(CommandError, match="none"):
        call_command("designate_villages", "none", tmp_path / "list.txt", source="x")
    assert (area.villages.count(), in_poor_villages()) == (0, 0)
