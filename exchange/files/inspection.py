"""What a file is, told by its content, and whether it may be read: nothing is parsed here."""

import os
import re
import struct
import zipfile
import zlib
from pathlib import PurePath
from typing import BinaryIO

from exchange.files.encodings import utf16_of
from exchange.files.geometry import scan_sheet
from exchange.files.limits import STANDARD, Limits
from exchange.files.packages import check_heads, check_package, package_kind
from exchange.files.refusals import FileRefused

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NAMES = (".csv", ".txt", ".tsv")
_HEAD = 4 << 10
_WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|!--|html|head|meta|title|style|script|link|body|div|p|b|h[1-6]"
    r"|center|font|form|span|table|caption|thead|tbody|tr|td|th)[\s>]"
)
_WEB_ARCHIVE = ("mime-version:", "from: <", "content-type: multipart")
_MARKUP_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_TABLE_CELL = re.compile(rb"<\0?[tT]\0?[dDhH]\b")
# Everything that zipfile lets through on a damaged archive; OSError for places before its start.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError,
    ValueError, OverflowError, OSError,
)  # fmt: skip


def preflight(path: str | os.PathLike[str], *, name: str, limits: Limits = STANDARD) -> str:
    """Kind of the file by what is quickly seen: one of `child.READERS`; raises FileRefused.

    `name` is what the user called the file. What only shows inside its parts is found when it is read.
    """
    with open(path, "rb") as file:
        return identify(file, name=name, limits=limits)


def identify(file: BinaryIO, *, name: str, limits: Limits) -> str:
    """Kind of an open file by size, first bytes and table of contents; raises FileRefused."""
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise FileRefused("empty")
    if size > limits.max_bytes:
        raise FileRefused("too-large", megabytes=limits.max_bytes >> 20)
    head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return _zip_kind(file, name, limits)
    if head.startswith(_OLE):
        return _ole_kind(file)
    if kind := _markup_kind(file, head):
        return kind
    if name.lower().endswith(_TEXT_NAMES):
        return "csv"
    raise FileRefused("not-a-spreadsheet")


def survey(file: BinaryIO, kind: str, limits: Limits) -> list[str]:
    """Look through a zip's XML for entities and for sheets too large to build.

    Names the sheet parts with formula or error cells, which the parser does not tell.
    """
    if kind not in ("xlsx", "xlsm", "xlsb", "ods"):
        return []
    try:
        with zipfile.ZipFile(file) as package:
            sheets = check_heads(package)
            return [info.filename for info in sheets if scan_sheet(package, info, limits)]
    except _DAMAGE as error:
        raise FileRefused("unreadable") from error


def _zip_kind(file: BinaryIO, name: str, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            check_package(package, limits)
            kind = package_kind(package)
    except _DAMAGE as error:
        raise FileRefused("unreadable") from error
    if kind == "xlsm" and PurePath(name).suffix.lower() == ".xlsx":
        raise FileRefused("macro")
    return kind


def _markup_kind(file: BinaryIO, head: bytes) -> str:
    """Kind of a file that begins with markup, or nothing; raises FileRefused if it has no table."""
    text = head.decode(utf16_of(head) or "latin-1", "ignore")
    text = text.removeprefix("\ufeff").removeprefix("ï»¿").lstrip().lower()
    if text.startswith(_WEB_ARCHIVE):
        raise FileRefused("web-archive")
    if _WEB_PAGE.match(text):
        if not _TABLE_CELL.search(head + file.read()):
            raise FileRefused("web-page")
        return "html"
    return "xml" if text.startswith("<") and _MARKUP_SPREADSHEET in text else ""


def _ole_kind(file: BinaryIO) -> str:
    """An OLE2 container is told apart by the names of its streams, written in UTF-16."""
    file.seek(0)
    data = file.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("encrypted")
    if any(f"{name}\0".encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return "xls"
    raise FileRefused("not-a-spreadsheet")
