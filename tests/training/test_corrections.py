"""A row of a locked month changes by request and decision, and the figures say by how much."""

from __future__ import annotations

import datetime
import html
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.models import AuditEntry, User
from core.sealing import seal as sealed
from exchange import evidence, rollups
from exchange.measures import additive
from exchange.models import Correction, Notice, Receipt, Restatement, Rollup, Submission
from exchange.submissions import correcting
from exchange.submissions.books import CORRECTED_CELLS
from exchange.submissions.closing import PeriodClosed, told
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from tests.factories import a_program, an_account, citizen_number, divisions
from tests.factories.facts import AUGUST, FACTS, a_certificate, a_result
from tests.factories.rosters import a_row, entered
from tests.factories.submissions import JUNE, a_month, the_chain
from training.models import Enrollment
from training.outcomes import copy_outcomes

PDF = b"%PDF-1.4 \xe8\xaf\x81\xe6\x98\x8e"


@pytest.fixture
def chain(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, User]:
    translation.activate("en")
    settings.FILES_DIR = tmp_path / "files"
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()
    return the_chain()


@pytest.fixture
def month(chain: dict[str, User]) -> Submission:
    """Three rows of June, sealed and locked."""
    entered(a_row(1), a_row(3), a_row(5), by=chain["clerk"])
    found = a_month("draft", round=1)
    seal(submission=found, by=chain["reviewer"])
    Submission.objects.update(state="locked")
    found.refresh_from_db()
    return found


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def requested(row: Enrollment, by: User, file: bytes = PDF, **sent: str) -> Any:
    url = reverse("training:correction", args=[row.pk])
    client = client_of(by)
    fields = client.get(url).context["form"].initial
    evidence = SimpleUploadedFile("证明.pdf", file)
    given = {"kind": "change", "reason": "与毕业证书不符", "evidence": evidence}
    return client.post(url, fields | given | sent)


def decided(correction: Correction, by: User, act: str, **sent: str) -> list[str]:
    url = reverse(f"exchange:correction-{act}", args=[correction.public_id])
    answer = client_of(by).post(url, {"version": correction.version} | sent, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def live() -> Counter[tuple[str, str, str]]:
    cells = Rollup.objects.filter(county_code="621022", month=JUNE)
    return Counter({(r.measure, r.program, r.category): r.amount for r in cells if r.amount})


def sealed_and_restated() -> Counter[tuple[str, str, str]]:
    """The figures of the month's newest submission receipt, and what was restated since."""
    receipt = Receipt.objects.filter(kind="submission").latest("seq")
    found = Counter({(m, p, c): Decimal(amount) for m, p, c, amount in receipt.figures})
    of_amounts = [measure.key for measure in additive()]
    moved = Restatement.objects.filter(county_code="621022", month=JUNE)
    for each in moved.filter(measure__in=of_amounts):
        found[each.measure, each.program, each.category] += each.amount
    return Counter({cell: amount for cell, amount in found.items() if amount})


def test_a_row_is_corrected_and_the_figures_say_by_how_much(
    month: Submission, chain: dict[str, User]
) -> None:
    row, before = Enrollment.objects.earliest("id"), live()
    answer = requested(row, chain["clerk"], cell_category="脱贫劳动力", cell_hours="80")
    assert answer.status_code == 302, answer.content.decode()
    asked = Correction.objects.get()
    assert (asked.state, asked.row_key, asked.kind) == ("asked", row.pk, "change")
    assert Notice.objects.get().recipient == chain["prefecture"]
    row.refresh_from_db()
    assert (row.category, row.hours) == ("filed-poor", None)

    page = client_of(chain["prefecture"]).get(
        reverse("exchange:correction", args=[asked.public_id])
    )
    assert [cells[1:] for cells in page.context["cells"]] == [
        ("建档立卡贫困劳动力", "脱贫劳动力"),
        (None, "80"),
    ]
    assert decided(asked, chain["prefecture"], "approve") == ["The row is corrected."]
    row.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.state, row.hours, row.version) == ("applied", 80, 2)
    assert asked.after is not None
    assert asked.after["hours"] == "80"
    receipt = Receipt.objects.latest("seq")
    assert (receipt.kind, receipt.correction, receipt.sealed_rows.count()) == (
        "correction",
        asked,
        1,
    )
    assert before != live() == sealed_and_restated()
    assert {each.correction for each in Restatement.objects.all()} == {asked}
    page = client_of(chain["clerk"]).get(reverse("exchange:submission-figures", args=[month.pk]))
    assert {each["agrees"] for each in page.context["figures"]} == {True}
    (act,) = page.context["acts"]
    assert (act["by__name"], act["correction"]) == ("prefecture-621022", asked.pk)
    moved = [(str(each["measure"]), each["amount"]) for each in act["moved"]]
    assert sorted(moved) == [
        (name, n) for name in ("people trained", "training attendances") for n in (-1, 1)
    ]
    assert rollups.differences() == []


