"""A few divisions of Gansu: two prefectures, three counties, townships and villages of one."""

from core.models import Region
from core.places import pinyin_initials, short_place_name

PLACES = {
    "62": "甘肃省",
    "6210": "庆阳市",
    "6229": "临夏回族自治州",
    "621021": "庆城县",
    "621022": "环县",
    "622926": "东乡族自治县",
    "621022100": "环城镇",
    "621022201": "小南沟乡",
    "621022100001": "环州北路社区居委会",
    "621022201001": "李原村村民委员会",
    "622926100": "锁南镇",
    "622926100001": "锁南村委会",
}
LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}


def divisions() -> dict[str, Region]:
    """The divisions of PLACES by their codes."""
    made: dict[str, Region] = {}
    for code, name in PLACES.items():
        level = LEVELS[len(code)]
        parent = max((known for known in made if code.startswith(known)), key=len, default=None)
        short = short_place_name(name, level)
        made[code], _ = Region.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "level": level,
                "parent_id": parent,
                "short_name": short,
                "pinyin": pinyin_initials(short),
            },
        )
    return made
