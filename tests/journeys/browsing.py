"""A desk: one account's browser window, and everything that should not happen in it."""

import json
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SCREEN = {"width": 1366, "height": 768}
# Told by the browser itself, on every page, before anything of the page runs.
WATCH = """
document.addEventListener('securitypolicyviolation', function (event) {
  console.error('refused by policy: ' + event.violatedDirective + ' ' + event.blockedURI);
});
document.addEventListener('DOMContentLoaded', function () {
  console.debug('language ' + document.documentElement.lang);
});
"""
LONG = 90_000
FIGURE = re.compile(r"\d[\d,]*")


class Desk:
    """One account's browser window at the portal."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.faults: list[str] = []
        self.languages: set[str] = set()
        context.add_init_script(WATCH)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        self.page = context.new_page()
        # Leaving a page on which something is not sent yet.
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith("language "):
            self.languages.add(message.text.removeprefix("language "))
        # The answers' status is looked at below, where pages are told from their parts.
        elif message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.faults.append(f"left this machine: {request.url}")

    def _response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400) and response.status != 503:
            self.faults.append(f"{response.status}: {response.url}")

    def go(self, path: str) -> int:
        """Open a page; returns its status."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer
        return answer.status

    def log_in(self, username: str, password: str) -> None:
        self.try_to_log_in(username, password)
        self.page.wait_for_selector("form[data-logout]")

    def try_to_log_in(self, username: str, password: str) -> int:
        self.go("/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", password)
        with self.page.expect_navigation() as answered:
            self.page.keyboard.press("Enter")
        return answered.value.status

    def status(self, path: str) -> int:
        """What the account is answered at an address, without opening it as a page."""
        return self.context.request.get(f"{self.address}{path}", max_redirects=0).status

    def posted(self, path: str) -> int:
        """What the account is answered when it sends something to an address."""
        token = json.loads(self.one("body").get_attribute("hx-headers") or "{}")
        url = f"{self.address}{path}"
        headers = {**token, "Referer": self.address}
        return self.context.request.post(url, headers=headers, max_redirects=0).status

    def text_of(self, path: str) -> str:
        """The whole source of a page or of an API answer."""
        return self.context.request.get(f"{self.address}{path}").text()

    def send(self, button: str) -> int:
        """Press the button that sends a form; returns the status of the page that answers."""
        with self.page.expect_navigation() as answered:
            self.page.click(button)
        return answered.value.status

    def one(self, selector: str) -> Locator:
        return self.page.locator(selector).first

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def link_to(self, pattern: str) -> str:
        """The path of the page's first link whose path matches the pattern."""
        script = "links => links.map(link => link.getAttribute('href'))"
        paths = self.page.locator("a[href]").evaluate_all(script)
        return next(path for path in paths if re.search(pattern, path))

    def ledger_total(self, query: str = "") -> int:
        """How many rows the ledger says there are."""
        self.go(f"/training/ledger/{query}")
        if self.page.locator(".empty").count():
            return 0
        return figures(self.one(".pager p").inner_text())[0]

    def download(self, selector: str, folder: Path) -> Path:
        with self.page.expect_download(timeout=LONG) as fetched:
            self.page.click(selector)
        file = folder / fetched.value.suggested_filename
        fetched.value.save_as(file)
        return file


def figures(text: str) -> list[int]:
    """All whole numbers of a text, thousands separators taken out."""
    return [int(figure.replace(",", "")) for figure in FIGURE.findall(text)]