def test_what_moved_figures_is_listed_and_found_from_them(
    month: Submission, chain: dict[str, User]
) -> None:
    requested(Enrollment.objects.earliest("id"), chain["reviewer"], kind="withdraw")
    county = client_of(chain["clerk"])
    url = "/restatements/?region=621022&month=2019-06"
    assert county.get("/restatements/").context["rows"] == []
    assert county.get("/figures/621022/?period=2019").context["restated"] == 0
    decided(Correction.objects.get(), chain["prefecture"], "approve")
    asked = Correction.objects.get()
    people, row = county.get("/restatements/?month=2019-06").context["rows"]
    said = [str(cell["value"]) for cell in people["cells"]]
    assert said[3:7] == ["people trained", "skills", "filed poor laborer", "-1"]
    said = [str(cell["value"]) for cell in row["cells"]]
    assert said[1:7] == [
        "环县",
        "6/2019",
        "training attendances",
        "skills",
        "filed poor laborer",
        "-1",
    ]
    assert said[8] == str(chain["prefecture"])
    assert row["cells"][7]["url"] == reverse("exchange:correction", args=[asked.public_id])
    for narrower in ("?month=2019-05", "?month=2018", "?month=x"):
        page = county.get(f"/restatements/{narrower}")
        assert (narrower, len(page.context["rows"])) == (narrower, 2 * (narrower == "?month=x"))
    other = an_account("other", "prefecture-officer", "6229")
    assert client_of(other).get("/restatements/").context["rows"] == []
    figures = client_of(chain["prefecture"]).get("/figures/621022/?period=2019-06").context
    assert (figures["restated"], figures["restated_url"]) == (2, url)
    assert len(client_of(chain["prefecture"]).get(url).context["rows"]) == 2


def test_rows_with_notes_are_listed(month: Submission, chain: dict[str, User]) -> None:
    first, second, _third = Enrollment.objects.order_by("id")
    by = {"by": chain["prefecture"], "round": 1, "chapter": "enrollment"}
    month.notes.create(row_key=first.pk, text="学时不符", **by)
    answered = {"answer": "已更正", "answered_by": chain["clerk"], "answered_at": timezone.now()}
    month.notes.create(row_key=second.pk, text="日期不符", **by, **answered)
    month.notes.create(row_key=_third.pk, text="日期不符", **by | {"chapter": "result"})
    county = client_of(chain["clerk"])
    page = county.get(reverse("exchange:submission", args=[month.pk]))
    assert f"{page.context['rows_url']}&noted=1" in html.unescape(page.content.decode())

    def listed(noted: str) -> list[int]:
        rows = county.get(f"/training/ledger/?period=2019-06&noted={noted}").context["page"].rows
        return sorted(row[0] for row in rows)

    assert listed("1") == [first.pk, second.pk]
    assert listed("open") == [first.pk]
    assert len(listed("")) == 3


def test_a_person_who_is_corrected_is_named_as_before(
    month: Submission, chain: dict[str, User]
) -> None:
    row = Enrollment.objects.earliest("id")
    requested(row, chain["clerk"], cell_id_number=citizen_number(11), cell_name="王小二")
    asked = Correction.objects.get()
    page = client_of(chain["clerk"]).get(reverse("exchange:correction", args=[asked.public_id]))
    told = f"{row.person.name} {row.person.id_number_mask}"
    assert [was for _title, was, _now in page.context["cells"]] == [told, told]
    assert citizen_number(11) not in page.content.decode()


