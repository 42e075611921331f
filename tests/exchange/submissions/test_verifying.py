"""What was sealed and is not so any more is named, whoever changed it; what is untouched is not."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.models import AuditEntry
from exchange.jobs import JobRefused
from exchange.models import Notice, Receipt, Rollup, SealedRow, SealFinding, Submission
from exchange.submissions import books
from exchange.submissions.anchors import anchor_missing, append, read_anchors
from exchange.submissions.codes import code_of, shown
from exchange.submissions.sealing import GENESIS, header, link_of, seal
from exchange.submissions.verifying import verify
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
from tests.factories.books import CHAPTER, JUNE, a_book, a_submission
from training.models import Enrollment

pytestmark = pytest.mark.django_db
HUAN, QING = "621022", "621021"
MONTHS = [datetime.date(2019, month, 1) for month in (6, 7, 8)]

Commit = Callable[..., Any]


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> Path:
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
    return settings.ANCHORS_FILE  # type: ignore[no-any-return]


@pytest.fixture
def county(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commit) -> None:
    """Three closed months of 环县 with two rows each, and one of 庆城县; all sealed."""
    divisions()
    monkeypatch.setattr(books, "_books", {"double": a_book()})
    reviewer = an_account("reviewer", "county-reviewer", HUAN)
    an_account("auditor", "audit-administrator", "62")
    places = [(HUAN, month) for month in MONTHS] + [(QING, JUNE)]
    for place, month in places:
        attended = a_class(place, f"{month:%Y%m}", start_date=month.replace(day=4))
        for order in (1, 2):
            enrolled(a_person(order), attended)
    settled()
    for place, month in places:
        with django_capture_on_commit_callbacks(execute=True):
            seal(submission=a_submission(place, month, by=reviewer), by=reviewer)


OURS = ("training_enrollment", "exchange_receipt", "exchange_sealedrow")


def by_sql(statement: str, *values: Any) -> None:
    """As somebody who owns the database would, past all triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a table with checks to come stays as it is
        for table in OURS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
        for table in OURS:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def found() -> list[tuple[str, str, str, int | None, int | None]]:
    """What the verification names: kind, county, month, receipt's number, row."""
    verification = verify()
    faults = SealFinding.objects.filter(verification=verification)
    assert verification.findings_count == len(faults)
    return [
        (
            fault.kind,
            fault.county_code,
            f"{fault.month:%Y-%m}" if fault.month else "",
            fault.receipt_seq,
            fault.row_key,
        )
        for fault in faults
    ]


def a_row_of(month: int) -> int:
    rows = Enrollment.objects.filter(county_code=HUAN, start_date__month=month)
    return int(rows.order_by("pk").values_list("pk", flat=True)[0])


def receipt(number: int) -> Receipt:
    return Receipt.objects.get(county_code=HUAN, seq=number)


