"""The heads of the chains are mailed once a day, to whoever is named for it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail

from core.models import AuditEntry
from exchange.models import Receipt
from exchange.submissions import anchors
from exchange.submissions.anchor_mail import mail_heads
from exchange.submissions.sealing import seal
from tests.factories import an_account, divisions
from tests.factories.submissions import a_month

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 3, 4, 6, 40, tzinfo=datetime.UTC)
MONTHS = [datetime.date(2019, 6, 1), datetime.date(2019, 7, 1)]


@pytest.fixture(autouse=True)
def receipts(settings: Any, tmp_path: Any) -> list[Receipt]:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    settings.ANCHOR_MAIL = ["shenji@portal.example", "archive@portal.example"]
    divisions()
    by = an_account("reviewer", "county-reviewer", "621022")
    return [
        seal(submission=a_month("locked", county=county, month=month), by=by)
        for county in ("621022", "622926")
        for month in MONTHS
    ]


def test_each_county_s_newest_link_is_mailed(receipts: list[Receipt]) -> None:
    anchors.append(receipts)
    assert mail_heads(NOW) == 2
    (sent,) = mail.outbox
    assert sent.to == ["shenji@portal.example", "archive@portal.example"]
    assert "2026-03-04" in sent.subject
    lines = sent.body.splitlines()
    newest = [receipts[1], receipts[3]]
    assert lines[1:3] == [f"{r.county_code} 2 {bytes(r.link).hex()}" for r in newest]
    entry = AuditEntry.objects.get(verb="exchange.anchor.mailed")
    assert (entry.changes, entry.succeeded) == ({"sent": 2, "failed": 0}, True)


def test_a_file_that_was_altered_is_told(receipts: list[Receipt], settings: Any) -> None:
    anchors.append(receipts)
    lines = settings.ANCHORS_FILE.read_text().splitlines()
    settings.ANCHORS_FILE.write_text("\n".join([lines[0], *lines[2:]]) + "\n")
    assert mail_heads(NOW) == 1
    first, *_rest = mail.outbox[0].body.splitlines()
    assert "2" in first
    assert len(first) > 10


def test_without_an_address_or_a_file_nothing_is_mailed(
    receipts: list[Receipt], settings: Any
) -> None:
    assert mail_heads(NOW) == 0
    anchors.append(receipts)
    settings.ANCHOR_MAIL = []
    assert (mail_heads(NOW), mail.outbox) == (0, [])


def test_a_mail_that_does_not_go_is_written_down(receipts: list[Receipt], settings: Any) -> None:
    anchors.append(receipts)
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert mail_heads(NOW) == 0
    entry = AuditEntry.objects.get(verb="exchange.anchor.mailed")
    assert (entry.changes, entry.succeeded) == ({"sent": 0, "failed": 2}, False)