def test_a_row_is_withdrawn(month: Submission, chain: dict[str, User]) -> None:
    row, before = Enrollment.objects.earliest("id"), live()
    requested(row, chain["reviewer"], kind="withdraw")
    asked = Correction.objects.get()
    assert decided(asked, chain["prefecture"], "approve") == ["The row is corrected."]
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert live().total() == before.total() - 1
    assert live() == sealed_and_restated()


def test_who_asked_does_not_decide(month: Submission, chain: dict[str, User]) -> None:
    both = chain["clerk"]
    both.assignments.create(role="prefecture-officer", region_id="6210")
    requested(Enrollment.objects.earliest("id"), both, cell_remark="x")
    told = decided(Correction.objects.get(), both, "approve")
    assert told == ["You asked for this correction yourself. Somebody else must decide."]


@pytest.mark.parametrize("who", ["reviewer", "province"])
@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_only_the_level_above_decides(
    month: Submission, chain: dict[str, User], who: str, act: str
) -> None:
    requested(Enrollment.objects.earliest("id"), chain["clerk"], cell_remark="x")
    asked = Correction.objects.get()
    url = reverse(f"exchange:correction-{act}", args=[asked.public_id])
    answer = client_of(chain[who]).post(url, {"version": 1, "decision": "材料不符"})
    assert answer.status_code in {403, 404}
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_request_is_decided_once(month: Submission, chain: dict[str, User]) -> None:
    requested(Enrollment.objects.earliest("id"), chain["clerk"], cell_remark="x")
    asked = Correction.objects.get()
    refused = decided(asked, chain["prefecture"], "refuse", decision="材料不符")
    assert refused == ["The request is refused."]
    other = an_account("other", "prefecture-officer", "6210")
    assert decided(asked, other, "approve") == [str(correcting.DECIDED)]
    assert decided(asked, chain["clerk"], "withdraw") == [str(correcting.DECIDED)]
    assert Notice.objects.filter(recipient=chain["clerk"]).count() == 1
    assert Enrollment.objects.filter(remark="x").count() == 0


def test_a_request_is_withdrawn_and_may_be_made_again(
    month: Submission, chain: dict[str, User]
) -> None:
    row = Enrollment.objects.earliest("id")
    requested(row, chain["clerk"], cell_remark="x")
    again = requested(row, chain["reviewer"], cell_remark="y")
    assert (again.status_code, Correction.objects.count()) == (422, 1)
    decided(Correction.objects.get(), chain["reviewer"], "withdraw")
    assert requested(row, chain["reviewer"], cell_remark="y").status_code == 302
    assert set(Correction.objects.values_list("state", flat=True)) == {"withdrawn", "asked"}
    assert len(list(evidence.folder().iterdir())) == 2


@pytest.mark.parametrize(
    ("file", "sent"),
    [
        (b"MZ\x90", {"cell_remark": "x"}),
        (b"", {"cell_remark": "x"}),
        (PDF + b" " * (20 << 20), {"cell_remark": "x"}),
        (PDF, {}),
        (PDF, {"cell_remark": "x", "reason": "x"}),
    ],
)
def test_a_request_shows_what_differs_and_why(
    month: Submission, chain: dict[str, User], file: bytes, sent: dict[str, str]
) -> None:
    answer = requested(Enrollment.objects.earliest("id"), chain["clerk"], file, **sent)
    assert (answer.status_code, Correction.objects.count()) == (422, 0)
    assert list(evidence.folder().iterdir()) == []


def test_only_rows_of_locked_months_are_corrected(
    month: Submission, chain: dict[str, User]
) -> None:
    Submission.objects.update(state="accepted")
    answer = requested(Enrollment.objects.earliest("id"), chain["clerk"], cell_remark="x")
    assert answer.context["form"].non_field_errors() == [str(correcting.NOT_LOCKED)]


def test_what_a_rule_forbids_is_not_even_asked_for(
    month: Submission, chain: dict[str, User]
) -> None:
    row = Enrollment.objects.earliest("id")
    answer = requested(row, chain["clerk"], cell_category="无业", cell_hours="九十")
    errors = answer.context["form"].errors
    assert (answer.status_code, set(errors)) == (422, {"cell_category", "cell_hours"})
    assert "无业" in errors["cell_category"][0]
    assert (Correction.objects.count(), list(evidence.folder().iterdir())) == (0, [])


