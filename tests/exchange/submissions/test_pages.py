"""A month as county, prefecture and province see it in the browser, from beginning to lock."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.models import User
from core.rule_values import load_rule_values
from exchange import jobs
from exchange.models import Receipt, ReturnNote, Submission
from exchange.submissions import findings
from exchange.submissions.diffs import RowDifference
from exchange.views import submissions
from tests.factories import a_program, divisions
from tests.factories.rosters import a_row, entered
from tests.factories.submissions import JUNE, a_month, the_chain
from training.models import Enrollment

WHY = "经电话联系本人并查看毕业证书，文化程度与登记一致"


@pytest.fixture
def chain(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    translation.activate("en")
    settings.FILES_DIR = tmp_path / "files"
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    load_rule_values()
    a_program()
    return the_chain()


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def posted(user: User, name: str, *args: Any, **sent: Any) -> list[str]:
    """What the page after an act says."""
    response = client_of(user).post(reverse(f"exchange:{name}", args=args), sent, follow=True)
    assert response.status_code == 200, response.content.decode()[:500]
    return [str(message) for message in response.context["messages"]]


def worked(month: Submission) -> str:
    """Do what was asked of a worker; the job's end in words."""
    check = month.checks.first()
    jobs.run("exchange.ledgercheck", check.pk)
    check.refresh_from_db()
    month.refresh_from_db()
    return str(check.error_sentence)


def shown(user: User, month: Submission) -> Any:
    return client_of(user).get(reverse("exchange:submission", args=[month.pk]))


def test_a_month_from_beginning_to_lock(chain: dict[str, User]) -> None:
    clerk, reviewer = chain["clerk"], chain["reviewer"]
    prefecture, province = chain["prefecture"], chain["province"]
    entered(a_row(1), a_row(3), by=clerk)
    row = Enrollment.objects.earliest("id")
    begun = client_of(clerk).post(
        reverse("exchange:submission-new"),
        {"county": "621022", "book": "ledger", "month": "2019-06"},
    )
    month = Submission.objects.get()
    assert (begun.status_code, month.month) == (302, JUNE)
    posted(clerk, "submission-check", month.pk)
    assert "progress" in shown(clerk, month).content.decode()
    assert worked(month) == ""

    posted(reviewer, "submission-submit", month.pk)
    told = worked(month)
    rules = [each["rule"] for each in shown(reviewer, month).context["by_rule"]]
    for rule in rules:
        page = client_of(clerk).get(reverse("exchange:submission-findings", args=[month.pk, rule]))
        for each in page.context["rows"]:
            sent = {"finding": each["finding"].pk, "group": each["row"].group, "text": WHY}
            posted(clerk, "submission-explain", month.pk, rule, **sent)
    assert bool(rules) == bool(told)
    posted(reviewer, "submission-submit", month.pk)
    assert (worked(month), month.state, Receipt.objects.count()) == ("", "submitted", 1)

    assert "return" in shown(prefecture, month).context["offers"]
    noting = {"chapter": "enrollment", "key": row.pk, "column": "village", "text": "查无此村"}
    assert posted(prefecture, "submission-note", month.pk, **noting) == [
        "Noted. The county reads it once you return the month."
    ]
    of_row = client_of(prefecture).get(reverse("training:row", args=[row.pk]))
    assert "查无此村" in of_row.content.decode()
    posted(prefecture, "submission-return", month.pk, version=month.version)
    month.refresh_from_db()
    assert month.state == "returned"

    note = ReturnNote.objects.get()
    assert shown(clerk, month).context["hindrances"] == [
        "1 return notes have no answer yet. Answer each."
    ]
    posted(clerk, "note-answer", month.pk, note.pk, text="已与村委会核对")
    posted(reviewer, "submission-submit", month.pk)
    assert (worked(month), month.state, month.round) == ("", "submitted", 2)
    assert posted(prefecture, "submission-accept", month.pk, version=month.version) == ["Accepted."]
    month.refresh_from_db()
    assert posted(province, "submission-lock", month.pk, version=month.version) == ["Locked."]
    month.refresh_from_db()
    until = timezone.localdate().isoformat()
    sent = {"version": month.version, "until": until, "reason": "漏报一个班"}
    assert "Opened again" in posted(province, "submission-reopen", month.pk, **sent)[0]
    acts = [act.name for act in shown(province, month).context["history"]]
    assert acts[0] == "submission opened"
    assert acts[-4:] == [
        "submission submitted",
        "submission accepted",
        "submission locked",
        "submission reopened",
    ]


