"""The roll of a class on its page and on paper."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from core.models import AuditEntry
from tests.factories import a_class, a_person, an_account, divisions, enrolled
from training.models import Enrollment, RollCall

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def attended():
    divisions()
    found = a_class()
    marks = {"2019-06-24": "present", "2019-06-25": "absent", "2019-07-01": "present"}
    for order, kept in ((1, marks), (3, {"2019-06-24": "present"})):
        RollCall.objects.create(
            enrollment=enrolled(a_person(order), found),
            training_class=found,
            county_code=found.county_code,
            marks=kept,
        )
    enrolled(a_person(5), found, state=Enrollment.State.WITHDRAWN)
    return found


def ask(client, role, region, found, page="training:roll-call", **query):
    client.force_login(an_account(role, role, region), backend=BACKEND)
    return client.get(reverse(page, args=[found.pk]), query)


def section(page):
    return re.search(r"<section[^>]*data-grid=[^>]*>", page.content.decode()).group()


def test_the_grid_is_the_classes_and_read_only_for_who_may_only_see_it(client, attended):
    written = section(ask(client, "county-clerk", "621022", attended))
    assert f'data-grid="/api/v1/roll-calls/{attended.pk}/"' in written
    assert [word in written for word in ("data-matrix", "data-readonly")] == [True, False]
    page = ask(client, "prefecture-officer", "6210", attended)
    assert ["data-readonly" in section(page), b'data-act="day-present"' in page.content] == [
        True,
        False,
    ]


def test_a_class_of_nobody_leads_to_its_rows(client, attended):
    empty = a_class(code="2019002")
    page = ask(client, "county-clerk", "621022", empty)
    assert [b"data-grid" in page.content, b"js/grid/" in page.content] == [False, False]
    assert page.context["rows_url"] == reverse("training:class-grid", args=[empty.pk])


def text_of(answer):
    pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
    assert {page.mediabox.width > page.mediabox.height for page in pages} == {True}
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_roll_is_printed_with_its_sums_and_the_printing_is_written_down(client, attended):
    text = text_of(ask(client, "county-clerk", "621022", attended, "training:roll-call-sheet"))
    assert ["1张1√×√2366.67%" in text, "2张3√11100.00%" in text, "张5" in text] == [
        True,
        True,
        False,
    ]
    assert "出勤人数2000000100000003" in text
    entry = AuditEntry.objects.get(verb="training.roll_call.printed")
    assert (entry.changes["rows"], entry.target_key) == (2, str(attended.pk))


def test_a_long_class_has_a_sheet_a_month(client, attended):
    attended.end_date = datetime.date(2019, 7, 31)
    attended.save()
    page = ask(client, "county-clerk", "621022", attended)
    links = [act["url"] for act in page.context["actions"]]
    assert [link.partition("?")[2] for link in links] == ["month=2019-06", "month=2019-07"]
    text = text_of(client.get(links[1]))
    assert "1张1√11100.00%" in text
    assert client.get(links[1][:-2] + "13").status_code == 404