def test_rules_are_asked_again_when_it_is_decided(
    month: Submission, chain: dict[str, User]
) -> None:
    """What was sound when it was asked for may not be any more."""
    requested(Enrollment.objects.earliest("id"), chain["clerk"], cell_end_date="2019-07-09")
    asked = Correction.objects.get()
    asked.cells = sealed('{"end_date": "2019-06-01"}', CORRECTED_CELLS)
    asked.save()
    page = client_of(chain["prefecture"]).get(
        reverse("exchange:correction", args=[asked.public_id])
    )
    (finding,) = page.context["findings"]
    assert (finding.severity, finding.column) == ("block", "end_date")
    assert decided(asked, chain["prefecture"], "approve") == [str(finding)]
    asked.refresh_from_db()
    assert (asked.state, Receipt.objects.count(), Restatement.objects.count()) == ("asked", 1, 0)


def test_what_wants_an_explanation_is_shown_to_both_sides(
    month: Submission, chain: dict[str, User]
) -> None:
    other = {"cell_class_code": "2019002", "cell_occupation": "砌筑工"}
    again = {f"cell_{name}": cell for name, cell in a_row(1).items()} | other
    assert add(month, chain["clerk"], **again).status_code == 302
    asked = Correction.objects.get()
    address = reverse("exchange:correction", args=[asked.public_id])
    for who in ("clerk", "prefecture"):
        found = client_of(chain[who]).get(address).context["findings"]
        assert {each.severity for each in found} == {"explain"}
        assert "training.person_is_in_one_class_at_a_time" in {each.rule for each in found}
    assert "findings" not in client_of(chain["province"]).get(address).context
    assert decided(asked, chain["prefecture"], "approve") == ["The row is corrected."]


def add(month: Submission, by: User, **sent: Any) -> Any:
    url = reverse("training:forgotten-row", args=[month.pk])
    row = {f"cell_{name}": cell for name, cell in a_row(7).items()}
    given = {
        "program": "skills",
        "reason": "结业名单上有、台账漏录",
        "evidence": SimpleUploadedFile("结业名单.pdf", PDF),
    }
    return client_of(by).post(url, row | given | sent)


def test_a_forgotten_row_is_added(month: Submission, chain: dict[str, User]) -> None:
    before = live()
    page = client_of(chain["clerk"]).get(reverse("exchange:submission", args=[month.pk]))
    assert page.context["add_url"] == reverse("training:forgotten-row", args=[month.pk])
    form = client_of(chain["clerk"]).get(page.context["add_url"]).context["form"]
    assert next(iter(form.fields)) == "program"
    assert [*form.fields][-2:] == ["reason", "evidence"]
    needed = {"id_number", "name", "category", "start_date"}
    assert needed <= {name[5:] for name, field in form.fields.items() if field.required}
    assert form.fields["cell_start_date"].widget.input_type == "date"
    answer = add(month, chain["clerk"])
    asked = Correction.objects.get()
    address = reverse("exchange:correction", args=[asked.public_id])
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert (asked.kind, asked.row_key, Enrollment.objects.count()) == ("add", None, 3)
    seen = client_of(chain["prefecture"]).get(address)
    cells = {title: after for title, _before, after in seen.context["cells"]}
    assert (cells["姓名"], cells["培训项目"]) == (a_row(7)["name"], a_program().name)
    assert a_row(7)["id_number"] not in seen.content.decode()
    assert decided(asked, chain["prefecture"], "approve") == ["The row is corrected."]
    row = Enrollment.objects.latest("id")
    asked.refresh_from_db()
    assert (row.person.name, asked.state, asked.row_key) == (a_row(7)["name"], "applied", row.pk)
    receipt = Receipt.objects.latest("seq")
    sealed_row = receipt.sealed_rows.get()
    assert (receipt.correction, receipt.rows, sealed_row.row_key) == (asked, 4, row.pk)
    assert live().total() == before.total() + 1
    assert live() == sealed_and_restated()
    assert rollups.differences() == []
    assert client_of(chain["clerk"]).get(address).context["row"].who.startswith(a_row(7)["name"])
    with pytest.raises(PeriodClosed), told():
        Enrollment.objects.filter(pk=row.pk).update(remark="越权")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"cell_category": "无业"}, "cell_category"),
        ({"cell_name": ""}, "cell_name"),
        ({f"cell_{name}": cell for name, cell in a_row(1).items()}, "cell_id_number"),
        ({"cell_start_date": "2019-07-01"}, "__all__"),
        ({"program": "none"}, "program"),
        ({"reason": "x"}, "__all__"),
        ({"evidence": SimpleUploadedFile("x.exe", b"MZ")}, "__all__"),
    ],
)
def test_a_forgotten_row_is_sound_and_of_its_month(
    month: Submission, chain: dict[str, User], sent: dict[str, Any], field: str
) -> None:
    answer = add(month, chain["clerk"], **sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Correction.objects.count(), list(evidence.folder().iterdir())) == (0, [])


