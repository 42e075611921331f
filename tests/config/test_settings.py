"""The start in production: refused when it would be unsafe."""

import os
import subprocess
import sys

import pytest
from portal.places import ROOT

SAFE = {"PORTAL_MODE": "production", "ALLOWED_HOSTS": "portal.example", "DEBUG": "0"}


def start(**changes):
    """Run the deployment check in an environment with `changes`; its exit code and words."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "long-enough-key-" * 4, **SAFE, **changes},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


def test_production_starts_without_a_warning():
    code, words = start()
    assert (code, "WARNINGS" in words) == (0, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "1"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "ab" * 30),
        ("SECRET_KEY", "django-insecure-" * 5),
        ("ALLOWED_HOSTS", "a.example,*"),
    ],
)
def test_production_refuses(name, value):
    code, words = start(**{name: value})
    assert code == 1
    assert f"ImproperlyConfigured: {name} must" in words.splitlines()[-1]


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PORTAL_KEYS"])
def test_nothing_secret_has_a_default(name):
    code, words = start(**{name: ""})
    assert code == 1
    assert f"ImproperlyConfigured: {name} is not set" in words.splitlines()[-1]
