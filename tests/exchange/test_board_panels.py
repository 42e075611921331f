"""Parts of a board about its offices: who is late, what was found, which figures stand out."""

import datetime

import pytest
from django.urls import reverse

from core.rule_values import load_rule_values
from exchange import anomalies
from exchange.anomalies import found_in
from exchange.figures import Figure
from exchange.models import Explanation, Rollup, Submission, SubmissionFinding
from exchange.periods import Period
from tests.factories import an_account, divisions

pytestmark = pytest.mark.django_db
JUNE = datetime.date(2019, 6, 1)
KEY = "training.attendances"


@pytest.fixture(autouse=True)
def world():
    divisions()
    load_rule_values()


@pytest.fixture
def officer(client):
    user = an_account("省", "province-officer", "62")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_month(county, month=JUNE, **values):
    values = {"book": "ledger", "state": "draft", "due_on": datetime.date(2019, 7, 10)} | values
    return Submission.objects.create(
        county_code=county, prefecture_code=county[:4], month=month, **values
    )


def panel(reader, which, code="62", period="2019-06"):
    url = reverse(f"exchange:panel-{which}", args=[code])
    return reader.get(url, {"period": period}).context


def figures(**months):
    """Rollups of 环县 by month, such as m2019_06=600."""
    for name, amount in months.items():
        month = datetime.date(int(name[1:5]), int(name[6:]), 1)
        Rollup.objects.create(
            measure=KEY,
            county_code="621022",
            month=month,
            program="skills",
            category="filed-poor",
            amount=amount,
            as_of=datetime.datetime(2019, 7, 1, tzinfo=datetime.UTC),
        )


def a_year(of=100, **months):
    """Twelve even months before June 2019, and others as named."""
    before = [(2018, n) for n in range(6, 13)] + [(2019, n) for n in range(1, 6)]
    figures(**{f"m{year}_{month:02}": of for year, month in before}, **months)


def test_late_offices_are_those_of_the_period_and_region(officer):
    figures(m2019_06=1)
    missing = a_month("621022")
    a_month("622926", late_reason="系统故障", state="submitted")
    a_month("621021", due_on=datetime.date(2099, 1, 1))
    a_month("621022", datetime.date(2019, 5, 1))
    found = panel(officer, "late")
    assert [row["month"].county_code for row in found["rows"]] == ["621022", "622926"]
    assert found["total"] == 2
    assert found["rows"][0]["days"] > 0
    assert found["rows"][1]["days"] is None
    assert [row["month"] for row in panel(officer, "late", "6210")["rows"]] == [missing]
    assert officer.get(found["more_url"]).context["page"].total == 2


def test_open_findings_are_those_that_nobody_explained(officer):
    figures(m2019_06=1)
    month, other = a_month("621022"), a_month("622926")

    def finding(submission, row, rule="training.x", severity="explain"):
        same = {"submission": submission, "chapter": "ledger", "row_key": row, "rule": rule}
        SubmissionFinding.objects.create(**same, severity=severity, sentence="x", facts="f")
        return same | {"facts": "f"}

    said = finding(month, 1)
    finding(month, 2)
    finding(other, 3)
    finding(month, 4, "training.y", "block")
    by = an_account("环", "county-clerk", "621022")
    Explanation.objects.create(**said, text="因为道路中断，延后两天开班", by=by)
    rows = panel(officer, "findings")["rows"]
    assert [(row["rule"], row["number"], row["counties"]) for row in rows] == [
        ("training.y", 1, 1),
        ("training.x", 2, 2),
    ]
    assert panel(officer, "findings", "6229")["total"] == 1
    assert panel(officer, "findings", period="2019-05")["total"] == 0


def june(**narrower):
    return found_in(Figure(KEY, "62", Period.parse("2019-06"), **narrower))


@pytest.mark.parametrize(("amount", "found"), [(301, 1), (300, 0)])
def test_a_month_above_three_times_its_median_stands_out(amount, found):
    a_year(m2019_06=amount)
    assert len(june()) == found


def test_what_stands_out_names_its_figure(officer):
    a_year(m2019_06=640)
    (row,) = panel(officer, "anomalies", period="2019-06")["rows"]
    assert row["anomaly"].params == {"figure": "640", "times": "6.4", "months": 12, "median": "100"}
    assert row["anomaly"].figure.value() == 640
    assert row["place"] == "环县"
    (source,) = panel(officer, "anomalies", period="2019-06")["rules"]
    assert [value.parameter for value in source["values"]] == list(anomalies.PARAMETERS)


def test_few_people_and_a_beginning_stand_out_of_nothing():
    a_year(10, m2019_06=49)
    assert june() == []
    Rollup.objects.all().delete()
    figures(m2019_06=5000, m2019_05=100)
    assert june() == []


def empty(period="2019-06", **narrower):
    found = found_in(Figure(KEY, "62", Period.parse(period), **narrower))
    return [
        (each.figure.region_code, each.figure.period.text, each.params["filled"])
        for each in found
        if each.rule is anomalies.IS_NOT_EMPTY
    ]


def test_a_month_with_nothing_stands_out_where_most_months_before_have_something():
    a_year()
    assert empty() == [("621022", "2019-06", 12)]
    assert empty("2019") == [("621022", f"2019-{month:02}", 18 - month) for month in (6, 7, 8, 9)]
    assert empty(programs=frozenset({"roads"})) == []
    Rollup.objects.filter(month__lt=datetime.date(2018, 9, 1)).delete()
    assert empty() == [("621022", "2019-06", 9)]
    Rollup.objects.filter(month__lt=datetime.date(2018, 10, 1)).update(amount=0)
    assert empty() == []


def test_one_row_is_enough_and_who_never_had_any_is_not_asked():
    a_year(m2019_06=1)
    assert empty() == []
    Rollup.objects.all().delete()
    assert empty() == []


def test_a_month_that_is_not_over_is_not_missed(monkeypatch):
    a_year()
    for day, found in (("2019-06-30", 0), ("2019-07-01", 1)):
        today = datetime.date.fromisoformat(day)
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_, today=today: today)
        assert len(empty()) == found


def test_only_what_the_board_is_narrowed_to_is_looked_at():
    a_year(m2019_06=640)
    assert june(programs=frozenset({"roads"})) == []
    assert len(june(programs=frozenset({"skills"}))) == 1