def test_a_row_is_added_to_locked_months_only(month: Submission, chain: dict[str, User]) -> None:
    Submission.objects.update(state="accepted")
    page = client_of(chain["clerk"]).get(reverse("exchange:submission", args=[month.pk]))
    assert page.context["add_url"] == ""
    answer = add(month, chain["clerk"])
    assert answer.context["form"].non_field_errors() == [str(correcting.NOT_LOCKED)]


def test_asking_about_numbers_has_its_budget(
    month: Submission, chain: dict[str, User], settings: Any
) -> None:
    """What rules answer of a number is what checking a number answers."""
    settings.ROW_JUDGEMENTS = {"hour": 1, "day": 5}
    assert add(month, chain["clerk"], cell_category="无业").status_code == 422
    judged = AuditEntry.objects.get(verb="training.rows.judged")
    assert (judged.actor_id, judged.changes) == (chain["clerk"].pk, {"judged": 1})
    row = {f"cell_{name}": cell for name, cell in a_row(9).items()}
    told = add(month, chain["clerk"], **row).context["form"].non_field_errors()
    assert len(told) == 1
    assert "minutes" in told[0]
    assert Correction.objects.count() == 0


def test_evidence_is_opened_by_who_sees_the_ledger_and_written_down(
    month: Submission, chain: dict[str, User]
) -> None:
    requested(Enrollment.objects.earliest("id"), chain["clerk"], cell_remark="x")
    asked = Correction.objects.get()
    url = reverse("exchange:correction-evidence", args=[asked.public_id])
    answer = client_of(chain["prefecture"]).get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert AuditEntry.objects.latest("id").verb == "exchange.correction.opened"
    (path,) = evidence.folder().iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_figure_of_a_closed_month_moved_by_a_later_fact_is_restated(
    month: Submission, chain: dict[str, User]
) -> None:
    """Who is found to have dropped out is taken off the completions of the month of the end."""
    july = a_month("locked", month=datetime.date(2019, 7, 1))
    seal(submission=july, by=chain["reviewer"])
    row = Enrollment.objects.filter(pk=Enrollment.objects.earliest("id").pk)
    with rollups.counting(Enrollment, [row.get().pk]):
        row.update(result="dropped")
    restated = Restatement.objects.filter(measure="training.completions")
    assert [(each.month, each.amount) for each in restated] == [(july.month, -1)]
    assert rollups.differences() == []


