"""Rules over people's rows: what breaks each of them, what does not, and the sentence."""

from datetime import date as day
from typing import Any

import pytest
from django.utils import translation

from core.rules import Batch, Finding, Rule, RuleBook, held_rows, judge
from core.sealing import blind_index_many
from talent import rules
from talent.identity import IdNumberTrouble
from talent.imports import ID_NUMBER_FIELD, PERSON_COLUMNS
from talent.names import fold_names
from tests.factories import a_person, citizen_number, divisions
from tests.factories.rosters import a_row, judged

MAN, WOMAN = citizen_number(1), citizen_number(2)
EMPTY_BOOK = RuleBook([])


def told(findings: list[Finding]) -> list[tuple[int, str, str]]:
    with translation.override("zh-hans"):
        return [(f.row, f.column, str(f)) for f in findings]


def judged_by(rule: Rule, **columns: list[Any]) -> list[Finding]:
    size = len(next(iter(columns.values())))
    return judge(Batch(size, "621022", columns), [rule], EMPTY_BOOK)


def test_the_sex_agrees_with_the_number() -> None:
    found = judged_by(
        rules.SEX_AGREES_WITH_ID,
        id_number=[MAN, WOMAN, MAN, WOMAN, None, MAN],
        sex=["1", "2", "2", "1", "1", None],
    )
    sentence = "性别与身份证号码第 17 位不一致，请核对两者。"
    assert told(found) == [(2, "sex", sentence), (3, "sex", sentence)]
    assert held_rows(found) == {2, 3}


def test_the_date_of_birth_agrees_with_the_number() -> None:
    found = judged_by(
        rules.BIRTH_DATE_AGREES_WITH_ID,
        id_number=[MAN, MAN, None],
        birth_date=[day(1990, 1, 1), day(1990, 1, 2), day(1990, 1, 2)],
    )
    assert told(found) == [(1, "birth_date", "出生日期与身份证号码不一致，请核对两者。")]
    assert held_rows(found) == {1}


def names_judged(*people: tuple[str, str | None]) -> list[tuple[int, str, str]]:
    names = [name for name, _number in people]
    indexes = blind_index_many([number or MAN for _name, number in people], ID_NUMBER_FIELD)
    found = judged_by(
        rules.NAME_AGREES_WITH_REGISTER,
        name=names,
        name_key=fold_names(names),
        id_index=[n and i for (_, n), i in zip(people, indexes, strict=True)],
        line=[2 + row for row in range(len(people))],
    )
    assert held_rows(found) == {finding.row for finding in found}
    return told(found)


def test_a_name_agrees_with_the_register(db: None) -> None:
    """The own county's name is told, another county's is not."""
    divisions()
    a_person(1, name="古丽·买买提")
    a_person(2, name="马小花", county_code="622926")
    assert names_judged(
        ("古丽买买提", MAN),
        ("古丽", MAN),
        ("马小花", WOMAN),
        ("马小化", WOMAN),
        ("张三", citizen_number(3)),
        ("李四", None),
    ) == [
        (1, "name", "该身份证号码在本县登记的姓名为古丽·买买提，请核对号码和姓名。"),
        (3, "name", "该身份证号码已用另一姓名登记，请对照身份证核对号码和姓名。"),
    ]


def test_a_number_not_registered_yet_has_one_name_in_the_file(db: None) -> None:
    """As if the first row had been brought in before the others."""
    assert names_judged(("张三", MAN), ("李四", WOMAN), ("王五", MAN), ("张 三", MAN)) == [
        (2, "name", "该身份证号码在第 2 行对应另一姓名（张三），请核对号码和姓名。")
    ]


DAMAGED = MAN[:15] + "000"
NUMBERS = {
    "": IdNumberTrouble.MISSING,
    MAN[:15]: IdNumberTrouble.LENGTH,
    MAN[:16] + "AB": IdNumberTrouble.CHARACTERS,
    MAN[:17] + ("0" if MAN[17] != "0" else "1"): IdNumberTrouble.CHECKSUM,
    citizen_number(1, born="19900230"): IdNumberTrouble.BIRTH_DATE,
    citizen_number(1, born="18990101"): IdNumberTrouble.BIRTH_DATE,
    "6.21022199001E+17": IdNumberTrouble.DAMAGED_BY_SPREADSHEET,
}


@pytest.mark.parametrize(("number", "trouble"), NUMBERS.items())
def test_a_number_in_trouble_breaks_the_rule_of_its_trouble(
    number: str, trouble: IdNumberTrouble, db: None
) -> None:
    divisions()
    found = judged(a_row(id_number=number)).findings
    rule = rules.ID_RULES[trouble]
    assert [(f.rule, f.severity, f.column, f.sentence) for f in found] == [
        (rule.key, "block", "id_number", trouble.sentence)
    ]


def test_every_trouble_of_a_number_has_a_rule_of_its_own() -> None:
    assert set(rules.ID_RULES) == set(IdNumberTrouble)
    assert len({rule.key for rule in rules.ID_RULES.values()}) == len(IdNumberTrouble)


def test_a_name_with_a_digit_is_held(db: None) -> None:
    divisions()
    found = judged(a_row(name="张3"), a_row(3, name="欧阳·买买提江·吐尔逊"))
    assert found.held == {0}
    assert told(found.findings) == [
        (
            0,
            "name",
            "姓名中含有数字或不应出现的符号。请按证件填写，少数民族姓名各部分之间用“·”连接。",
        )
    ]


def test_every_rule_of_people_but_of_phones_holds_a_row_and_names_its_source() -> None:
    every = (*rules.PERSON_RULES, *rules.PERSON_SHAPE_RULES)
    assert {r.key for r in every if r.severity != "block"} == {rules.PHONE_IS_A_PHONE.key}
    assert all(rule.citation for rule in every)
    assert len({rule.key for rule in every}) == len(every)
    assert [c.title for c in PERSON_COLUMNS][:3] == ["姓名", "性别", "身份证号码"]
