"""The vendored libraries and fonts are what VENDOR.md says, byte for byte, and nothing else."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES, FONTS = ROOT / "static" / "vendor", ROOT / "fonts"
MOST_MEGABYTES = 15
LISTED = re.compile(r"^\| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)
LIBRARY = re.compile(r"^\| ([\w-]+) \| ([\d.]+) \| .+ \| \S.* \| .+ \|$", re.MULTILINE)
OUR_OWN = {"VENDOR.md", ".gitattributes"}


def kept_files(vendor: Path) -> dict[str, str]:
    return {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name not in OUR_OWN
    }


@pytest.mark.parametrize("vendor", [LIBRARIES, FONTS], ids=lambda folder: folder.name)
def test_every_file_has_the_hash_on_record(vendor: Path) -> None:
    assert kept_files(vendor) == dict(LISTED.findall((vendor / "VENDOR.md").read_text()))


@pytest.mark.parametrize("vendor", [LIBRARIES, FONTS], ids=lambda folder: folder.name)
def test_every_library_is_on_record_with_version_and_licence(vendor: Path) -> None:
    record = (vendor / "VENDOR.md").read_text()
    on_record = {f"{name}-{version}" for name, version in LIBRARY.findall(record)}
    assert {path.name for path in vendor.iterdir() if path.is_dir()} == on_record
    assert [
        folder for folder in sorted(on_record) if not (vendor / folder / "LICENSE").is_file()
    ] == []


def test_the_fonts_stay_small() -> None:
    size = sum((FONTS / name).stat().st_size for name in kept_files(FONTS))
    assert size < MOST_MEGABYTES * 2**20


def test_no_file_points_to_a_map_that_is_not_kept() -> None:
    # The manifest of static files refuses such a link when they are collected.
    assert [
        name
        for name in kept_files(LIBRARIES)
        if b"sourceMappingURL" in (LIBRARIES / name).read_bytes()
    ] == []
