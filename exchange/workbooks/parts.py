"""The small parts of the package beside the sheets: what the file is made of, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from exchange.workbooks.pictures import DRAWING_TYPE, drawing_part
from exchange.workbooks.texts import column_letters, xml_text

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/"
MAIN = f"{_OFFICE}spreadsheetml/2006/main"
RELATIONS = f"{_OFFICE}officeDocument/2006/relationships"
_PACKAGE = f"{_OFFICE}package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@dataclass(frozen=True)
class WrittenSheet:
    """A sheet as it stands in the file: `repeated` are the first and last heading line."""

    name: str
    part: str
    columns: int
    lines: int
    repeated: tuple[int, int]
    rows: int
    has_picture: bool = False

    def defined_names(self, position: int) -> str:
        """What is printed, and which lines are printed again on each page."""
        quoted = xml_text("'" + self.name.replace("'", "''") + "'")
        last, (top, bottom) = column_letters(self.columns - 1), self.repeated
        return (
            f'<definedName name="_xlnm.Print_Area" localSheetId="{position}">'
            f"{quoted}!$A$1:${last}${self.lines}</definedName>"
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{position}">'
            f"{quoted}!${top}:${bottom}</definedName>"
        )


def root_relations_xml() -> str:
    return _relations(
        [
            ("rId1", f"{RELATIONS}/officeDocument", "xl/workbook.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ]
    )


def workbook_relations_xml(sheets: Sequence[WrittenSheet]) -> str:
    worksheets = [
        (f"rId{number}", f"{RELATIONS}/worksheet", sheet.part.removeprefix("xl/"))
        for number, sheet in enumerate(sheets, 1)
    ]
    styles = (f"rId{len(sheets) + 1}", f"{RELATIONS}/styles", "styles.xml")
    return _relations([*worksheets, styles])


def _relations(entries: Sequence[tuple[str, str, str]]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'
            for key, kind, target in entries
        )
        + "</Relationships>"
    )


def workbook_xml(sheets: Sequence[WrittenSheet]) -> str:
    entries = "".join(
        f'<sheet name="{xml_text(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    names = "".join(sheet.defined_names(position) for position, sheet in enumerate(sheets))
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr/>'
        '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="24000"'
        ' windowHeight="12000"/></bookViews>'
        f"<sheets>{entries}</sheets><definedNames>{names}</definedNames></workbook>"
    )


def core_xml(created: datetime | None) -> str:
    """When the workbook was made. The moment comes from the caller: same input, same bytes."""
    moment = ""
    if created is not None:
        text = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        moment = f'<dcterms:created xsi:type="dcterms:W3CDTF">{text}</dcterms:created>'
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{moment}</cp:coreProperties>'
    )


def content_types_xml(sheets: Sequence[WrittenSheet]) -> str:
    parts = [
        ("xl/workbook.xml", f"{_TYPE}.sheet.main+xml"),
        ("xl/styles.xml", f"{_TYPE}.styles+xml"),
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        *[(sheet.part, f"{_TYPE}.worksheet+xml") for sheet in sheets],
    ]
    drawn = [number for number, sheet in enumerate(sheets, 1) if sheet.has_picture]
    parts += [(drawing_part(number), DRAWING_TYPE) for number in drawn]
    pictures = '<Default Extension="png" ContentType="image/png"/>' if drawn else ""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">{pictures}<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
