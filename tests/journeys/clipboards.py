"""What Excel and WPS put on the clipboard, in short.

Excel's is its HTML as Chromium receives it, with the prologue, classes and marks that Excel
writes. WPS' follows descriptions of it, not a WPS at hand: 核实 with a real one.
"""

from collections.abc import Sequence
from html import escape

Block = Sequence[Sequence[str]]

OF_EXCEL = (
    '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40">'
    '<head><meta http-equiv=Content-Type content="text/html; charset=utf-8">'
    "<meta name=ProgId content=Excel.Sheet><style><!--table {mso-displayed-decimal-separator:'.'}"
    " .xl65 {mso-number-format:'\\@';}--></style></head><body link=blue>"
    "<table border=0 cellpadding=0 cellspacing=0 width=576 style='border-collapse:collapse'>"
    "<!--StartFragment--><col width=72 span=8 style='width:54pt'>{rows}<!--EndFragment--></table></body></html>"
)
OF_WPS = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:et="urn:schemas-wps-cn:et">'
    "<head><meta name=Generator content='WPS Office'><style>.et2{mso-number-format:'\\@';}</style></head>"
    "<body><table width=576 border=0 cellpadding=0 cellspacing=0>{rows}</table></body></html>"
)


def quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if set(cell) & set('"\t\n') else cell


def text(block: Block) -> str:
    """The text both put beside the table: tabs, CRLF, one line end more at the end."""
    return "".join("\t".join(map(quoted, row)) + "\r\n" for row in block)


def excel(block: Block) -> dict[str, str]:
    """Numbers of more than eleven digits are text cells (a green corner in Excel)."""
    rows = "".join(
        "<tr height=19 style='height:14.25pt'>"
        + "".join(f"<td class=xl65 style='height:14.25pt'>{_inner(cell)}</td>" for cell in row)
        + "</tr>"
        for row in block
    )
    return {"html": OF_EXCEL.replace("{rows}", rows), "text": text(block)}


def wps(block: Block) -> dict[str, str]:
    rows = "".join(
        "<tr height=18>"
        + "".join(f'<td class=et2 x:str="{escape(cell)}">{_inner(cell)}</td>' for cell in row)
        + "</tr>"
        for row in block
    )
    return {"html": OF_WPS.replace("{rows}", rows), "text": text(block)}


def _inner(cell: str) -> str:
    return escape(cell).replace("\n", "<br style='mso-data-placement:same-cell'>")
