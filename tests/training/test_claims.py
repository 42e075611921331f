"""Claims of the subsidy: who is claimed for and how much, and the way from draft to approval."""

import datetime
import io
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from core.models import Assignment, AuditEntry, RuleValue, User
from core.rule_values import load_rule_values
from core.sealing import mask_id_number
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.models import Notice, SealFinding
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from talent.models import Credential
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from tests.factories.claims import (
    APPROVED,
    EVERY_RULE,
    EXAM,
    MADE,
    UNTIL,
    WHY,
    a_calendar,
    a_claim,
    a_published_claim,
    on,
    passed,
)
from tests.factories.facts import a_follow_up
from tests.factories.submissions import a_month
from training import claims
from training.claiming import amount_of, judge_lines
from training.models import Claim, ClaimLine, Enrollment, ExamEntry, Objection
from training.rules.claims import CLAIM_IN_TIME

pytestmark = pytest.mark.django_db
COUNTY = "621022"
LATE = datetime.date(2019, 9, 2)


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> dict[str, User]:
    translation.activate("en")
    divisions()
    load_rule_values()
    a_calendar()
    on(monkeypatch, MADE)
    seats = {
        "clerk": ("county-clerk", COUNTY),
        "reviewer": ("county-reviewer", COUNTY),
        "prefecture": ("prefecture-officer", "6210"),
        "stranger": ("county-clerk", "622926"),
        "strange reviewer": ("county-reviewer", "622926"),
    }
    return {who: an_account(who, *seat) for who, seat in seats.items()}


@pytest.fixture
def clerk(people: dict[str, User]) -> User:
    return people["clerk"]


@pytest.fixture
def rows(clerk: User) -> list[Enrollment]:
    return passed(1, 3, 5, by=clerk)


def refused(act: Any, **said: Any) -> str:
    with pytest.raises(JobRefused) as refusal:
        act(**said)
    return refusal.value.sentence % refusal.value.params


def approve(claim: Claim, by: User) -> None:
    claims.approve(claim=claim, version=claim.version, by=by)


def object_to(claim: Claim, by: User, text: str = "有人举报未参加培训") -> Objection:
    said = {"who": "张某", "text": text, "raised_on": claim.published_on, "by": by}
    return claims.raise_objection(claim=claim, version=claim.version, **said)


class TestLines:
    @pytest.mark.parametrize(
        ("standard", "share", "amount"),
        [
            ("1200", "1", "1200.00"),
            ("1200", "0.6", "720.00"),
            ("0.01", "0.6", "0.01"),
            ("833.33", "0.6", "500.00"),
            ("0.0075", "1", "0.01"),
            ("0.0125", "0.6", "0.01"),
            ("100.125", "1", "100.13"),
        ],
    )
    def test_half_a_fen_is_rounded_up(self, standard: str, share: str, amount: str) -> None:
        assert amount_of(Decimal(standard), Decimal(share)) == Decimal(amount)

    def test_the_share_follows_employment_and_is_kept(self, rows: Any, clerk: User) -> None:
        for row, employment in zip(rows, ("employed", "self-employed", "unemployed"), strict=True):
            Enrollment.objects.filter(pk=row.pk).update(employment=employment)
        claim = a_claim(rows, clerk, "1000.01")
        lines = claim.lines.values_list("employment", "share", "amount")
        assert list(lines.order_by("enrollment_id")) == [
            ("employed", Decimal("1"), Decimal("1000.01")),
            ("self-employed", Decimal("1"), Decimal("1000.01")),
            ("unemployed", Decimal("0.6"), Decimal("600.01")),
        ]
        entry = AuditEntry.objects.get(verb="training.claim.drawn_up")
        assert entry.changes == {"people": 3, "amount": "2600.03"}

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ({"result": "failed"}, "张1 did not pass, so no subsidy can be claimed."),
            ({"result": "unassessed"}, "张1 did not pass, so no subsidy can be claimed."),
            (
                {"certificate_number": ""},
                "张1 has no certificate on file, which a class with a level asks for. Enter it "
                "first.",
            ),
        ],
    )
    def test_who_may_not_is_named(self, rows: Any, clerk: User, values: Any, told: str) -> None:
        Enrollment.objects.filter(pk=rows[0].pk).update(**values)
        claimed = {"training_class": rows[0].training_class, "standard": Decimal(1), "by": clerk}
        assert refused(claims.draw_up, rows=[rows[0].pk], **claimed) == told
        assert not Claim.objects.exists()

    def test_a_class_without_a_level_needs_no_certificate(self, clerk: User) -> None:
        found = a_class(level="")
        row = enrolled(a_person(1), found, result="passed")
        assert a_claim([row], clerk).lines.count() == 1

    @pytest.mark.parametrize("standard", ["0", "-1", "100000"])
    def test_a_standard_that_cannot_be_is_refused(
        self, rows: Any, clerk: User, standard: str
    ) -> None:
        assert refused(a_claim, rows=rows, by=clerk, standard=standard) == claims.NOTHING_ASKED

    def test_nobody_and_strangers_are_refused(self, rows: Any, clerk: User) -> None:
        other = enrolled(a_person(9), a_class(code="2"), result="passed")
        claimed = {"training_class": rows[0].training_class, "standard": Decimal(1), "by": clerk}
        assert refused(claims.draw_up, rows=[], **claimed) == claims.NOBODY
        assert refused(claims.draw_up, rows=[other.pk], **claimed) == claims.NOT_OF_CLASS


