"""Workbooks written part by part, so that a test can put the fault where it wants it."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATE_STYLE = 1
_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
    "</cellXfs></styleSheet>"
)


def text(value: str) -> str:
    return f"<is><t>{escape(value)}</t></is>"


def cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr">{text(value)}</c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def row(line: int, *values: str | float, attributes: str = "") -> str:
    cells = "".join(cell(f"{chr(65 + n)}{line}", value) for n, value in enumerate(values))
    return f'<row r="{line}"{attributes}>{cells}</row>'


def sheet(*rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def parts(sheets: Mapping[str, str], *, hidden: str = "") -> dict[str, str | bytes]:
    """The parts of a workbook with these sheets by name."""
    listed = related = ""
    for number, name in enumerate(sheets, 1):
        state = ' state="hidden"' if name == hidden else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="s{number}"/>'
        related += (
            f'<Relationship Id="s{number}" Type="{RELATIONS}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
        )
    related += f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)},
    }


def zipped(content: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return out.getvalue()


def workbook(*rows: str, after: str = "") -> bytes:
    """A workbook of one sheet, 台账."""
    return zipped(parts({"台账": sheet(*rows, after=after)}))


ROSTER = [row(1, "姓名", "学时"), row(2, "马吉", 90.0)]


def open_document(*rows: str, head: str = "") -> bytes:
    """An .ods of one sheet, 台账, whose rows are given as XML."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    writing = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    xml = (
        f'{head}<office:document-content xmlns:office="{office}" xmlns:table="{table}"'
        f' xmlns:text="{writing}"><office:body><office:spreadsheet>'
        f'<table:table table:name="台账">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped({"mimetype": kind, "content.xml": xml, "META-INF/manifest.xml": manifest})
