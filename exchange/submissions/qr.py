"""The code of a receipt as a square that a phone reads."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

Matrix = list[list[bool]]
QUIET = 4  # modules of white around, as ISO/IEC 18004 asks


def address_of(code: str) -> str:
    """Where a phone's camera goes: the receipt's page; the code alone while no address is set."""
    if not settings.PORTAL_URL:
        return code
    return settings.PORTAL_URL + reverse("exchange:receipt", args=[code])


def matrix_of(text: str) -> Matrix:
    """Rows of dark (True) and light modules, without the quiet zone."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = range(code.getModuleCount())
    return [[bool(code.isDark(row, column)) for column in size] for row in size]


def svg_of(matrix: Matrix) -> str:
    """The picture, scaled by whoever shows it."""
    size = len(matrix) + 2 * QUIET
    dark = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row, modules in enumerate(matrix)
        for column, is_dark in enumerate(modules)
        if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
        f' width="{size * 4}" height="{size * 4}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{dark}"/></svg>'
    )