class TestFacts:
    """A fact of a locked month is corrected as a row is: by request, decision and receipt."""

    @pytest.fixture
    def row(self, month: Submission) -> Enrollment:
        return Enrollment.objects.order_by("pk")[0]

    @pytest.fixture
    def facts(self, chain: dict[str, User], row: Enrollment) -> dict[str, Any]:
        """August with a result, a certificate, a follow-up and a claim; sealed and locked."""
        made = {chapter: make(row, chain["clerk"]) for chapter, make in FACTS.items()}
        copy_outcomes([row.pk])
        august = a_month("draft", round=1, month=AUGUST)
        seal(submission=august, by=chain["reviewer"])
        Submission.objects.filter(pk=august.pk).update(state="locked")
        return made

    def requested(self, fact: Any, chapter: str, by: User, **sent: str) -> Any:
        url = reverse("training:fact-correction", args=[fact.pk, chapter])
        client = client_of(by)
        form = client.get(url).context["form"]
        fields = {name: "" if value is None else value for name, value in form.initial.items()}
        evidence = SimpleUploadedFile("证明.pdf", PDF)
        given = {"kind": "change", "reason": "与原始记录不符", "evidence": evidence}
        return client.post(url, fields | given | sent)

    @pytest.mark.parametrize(
        ("chapter", "sent", "copied"),
        [
            ("result", {"cell_result": "failed", "cell_score": "52"}, ("failed", Decimal(52))),
            ("employment", {"cell_employment": "unemployed"}, ("unemployed",)),
            ("certificate", {"cell_number": "S000041062021190000002"}, ("S000041062021190000002",)),
            ("certificate", {"kind": "withdraw"}, ("",)),
        ],
    )
    def test_it_changes_by_request_and_decision(
        self,
        chain: dict[str, User],
        row: Enrollment,
        facts: dict[str, Any],
        chapter: str,
        sent: dict[str, str],
        copied: tuple[Any, ...],
    ) -> None:
        names = {"result": ("result", "score"), "employment": ("employment",)}
        columns = names.get(chapter, ("certificate_number",))
        assert self.requested(facts[chapter], chapter, chain["clerk"], **sent).status_code == 302
        (asked,) = Correction.objects.all()
        assert (asked.chapter, asked.row_key) == (chapter, facts[chapter].pk)
        decided(asked, chain["prefecture"], "approve")
        asked.refresh_from_db()
        assert asked.state == "applied"
        assert Enrollment.objects.values_list(*columns).get(pk=row.pk) == copied
        (receipt,) = Receipt.objects.filter(correction=asked)
        assert list(receipt.sealed_rows.values_list("chapter", "row_key", "version")) == [
            (chapter, facts[chapter].pk, 2)
        ]
        assert not verify().findings.filter(row_key__isnull=False).exists()

    def test_who_decides_reads_words(self, chain: dict[str, User], facts: dict[str, Any]) -> None:
        entry = facts["result"]
        self.requested(entry, "result", chain["clerk"], cell_result="failed", cell_score="52")
        (asked,) = Correction.objects.all()
        assert correcting.cells_of(asked) == [("result", "", "did not pass"), ("score", "", "52")]
        decided(asked, chain["prefecture"], "approve")
        asked.refresh_from_db()
        assert sorted(correcting.cells_of(asked)) == [
            ("result", "passed", "did not pass"),
            ("score", "85", "52"),
        ]

    def test_what_cannot_be_written_is_refused_when_it_is_asked(
        self, chain: dict[str, User], facts: dict[str, Any]
    ) -> None:
        entry, clerk = facts["result"], chain["clerk"]
        for sent in ({"cell_result": ""}, {"cell_score": "a lot"}, {}, {"kind": "withdraw"}):
            assert self.requested(entry, "result", clerk, **sent).status_code == 422
        assert not Correction.objects.exists()

    def test_a_subsidy_and_what_has_no_day_have_no_such_page(
        self, chain: dict[str, User], row: Enrollment, facts: dict[str, Any]
    ) -> None:
        client = client_of(chain["clerk"])
        line = facts["claim"]
        assert client.get(f"/training/facts/{line.pk}/claim/correction/").status_code == 404
        other = Enrollment.objects.order_by("pk")[1]
        waiting = a_result(other, chain["clerk"], None)
        assert client.get(f"/training/facts/{waiting.pk}/result/correction/").status_code == 404

    def test_a_number_that_another_certificate_has_is_refused(
        self, chain: dict[str, User], row: Enrollment, facts: dict[str, Any]
    ) -> None:
        """When it is asked for; and when another came to have it before it is decided."""
        own, clerk = facts["certificate"], chain["clerk"]
        other = Enrollment.objects.order_by("pk")[1]
        taken = a_certificate(other, clerk, datetime.date(2019, 9, 2))
        sent = {"cell_number": taken.number}
        assert self.requested(own, "certificate", clerk, **sent).status_code == 422
        free = "S000041062021190000002"
        spaced = {"cell_number": f" {free[:8].lower()} {free[8:]}"}
        assert self.requested(own, "certificate", clerk, **spaced).status_code == 302
        type(own).objects.filter(pk=taken.pk).update(number=free)
        (asked,) = Correction.objects.all()
        assert decided(asked, chain["prefecture"], "approve") != []
        asked.refresh_from_db()
        own.refresh_from_db()
        assert (asked.state, own.version) == ("asked", 1)
        type(own).objects.filter(pk=taken.pk).update(number=taken.number)
        decided(asked, chain["prefecture"], "approve")
        own.refresh_from_db()
        assert (own.number, own.version) == (free, 2)
