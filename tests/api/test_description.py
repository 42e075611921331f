"""The API describes itself, completely and from this machine alone."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from tests.access.routes import all_routes

NOT_DESCRIBED = {"api:schema", "api:docs"}


def described(folder: Path) -> dict[str, dict[str, object]]:
    file = folder / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    found: dict[str, dict[str, object]] = yaml.safe_load(file.read_text())["paths"]
    return found


def test_the_description_has_every_route_and_no_warning(tmp_path: Path) -> None:
    paths = described(tmp_path)
    told = [method for path in paths.values() for method in path if method in ("get", "post")]
    routes = [r for r in all_routes() if r.split()[1].startswith("api:")]
    assert len(told) == len([r for r in routes if r.split()[1] not in NOT_DESCRIBED])


def test_filters_and_answers_are_described(tmp_path: Path) -> None:
    ledger = described(tmp_path)["/api/v1/enrollments/"]
    names = {parameter["name"] for parameter in ledger["get"]["parameters"]}
    assert {"region", "year", "program", "q", "batch", "after", "size"} <= names
    assert set(ledger["post"]["responses"]) == {"201", "422"}


def test_the_page_is_for_whoever_is_signed_in_and_takes_nothing_from_outside(
    client: Client,
) -> None:
    anonymous = Client().get("/api/v1/docs/")
    assert (anonymous.status_code, anonymous["Location"]) == (302, "/login/?next=/api/v1/docs/")
    assert Client().get("/api/v1/schema/").status_code == 401
    page = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=", page) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = [a.removeprefix("/static/") for a in addresses if a.startswith("/static/")]
    assert len(files) == 4
    assert [file for file in files if finders.find(file) is None] == []
    assert [a for a in addresses if not a.startswith("/static/")] == ["/api/v1/docs/?script="]
    assert client.get("/api/v1/docs/")["Content-Security-Policy"].startswith("default-src 'self'")


def test_what_chrome_86_lacks_is_loaded_before_it_is_needed(client: Client) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert page.index("js/older.js") < page.index("swagger-ui-bundle.js")


def test_the_pages_script_is_a_file_of_its_own(client: Client) -> None:
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert b'"/api/v1/schema/"' in script.content
    assert b'"validatorUrl": null' in script.content
    assert client.get("/api/v1/schema/").status_code == 200
