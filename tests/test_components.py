"""The components and the frame show what they are given."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Engine, RequestContext
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TAGS = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "whole": "core.templatetags.whole",
    "humanize": "django.contrib.humanize.templatetags.humanize",
}
ENGINE = Engine(dirs=[TEMPLATES], libraries=TAGS)
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
NOON = datetime.datetime(2019, 12, 5, 12, 0, tzinfo=datetime.UTC)


def nowhere(request: object) -> None:
    raise AssertionError("These addresses are only reversed.")


core = ([path("login/", nowhere, name="login"), path("logout/", nowhere, name="logout")], "core")
urlpatterns = [path("core/", include(core)), path("language/", nowhere, name="set_language")]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> Any:
    settings.STORAGES = settings.STORAGES | PLAIN
    with translation.override("en"):
        yield


def component(name: str, query: str = "", **parameters: Any) -> str:
    request = RequestFactory().get(f"/ledger/{query}")
    context = RequestContext(request, {"request": request, **parameters})
    return ENGINE.get_template(f"_components/{name}.html").render(context)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def links(html: str) -> list[str]:
    return re.findall(r'<a [^>]*?href="([^"]+)"', html)


def test_tile_shows_the_figure_and_its_time() -> None:
    html = component(
        "tile", label="Attendances", value=20000, unit="times", as_of=NOON, url="/rows/"
    )
    assert (
        text(html) == "Attendances 20,000 times As of 2019-12-05 20:00 Show the rows : Attendances"
    )
    assert "<details" not in html


@pytest.mark.parametrize("value", [None, ""])
def test_missing_figure_is_a_dash(value: str | None) -> None:
    assert text(component("tile", label="Attendances", value=value)) == "Attendances —"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ({"value": 0, "kind": "number"}, "0"),
        ({"value": -1234567, "kind": "number"}, "-1,234,567"),
        ({"value": 45.32, "kind": "percent"}, "45.3%"),
        ({"value": datetime.date(2019, 12, 5), "kind": "date"}, "2019-12-05"),
        ({"value": None, "kind": "number"}, "—"),
        ({"value": "<b>"}, "&lt;b&gt;"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_values_are_written_alike_in_both_languages(
    cell: dict[str, Any], shown: str, language: str
) -> None:
    with translation.override(language):
        assert component("value", cell=cell) == shown


COLUMNS = [
    {"key": "name", "label": "Name", "sort": True},
    {"key": "hours", "label": "Hours", "kind": "number"},
]


@pytest.mark.parametrize(
    ("sort", "link", "state"),
    [
        ("", "sort=name", []),
        ("name", "sort=-name", ["ascending"]),
        ("-name", "sort=name", ["descending"]),
    ],
)
def test_heading_turns_the_order_and_keeps_the_filter(
    sort: str, link: str, state: list[str]
) -> None:
    html = component(
        "table", "?town=1&after=x", caption="c", columns=COLUMNS, sort=sort, rows=[{"cells": []}]
    )
    assert links(html) == [f"?town=1&amp;{link}"]
    assert re.findall(r'aria-sort="(\w+)"', html) == state


def test_table_without_rows_names_the_next_step() -> None:
    html = component(
        "table", caption="c", columns=COLUMNS, rows=[], empty_url="/in/", empty_action="Upload"
    )
    assert text(html) == "Nothing here yet Upload"
    assert "<table" not in html


def test_pager_links_by_cursor_and_keeps_the_rest() -> None:
    html = component(
        "pager", "?town=1&after=old&before=old", previous="p", next="n", total=1234, as_of=None
    )
    assert links(html) == ["?town=1&amp;before=p", "?town=1&amp;after=n"]
    assert text(html) == "1,234 rows Previous page Next page"


def test_pager_on_the_only_page_has_no_links() -> None:
    assert text(component("pager", total=1)) == "1 row"
    assert text(component("pager", over=10000)) == "more than 10,000 rows"


@pytest.mark.parametrize(("finished", "polls"), [(False, 1), (True, 0)])
def test_progress_polls_until_it_is_finished(finished: bool, polls: int) -> None:
    html = component(
        "progress",
        url="/job/7/",
        title="Import",
        percent=62,
        finished=finished,
        cancel_url="/job/7/stop/",
    )
    assert html.count('hx-get="/job/7/" hx-trigger="every 1s"') == polls
    assert html.count('action="/job/7/stop/"') == polls
    assert html.count('max="100" value="62"') == 1


def test_quota_without_plan_is_empty_not_full() -> None:
    html = component("quota_bar", plan=None, done=12, rate=None, gap=None)
    assert re.findall(r'max="(\S+)" value="(\S+)"', html) == [("1", "0")]
    assert text(html) == "Planned — Done 12 Gap —"


@pytest.mark.parametrize(
    ("severity", "tone"), [("block", "danger"), ("near-block", "warning"), ("explain", "info")]
)
def test_severity_has_its_own_mark(severity: str, tone: str) -> None:
    assert f"badge-{tone}" in component("severity", severity=severity)


def test_finding_shows_line_sentence_and_source() -> None:
    finding = {
        "severity": "block",
        "rule": "person.id",
        "line": 18,
        "column": "ID",
        "message": "Wrong <digit>.",
        "citation": "GB",
    }
    html = component("findings", caption="c", findings=[finding])
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert text(row) == "mandatory 18 ID Wrong &lt;digit&gt;. person.id GB"


class Course(forms.Form):
    seats = forms.IntegerField(max_value=50, help_text="At most 50")


def test_field_ties_error_and_help_to_the_input() -> None:
    html = component("field", field=Course({"seats": "80"})["seats"])
    named = re.findall(r'aria-describedby="([^"]+)"', html)
    assert named == ["id_seats_helptext id_seats_error"]
    assert re.findall(r' id="(id_seats_\w+)"', html) == ["id_seats_error", "id_seats_helptext"]


def test_post_action_asks_and_carries_the_token() -> None:
    item = {
        "label": "Undo",
        "url": "/undo/",
        "post": True,
        "confirm": "Sure?",
        "fields": {"version": 3},
    }
    html = component("action", item=item)
    assert 'data-confirm="Sure?"' in html
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', html))
    assert list(fields) == ["csrfmiddlewaretoken", "version"]
    assert fields["version"] == "3"


def test_masked_number_without_address_has_no_button() -> None:
    assert text(component("masked", value="6228****1234")) == "6228****1234"
    assert "<button" in component("masked", value="6228****1234", url="/show/")


def page(**context: Any) -> str:
    request = RequestFactory().get("/ledger/?town=1")
    return ENGINE.get_template("base.html").render(
        RequestContext(request, {"request": request, **context})
    )


class Clerk:
    pk = 7
    is_authenticated = True
    name = "Ma Xiaolan"


def test_page_marks_where_one_is() -> None:
    items = [
        {"label": "Home", "url": "/", "icon": "house"},
        {"label": "Ledger", "url": "/ledger/", "active": True, "badge": 3},
    ]
    html = page(
        navigation=items,
        office="Huan county office",
        user=Clerk(),
        breadcrumb=[{"label": "Ledger"}],
    )
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', html) == ["/ledger/"]
    assert re.findall(r"<(header|nav|main)\b", html) == ["header", "nav", "main", "nav"]
    assert re.findall(r'<form method="post" action="([^"]+)"', html) == [
        "/language/",
        "/core/logout/",
    ]
    assert '<html lang="en">' in html
    assert 'name="next" value="/ledger/?town=1"' in html


def test_page_without_menu_has_no_sidebar() -> None:
    html = page(user=None)
    assert 'id="sidebar"' not in html
    assert "/core/logout/" not in html
