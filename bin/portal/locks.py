"""File locks, which the kernel lets go of when their holder dies in whatever way."""

import fcntl
import os
import time
from pathlib import Path


def shared(path: Path) -> int:
    """Join the users of `path`, waiting while it is held alone. Returns the descriptor that holds it."""
    descriptor = _opened(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def alone(path: Path) -> int:
    """Hold `path` alone, waiting for it."""
    descriptor = _opened(path)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def alone_now(path: Path) -> int | None:
    """Hold `path` alone if nobody else holds it."""
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def held(path: Path) -> bool:
    descriptor = alone_now(path)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None


def is_shared(path: Path) -> bool:
    """Whether somebody uses `path` who is ready to share it."""
    if not held(path):
        return False
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def wait_until_free(path: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while held(path):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
