"""The way a reader came: pages of ours only, the last one first to go back to."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory

from core import trail

BOARD, LEDGER = "/figures/62/?period=2019", "/training/ledger/?region=621022"


def asked(path: str, *steps: str, **query: str) -> trail.HttpRequest:
    return RequestFactory().get(path, {**query, trail.FROM: list(steps)})


def steps_in(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get(trail.FROM, [])


def test_a_link_down_takes_the_way_and_this_page_along() -> None:
    request = asked("/training/ledger/", BOARD, region="621022")
    assert steps_in(trail.onward(request, "/training/ledger/7/")) == [BOARD, LEDGER]
    assert steps_in(trail.aside(request, "/ledger/?month=6")) == [BOARD]
    assert trail.onward(request, "") == trail.aside(request, "") == ""


def test_the_way_back_goes_one_step_and_knows_the_rest() -> None:
    back = trail.way_back(asked("/training/ledger/7/", BOARD, LEDGER))["way_back"]
    assert back.startswith(LEDGER)
    assert steps_in(back) == [BOARD]
    assert trail.way_back(asked("/training/ledger/", BOARD)) == {"way_back": BOARD}
    assert trail.way_back(asked("/training/ledger/")) == {"way_back": ""}


def test_a_list_that_was_come_to_by_no_way_puts_nothing_behind_its_rows() -> None:
    assert trail.way(asked("/training/ledger/", region="621022")) == ""
    assert steps_in(trail.way(asked("/training/ledger/", BOARD, region="621022"))) == [
        BOARD,
        LEDGER,
    ]


@pytest.mark.parametrize(
    "step",
    [
        "https://elsewhere.example/training/ledger/",
        "//elsewhere.example/training/ledger/",
        "/\\elsewhere.example/",
        "javascript:alert(1)",
        "/no-such-page/",
        "50",
        "",
        "/training/ledger/?q=" + "a" * 500,
    ],
)
def test_what_is_no_page_of_ours_leads_nowhere(step: str) -> None:
    assert trail.way_back(asked("/training/ledger/", step)) == {"way_back": ""}
    assert steps_in(trail.onward(asked("/training/ledger/", step), "/x/")) == ["/training/ledger/"]


def test_an_address_does_not_grow_without_end() -> None:
    request = asked("/training/ledger/7/", *[f"/training/ledger/{n}/" for n in range(1, 20)])
    found = steps_in(trail.onward(request, "/training/ledger/8/"))
    assert (len(found), found[-1]) == (trail.MOST_STEPS, "/training/ledger/7/")
