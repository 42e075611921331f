"""Every page of everybody's menu, in both languages: nothing untranslated, nothing wider than the screen."""

import re

import pytest

from tests.journeys.browsing import SCREEN, Desk
from tests.journeys.conftest import Desks

ACCOUNTS = ["huanxian", "gansu", "xuexiao", "xitong", "anquan", "shenji"]
# Words of the interface; what else stands on a page are names and data.
WORDS = {"en": "nav.sidebar a, main th, main label, main .btn, main dt, .tile h2"}
WORDS["zh-hans"] = WORDS["en"] + ", main h1, main h2"
# Panels fetch themselves once the page is there.
ALL_THERE = "() => !document.querySelector('[hx-trigger=load]')"
OTHER_SCRIPT = {"zh-hans": re.compile("[A-Za-z]{2,}"), "en": re.compile("[\u4e00-\u9fff]")}
NAMES = {"ID", "API", "sha256"}


def menu(desk: Desk) -> list[str]:
    desk.go("/")
    links = desk.page.locator("nav.sidebar a")
    return [str(path) for path in links.evaluate_all("a => a.map(a => a.getAttribute('href'))")]


def slips(desk: Desk, language: str) -> list[str]:
    """Words of the page in the other script, and how far it is wider than the screen."""
    texts = {text for text in desk.texts(WORDS[language]) if OTHER_SCRIPT[language].search(text)}
    width = desk.page.evaluate("document.documentElement.scrollWidth")
    return sorted(texts - NAMES) + ([f"{width} wide"] if width > SCREEN["width"] else [])


def found(desk: Desk, language: str) -> dict[str, list[str]]:
    found = {}
    for path in menu(desk):
        assert (path, desk.go(path)) == (path, 200)
        desk.page.wait_for_function(ALL_THERE)
        assert desk.page.get_attribute("html", "lang") == language
        found[path] = slips(desk, language)
    return found


@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_page_of_the_menu(username: str, desks: Desks) -> None:
    desk = desks(username)
    in_chinese = found(desk, "zh-hans")
    desk.send("button[value=en]")
    in_english = found(desk, "en")
    desk.send("button[value='zh-hans']")
    desk.languages.discard("en")
    slipped = [*in_chinese.items(), *in_english.items()]
    assert [(path, words) for path, words in slipped if words] == []
