"""Reads the environment: typed, and loud when a value is missing or malformed."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_REQUIRED: Any = object()
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def text(name: str, default: str = _REQUIRED) -> str:
    """The value of `name`; without a default it must be set and not be empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _REQUIRED:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment (.env.example says how)."
        )
    return default


def flag(name: str, default: bool) -> bool:
    """True for 1, true, yes; False for 0, false, no; anything else is an error."""
    value = text(name, "").lower()
    if value and value not in _BOOLEANS:
        raise _malformed(name, value, "one of 1, true, yes, 0, false, no")
    return _BOOLEANS.get(value, default)


def number(name: str, default: int) -> int:
    """A whole number of at least 0."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise _malformed(name, value, "a whole number such as 60")
    return int(value)


def choice(name: str, allowed: list[str]) -> str:
    """One of `allowed`; the first is the default."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise _malformed(name, value, "one of " + ", ".join(allowed))
    return value


def words(name: str, default: str = _REQUIRED) -> list[str]:
    """A list written with commas; blanks around a part are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def path(name: str, default: Path) -> Path:
    """An absolute path."""
    value = Path(text(name, str(default))).expanduser()
    if not value.is_absolute():
        raise _malformed(name, str(value), "a path that begins with /")
    return value


def database(name: str) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require as Django's settings."""
    url = urlsplit(text(name))
    options = dict(parse_qsl(url.query))
    whole = re.fullmatch(r"(?:[^@]*@)?[^:]*(?::[0-9]+)?", url.netloc)
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/") or not whole:
        raise _malformed(name, "(not shown)", "postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or options.pop("user", "")),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),
        "PORT": str(url.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def redis(name: str) -> str:
    """redis://HOST:PORT/0, rediss://... or unix:///path/to/socket, as redis-py reads it."""
    value = text(name)
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise _malformed(name, "(not shown)", "redis://HOST:PORT/0 or unix:///path/to/redis.sock")
    return value


def mail(name: str) -> dict[str, Any]:
    """smtp://user:password@host:port (with STARTTLS: smtp+tls://, in TLS: smtps://), as Django's settings.

    Empty gives {}: mails go to the log.
    """
    url = urlsplit(text(name, ""))
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if not url.geturl():
        return {}
    if url.scheme not in ports or not url.hostname:
        raise _malformed(name, "(not shown)", "smtp+tls://USER:PASSWORD@HOST:PORT")
    return {
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or ports[url.scheme],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": url.scheme == "smtp+tls",
        "EMAIL_USE_SSL": url.scheme == "smtps",
    }


def key(name: str, value: str | None = None) -> bytes:
    """A key of 32 bytes, written as 64 hex digits."""
    written = text(name) if value is None else value
    if not re.fullmatch(r"[0-9a-fA-F]{64}", written):
        raise _malformed(
            name, "(not shown)", "64 hex digits for each key (made by: openssl rand -hex 32)"
        )
    return bytes.fromhex(written)


def keys(name: str) -> dict[int, bytes]:
    """Keys by their version, written 1:64-hex-digits,2:64-hex-digits."""
    pairs = [part.partition(":") for part in words(name)]
    versions = {version for version, _, _ in pairs}
    if len(versions) < len(pairs) or not all(re.fullmatch("[1-9][0-9]*", v) for v in versions):
        raise _malformed(
            name, "(not shown)", "VERSION:KEY, with commas between several, such as 1:64-hex-digits"
        )
    return {int(version): key(name, written) for version, _, written in pairs}


def refuse(name: str, wrong: bool, why: str) -> None:
    """Stop the start when `wrong`."""
    if wrong:
        raise ImproperlyConfigured(f"{name} {why}. Correct it in the environment.")


def _malformed(name: str, value: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{name} is {value}, but must be {expected}. Correct it in the environment."
    )
