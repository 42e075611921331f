"""Workbooks with broken structure: each is read or refused, and nothing else ever happens.

FUZZ_FILES sets how many are tried; they are the same at every run.
"""

import os
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from exchange.files import FileRefused, Limits, read_blocks
from tests.exchange.files import books

FILES = int(os.environ.get("FUZZ_FILES", "300"))
HARMFUL = re.compile("(?s).+[\x00-\x1f]|[\x00\x01\x07-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]")
LIMITS = Limits(cpu_seconds=10, wall_seconds=15)
TOKENS = [
    b"1048577", b"-1", b"9" * 20, b"XFD1048576", b"ZZZZZZ1", b"A0", b"", b"NaN", b"1e400",
    b"\xff\xfe", b"&amp;", b"&e;", b"</c>", b"<row>", b't="d"', b't="e"', b't="s"', b't="zz"',
    b's="99999"', b"\x00", b"_x0000_", b"<![CDATA[", b'r="A1:B2"', b"0x41", b"\xed\xa0\x80",
    b"<!DOCTYPE x>", b"<f>", b"<c ", b"\xe2\x80\xae", b"table:number-rows-repeated=\"99999999\"",
]  # fmt: skip
FORMULA = '<row r="3"><c r="A3"><f t="shared" ref="A3" si="0">B3</f><v>1</v></c><c r="B3"/></row>'
DATES = '<row r="4"><c r="A4" s="1"><v>43620.5</v></c><c r="B4" t="b"><v>1</v></c></row>'
MERGES = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:A4"/></mergeCells>'
STRINGS = f'<sst xmlns="{books.MAIN}" count="1"><si><t>村</t></si></sst>'
SHARED = '<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="e"><v>#REF!</v></c></row>'
BASE = {
    name: part.encode() if isinstance(part, str) else part
    for name, part in books.parts(
        {
            "台账": books.sheet(*books.ROSTER, FORMULA, DATES, SHARED, after=MERGES),
            "二": books.sheet(*books.ROSTER),
        }
    ).items()
} | {"xl/sharedStrings.xml": STRINGS.encode()}
BASE["xl/_rels/workbook.xml.rels"] = BASE["xl/_rels/workbook.xml.rels"].replace(
    b"</Relationships>",
    f'<Relationship Id="ss" Type="{books.RELATIONS}/sharedStrings"'
    ' Target="sharedStrings.xml"/></Relationships>'.encode(),
)
LEGACY = (Path(__file__).parent / "fixtures" / "legacy.xls").read_bytes()


def replace_value(xml, chance):
    """Put a token in an attribute's or a text's place."""
    values = list(re.finditer(rb'"[^"]*"|>[^<]+<', xml))
    if not values:
        return xml
    hit = chance.choice(values)
    return xml[: hit.start() + 1] + chance.choice(TOKENS) + xml[hit.end() - 1 :]


def cut(xml, chance):
    at = chance.randrange(len(xml))
    return xml[:at] + xml[at + chance.randint(1, 80) :]


def insert(xml, chance):
    at = chance.randrange(len(xml))
    return xml[:at] + chance.choice(TOKENS) + xml[at:]


def change_byte(xml, chance):
    at = chance.randrange(len(xml))
    return xml[:at] + chance.randbytes(1) + xml[at + 1 :]


def repeat(xml, chance):
    at = chance.randrange(len(xml))
    part = xml[at : at + chance.randint(1, 120)]
    return xml[:at] + part * chance.randint(2, 4) + xml[at + len(part) :]


MUTATIONS = [replace_value, replace_value, replace_value, cut, insert, change_byte, repeat]


def mutated(data, chance):
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(MUTATIONS)(data, chance) or b"?"
    return data


def mutant(number):
    chance = random.Random(number)
    if number % 10 == 0:
        return mutated(LEGACY, chance)
    content = dict(BASE)
    name = chance.choice(list(content))
    content[name] = mutated(content[name], chance)
    if number % 20 == 1:
        del content[chance.choice(list(content))]
    data = books.zipped(content)
    return data if number % 20 else mutated(data, chance)


def outcome(number, folder):
    path = folder / str(number)
    path.write_bytes(mutant(number))
    try:
        blocks = list(read_blocks(path, name="名册.xlsx", limits=LIMITS))
    except FileRefused as refused:
        return refused.code
    finally:
        path.unlink()
    cells = [cell for block in blocks for column in block.columns for cell in column]
    harmful = [cell for cell in cells if HARMFUL.search(cell)]
    return f"harm in {number}" if harmful else "read"


def test_broken_workbooks_are_read_or_refused(tmp_path):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counted = Counter(pool.map(lambda number: outcome(number, tmp_path), range(FILES)))
    print(dict(counted))
    assert [code for code in counted if code.startswith("harm")] == []
    assert {"read", "unreadable", "unsafe"} <= set(counted)
    assert sum(counted.values()) == FILES
