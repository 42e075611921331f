"""The pages of reports: asked for, followed, taken out, and gone."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core.models import AuditEntry, User
from core.rules import say
from exchange import jobs
from exchange.causes import Cause
from exchange.models import ReportRun, Rollup
from exchange.reports import services
from exchange.reports.making import folder
from tests.factories import a_class, a_person, an_account, enrolled, settled

pytestmark = pytest.mark.usefixtures("places", "sample", "woken")
BACKEND = "django.contrib.auth.backends.ModelBackend"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HUAN = "621022"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN)


@pytest.fixture
def officer() -> User:
    return an_account("officer", "prefecture-officer", "6210")


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, BACKEND)
    return client


def status(user: User, address: str) -> int:
    """The status of an answer that is read to its end, for a file must not stay open."""
    response = signed_in(user).get(address)
    b"".join(response)
    return response.status_code


def page(run: ReportRun, part: str = "detail") -> str:
    return reverse(f"exchange:report-{part}", args=[run.public_id])


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def asked(by: User | None, region: str = HUAN, **values: Any) -> ReportRun:
    values = {"report": "sample", "period": "2019-12"} | values
    return services.request_report(region_code=region, by=by, **values)


def made(by: User | None, region: str = HUAN, **values: Any) -> ReportRun:
    return services.make_now(asked(by, region, **values))


def test_a_report_is_asked_for_followed_and_taken_out(clerk: User) -> None:
    client = signed_in(clerk)
    given = {"report": "sample", "region": HUAN, "year": "2019", "part": "Q4"}
    answer = client.post(reverse("exchange:report-new"), given)
    run = ReportRun.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page(run))
    assert (run.report, run.region_code, run.period) == ("sample", HUAN, "2019Q4")
    moving = client.get(page(run, "progress"), headers={"hx-request": "true"})
    assert (moving.status_code, "Waiting to start" in text(moving)) == (200, True)
    services.make_now(run)
    done = client.get(page(run, "progress"), headers={"hx-request": "true"})
    assert (done.status_code, done.headers["HX-Retarget"]) == (286, "#stage")
    assert f'href="{page(run, "file")}"' in done.content.decode()
    file = client.get(page(run, "file"))
    assert len(b"".join(file.streaming_content)) == run.size
    assert "filename*=utf-8''%E7%8E%AF%E5%8E%BF" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "private, no-store"
    opened = AuditEntry.objects.get(verb="exchange.report.opened")
    assert (opened.actor_id, opened.target_key) == (clerk.pk, str(run.pk))


def test_the_form_tells_how_much_it_would_be(clerk: User, officer: User) -> None:
    estimate = reverse("exchange:report-estimate")
    given = {"report": "sample", "region": "6210", "year": "2019", "part": "-12"}
    assert "2 rows" in text(signed_in(officer).get(estimate, given))
    beneath = given | {"breadth": "beneath"}
    assert "No office beneath" not in text(signed_in(officer).get(estimate, beneath))
    assert "not made as a print" in text(
        signed_in(officer).get(estimate, given | {"format": "pdf"})
    )
    assert text(signed_in(clerk).get(estimate, given)) == ""
    answer = signed_in(officer).post(reverse("exchange:report-new"), given | {"format": "pdf"})
    assert (answer.status_code, "not made as a print" in text(answer)) == (422, True)


def test_only_who_has_offices_beneath_is_asked_whose(clerk: User, officer: User) -> None:
    pages = [signed_in(user).get(reverse("exchange:report-new")) for user in (clerk, officer)]
    assert ["breadth" in page.context["form"].fields for page in pages] == [False, True]
    given = {"report": "sample", "region": "6210", "year": "2019", "part": "-12"}
    signed_in(officer).post(reverse("exchange:report-new"), given | {"breadth": "beneath"})
    run = ReportRun.objects.get()
    assert (run.breadth, run.suffix) == ("beneath", "zip")


def test_a_file_that_is_gone_is_told_on_the_page(clerk: User) -> None:
    run = made(clerk)
    (folder() / run.stored_as).unlink()
    answer = signed_in(clerk).get(page(run, "file"), follow=True)
    assert answer.redirect_chain == [(page(run), 302)]
    assert "The file of this report is no longer there. Make the report again." in text(answer)


@pytest.mark.parametrize("part", ["detail", "progress", "file"])
def test_what_lies_outside_is_not_found(clerk: User, part: str) -> None:
    run = made(clerk)
    neighbor = an_account("neighbor", "county-clerk", "621021")
    assert status(clerk, page(run, part)) in {200, 286}
    assert status(neighbor, page(run, part)) == 404


@pytest.mark.parametrize("part", ["retry", "again"])
def test_nobody_has_another_countys_report_made(clerk: User, part: str) -> None:
    run = made(clerk)
    neighbor = an_account("neighbor", "county-clerk", "621021")
    assert signed_in(neighbor).post(page(run, part)).status_code == 404
    assert ReportRun.objects.count() == 1


def test_a_run_with_personal_numbers_is_for_holders_only(clerk: User, officer: User) -> None:
    run, client = made(clerk), signed_in(officer)
    assert run.parameters["numbers"] == 7
    assert "only who may see them can download it" in text(client.get(page(run)))
    assert client.get(page(run, "file")).status_code == 404
    assert "holds personal numbers" in text(client.get(reverse("exchange:report-list")))
    assert status(officer, page(made(officer), "file")) == 200


def test_regions_outside_and_periods_to_come_are_refused(clerk: User) -> None:
    client, new = signed_in(clerk), reverse("exchange:report-new")
    outside = {"report": "sample", "region": "621021", "year": "2019", "part": "-12"}
    assert client.post(new, outside).status_code == 422
    today = timezone.localdate()
    to_come = {"report": "sample", "region": HUAN, "year": today.year, "part": "-12"}
    answer = client.post(new, to_come)
    expected = (302, False) if today.month == 12 else (422, True)
    assert (answer.status_code, "has not begun yet" in text(answer)) == expected


def test_the_form_proposes_the_newest_month_with_figures(clerk: User) -> None:
    enrolled(a_person(1), a_class(start_date=datetime.date(2019, 6, 24)))
    settled()
    html = signed_in(clerk).get(reverse("exchange:report-new")).content.decode()
    chosen = re.findall(r'<option value="([^"]*)" selected>', html)
    assert chosen == ["2019", newest_month()]


def newest_month() -> str:
    return f"-{Rollup.objects.latest('month').month:%m}"


def test_without_figures_it_proposes_the_month_that_is_over(clerk: User) -> None:
    html = signed_in(clerk).get(reverse("exchange:report-new")).content.decode()
    over = timezone.localdate().replace(day=1) - datetime.timedelta(days=1)
    assert re.findall(r'<option value="([^"]*)" selected>', html) == [str(over.year), f"{over:-%m}"]


def test_the_form_offers_what_ones_regions_have_and_first_what_the_own_one_has(
    clerk: User, officer: User
) -> None:
    offered = {}
    for user in (clerk, officer):
        html = signed_in(user).get(reverse("exchange:report-new")).content.decode()
        offered[user.pk] = re.findall(r'<option value="([a-z-]+)"', html)
    county, prefecture = offered[clerk.pk], offered[officer.pk]
    assert (county[0], "quota-by-place" in county) == ("ledger", False)
    assert prefecture.index("training-monthly") < prefecture.index("ledger")
    assert "quota-by-place" in prefecture


def test_a_link_can_fill_the_form(officer: User) -> None:
    address = reverse("exchange:report-new") + f"?report=sample&region={HUAN}&year=2021&part=Q2"
    html = signed_in(officer).get(address).content.decode()
    chosen = re.findall(r'<option value="([^"]*)" selected>', html)
    assert chosen == ["sample", HUAN, "2021", "Q2"]


def test_a_report_that_failed_says_why_and_is_tried_again(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise jobs.JobRefused(services.NOT_ENTITLED)

    with monkeypatch.context() as broken:
        broken.setattr(services, "make", refuse)
        run = made(clerk)
    client = signed_in(clerk)
    assert "You may no longer make reports" in text(client.get(page(run)))
    answer = client.post(page(run, "retry"), headers={"hx-request": "true"})
    assert f'hx-get="{page(run, "progress")}"' in answer.content.decode()
    again = client.post(page(run, "retry"), headers={"hx-request": "true"})
    assert "Only a report that failed can be made again" in text(again)


@pytest.mark.parametrize("cause", Cause)
def test_whatever_it_failed_by_is_said_and_can_be_tried_again(clerk: User, cause: Cause) -> None:
    run = asked(clerk)
    told = jobs.as_told(cause, run, at="环县")
    ReportRun.objects.update(state="failed", **told)
    page_of_it = signed_in(clerk).get(page(run))
    with translation.override("en"):
        said = say(cause.sentence, {"number": run.public_id})
    assert f"环县: {said}" in text(page_of_it)
    assert f'action="{page(run, "retry")}"' in page_of_it.content.decode()
    assert signed_in(clerk).post(page(run, "retry")).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.error_sentence) == ("queued", "")


def test_an_expired_report_says_so_and_is_made_again(clerk: User) -> None:
    run, client = made(clerk), signed_in(clerk)
    ReportRun.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert "past its time" in text(client.get(page(run)))
    assert client.get(page(run, "file")).status_code == 404
    services.remove_expired()
    assert "has been removed" in text(client.get(page(run)))
    assert "expired" in text(client.get(reverse("exchange:report-list")))
    answer = client.post(page(run, "again"))
    again = ReportRun.objects.latest("pk")
    assert (answer.headers["Location"], again.pk != run.pk) == (page(again), True)
    assert (again.report, again.period, again.state) == ("sample", "2019-12", "queued")


def test_the_file_of_a_report_that_is_no_longer_made_can_still_be_taken_out(clerk: User) -> None:
    run, next_door = made(clerk), an_account("next", "county-clerk", "621021")
    ReportRun.objects.update(report="gone")
    failed = ReportRun.objects.create(
        report="gone", region_code=HUAN, period="2019", state="failed"
    )
    client = signed_in(clerk)
    listed = text(client.get(reverse("exchange:report-list")))
    assert ("report no longer made (gone)" in listed, "Download" in listed) == (True, True)
    for each in (run, failed):
        shown = client.get(page(each))
        assert "report no longer made (gone)" in text(shown)
        assert not {"Try again", "Make it again"} & set(
            re.findall("Try again|Make it again", text(shown))
        )
    assert (status(clerk, page(run, "file")), status(next_door, page(run, "file"))) == (200, 404)
    client.post(page(run, "again"))
    client.post(page(failed, "retry"))
    assert ReportRun.objects.filter(state="queued").count() == 0


def test_the_list_is_narrowed_in_the_address(officer: User, clerk: User) -> None:
    by_clock = asked(None, period="2019-11")
    ReportRun.objects.update(by_clock=True)
    mine, other = made(officer, "6210"), made(clerk)
    for query, found in {
        "": [other, mine, by_clock],
        "?whose=me": [mine],
        "?state=queued": [by_clock],
        "?period=2019-11": [by_clock],
        f"?region={HUAN}": [other, by_clock],
        "?report=nothing": [other, mine, by_clock],
    }.items():
        html = signed_in(officer).get(reverse("exchange:report-list") + query).content.decode()
        assert re.findall(r'href="(/reports/[0-9a-f-]{36}/)"', html) == [page(r) for r in found]
    assert "made on schedule" in html


def test_an_empty_list_names_the_next_step(clerk: User) -> None:
    answer = signed_in(clerk).get(reverse("exchange:report-list"))
    assert "No report has been made yet" in text(answer)
    assert f'class="btn btn-primary" href="{reverse("exchange:report-new")}"' in (
        answer.content.decode()
    )


def test_a_list_of_three_asks_as_often_as_a_list_of_one(clerk: User) -> None:
    made(clerk)
    client, address = signed_in(clerk), reverse("exchange:report-list")
    client.get(address)
    one = queries(client, address)
    made(clerk, period="2019-11")
    asked(None)
    assert queries(client, address) == one


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)
