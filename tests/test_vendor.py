"""The vendored libraries are what VENDOR.md says, byte for byte, and nothing else."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
RECORD = VENDOR / "VENDOR.md"
LISTED = re.compile(r"^\| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)
LIBRARY = re.compile(r"^\| ([\w-]+) \| ([\d.]+) \| .+ \| \S.* \| .+ \|$", re.MULTILINE)
OUR_OWN = {"VENDOR.md", ".gitattributes"}


def kept_files() -> dict[str, str]:
    return {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in OUR_OWN
    }


def test_every_file_has_the_hash_on_record() -> None:
    assert kept_files() == dict(LISTED.findall(RECORD.read_text()))


def test_every_library_is_on_record_with_version_and_licence() -> None:
    on_record = {f"{name}-{version}" for name, version in LIBRARY.findall(RECORD.read_text())}
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == on_record
    assert [
        folder for folder in sorted(on_record) if not (VENDOR / folder / "LICENSE").is_file()
    ] == []


def test_no_file_points_to_a_map_that_is_not_kept() -> None:
    # The manifest of static files refuses such a link when they are collected.
    assert [
        name for name in kept_files() if b"sourceMappingURL" in (VENDOR / name).read_bytes()
    ] == []
