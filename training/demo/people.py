"""Invented people of real villages. The same seed invents the same people."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

from core.models import Region
from talent.identity import expected_check_character

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程苏魏吕丁任沈姚卢"
MALE = "建军 志强 永平 文海 小龙 国庆 俊峰 海东 玉成 宏伟 万福 生辉 正祥 有才 学义 彦斌 占魁 振华 进喜 世荣".split()  # noqa: SIM905
FEMALE = "秀兰 桂花 彩霞 玉梅 晓燕 淑芳 改琴 巧玲 粉娥 雪莲 银花 小红 春梅 彦芳 红霞 丽娟 爱琴 淑贞 亚妮 转弟".split()  # noqa: SIM905
MUSLIM_MALE = "哈三 尤素夫 阿卜杜 一布拉 穆萨 舍利夫 拉麦 苏莱曼 麻麻乃 乙四夫".split()  # noqa: SIM905
MUSLIM_FEMALE = "法图麦 阿西燕 海车 索菲亚 麦热燕 热比燕 阿以舍 则奈拜".split()  # noqa: SIM905
GROUPS = ("一组", "二组", "三组", "四组", "五组", "六组")
EDUCATION = ("文盲或半文盲", "小学", "初中", "初中", "高中", "大专", "本科及以上")
CATEGORIES = (
    "建档立卡贫困劳动力",
    "建档立卡贫困劳动力",
    "建档立卡贫困劳动力",
    "农村转移就业劳动者",
    "登记失业人员",
    "两后生",
)


@dataclass(frozen=True)
class Village:
    code: str
    township: str
    name: str


def villages_of(county_code: str) -> list[Village]:
    """The county's villages whose short name is theirs alone within the township."""
    rows = list(
        Region.objects.within(county_code)
        .filter(level__gte=Region.Level.TOWNSHIP)
        .values_list("code", "short_name")
    )
    townships = {code: name for code, name in rows if len(code) == 9}
    found: dict[tuple[str, str], list[str]] = {}
    for code, name in rows:
        if len(code) == 12:
            found.setdefault((townships[code[:9]], name), []).append(code)
    return [Village(codes[0], *key) for key, codes in sorted(found.items()) if len(codes) == 1]


@dataclass
class Population:
    """A county's invented people, in households of one to four.

    `birthplace` is the six digits their numbers begin with: the code of the place in
    the years when they were born. `orders` parts the numbers of one population from
    those of another with the same birthplace.
    """

    villages: list[Village]
    birthplace: str
    dongxiang: bool
    orders: range
    chance: random.Random

    def __post_init__(self) -> None:
        self.used: set[str] = set()
        self.households = 0

    def people(self) -> Iterator[dict[str, object]]:
        """Endless people, a household after another, as cells of a roster."""
        while True:
            village = self.chance.choice(self.villages)
            self.households += 1
            home = {
                "户编号": f"{village.code}{self.households:04d}",
                "乡镇": village.township,
                "行政村": village.name,
                "村民小组": self.chance.choice(GROUPS),
            }
            members = ["户主", "配偶", "之子", "之女"][: self.chance.choice((1, 1, 2, 2, 3, 4))]
            surname = self._surname()
            head_is_male = self.chance.random() < 0.8
            for relation in members:
                yield self._person(relation, surname, head_is_male) | home

    def _surname(self) -> str:
        return self.chance.choice("马马马妥汪唐" if self.dongxiang else SURNAMES)

    def _person(self, relation: str, surname: str, head_is_male: bool) -> dict[str, object]:
        male = {"户主": head_is_male, "配偶": not head_is_male, "之子": True}.get(relation, False)
        child = relation in ("之子", "之女")
        born = self._birth_date(1990 if child else 1962, 2001 if child else 1985)
        family = self._surname() if relation == "配偶" else surname
        return {
            "姓名": family + self._given(male),
            "性别": "男" if male else "女",
            "身份证号码": self._id_number(born, male),
            "民族": "东乡族" if self.dongxiang else "汉族",
            "文化程度": self.chance.choice(EDUCATION),
            "与户主关系": relation,
            "联系电话": f"1{self.chance.choice('35789')}{self.chance.randrange(10**9):09d}",
        }

    def _given(self, male: bool) -> str:
        if self.dongxiang:
            return self.chance.choice(MUSLIM_MALE if male else MUSLIM_FEMALE)
        return self.chance.choice(MALE if male else FEMALE)

    def _birth_date(self, first: int, last: int) -> datetime.date:
        days = self.chance.randrange(365 * (last - first))
        return datetime.date(first, 1, 1) + datetime.timedelta(days)

    def _id_number(self, born: datetime.date, male: bool) -> str:
        while True:
            order = self.chance.choice(self.orders) // 2 * 2 + int(male)
            digits = f"{self.birthplace}{born:%Y%m%d}{order:03d}"
            if digits not in self.used:
                self.used.add(digits)
                return digits + expected_check_character(digits)