@pytest.mark.usefixtures("county")
class TestNaming:
    def test_untouched_data_give_nothing(self) -> None:
        assert found() == []
        entry = AuditEntry.objects.get(verb="exchange.receipts.verified")
        assert (entry.succeeded, entry.changes) == (True, {"receipts": 4, "rows": 8, "faults": 0})
        assert Notice.objects.count() == 0

    def test_one_byte_of_a_row(self) -> None:
        key = a_row_of(7)
        by_sql("UPDATE training_enrollment SET category = category || 'x' WHERE id = %s", key)
        assert found() == [("row-changed", HUAN, "2019-07", None, key)]
        fault = SealFinding.objects.get()
        assert (fault.params["place"], fault.params["who"]) == ("环县", "张1")
        assert str(fault.params["row"]) in str(fault)

    def test_a_row_deleted(self) -> None:
        key = a_row_of(6)
        by_sql("DELETE FROM training_enrollment WHERE id = %s", key)
        assert found() == [("row-gone", HUAN, "2019-06", None, key)]

    def test_a_row_put_in(self) -> None:
        columns = [c.column for c in Enrollment._meta.concrete_fields if not c.primary_key]
        values = ["%s" if name == "person_id" else name for name in columns]
        by_sql(
            f"INSERT INTO training_enrollment ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM training_enrollment WHERE id = %s",
            a_person(3).pk,
            a_row_of(7),
        )
        new = Enrollment.objects.latest("pk")
        assert found() == [("row-unsealed", HUAN, "2019-07", None, new.pk)]
        assert SealFinding.objects.get().params["who"] == "张3"

    def test_a_row_moved_to_another_month(self) -> None:
        key = a_row_of(6)
        by_sql(
            "UPDATE training_enrollment SET start_date = '2019-07-02', end_date = '2019-07-30' WHERE id = %s",
            key,
        )
        assert found() == [
            ("row-gone", HUAN, "2019-06", None, key),
            ("row-unsealed", HUAN, "2019-07", None, key),
        ]

    def test_a_sealed_row_altered_to_fit(self) -> None:
        """Whoever changes a row and its seal alike is found by the receipt."""
        key = a_row_of(6)
        digest = bytes(SealedRow.objects.filter(row_key=a_row_of(7)).get().digest)
        by_sql("UPDATE exchange_sealedrow SET digest = %s WHERE row_key = %s", digest, key)
        assert found() == [
            ("sealed-rows-altered", HUAN, "2019-06", 1, None),
            ("row-changed", HUAN, "2019-06", None, key),
        ]

    def test_a_sealed_row_gone(self) -> None:
        key = a_row_of(6)
        by_sql("DELETE FROM exchange_sealedrow WHERE row_key = %s", key)
        assert found() == [
            ("sealed-rows-altered", HUAN, "2019-06", 1, None),
            ("row-unsealed", HUAN, "2019-06", None, key),
        ]

    @pytest.mark.parametrize(
        "change",
        [
            "rows = rows + 1",
            "people = people + 1",
            "figures = '[]'",
            "round = 2",
            "sealed_at = sealed_at + interval '1 microsecond'",
            "sealed_by_id = (SELECT id FROM core_user WHERE username = 'auditor')",
            "prev = link",
            "code = 'AAAAAAAAAAAAAAAA'",
            "link = sha256(link)",
        ],
    )
    def test_a_receipt_altered(self, change: str) -> None:
        by_sql(f"UPDATE exchange_receipt SET {change} WHERE county_code = %s AND seq = 2", HUAN)
        assert found() == [("receipt-altered", HUAN, "2019-07", 2, None)]

    def test_the_month_that_a_receipt_is_of_altered(self) -> None:
        by_sql(
            "UPDATE exchange_submission SET month = '2018-07-01', state = 'draft'"
            " WHERE county_code = %s AND month = '2019-07-01'",
            HUAN,
        )
        assert found() == [("receipt-altered", HUAN, "2018-07", 2, None)]

    def test_the_middle_cut_out(self) -> None:
        by_sql("DELETE FROM exchange_sealedrow WHERE receipt_id = %s", receipt(2).pk)
        by_sql("DELETE FROM exchange_receipt WHERE county_code = %s AND seq = 2", HUAN)
        assert found()[0] == ("chain-broken", HUAN, "", 2, None)
        # The month that the receipt was of is closed without a seal.
        assert [fault[:3] for fault in found()[1:]] == [("row-unsealed", HUAN, "2019-07")] * 2

    def test_the_tail_cut_off(self) -> None:
        """The month opened again as if it had never been submitted: only the file knows."""
        by_sql("DELETE FROM exchange_sealedrow WHERE receipt_id = %s", receipt(3).pk)
        by_sql("DELETE FROM exchange_receipt WHERE county_code = %s AND seq = 3", HUAN)
        by_sql(
            "DELETE FROM exchange_submission WHERE county_code = %s AND month = '2019-08-01'", HUAN
        )
        assert found() == [("tail-cut", HUAN, "", 3, None)]
        assert SealFinding.objects.get().params == {"place": "环县", "first": 3, "last": 3}

    def test_all_receipts_of_a_county_cut_off(self) -> None:
        for table in ("exchange_sealedrow", "exchange_receipt", "exchange_submission"):
            by_sql(f"DELETE FROM {table}")
        assert found() == [("tail-cut", QING, "", 1, None), ("tail-cut", HUAN, "", 1, None)]

    def test_the_chain_made_anew_with_the_portals_own_key(self) -> None:
        """A row changed and everything after it sealed again, flawlessly: only the file knows."""
        by_sql("UPDATE training_enrollment SET category = 'general' WHERE id = %s", a_row_of(7))
        settled()
        made_anew(2)
        assert found() == [("chain-recomputed", HUAN, "", 2, None)]

    def test_the_anchor_file_gone(self, anchors: Path) -> None:
        anchors.unlink()
        assert found() == [("anchor-gone", "", "", None, None)]

    @pytest.mark.parametrize("line", [0, 1, 2])
    def test_a_line_of_the_anchor_file_cut_out(self, anchors: Path, line: int) -> None:
        lines = anchors.read_text().splitlines(keepends=True)
        anchors.write_text("".join(lines[:line] + lines[line + 1 :]))
        assert found()[0] == ("anchor-gone", "", "", None, None)
        assert SealFinding.objects.first().params == {"line": line + 1}  # type: ignore[union-attr]

    def test_the_anchor_file_altered(self, anchors: Path) -> None:
        anchors.write_text(anchors.read_text().replace(f"{QING}\t1", f"{QING}\t2"))
        assert read_anchors().broken_line is None  # it is the last line: nothing follows it
        assert found() == [
            ("anchor-gone", QING, "", 1, None),
            ("tail-cut", QING, "", 2, None),
        ]

    def test_the_end_of_the_anchor_file_cut_off_shows_after_a_day(self, anchors: Path) -> None:
        anchors.write_text("".join(anchors.read_text().splitlines(keepends=True)[:2]))
        assert found() == []
        by_sql("UPDATE exchange_receipt SET sealed_at = sealed_at - interval '2 days'")
        kinds = {fault[0] for fault in found() if fault[0] != "receipt-altered"}
        assert kinds == {"anchor-gone"}

    def test_auditors_are_told_once(self) -> None:
        by_sql("DELETE FROM training_enrollment WHERE id = %s", a_row_of(6))
        verify()
        verify()
        notice = Notice.objects.get()
        assert notice.recipient.username == "auditor"
        assert notice.params == {"count": 1, "place": "环县"}


