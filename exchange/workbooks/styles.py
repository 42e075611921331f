"""The one style sheet of every workbook: numbered styles by name, and their XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from exchange.workbooks.specs import Kind
from exchange.workbooks.texts import xml_text

# Fonts are named, not embedded: both are on every office machine these files are made for.
BODY_FONT, TITLE_FONT = "宋体", "黑体"
BODY_POINTS, TITLE_POINTS = 11, 18

GENERAL, TEXT_FORMAT = 0, 49
DATE_FORMAT, MONTH_FORMAT = 164, 165
FORMATS = {
    Kind.TEXT: TEXT_FORMAT,
    Kind.INTEGER: 1,
    Kind.DECIMAL: 2,
    Kind.WAN: 2,
    Kind.PERCENT: 10,
    Kind.DATE: DATE_FORMAT,
    Kind.MONTH: MONTH_FORMAT,
}
BODY, BOLD, TITLE = 0, 1, 2  # order of the fonts in FONTS below


@dataclass(frozen=True)
class Style:
    font: int = BODY
    format: int = TEXT_FORMAT
    align: Literal["left", "center", "right"] = "left"
    bordered: bool = False
    shaded: bool = False
    wrapped: bool = True
    quoted: bool = False

    def xml(self) -> str:
        wrap = ' wrapText="1"' if self.wrapped else ""
        quote = ' quotePrefix="1"' if self.quoted else ""
        return (
            f'<xf numFmtId="{self.format}" fontId="{self.font}" fillId="{2 * self.shaded}"'
            f' borderId="{int(self.bordered)}" xfId="0" applyNumberFormat="1" applyFont="1"'
            f' applyFill="1" applyBorder="1" applyAlignment="1"{quote}>'
            f'<alignment horizontal="{self.align}" vertical="center"{wrap}/></xf>'
        )


def _of_kind(kind: Kind, font: int) -> Style:
    if kind in (Kind.DATE, Kind.MONTH):
        return Style(font, FORMATS[kind], "center", bordered=True, wrapped=False)
    worded = kind is Kind.TEXT
    return Style(font, FORMATS[kind], "left" if worded else "right", bordered=True, wrapped=worded)


def _long(font: int) -> Style:
    # Spreadsheets show a text-formatted cell of more than 255 characters as ####; quotePrefix
    # keeps its first '=' from becoming a formula when someone edits the cell.
    return Style(font, GENERAL, bordered=True, quoted=True)


STYLES: dict[str, Style] = {
    "default": Style(format=GENERAL, wrapped=False),
    "title": Style(TITLE, align="center"),
    "left": Style(wrapped=False),
    "center": Style(align="center", wrapped=False),
    "right": Style(align="right", wrapped=False),
    "note": Style(format=GENERAL, quoted=True),
    "heading": Style(BOLD, align="center", bordered=True, shaded=True),
    "code": Style(align="center", bordered=True),
    "long": _long(BODY),
    "long-total": _long(BOLD),
    **{kind.value: _of_kind(kind, BODY) for kind in Kind},
    **{f"{kind.value}-total": _of_kind(kind, BOLD) for kind in Kind},
}
NUMBER_OF = {name: number for number, name in enumerate(STYLES)}


def _font(name: str, points: int, bold: bool = False) -> str:
    weight = "<b/>" if bold else ""
    return f'<font>{weight}<sz val="{points}"/><name val="{name}"/><charset val="134"/></font>'


FONTS = (
    _font(BODY_FONT, BODY_POINTS),
    _font(BODY_FONT, BODY_POINTS, bold=True),
    _font(TITLE_FONT, TITLE_POINTS),
)
FILLS = (
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF2F2F2"/><bgColor indexed="64"/>'
    "</patternFill></fill>",
)
_SIDES = ("left", "right", "top", "bottom")
BORDERS = (
    "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "<border>"
    + "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in _SIDES)
    + "<diagonal/></border>",
)


def _format(number: int, code: str) -> str:
    return f'<numFmt numFmtId="{number}" formatCode="{xml_text(code)}"/>'


NUMBER_FORMATS = (
    _format(DATE_FORMAT, 'yyyy"年"m"月"d"日"'),
    _format(MONTH_FORMAT, 'yyyy"年"m"月"'),
)


def _counted(tag: str, items: tuple[str, ...]) -> str:
    return f'<{tag} count="{len(items)}">{"".join(items)}</{tag}>'


def styles_xml(namespace: str) -> str:
    """The style sheet part; the same for every workbook."""
    return (
        f'<styleSheet xmlns="{namespace}">'
        + _counted("numFmts", NUMBER_FORMATS)
        + _counted("fonts", FONTS)
        + _counted("fills", FILLS)
        + _counted("borders", BORDERS)
        + _counted("cellStyleXfs", ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',))
        + _counted("cellXfs", tuple(style.xml() for style in STYLES.values()))
        + _counted("cellStyles", ('<cellStyle name="Normal" xfId="0" builtinId="0"/>',))
        + '<dxfs count="0"/></styleSheet>'
    )
