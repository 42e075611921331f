"""How a file leaves the portal: as what, under which name, and kept by nobody."""

import io
from typing import Any

import pytest

from core.downloads import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("name", "kind", "saved_as"),
    [
        ("roster.CSV", "text/csv", 'filename="roster.CSV"'),
        ("a.html", "application/octet-stream", 'filename="a.html"'),
        ("花.xlsx", XLSX, "filename=\"file.xlsx\"; filename*=utf-8''%E8%8A%B1.xlsx"),
        ("花.名册", "application/octet-stream", "%E8%8A%B1.%E5%90%8D%E5%86%8C"),
        ('a".pdf', "application/pdf", r'filename="a\".pdf"'),
    ],
)
def test_a_file_says_what_it_is_and_its_name(name: str, kind: str, saved_as: str) -> None:
    headers = download(b"x", name).headers
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert headers["Content-Disposition"].endswith(saved_as)
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content", [b"content", io.BytesIO(b"content")])
def test_a_file_comes_whole(content: Any) -> None:
    answer = download(content, "花.xlsx")
    assert (answer.getvalue(), answer.headers["Content-Length"]) == (b"content", "7")