class TestOnce:
    def test_a_second_claim_is_told_the_first(self, rows: Any, clerk: User) -> None:
        first = a_claim(rows[:2], clerk)
        assert refused(a_claim, rows=rows[1:], by=clerk) == (
            f"张3 stands in claim no. {first.pk}, which is not decided yet."
        )
        assert a_claim(rows[2:], clerk).lines.count() == 1

    def test_the_constraint_is_the_wall(
        self, rows: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The look beforehand planted away, the database refuses with the same sentence."""
        first = a_claim(rows[:1], clerk)
        monkeypatch.setattr("training.claiming._claimed", lambda keys, claim: {})
        assert refused(a_claim, rows=rows, by=clerk) == (
            f"张1 stands in claim no. {first.pk}, which is not decided yet."
        )
        assert ClaimLine.objects.count() == 1

    def test_refused_and_withdrawn_claims_free_their_rows(
        self, rows: Any, people: dict[str, User]
    ) -> None:
        claim = a_published_claim(rows, people["clerk"])
        said = {"version": claim.version, "decision": "名单与备案不符", "by": people["reviewer"]}
        claims.refuse(claim=claim, **said)
        second = a_claim(rows, people["clerk"])
        said = {"version": second.version, "reason": "标准填写有误", "by": people["clerk"]}
        claims.withdraw(claim=second, **said)
        assert a_claim(rows, people["clerk"]).lines.filter(is_live=True).count() == 3
        assert ClaimLine.objects.filter(is_live=True).count() == 3

    def test_an_approved_one_bars_for_good(
        self, rows: Any, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claim = a_published_claim(rows, people["clerk"])
        on(monkeypatch, APPROVED)
        approve(claim, people["reviewer"])
        assert refused(a_claim, rows=rows, by=people["clerk"]) == (
            f"张1 was granted the subsidy by claim no. {claim.pk}."
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", [True, False])
def test_of_two_at_once_exactly_one_claims(
    people: dict[str, User], held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections; without the lock of the county the constraint alone decides."""
    if not held:
        monkeypatch.setattr(claims, "hold", lambda county: None)
    rows, start = passed(1, 3, by=people["clerk"]), threading.Barrier(2, timeout=20)
    outcome: list[str] = []

    def claim() -> None:
        try:
            start.wait()
            outcome.append(f"made {a_claim(rows, people['clerk']).lines.count()}")
        except JobRefused as refusal:
            outcome.append(refusal.sentence.split(",")[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcome) == ["%(name)s stands in claim no. %(claim)s", "made 2"]
    assert ClaimLine.objects.filter(is_live=True).count() == 2


class TestWindow:
    def findings(self, claim: Claim) -> list[str]:
        return [str(found) for found in judge_lines(claim, timezone.localdate())]

    @pytest.mark.parametrize(
        ("day", "told"),
        [
            ("2019-08-09", []),
            ("2019-08-10", ["张1: the last day to claim was 2019-08-09."]),
        ],
    )
    def test_thirty_days_from_the_exam(
        self, people: Any, day: str, told: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (row,) = passed(1, by=people["clerk"])
        claim = a_claim([row], people["clerk"])
        on(monkeypatch, datetime.date.fromisoformat(day))
        assert [found.split(" Explain")[0] for found in self.findings(claim)] == told

    @pytest.mark.parametrize(("day", "late"), [("2020-07-10", 0), ("2020-07-11", 1)])
    def test_twelve_months_from_the_certificate_in_guangdong(
        self, people: Any, day: str, late: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values = RuleValue.objects.filter(rule="training.claim_is_made_in_time", region_code="44")
        values.update(region_code="6210")
        (row,) = passed(1, by=people["clerk"])
        Credential.objects.update(issued_on=EXAM)
        claim = a_claim([row], people["clerk"])
        on(monkeypatch, datetime.date.fromisoformat(day))
        assert len(self.findings(claim)) == late

    def test_no_exam_on_file_is_to_be_explained(self, rows: Any, clerk: User) -> None:
        ExamEntry.objects.all().delete()
        claim = a_claim(rows[:1], clerk)
        assert [found.split(",")[0] for found in self.findings(claim)] == [
            "张1 has no exam on file"
        ]

    def test_work_found_too_late_is_to_be_explained(self, rows: Any, clerk: User) -> None:
        asked = a_follow_up(rows[0], clerk, datetime.date(2019, 7, 12))
        type(asked).objects.update(employment="unemployed")
        Enrollment.objects.filter(pk=rows[0].pk).update(employment="employed")
        told = self.findings(a_claim(rows[:1], clerk))
        assert told[0].startswith("张1: the full share, though the last follow-up within 6 months")


class TestPublishing:
    def test_five_working_days_over_a_holiday(self, rows: Any, clerk: User) -> None:
        assert a_published_claim(rows, clerk).publicity_until == UNTIL
        a_calendar("2019-07-18")
        assert claims.published_until(COUNTY, MADE) == datetime.date(2019, 7, 23)

    def test_a_year_without_holidays_is_told(
        self, rows: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on(monkeypatch, datetime.date(2019, 12, 30))
        claim = a_claim(rows, clerk)
        said = {"version": claim.version, "explanations": EVERY_RULE, "by": clerk}
        told = refused(claims.publish, claim=claim, **said)
        assert told.startswith("The working-day calendar has no days for the year 2020.")
        claim.refresh_from_db()
        assert (claim.state, claim.published_on) == ("draft", None)

    @pytest.mark.parametrize("text", ["", "情况属实", "太短"])
    def test_what_is_asked_is_explained(
        self, rows: Any, clerk: User, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on(monkeypatch, LATE)
        claim = a_claim(rows, clerk)
        said = {"version": 1, "explanations": {"training.claim_is_made_in_time": text}, "by": clerk}
        refused(claims.publish, claim=claim, **said)
        claim.refresh_from_db()
        assert (claim.state, claim.version) == ("draft", 1)

    def test_only_what_was_asked_is_kept(
        self, rows: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on(monkeypatch, LATE)
        claim = a_published_claim(rows, clerk)
        assert claim.explanations == {"training.claim_is_made_in_time": WHY}


class TestDeciding:
    @pytest.fixture
    def claim(self, rows: Any, people: dict[str, User]) -> Claim:
        return a_published_claim(rows, people["clerk"])

    def test_not_before_the_last_day_is_over(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for day in (MADE, UNTIL):
            on(monkeypatch, day)
            assert refused(approve, claim=claim, by=people["reviewer"]) == (
                "The claim is published until the end of 2019-07-22 and can be approved after that."
            )
        on(monkeypatch, APPROVED)
        approve(claim, people["reviewer"])
        assert (claim.state, claim.decided_on, claim.decided_by) == (
            "approved",
            APPROVED,
            people["reviewer"],
        )

    def test_not_while_an_objection_is_open(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        objection = object_to(claim, people["clerk"])
        on(monkeypatch, APPROVED)
        assert refused(approve, claim=claim, by=people["reviewer"]) == (
            "The objection of 2019-07-15 is not settled yet: “有人举报未参加培训”"
        )
        said = {"settlement": "经核对考勤，该学员全程参加", "by": people["reviewer"]}
        claims.settle(objection=objection, version=objection.claim.version, **said)
        claim.refresh_from_db()
        approve(claim, people["reviewer"])
        assert objection.settled_on == APPROVED

    def test_amounts_are_copied_and_lines_dated(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on(monkeypatch, APPROVED)
        approve(claim, people["reviewer"])
        copies = Enrollment.objects.values_list("subsidy", flat=True)
        assert set(copies) == {Decimal("720.00")}
        assert set(claim.lines.values_list("approved_on", "version")) == {(APPROVED, 1)}
        assert rollups.differences() == []

    def test_a_closed_month_is_told_in_a_sentence(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a_month("locked", month=datetime.date(2019, 7, 1))
        on(monkeypatch, APPROVED)
        told = refused(approve, claim=claim, by=people["reviewer"])
        assert told.startswith("The ledger of 2019-07 is locked")
        claim.refresh_from_db()
        assert (claim.state, claim.lines.filter(approved_on=None).count()) == ("published", 3)

    def test_not_when_a_certificate_was_withdrawn_meanwhile(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Enrollment.objects.filter(person__name="张3").update(certificate_number="")
        on(monkeypatch, APPROVED)
        told = refused(approve, claim=claim, by=people["reviewer"])
        assert told.startswith("张3 has no certificate on file")

    def test_who_made_it_neither_decides_nor_settles(
        self, claim: Claim, people: dict[str, User]
    ) -> None:
        objection = object_to(claim, people["clerk"])
        Assignment.objects.create(user=people["clerk"], role="county-reviewer", region_id=COUNTY)
        both = User.objects.get(pk=people["clerk"].pk)
        assert refused(approve, claim=claim, by=both) == claims.OWN_CLAIM
        said = {"version": claim.version, "by": both}
        assert (
            refused(claims.refuse, claim=claim, decision="不符合条件", **said) == claims.OWN_CLAIM
        )
        settling = {"objection": objection, "settlement": "已经核对考勤", **said}
        assert refused(claims.settle, **settling) == claims.OWN_CLAIM

    def test_an_objection_outruns_an_approval(
        self, claim: Claim, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who approves saw no objection: the claim has moved on since."""
        on(monkeypatch, APPROVED)
        seen = Claim.objects.get(pk=claim.pk)
        objection = object_to(claim, people["clerk"])
        said = {"settlement": "经核对考勤，该学员全程参加", "by": people["reviewer"]}
        claims.settle(objection=objection, version=objection.claim.version, **said)
        told = refused(approve, claim=seen, by=people["reviewer"])
        assert told.startswith("reviewer dealt with this claim at ")

    def test_an_objection_lies_within_the_days(self, claim: Claim, people: Any) -> None:
        said = {"who": "", "text": "有人举报", "by": people["clerk"], "version": claim.version}
        for day in (datetime.date(2019, 7, 14), datetime.date(2019, 7, 16)):
            told = refused(claims.raise_objection, claim=claim, raised_on=day, **said)
            assert told == "The objection is dated outside the days from 2019-07-15 to today."

    def test_each_concerned_is_told(self, claim: Claim, people: dict[str, User]) -> None:
        object_to(claim, people["clerk"])
        told = [(n.recipient.username, str(n).split(".")[0]) for n in Notice.objects.order_by("id")]
        assert told == [("reviewer", "Claim no"), ("reviewer", "Somebody objects to claim no")]


ACTS: dict[str, Any] = {
    "publish": lambda c, by: claims.publish(
        claim=c, version=c.version, explanations=EVERY_RULE, by=by
    ),
    "object": lambda c, by: object_to(c, by),
    "approve": lambda c, by: approve(c, by),
    "refuse": lambda c, by: claims.refuse(
        claim=c, version=c.version, decision="名单与备案不符", by=by
    ),
    "withdraw": lambda c, by: claims.withdraw(
        claim=c, version=c.version, reason="标准填写有误", by=by
    ),
}
TABLE = {
    ("draft", "publish"): ({"clerk"}, "published"),
    ("draft", "withdraw"): ({"clerk"}, "withdrawn"),
    ("published", "object"): ({"clerk", "reviewer"}, "published"),
    ("published", "withdraw"): ({"clerk"}, "withdrawn"),
    ("published", "approve"): ({"reviewer"}, "approved"),
    ("published", "refuse"): ({"reviewer"}, "refused"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", Claim.State.values)
def test_the_table_of_steps(
    people: dict[str, User], state: str, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each state, each act, each person: exactly what the table says happens."""
    allowed, leads_to = TABLE.get((state, act), (set(), ""))
    claim = a_claim(passed(1, by=people["clerk"]), people["clerk"])
    values = {"state": state, "published_on": MADE, "publicity_until": UNTIL}
    if state in {"approved", "refused"}:
        values |= {"decided_by": people["reviewer"], "decided_on": APPROVED}
    Claim.objects.filter(pk=claim.pk).update(**values)
    on(monkeypatch, APPROVED)
    happened = {}
    for who, by in people.items():
        claim = Claim.objects.get(pk=claim.pk)
        try:
            ACTS[act](claim, by)
        except (PermissionError, JobRefused):
            continue
        happened[who] = Claim.objects.get(pk=claim.pk).state
        Claim.objects.filter(pk=claim.pk).update(
            **{"decided_by": None, "decided_on": None} | values
        )
    assert happened == dict.fromkeys(allowed, leads_to)


class TestSealed:
    @pytest.fixture
    def sealed(self, rows: Any, people: Any, settings: Any, tmp_path: Any, monkeypatch: Any) -> Any:
        settings.ANCHORS_FILE = tmp_path / "heads.txt"
        asked = a_follow_up(rows[0], people["clerk"], datetime.date(2019, 7, 9))
        claim = a_published_claim(rows, people["clerk"])
        on(monkeypatch, APPROVED)
        approve(claim, people["reviewer"])
        month = a_month(
            "submitted",
            month=datetime.date(2019, 7, 1),
            submitted_by=people["reviewer"],
            round=1,
        )
        seal(submission=month, by=people["reviewer"])
        return {"training_followup": asked.pk, "training_claimline": claim.lines.first().pk}

    def found(self) -> list[tuple[str, int]]:
        faults = SealFinding.objects.filter(verification=verify(), row_key__isnull=False)
        return [(fault.kind, fault.row_key) for fault in faults]

    def test_untouched_nothing_is_found(self, sealed: Any) -> None:
        assert self.found() == []

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("training_followup", "employer = employer || '县'"),
            ("training_followup", "employment = 'unemployed'"),
            ("training_claimline", "amount = amount + 0.01"),
            ("training_claimline", "share = 0.7"),
        ],
    )
    def test_one_byte_changed_is_named(self, sealed: Any, table: str, change: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", [sealed[table]])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        assert self.found() == [("row-changed", sealed[table])]


class TestPages:
    @pytest.fixture
    def client(self, clerk: User) -> Any:
        return self.signed_in(Client(headers={"accept-language": "en"}), clerk)

    def signed_in(self, client: Any, user: User) -> Any:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_who_may_is_chosen_beforehand_and_drawn_up(self, client: Any, rows: Any) -> None:
        ExamEntry.objects.filter(enrollment=rows[2]).delete()
        Enrollment.objects.filter(pk=rows[2].pk).update(result="failed")
        url = reverse("training:claim-new", args=[rows[0].training_class_id])
        people = client.get(url).context["people"]
        assert [(each["chosen"], each["held"]) for each in people] == [
            (True, False),
            (True, False),
            (False, True),
        ]
        sent = {"standard": "1200", "row": [row.pk for row in rows[:2]]}
        assert client.post(url, sent).status_code == 302
        claim = Claim.objects.get()
        assert (claim.lines.count(), claim.standard) == (2, 1200)
        again = client.post(url, sent)
        assert (again.status_code, f"claim no. {claim.pk}" in again.content.decode()) == (422, True)

    def test_an_explanation_that_is_not_taken_stays_in_its_field(
        self, client: Any, rows: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on(monkeypatch, LATE)
        claim = a_claim(rows, clerk)
        url, key = reverse("training:claim-publish", args=[claim.pk]), CLAIM_IN_TIME.key
        short = client.post(url, {"version": 1, key: "太短了"})
        assert (short.status_code, "太短了" in short.content.decode()) == (422, True)
        assert client.post(url, {"version": 1, key: WHY}).status_code == 302
        claim.refresh_from_db()
        assert claim.state == "published"

    def test_the_reviewer_sees_what_stands_against_it_and_decides(
        self, client: Any, rows: Any, people: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claim = a_published_claim(rows, people["clerk"])
        self.signed_in(client, people["reviewer"])
        url = reverse("training:claim", args=[claim.pk])
        page = client.get(url)
        assert (len(page.context["hindrances"]), page.context["may_decide"]) == (1, True)
        on(monkeypatch, APPROVED)
        said = {"version": claim.version}
        answer = client.post(reverse("training:claim-approve", args=[claim.pk]), said, follow=True)
        assert answer.context["claim"].state == "approved"
        assert "2,160.00" in answer.content.decode()

    def test_the_list_is_filtered_by_its_address(self, client: Any, rows: Any, clerk: User) -> None:
        first, second = a_published_claim(rows[:1], clerk), a_claim(rows[1:], clerk)
        lists = reverse("training:claims")

        def listed(query: str) -> list[int]:
            return [claim.pk for claim in client.get(f"{lists}?{query}").context["page"].rows]

        assert listed("") == [second.pk, first.pk]
        assert listed("state=draft") == [second.pk]
        assert listed("month=2019-07&code=2019") == [first.pk]
        assert listed("code=9") == listed("month=2018") == []

    def test_the_notice_names_people_with_masked_numbers(
        self, client: Any, rows: Any, clerk: User
    ) -> None:
        Enrollment.objects.filter(pk=rows[0].pk).update(region_code="621022201001")
        claim = a_published_claim(rows, clerk)
        answer = client.get(reverse("training:claim-notice", args=[claim.pk]))
        pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
        text = "".join("".join(page.extract_text().split()) for page in pages)
        shown = [f"张{n}{mask_id_number(citizen_number(n))}" in text for n in (1, 3, 5)]
        assert shown == [True, True, True]
        assert citizen_number(1) not in text
        for part in ("职业培训补贴公示", "合计2160.00", "2019年7月22日", "2019001"):
            assert part in text
        width, height = (float(side) for side in pages[0].mediabox[2:])
        assert width < height

    def test_a_draft_has_no_notice(self, client: Any, rows: Any, clerk: User) -> None:
        claim = a_claim(rows, clerk)
        url = reverse("training:claim-notice", args=[claim.pk])
        assert client.get(url).status_code == 404
