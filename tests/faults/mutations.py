"""Small rosters of every kind and the ways to break them, each a function of (data, chance)."""

import io
import random
import re
import zipfile
from pathlib import Path

from tests.exchange.files import binaries, books

TOKENS = [
    b"1048577", b"-1", b"9" * 20, b"XFD1048576", b"ZZZZZZ1", b"A0", b"", b"NaN", b"1e400",
    b"\xff\xfe", b"&amp;", b"&e;", b"</c>", b"<row>", b't="d"', b't="e"', b't="s"', b't="zz"',
    b's="99999"', b"\x00", b"_x0000_", b"<![CDATA[", b'r="A1:B2"', b"0x41", b"\xed\xa0\x80",
    b"<!DOCTYPE x>", b"<f>", b"<c ", b"\xe2\x80\xae", b'table:number-rows-repeated="99999999"',
    b"A1:XFD1048576", b"C9:A1", b"<!--", b"<table>", b'rowspan="99999"', b'colspan="9999"',
    b'"', b"'", b"\x81\x30", b",,,,,,,,", b"\r\n", b'ss:Index="999999"', b'ss:MergeDown="9999999"',
]  # fmt: skip
FIXTURES = Path(books.__file__).parent / "fixtures"
LEGACY = [(FIXTURES / name).read_bytes() for name in ("legacy.xls", "formulas.xls")]
FORMULA = '<row r="3"><c r="A3"><f t="shared" ref="A3" si="0">B3</f><v>1</v></c><c r="B3"/></row>'
DATES = '<row r="4" hidden="1"><c r="A4" s="1"><v>43620.5</v></c><c r="B4" t="b"><v>1</v></c></row>'
SHARED = '<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="e"><v>#REF!</v></c></row>'
MERGES = '<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:A4"/></mergeCells>'
STRINGS = f'<sst xmlns="{books.MAIN}" count="1"><si><t>村</t></si></sst>'
PAGE = (
    "<html><meta charset=gb2312><style>td{}</style><!-- x --><h3>名册</h3><table><caption>一班"
    "</caption><tr><th rowspan=2>姓名<th colspan='2'>时间</tr><tr style='display:none'><td>起"
    "<td x:num='43620'>90<td x:fmla='=A1'>1</table><table><tr><td>a<tr><td>b</table></html>"
).encode("gb18030")
MARKUP = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="台账"><Table>'
    '<Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">姓名</Data></Cell></Row>'
    '<Row ss:Hidden="1"><Cell ss:Index="3" ss:Formula="=A1"><Data ss:Type="Number">9</Data></Cell>'
    "</Row></Table></Worksheet></Workbook>"
).encode()
CELL = '<table:table-cell office:value-type="float" office:value="90"'
OPEN_DOCUMENT = books.open_document(
    f'<table:table-row table:number-rows-repeated="2" table:visibility="collapse">{CELL}'
    f' table:number-columns-repeated="3"/>{CELL} table:formula="of:=[.A1]"/></table:table-row>'
    f'<table:table-row>{CELL} table:number-columns-spanned="2" table:number-rows-spanned="2"/>'
    "<table:covered-table-cell/></table:table-row>"
)
BINARY = binaries.workbook(
    台账=binaries.sheet(
        binaries.row(1, binaries.text(0, "姓名"), binaries.real(1, 90.0, 1), hidden=True),
        binaries.row(2, binaries.formula(0, None), binaries.formula(1, "男"), binaries.error(2, 7)),
        merges=[(0, 1, 0, 0)],
    )
)
TEXTS = [
    '姓名,备注\r\n马吉,"一\r\n二"\r\n'.encode("gb18030"),
    "姓名\t学时\n马吉\t90\n".encode("utf-16-le"),
    "姓名;学时\n马吉;90\n".encode("utf-8-sig"),
]


def _workbook():
    content = books.parts(
        {
            "台账": books.sheet(*books.ROSTER, FORMULA, DATES, SHARED, after=MERGES),
            "二": books.sheet(*books.ROSTER),
        },
        hidden="二",
    )
    related = content["xl/_rels/workbook.xml.rels"]
    content["xl/_rels/workbook.xml.rels"] = related.replace(
        "</Relationships>",
        f'<Relationship Id="ss" Type="{books.RELATIONS}/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>',
    )
    return books.zipped(content | {"xl/sharedStrings.xml": STRINGS})


