"""The shipped policy areas: counts, overlaps, members that exist, and loading them."""

import datetime

import pytest

from core.divisions import load_divisions, read_divisions
from core.models import AuditEntry, PolicyArea, PolicyAreaCounty
from core.policy_areas import ShippedArea, UnknownCounties, load_policy_areas, shipped_areas

# Members listed in the file, which are all counties of the area unless PARTIAL says otherwise.
LISTED = {
    "deep-poverty": 211,
    "deep-poverty-tibet": 74,
    "deep-poverty-southern-xinjiang": 33,
    "deep-poverty-tibetan-counties": 76,
    "deep-poverty-linxia": 8,
    "deep-poverty-liangshan": 17,
    "deep-poverty-nujiang": 4,
    "contiguous-liupan": 47,
    "contiguous-qinba": 9,
    "contiguous-wuling": 0,
    "contiguous-wumeng": 0,
    "contiguous-dian-gui-qian": 0,
    "contiguous-western-yunnan": 0,
    "contiguous-greater-khingan": 0,
    "contiguous-yanshan-taihang": 0,
    "contiguous-luliang": 0,
    "contiguous-dabie": 0,
    "contiguous-luoxiao": 0,
    "contiguous-tibet": 74,
    "contiguous-tibetan-counties": 76,
    "contiguous-southern-xinjiang": 24,
    "gansu-58": 58,
    "gansu-58-liupan": 40,
    "gansu-58-qinba": 9,
    "gansu-58-tibetan": 9,
    "key-support": 115,
}


def _codes(key: str) -> set[str]:
    return {member.code for member in shipped_areas()[key].members}


def _contiguous() -> list[ShippedArea]:
    return [area for area in shipped_areas().values() if area.kind == "contiguous"]


def test_every_area_has_the_counties_it_should() -> None:
    assert {key: len(area.members) for key, area in shipped_areas().items()} == LISTED


def test_every_member_is_a_county_of_the_file_under_its_name() -> None:
    counties = {d.code: d for d in read_divisions(()) if d.level == 3}
    for area in shipped_areas().values():
        for member in area.members:
            assert counties[member.code].name == member.name
            assert not counties[member.code].statistical_only


def test_every_area_and_member_names_its_source() -> None:
    for area in shipped_areas().values():
        assert area.source
        assert all(member.source for member in area.members)


def test_an_area_not_listed_whole_is_marked_for_checking() -> None:
    for area in shipped_areas().values():
        assert area.needs_checking or len(area.members) == area.stated_counties


def test_the_fourteen_contiguous_areas_count_680_counties() -> None:
    assert len(_contiguous()) == 14
    assert sum(area.stated_counties for area in _contiguous()) == 680


def test_the_three_areas_of_gansu_make_up_its_58() -> None:
    parts = [_codes("gansu-58-liupan"), _codes("gansu-58-qinba"), _codes("gansu-58-tibetan")]
    assert set().union(*parts) == _codes("gansu-58")
    assert sum(map(len, parts)) == 58
    by_prefecture = {code[:4]: 0 for code in _codes("gansu-58")}
    for code in _codes("gansu-58"):
        by_prefecture[code[:4]] += 1
    assert by_prefecture == {
        "6201": 3, "6204": 3, "6205": 6, "6206": 2, "6208": 5, "6210": 7,
        "6211": 7, "6212": 9, "6229": 8, "6230": 8,
    }  # fmt: skip


def test_areas_overlap_as_they_really_do() -> None:
    liangshan, tibetan = _codes("deep-poverty-liangshan"), _codes("deep-poverty-tibetan-counties")
    assert liangshan & tibetan == {"513422"}  # 木里
    both = _codes("gansu-58") & _codes("deep-poverty")
    assert both == _codes("deep-poverty-linxia") | _codes("gansu-58-tibetan")
    assert "620623" in both  # 天祝
    assert _codes("deep-poverty-southern-xinjiang") - _codes("contiguous-southern-xinjiang") == {
        code for code in _codes("deep-poverty") if code.startswith("6529")
    }


def test_key_counties_of_gansu_are_23_of_its_58() -> None:
    of_gansu = {code for code in _codes("key-support") if code.startswith("62")}
    assert len(of_gansu) == 23
    assert of_gansu < _codes("gansu-58")


@pytest.mark.django_db
def test_areas_are_loaded_once_and_keep_what_people_did() -> None:
    load_divisions()
    loaded = load_policy_areas()
    assert (loaded.areas, loaded.memberships) == (len(LISTED), sum(LISTED.values()))
    PolicyArea.objects.filter(key="gansu-58").update(needs_checking=False, name="旧名")
    wuling = PolicyArea.objects.get(key="contiguous-wuling")
    PolicyAreaCounty.objects.create(area=wuling, county_id="500114", source="手工补录")
    assert load_policy_areas() == loaded
    assert PolicyArea.objects.count() == loaded.areas
    assert PolicyAreaCounty.objects.count() == loaded.memberships + 1
    checked = PolicyArea.objects.get(key="gansu-58")
    assert (checked.name, checked.needs_checking) == ("甘肃省58个集中连片特困县", False)
    tianzhu = PolicyAreaCounty.objects.get(area=checked, county_id="620623")
    assert (tianzhu.valid_from, tianzhu.valid_to) == (
        datetime.date(2011, 1, 1),
        datetime.date(2020, 12, 31),
    )
    assert AuditEntry.objects.filter(verb="core.policy_areas.loaded").count() == 1


@pytest.mark.django_db
def test_areas_wait_for_their_counties() -> None:
    with pytest.raises(UnknownCounties):
        load_policy_areas()
    assert PolicyArea.objects.count() == 0
