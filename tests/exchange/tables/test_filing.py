"""Filing a table: what refuses it, who may do what, and that what is filed stays."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.models import Assignment, User
from exchange.models import MeasureCount, Notice, Submission, TableCell, TableFiling
from exchange.tables import filing, frozen
from exchange.tables.filing import TableNotFileable, TableRefused
from exchange.tables.relations import Place
from tests.exchange.import_pages import signed_in
from tests.exchange.tables.world import SAMPLE, a_quarter, known
from tests.factories import a_class, a_person, an_account, enrolled, settled
from tests.factories.submissions import a_month, the_chain

pytestmark = pytest.mark.django_db
LINES = ("621022", "621022100", "621022201", "621022-")
LATE = Place("", "late")
WHY = "因上级系统停机维护三天未能按时报送"


@pytest.fixture
def people(settings: Any) -> dict[str, User]:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    a_quarter()
    return the_chain()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[None]:
    with known(tmp_path):
        yield


def begin(by: User, region: str = "621022", **changes: str) -> TableFiling:
    asked = {"table": "sample", "region_code": region, "period": "2019Q2"} | changes
    return filing.open_filing(**asked, by=by)


def type_in(draft: TableFiling, by: User, numbers: Sequence[str], **words: str) -> TableFiling:
    said = {Place(line, "(5)"): n for line, n in zip(LINES, numbers, strict=True)}
    filing.type_cells(filing=draft, said=said, version=draft.version, by=by)
    draft.refresh_from_db()
    return draft


def ready(people: dict[str, User], numbers: str = "4301") -> TableFiling:
    draft = type_in(begin(people["clerk"]), people["clerk"], numbers)
    filing.explain(filing=draft, place=LATE, text=WHY, by=people["clerk"])
    draft.refresh_from_db()
    return draft


def filed(people: dict[str, User]) -> TableFiling:
    draft = ready(people)
    return filing.file(filing=draft, version=draft.version, by=people["reviewer"])


def standing(draft: TableFiling) -> set[tuple[str, Place]]:
    _filled, findings = filing.judged_of(draft)
    return {
        (each.rule.key.removeprefix("exchange.table_"), each.place)
        for each in findings
        if each.stands
    }


@pytest.mark.usefixtures("table")
def test_what_is_missing_late_or_out_of_balance_stands_against_it(people: dict[str, User]) -> None:
    draft = begin(people["clerk"])
    missing = {("is_complete", Place(line, "(5)")) for line in LINES}
    assert standing(draft) == missing | {("is_filed_in_time", LATE)}
    draft = type_in(draft, people["clerk"], "4401")
    filing.explain(filing=draft, place=LATE, text=WHY, by=people["clerk"])
    draft.refresh_from_db()
    town = Place("621022100", "(5)")
    assert standing(draft) == {
        ("balances", Place("621022", "(5)")),
        ("is_plausible", Place("621022100", "(1)")),
    }
    with pytest.raises(TableNotFileable) as told:
        filing.file(filing=draft, version=draft.version, by=people["reviewer"])
    broken = next(each for each in told.value.findings if each.rule.key.endswith("balances"))
    assert (broken.params["left"], broken.params["right"]) == ("4", "5")
    assert broken.params["relation"] == "合计=各行之和［(1)、(2)、(5)栏］"
    assert str(broken)
    assert town not in {place for _rule, place in standing(draft)}


@pytest.mark.usefixtures("table")
def test_what_is_asked_about_is_filed_once_it_is_explained(people: dict[str, User]) -> None:
    draft = ready(people, "5401")
    asked = {place for rule, place in standing(draft) if rule == "is_plausible"}
    assert asked == {Place("621022", "(1)"), Place("621022100", "(1)")}
    for place in asked:
        with pytest.raises(filing.JobRefused):
            filing.explain(filing=draft, place=place, text="OK", by=people["clerk"])
        filing.explain(filing=draft, place=place, text=WHY, by=people["clerk"])
    draft.refresh_from_db()
    done = filing.file(filing=draft, version=draft.version, by=people["reviewer"])
    assert done.state == "filed"
    assert done.cells.filter(explanation=WHY).count() == 3


def test_an_expired_form_is_refused(people: dict[str, User], tmp_path: Path) -> None:
    with known(tmp_path, SAMPLE.replace("2099-12-31", "2019-12-31")):
        draft = ready(people)
        assert standing(draft) == {("form_is_in_force", Place("", "form"))}
        with pytest.raises(TableNotFileable):
            filing.file(filing=draft, version=draft.version, by=people["reviewer"])


@pytest.mark.usefixtures("table")
def test_a_county_waits_for_its_months_and_who_stands_above_explains(
    people: dict[str, User],
) -> None:
    Submission.objects.filter(county_code="621022").update(state="draft")
    above = begin(people["prefecture"], "6210")
    own = begin(people["clerk"])
    severities = {
        draft.region_code: [
            finding.severity.value
            for finding in filing.judged_of(draft)[1]
            if finding.place == Place("", "months")
        ]
        for draft in (above, own)
    }
    assert severities == {"6210": ["explain"], "621022": ["block"]}


@pytest.mark.parametrize(("span", "waits"), [("period", False), ("year", True)])
def test_a_cumulative_table_waits_for_the_months_before_its_period_too(
    people: dict[str, User], tmp_path: Path, span: str, waits: bool
) -> None:
    enrolled(a_person(8), a_class(code="8", start_date=datetime.date(2019, 2, 4)))
    enrolled(a_person(9), a_class(code="7", start_date=datetime.date(2018, 11, 5)))
    settled()
    asked = 'from = { measure = "training.attendances" }'
    text = SAMPLE.replace(asked, asked.replace(" }", f', span = "{span}" }}'))
    with known(tmp_path, text):
        draft = begin(people["clerk"])
        months = {place for rule, place in standing(draft) if rule == "rests_on_closed_months"}
        assert months == ({Place("", "months")} if waits else set())
        filled, _findings = filing.judged_of(draft)
        before = filing._basis(filled)
        a_month("submitted", month=datetime.date(2019, 2, 1))
        assert "rests_on_closed_months" not in {rule for rule, _place in standing(draft)}
        assert (filing._basis(filled) == before) is not waits


@pytest.mark.usefixtures("table")
def test_nothing_is_filed_before_its_figures_are_counted(people: dict[str, User]) -> None:
    draft = ready(people)
    MeasureCount.objects.filter(measure="training.people").delete()
    with pytest.raises(TableRefused) as told:
        filing.file(filing=draft, version=draft.version, by=people["reviewer"])
    assert told.value.sentence == filing.BEING_COUNTED
    settled()
    filing.file(filing=draft, version=draft.version, by=people["reviewer"])


@pytest.mark.usefixtures("table")
def test_who_fills_files_and_decides(people: dict[str, User]) -> None:
    for other in ("prefecture", "province"):
        with pytest.raises(PermissionError):
            begin(people[other])
    stranger = an_account("stranger", "county-clerk", "622926")
    with pytest.raises(PermissionError):
        begin(stranger)
    draft = ready(people)
    with pytest.raises(PermissionError):
        filing.file(filing=draft, version=draft.version, by=people["clerk"])
    done = filing.file(filing=draft, version=draft.version, by=people["reviewer"])
    for other in ("clerk", "reviewer", "province"):
        with pytest.raises(PermissionError):
            filing.accept(filing=done, version=done.version, by=people[other])
    filing.accept(filing=done, version=done.version, by=people["prefecture"])
    assert TableFiling.objects.get().state == "accepted"


@pytest.mark.usefixtures("table")
def test_nobody_decides_on_their_own_table(people: dict[str, User]) -> None:
    Assignment.objects.create(user=people["reviewer"], role="prefecture-officer", region_id="6210")
    both = User.objects.get(pk=people["reviewer"].pk)
    done = filed(people)
    with pytest.raises(TableRefused):
        filing.accept(filing=done, version=done.version, by=both)
    with pytest.raises(TableRefused):
        filing.give_back(filing=done, version=done.version, reason="数字与台账不符", by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableFiling.objects.filter(pk=done.pk).update(
            state="accepted", decided_by=both, decided_at=done.filed_at
        )


@pytest.mark.usefixtures("table")
def test_what_is_returned_is_filed_again_as_the_next_round(people: dict[str, User]) -> None:
    done = filed(people)
    asked = {"filing": done, "version": done.version, "by": people["prefecture"]}
    filing.give_back(**asked, reason="上年数与年报不一致，请核对")
    with pytest.raises(TableRefused):
        filing.accept(**asked)
    again = begin(people["clerk"])
    assert (again.round, again.state) == (2, "draft")
    assert {rule for rule, _place in standing(again)} == set()
    with pytest.raises(TableRefused):
        begin(people["clerk"])
    told = Notice.objects.filter(kind="table").order_by("id")
    assert [(n.recipient.username, n.params["table"]) for n in told] == [
        ("prefecture-621022", "培训样表"),
        ("clerk-621022", "培训样表"),
        ("reviewer-621022", "培训样表"),
    ]


@pytest.mark.usefixtures("table")
def test_what_is_filed_stays_and_shows_what_it_is_now(people: dict[str, User]) -> None:
    done = filed(people)
    before, _form = frozen.read_back(done)
    Submission.objects.filter(county_code="621022").update(state="draft")
    enrolled(a_person(20), a_class(), region_code="621022100")
    settled()
    after, _form = frozen.read_back(TableFiling.objects.get())
    assert after.numbers == before.numbers
    assert after.numbers[Place("621022", "(1)")] == 4
    page = signed_in(people["clerk"]).get(f"/tables/filings/{done.public_id}/cells/621022/1/")
    assert (page.context["text"], page.context["now"], page.context["gap"]) == ("4", "5", "1")
    for rows, change in (
        (TableCell.objects.all(), {"value": Decimal(9)}),
        (TableFiling.objects.all(), {"code": "X"}),
        (TableFiling.objects.all(), {"state": "draft"}),
    ):
        with pytest.raises(IntegrityError, match="is filed"), transaction.atomic():
            rows.update(**change)
    for rows in (TableCell.objects.all(), TableFiling.objects.all()):
        with pytest.raises(IntegrityError, match="is filed"), transaction.atomic():
            rows.delete()


@pytest.mark.usefixtures("table")
def test_two_who_type_at_once_are_told(people: dict[str, User]) -> None:
    draft = begin(people["clerk"])
    seen = draft.version
    type_in(draft, people["clerk"], "4301")
    with pytest.raises(TableRefused):
        filing.type_cells(
            filing=draft, said={Place("621022", "(6)"): "迟到"}, version=seen, by=people["reviewer"]
        )
    page = signed_in(people["reviewer"]).post(
        f"/tables/filings/{draft.public_id}/type/", {"cell (6) 621022": "迟到", "version": seen}
    )
    assert page.status_code == 422
    assert page.context["shown"]["rows"][0]["cells"][5]["typed"] == "迟到"


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("column", "text"),
    [("(5)", "四"), ("(5)", "1.5"), ("(5)", "1e400"), ("(1)", "4"), ("(6)", "长" * 201)],
)
def test_what_cannot_stand_in_a_cell_is_refused(
    people: dict[str, User], column: str, text: str
) -> None:
    draft = begin(people["clerk"])
    said = {Place("621022", column): text}
    with pytest.raises(TableRefused):
        filing.type_cells(filing=draft, said=said, version=1, by=people["clerk"])
    assert TableCell.objects.count() == 0


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("wrong", [{"period": "2019-06"}, {"period": "2099Q1"}, {"table": "none"}])
def test_only_what_is_declared_and_over_is_begun(people: dict[str, User], wrong: Any) -> None:
    with pytest.raises(TableRefused):
        begin(people["clerk"], **wrong)


@pytest.mark.usefixtures("table")
def test_a_draft_is_given_up_and_a_filed_table_is_not(people: dict[str, User]) -> None:
    draft = ready(people)
    filing.drop(filing=draft, by=people["clerk"])
    assert TableFiling.objects.count() == 0
    done = filed(people)
    with pytest.raises(TableRefused):
        filing.drop(filing=done, by=people["clerk"])