WORKBOOK = _workbook()


def replace_value(data, chance):
    """Put a token in an attribute's or a text's place."""
    values = list(re.finditer(rb'"[^"]*"|>[^<]+<', data))
    if not values:
        return data
    hit = chance.choice(values)
    return data[: hit.start() + 1] + chance.choice(TOKENS) + data[hit.end() - 1 :]


def change_tag(data, chance):
    """Drop a tag, write it twice, or let it change places with another."""
    tags = list(re.finditer(rb"<[^<>]+>", data))
    if len(tags) < 2:
        return data
    one, two = sorted(chance.sample(tags, 2), key=lambda tag: tag.start())
    changed = chance.choice([(b"", two[0]), (one[0] * 2, two[0]), (two[0], one[0])])
    middle = data[one.end() : two.start()]
    return data[: one.start()] + changed[0] + middle + changed[1] + data[two.end() :]


def set_number(data, chance):
    """Another index, row, column or count."""
    numbers = list(re.finditer(rb"[0-9]+", data))
    if not numbers:
        return data
    hit = chance.choice(numbers)
    number = chance.choice([0, -1, 7, 201, 65_536, 1_048_577, 2**31, 2**32, 2**63, 10**30])
    return data[: hit.start()] + str(number).encode() + data[hit.end() :]


def cut(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 80) :]


def cut_off(data, chance):
    return data[: chance.randrange(len(data))]


def insert(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(TOKENS) + data[at:]


def change_byte(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(1) + data[at + 1 :]


def flip_bits(data, chance):
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def repeat(data, chance):
    at = chance.randrange(len(data))
    part = data[at : at + chance.randint(1, 120)]
    return data[:at] + part * chance.randint(2, 4) + data[at + len(part) :]


def swap_sectors(data, chance):
    """Let two sectors of an OLE2 container change places, or fill one with noise."""
    sectors = [data[at : at + 512] for at in range(0, len(data), 512)]
    one, two = (chance.randrange(len(sectors)) for _ in range(2))
    sectors[one], sectors[two] = chance.choice(
        [(sectors[two], sectors[one]), (chance.randbytes(512), sectors[two]), (b"", sectors[two])]
    )
    return b"".join(sectors)


MARKED = [replace_value, replace_value, change_tag, set_number, insert, repeat]
RAW = [cut, cut_off, change_byte, flip_bits, insert, repeat]


def mutated(data, chance, mutations):
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(mutations)(data, chance) or b"?"
    return data


def mutated_package(data, chance):
    """A zip with one part changed and, at times, a member gone, renamed or there twice."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = [(name, package.read(name)) for name in package.namelist()]
    at = chance.randrange(len(members))
    name, part = members[at]
    members[at] = name, mutated(part, chance, chance.choice([MARKED, MARKED, RAW]))
    act, other = chance.randrange(12), chance.choice(members)
    if act == 0:
        members.remove(other)
    elif act == 1:
        members[members.index(other)] = (chance.choice([name, "x", "../x", "XL/x"]), other[1])
    elif act == 2:
        members.append(other)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in members:
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return mutated(out.getvalue(), chance, RAW) if act == 3 else out.getvalue()


def mutant(number):
    """Name and bytes of the broken file of this number: the same at every run."""
    chance = random.Random(number)
    match number % 10:
        case 0:
            return "名册.xls", mutated(
                chance.choice(LEGACY), chance, [*RAW, swap_sectors, swap_sectors]
            )
        case 1:
            return "名册.csv", mutated(chance.choice(TEXTS), chance, RAW)
        case 2:
            return "名册.xls", mutated(PAGE, chance, MARKED + RAW)
        case 3 if number % 20 == 3:
            return "名册.xls", mutated(MARKUP, chance, MARKED + RAW)
        case 3:
            return "名册.xlsb", mutated_package(BINARY, chance)
        case 4:
            return "名册.ods", mutated_package(OPEN_DOCUMENT, chance)
        case _:
            return "名册.xlsx", mutated_package(WORKBOOK, chance)
