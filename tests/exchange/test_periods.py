"""Reporting periods: what may be written, what it covers, and how a table names it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from exchange.filters import PeriodField
from exchange.periods import Period, PeriodUnreadable, as_written

DAY = datetime.date


@pytest.mark.parametrize(
    ("written", "first", "last", "to_date_first", "name"),
    [
        ("2019", DAY(2019, 1, 1), DAY(2019, 12, 31), DAY(2019, 1, 1), "2019年"),
        ("2019Q1", DAY(2019, 1, 1), DAY(2019, 3, 31), DAY(2019, 1, 1), "2019年1—3月"),
        ("2019Q4", DAY(2019, 10, 1), DAY(2019, 12, 31), DAY(2019, 1, 1), "2019年10—12月"),
        ("2019-02", DAY(2019, 2, 1), DAY(2019, 2, 28), DAY(2019, 1, 1), "2019年2月"),
        ("2020-02", DAY(2020, 2, 1), DAY(2020, 2, 29), DAY(2020, 1, 1), "2020年2月"),
        (" 2019-12 ", DAY(2019, 12, 1), DAY(2019, 12, 31), DAY(2019, 1, 1), "2019年12月"),
    ],
)
def test_a_period(written: str, first: DAY, last: DAY, to_date_first: DAY, name: str) -> None:
    period = Period.parse(written)
    assert (period.text, period.first_day, period.last_day) == (written.strip(), first, last)
    assert period.year_to_date == Period.between(to_date_first, last)
    assert Period.span(written) == period
    with translation.override("zh-hans"):
        assert period.name == name


@pytest.mark.parametrize(
    "written",
    [
        "",
        "19",
        "2019-13",
        "2019-00",
        "2019-1",
        "2019Q5",
        "2019q1",
        "2019-12-01",
        "1899",
        "２０１９",
    ],
)
def test_what_is_no_period(written: str) -> None:
    with translation.override("zh-hans"), pytest.raises(PeriodUnreadable) as told:
        Period.parse(written)
    assert str(told.value) == f"“{written}”不是统计期。请写成2019、2019Q4或2019-12。"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2020年", "2020"),
        ("2020年度", "2020"),
        ("2020年5月", "2020-05"),
        (" 2020 年 12 月 ", "2020-12"),
        ("２０２０年５月", "2020-05"),
        ("2020.5", "2020-05"),
        ("2020/05", "2020-05"),
        ("2020-5", "2020-05"),
        ("5/2020", "2020-05"),
        ("2020年第四季度", "2020Q4"),
        ("2020年4季度", "2020Q4"),
        ("2020q4", "2020Q4"),
        ("2020年10—12月", "2020Q4"),
        ("10–12/2020", "2020Q4"),
        ("2020-05", "2020-05"),
        ("2019-01..2020-03", "2019-01..2020-03"),
        ("2020-01-05", "2020-01-05"),
        ("2020年13月", "2020年13月"),
        ("2020年5月6日", "2020年5月6日"),
        ("去年", "去年"),
        ("", ""),
    ],
)
def test_a_period_as_officers_write_it(said: str, written: str) -> None:
    assert as_written(said) == written


def test_a_field_takes_a_period_as_pages_show_it() -> None:
    field = PeriodField()
    assert field.clean("2020年第四季度") == Period.parse("2020Q4")
    assert "maxlength" not in field.widget.attrs
    with pytest.raises(ValidationError) as refused:
        field.clean("2020年1—5月")
    assert [each.code for each in refused.value.error_list] == ["max_length"]


def test_the_month_of_a_day() -> None:
    assert Period.month_of(DAY(2019, 6, 30)) == Period.parse("2019-06")


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (DAY(2019, 1, 1), DAY(2019, 12, 31), "2019"),
        (DAY(2019, 4, 3), DAY(2019, 6, 5), "2019Q2"),
        (DAY(2019, 6, 3), DAY(2019, 6, 5), "2019-06"),
        (DAY(2019, 1, 1), DAY(2019, 7, 31), "2019-01..2019-07"),
        (DAY(2019, 2, 1), DAY(2019, 4, 30), "2019-02..2019-04"),
        (DAY(2019, 11, 1), DAY(2020, 1, 31), "2019-11..2020-01"),
        (DAY(2019, 1, 1), DAY(2020, 12, 31), "2019-01..2020-12"),
    ],
)
def test_a_span_of_months_is_written_and_read(first: DAY, last: DAY, written: str) -> None:
    span = Period.between(first, last)
    assert (span.text, span.first_day) == (written, first.replace(day=1))
    assert Period.span(written) == span
    with pytest.raises(PeriodUnreadable):
        Period.parse("2019-01..2019-07")


@pytest.mark.parametrize(
    "written", ["2019-07..2019-01", "2019..", "..2019", "2019-01..2019-13", ""]
)
def test_what_is_no_span(written: str) -> None:
    with pytest.raises(PeriodUnreadable):
        Period.span(written)


def test_the_month_before_a_period() -> None:
    assert Period.parse("2020Q1").before == Period.parse("2019-12")


def test_a_span_over_years_is_named_by_its_ends() -> None:
    with translation.override("zh-hans"):
        name = Period.span("2019-11..2020-01").name
    assert (name.startswith("2019年11月"), name.endswith("2020年1月")) == (True, True)


def test_the_months_of_a_period() -> None:
    assert Period.span("2019-11..2020-02").months == ["2019-11", "2019-12", "2020-01", "2020-02"]
    assert Period.parse("2019-06").months == ["2019-06"]
