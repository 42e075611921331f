"""Judgements over people's rows before they are registered or enrolled."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from talent.identity import IdNumberTrouble, birth_date_of, sex_of
from talent.known import known_people

_ID_STANDARD = "GB 11643-1999《公民身份号码》"
_NAME_NOTICE = (
    "民委发〔2016〕33号《关于在政府管理和社会公共服务信息系统中统一姓名采集应用规范的通知》"
)


def _id_rule(key: str, name: str | Promise, citation: str = _ID_STANDARD) -> Rule:
    return Rule(key=key, name=name, severity=Severity.BLOCK, citation=citation)


ID_RULES = {
    IdNumberTrouble.MISSING: _id_rule(
        "talent.id_number_is_given", _("A person's citizen ID number is given")
    ),
    IdNumberTrouble.LENGTH: _id_rule(
        "talent.id_number_has_18_characters", _("A citizen ID number has 18 characters")
    ),
    IdNumberTrouble.CHARACTERS: _id_rule(
        "talent.id_number_is_digits", _("A citizen ID number is digits and a last digit or X")
    ),
    IdNumberTrouble.CHECKSUM: _id_rule(
        "talent.id_number_agrees_with_its_check_character",
        _("A citizen ID number agrees with its check character"),
        "GB 11643-1999；ISO 7064 MOD 11-2",
    ),
    IdNumberTrouble.BIRTH_DATE: _id_rule(
        "talent.id_number_holds_a_real_date", _("A citizen ID number holds a real date of birth")
    ),
    IdNumberTrouble.DAMAGED_BY_SPREADSHEET: _id_rule(
        "talent.id_number_was_not_cut_by_a_spreadsheet",
        _("A citizen ID number was not cut by a spreadsheet"),
        "电子表格数值精度为15位（IEEE 754）",
    ),
}
PHONE_IS_A_PHONE = Rule(
    key="talent.phone_is_a_phone",
    name=_("A phone is one mobile number or one landline"),
    severity=Severity.EXPLAIN,
    citation="填表说明：联系电话填11位手机号码或固定电话；《电信网编号计划》（核实，未见原文）",
)
NAME_IS_A_NAME = Rule(
    key="talent.name_is_a_name",
    name=_("A name holds letters only, and is not too long"),
    severity=Severity.BLOCK,
    citation=_NAME_NOTICE,
)


def _sex_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, number, sex in batch.pairs("id_number", "sex"):
        if sex_of(number) != sex:
            yield row, "sex", SEX_DISAGREES


def _birth_date_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, number, born in batch.pairs("id_number", "birth_date"):
        if birth_date_of(number) != born:
            yield row, "birth_date", BIRTH_DATE_DISAGREES


def _name_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Compares with the register by the blind index; another county's name is not told.

    A row that alone registered its person (`own_person`) may correct the name.
    """
    known, own = known_people(batch), batch["own_person"]
    first: dict[bytes, int] = {}
    for row, key, name_key in batch.pairs("id_index", "name_key"):
        person = known.get(key)
        if person is None:
            # The first row would register the person; what follows must agree with it.
            earlier = first.setdefault(key, row)
            if batch["name_key"][earlier] != name_key:
                params = {"line": batch["line"][earlier], "name": batch["name"][earlier]}
                yield row, "name", NAMED_OTHERWISE, params
            continue
        if person.name_key != name_key and own[row] != key:
            is_here = person.county_code == batch.region_code
            yield (
                (row, "name", NAME_DISAGREES, {"registered": person.name})
                if is_here
                else (row, "name", NAME_DISAGREES_ELSEWHERE)
            )


SEX_AGREES_WITH_ID = Rule(
    key="talent.sex_agrees_with_id_number",
    name=_("The sex agrees with the citizen ID number"),
    severity=Severity.BLOCK,
    citation="GB 11643-1999：第17位奇数为男、偶数为女",
    judge=_sex_agrees,
)
BIRTH_DATE_AGREES_WITH_ID = Rule(
    key="talent.birth_date_agrees_with_id_number",
    name=_("The date of birth agrees with the citizen ID number"),
    severity=Severity.BLOCK,
    citation="GB 11643-1999：第7至14位为出生日期",
    judge=_birth_date_agrees,
)
NAME_AGREES_WITH_REGISTER = Rule(
    key="talent.name_agrees_with_register",
    name=_("The name agrees with the one registered for the citizen ID number"),
    severity=Severity.BLOCK,
    citation="GB 11643-1999：号码唯一、终身不变，一号只属一人",
    judge=_name_agrees,
)
PERSON_RULES = (SEX_AGREES_WITH_ID, BIRTH_DATE_AGREES_WITH_ID, NAME_AGREES_WITH_REGISTER)
PERSON_SHAPE_RULES = (*ID_RULES.values(), NAME_IS_A_NAME, PHONE_IS_A_PHONE)

SEX_DISAGREES = gettext_noop(
    "The sex does not agree with the 17th digit of the ID number. Check both."
)
BIRTH_DATE_DISAGREES = gettext_noop(
    "The date of birth is not the one in the ID number. Check both."
)
NAME_DISAGREES = gettext_noop(
    "This ID number is registered in your county for %(registered)s. Check number and name."
)
NAMED_OTHERWISE = gettext_noop(
    "This ID number stands on line %(line)s with another name (%(name)s). Check number and name."
)
NAME_DISAGREES_ELSEWHERE = gettext_noop(
    "This ID number is registered under another name. Check number and name with the ID card."
)