def test_two_who_press_at_once_are_told(chain: dict[str, User]) -> None:
    month = a_month("submitted")
    assert posted(chain["prefecture"], "submission-accept", month.pk, version=1) == ["Accepted."]
    told = posted(chain["prefecture"], "submission-accept", month.pk, version=1)
    assert re.fullmatch(
        r"prefecture-621022 accepted this month at .* Load the page again.", told[0]
    )


def test_many_months_at_once_each_by_itself(chain: dict[str, User]) -> None:
    months = [a_month("submitted", month=JUNE.replace(month=number)) for number in (1, 2, 3)]
    Submission.objects.filter(pk=months[2].pk).update(version=2)
    asked = [f"{month.pk}:1" for month in months] + ["x", "1:", "7:7"]
    told = posted(chain["prefecture"], "submission-accept-many", month=asked)
    assert sorted(told) == [
        "2 months are done.",
        "621022 2019-03: This month was changed meanwhile. Load the page again.",
    ]
    assert Submission.objects.filter(state="accepted").count() == 2
    assert posted(chain["province"], "submission-lock-many", month=[f"{months[0].pk}:2"]) == [
        "1 month is done."
    ]


def test_every_filter_stands_in_the_address(chain: dict[str, User]) -> None:
    june = a_month("submitted", round=1)
    july = a_month("returned", month=JUNE.replace(month=7), due_on=JUNE, round=2)
    other = a_month("locked", county="621021", round=1, late_reason="洪水")

    def listed(query: str) -> set[int]:
        page = client_of(chain["prefecture"]).get(f"{reverse('exchange:submission-list')}?{query}")
        return {row["submission"].pk for row in page.context["rows"]}

    assert listed("") == {june.pk, july.pk, other.pk}
    assert listed("region=621021") == {other.pk}
    assert listed("month=2019-07") == {july.pk}
    assert listed("month=2019") == listed("month=wrong") == listed("")
    assert listed("state=submitted") == {june.pk}
    assert listed("late=1") == {july.pk, other.pk}
    assert listed("round=2") == {july.pk}
    assert listed("round=1&state=locked") == {other.pk}
    page = client_of(chain["prefecture"]).get(
        reverse("exchange:submission-list"), {"late": "1", "month": "2019", "round": ""}
    )
    assert [(chip["label"], chip["value"]) for chip in page.context["filters"].chips] == [
        ("Month or year", "2019"),
        ("Deadline", "late only"),
    ]


@pytest.mark.parametrize("month", ["2019", "2019Q2", "June", "2999-01"])
def test_only_a_month_that_has_begun_is_begun(chain: dict[str, User], month: str) -> None:
    sent = {"county": "621022", "book": "ledger", "month": month}
    answer = client_of(chain["clerk"]).post(reverse("exchange:submission-new"), sent)
    assert (answer.status_code, Submission.objects.count()) == (422, 0)


def test_one_text_explains_a_class(chain: dict[str, User]) -> None:
    entered(a_row(1, hours="900"), a_row(3, hours="900"), by=chain["clerk"])
    month = a_month()
    posted(chain["clerk"], "submission-check", month.pk)
    worked(month)
    found = month.findings.first()
    assert found is not None
    sent = {"finding": found.pk, "text": WHY, "together": "1"}
    rows = client_of(chain["clerk"]).get(
        reverse("exchange:submission-findings", args=[month.pk, found.rule])
    )
    sent["group"] = rows.context["rows"][0]["row"].group
    assert posted(chain["clerk"], "submission-explain", month.pk, found.rule, **sent) == [
        "Explained."
    ]
    assert {e.row_key for e in month.explanations.all()} == {
        f.row_key for f in month.findings.filter(rule=found.rule)
    }


def test_the_second_look_goes_on_page_by_page(
    chain: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every change stands on just one page, forward and back; an address beyond asks for none."""
    monkeypatch.setattr(submissions, "CHANGES", 2)
    seen = [RowDifference("enrollment", key, "added", ()) for key in range(1, 6)]
    monkeypatch.setattr("exchange.submissions.diffs.differences", lambda month: seen)
    monkeypatch.setattr(findings, "shown_differences", lambda month, some: list(some))
    client, month = client_of(chain["prefecture"]), a_month("submitted", round=2)
    url = reverse("exchange:submission-changes", args=[month.pk])

    def keys(query: str) -> tuple[list[int], int, int]:
        found = client.get(f"{url}?{query}").context
        return [each.key for each in found["rows"]], found["previous"], found["next"]

    assert keys("") == ([1, 2], 0, 2)
    assert keys("after=2") == ([3, 4], 2, 4)
    assert keys("after=4") == ([5], 4, 0)
    assert keys("before=4") == ([3, 4], 2, 4)
    assert keys("after=99") == ([], 5, 0)
    assert keys("after=x&before=-1") == ([1, 2], 0, 2)
