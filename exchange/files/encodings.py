"""What encoding a file's text is in.

Never GBK: it lacks characters of people's names that GB18030, which contains it, has.
"""

import re

from exchange.files.refusals import FileRefused

_SAMPLE = 64 << 10
_HEAD = 4 << 10
_WITHOUT_MARK = ("utf-16-le", "utf-16-be")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_FIRST_OF_THREE_BYTES = "\u0800"  # in UTF-8; two bytes of GB18030 may look like fewer


def decode(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 (with or without its mark) or GB18030.

    Raises FileRefused.
    """
    return _decoded(data, ["utf-8-sig", "gb18030"])


def decode_markup(data: bytes) -> str:
    """Text of a page that may declare its encoding, rightly or wrongly; raises FileRefused."""
    found = _DECLARED.search(data[:_HEAD])
    declared = found[1].lower() if found else b""
    if declared.startswith(b"big5"):
        return _decoded(data, ["big5hkscs", "utf-8-sig", "gb18030"])
    text = decode(data)
    if declared.startswith(b"gb") and max(text, default="") < _FIRST_OF_THREE_BYTES:
        return _decoded(data, ["gb18030"])
    return text


def utf16_of(data: bytes) -> str:
    """Name of the codec if these are bytes of UTF-16, else nothing.

    Without its mark it shows by the separators that every table has: read the wrong way round
    they are other characters.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:_SAMPLE]
    if b"\0" not in sample:
        return ""
    found = {codec: _separators(sample.decode(codec, "ignore")) for codec in _WITHOUT_MARK}
    codec = max(found, key=lambda codec: found[codec])
    return codec if found[codec] else ""


def _separators(text: str) -> int:
    return sum(map(text.count, ",\t;\n<"))


def _decoded(data: bytes, codecs: list[str]) -> str:
    if codec := utf16_of(data):
        codecs = [codec]
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise FileRefused("not-a-spreadsheet")
        return text.removeprefix("\ufeff")
    raise FileRefused("encoding")
