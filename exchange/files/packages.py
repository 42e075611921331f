"""Zipped workbooks seen from outside: the table of contents and the first bytes of each part."""

import re
import zipfile

from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused

_RATIO_COUNTS_FROM = 5 << 20
_HEAD = 64 << 10
_SHEET_ROOT = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_SAFE_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_KINDS = (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"), ("content.xml", "ods"))


def check_package(package: zipfile.ZipFile, limits: Limits) -> None:
    """Raise FileRefused unless the table of contents is that of a modest, honest workbook."""
    entries = package.infolist()
    names = [_plain(entry.orig_filename) for entry in entries]
    if len(entries) > limits.max_entries or len(set(names)) < len(names):
        raise FileRefused("unsafe")
    if any(_escapes(name) for name in names):
        raise FileRefused("unsafe")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("encrypted")
    if any(entry.compress_type not in _SAFE_COMPRESSION for entry in entries):
        raise FileRefused("unreadable")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limits.max_unpacked:
        raise FileRefused("bomb")
    if unpacked > _RATIO_COUNTS_FROM and unpacked > packed * limits.max_ratio:
        raise FileRefused("bomb")


def package_kind(package: zipfile.ZipFile) -> str:
    """Kind of workbook by its required parts; raises FileRefused when they are those of none."""
    names = {_plain(name) for name in package.namelist()}
    kind = next((kind for part, kind in _KINDS if part in names), "")
    if not kind or (kind != "ods" and "[content_types].xml" not in names):
        raise FileRefused("not-a-spreadsheet")
    if kind == "ods":
        _check_open_document(package)
    macros = any(name.endswith("vbaproject.bin") for name in names)
    return "xlsm" if kind == "xlsx" and macros else kind


def check_heads(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The worksheet parts; raises FileRefused if any XML part declares a document type.

    No spreadsheet program writes one, and entities (bombs, outside files) need one.
    """
    sheets = []
    for entry in package.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with package.open(entry) as part:
            head = part.read(_HEAD)
        plain = head.replace(b"\0", b"")  # UTF-16 hides it no better
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise FileRefused("unsafe")
        if plain != head:
            raise FileRefused("unreadable")
        if _SHEET_ROOT.search(head):
            sheets.append(entry)
    return sheets


def _plain(name: str) -> str:
    return name.replace("\\", "/").lower()


def _escapes(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name


def _check_open_document(package: zipfile.ZipFile) -> None:
    kind = _start(package, "mimetype")
    if kind and not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise FileRefused("not-a-spreadsheet")
    if b"encryption-data" in _start(package, "META-INF/manifest.xml"):
        raise FileRefused("encrypted")


def _start(package: zipfile.ZipFile, name: str) -> bytes:
    if name not in package.namelist():
        return b""
    with package.open(name) as part:
        return part.read(_HEAD)