def made_anew(first: int) -> None:
    """Seal a county's months again from a receipt on, as the portal's own code would."""
    old = list(Receipt.objects.filter(county_code=HUAN, seq__gte=first).order_by("seq"))
    submissions = [each.submission for each in old]
    for each in old:
        by_sql("DELETE FROM exchange_sealedrow WHERE receipt_id = %s", each.pk)
    by_sql("DELETE FROM exchange_receipt WHERE county_code = %s AND seq >= %s", HUAN, first)
    for submission in submissions:
        seal(submission=submission, by=submission.submitted_by)  # type: ignore[arg-type]


@pytest.mark.usefixtures("county")
class TestSealing:
    def test_a_chain_begins_and_goes_on(self) -> None:
        first, second = receipt(1), receipt(2)
        assert (bytes(first.prev), bytes(second.prev)) == (GENESIS, bytes(first.link))
        assert bytes(first.link) == link_of(first)
        assert first.code == code_of(bytes(first.link))
        assert (first.rows, first.people, first.round, first.kind) == (2, 2, 1, "submission")
        assert ["training.attendances", "skills", "filed-poor", "2.00"] in first.figures
        assert SealedRow.objects.filter(receipt=first, chapter=CHAPTER).count() == 2
        assert b'"month":"2019-06"' in header(first)
        assert len(shown(first.code)) == 19

    def test_withdrawn_rows_are_sealed_and_not_counted(self) -> None:
        key = a_row_of(7)
        by_sql("UPDATE training_enrollment SET state = 'withdrawn' WHERE id = %s", key)
        settled()
        made_anew(2)
        again = receipt(2)
        assert (again.rows, again.people, again.sealed_rows.count()) == (1, 1, 2)

    def test_figures_that_are_not_what_the_rows_say_are_not_sealed(self) -> None:
        Rollup.objects.filter(county_code=HUAN, month=MONTHS[0]).update(amount=9)
        submission = Submission.objects.get(county_code=HUAN, month=MONTHS[0])
        with pytest.raises(JobRefused) as refusal:
            seal(submission=submission, by=submission.submitted_by)  # type: ignore[arg-type]
        assert refusal.value.params == {"month": "2019-06"}
        assert Receipt.objects.filter(county_code=HUAN).count() == 3

    def test_figures_of_other_months_do_not_matter(self) -> None:
        Rollup.objects.filter(county_code=HUAN, month=MONTHS[1]).update(amount=9)
        submission = Submission.objects.get(county_code=HUAN, month=MONTHS[0])
        assert seal(submission=submission, by=submission.submitted_by).seq == 4  # type: ignore[arg-type]

    def test_a_month_submitted_again_is_compared_with_its_newest_seal(self) -> None:
        by_sql("DELETE FROM training_enrollment WHERE id = %s", a_row_of(6))
        settled()
        submission = Submission.objects.get(county_code=HUAN, month=MONTHS[0])
        append([seal(submission=submission, by=submission.submitted_by)])  # type: ignore[arg-type]
        assert found() == []

    def test_an_open_month_is_not_compared(self) -> None:
        Submission.objects.filter(month=MONTHS[0]).update(state="returned")
        by_sql("DELETE FROM training_enrollment WHERE id = %s", a_row_of(6))
        assert found() == []

    @pytest.mark.parametrize("table", ["exchange_receipt", "exchange_sealedrow"])
    @pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
    def test_the_database_refuses_to_change_what_is_sealed(self, table: str, act: str) -> None:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act.format(table))

    def test_what_the_file_lacks_is_written_by_the_hour(self, anchors: Path) -> None:
        whole = anchors.read_text()
        assert (oct(anchors.stat().st_mode)[-3:], whole.count("\n")) == ("600", 4)
        anchors.write_text("".join(whole.splitlines(keepends=True)[:2]))
        assert (anchor_missing(timezone.now()), anchor_missing(timezone.now())) == (2, 0)
        assert read_anchors().broken_line is None
        assert found() == []

    def test_a_file_that_vanished_is_not_made_anew_by_the_clock(self, anchors: Path) -> None:
        by_sql("UPDATE exchange_receipt SET sealed_at = '2019-07-05' WHERE seq = 1")
        anchors.unlink()
        with pytest.raises(FileNotFoundError):
            append([receipt(2)])
        assert not anchors.exists()
