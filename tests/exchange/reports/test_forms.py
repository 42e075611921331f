import datetime

import pytest

from core.models import RuleValue
from exchange.reports import Form
from exchange.reports.forms import TO_BE_CHECKED, foot, form_for
from tests.factories import divisions

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 12, 31)


def a_form(region: str, valid_from: str, **value: str) -> None:
    RuleValue.objects.create(
        rule="report.ledger",
        parameter="form",
        region_code=region,
        valid_from=valid_from,
        value=value,
        citation="甘人社〔2019〕1号",
        needs_checking=False,
    )


def test_a_form_without_a_document_is_to_be_checked() -> None:
    divisions()
    form = form_for("ledger", Form(), "621022", DAY)
    assert (form.table_number, form.issued_by) == ("待核定", "甘肃省人力资源和社会保障厅")
    moment = datetime.datetime(2019, 12, 31, 16, 30, tzinfo=datetime.UTC)
    notes = foot(moment, form, made_by="", notes=("甲。",)).notes
    assert notes == ("说明：", "1. 数据截至2020年1月1日00:30。", "2. 甲。", f"3. {TO_BE_CHECKED}")


def test_the_nearest_document_in_force_says_what_the_form_is() -> None:
    divisions()
    a_form("62", "2019-01-01", table_number="甘人社1表", issued_by="甘肃省人社厅", unknown="x")
    a_form("6210", "2019-06-01", table_number="庆人社1表", valid_until="2020年12月31日")
    a_form("6210", "2020-01-01", table_number="庆人社2表")
    province = form_for("ledger", Form(), "62", DAY)
    county = form_for("ledger", Form(), "621022", DAY)
    assert (province.table_number, province.issued_by) == ("甘人社1表", "甘肃省人社厅")
    assert (county.table_number, county.issued_by) == ("庆人社1表", "甘肃省人力资源和社会保障厅")
    assert (county.valid_until, county.needs_checking) == ("2020年12月31日", False)
    assert form_for("quota-execution", Form(), "62", DAY).table_number == "待核定"
