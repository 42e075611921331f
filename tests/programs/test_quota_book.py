"""The quota book: documents move quotas, nothing else does, and sums close at every level."""

import datetime
import io
import random

import pytest
from django.db import IntegrityError, connection, transaction

from core.models import AuditEntry
from programs import quota_book, rules
from programs.balancing import book_of, differences
from programs.handing_down import CHANGED, hand_down
from programs.judging_quotas import findings_of
from programs.models import Quota, QuotaDocument, QuotaLine
from programs.quota_book import Attached, Line, Paper
from programs.services import QuotaTrouble
from tests.factories import a_plan, a_program, an_account, divisions

pytestmark = pytest.mark.django_db
DAY = datetime.date(2019, 3, 1)
PAPER = Paper("庆人社发〔2019〕12号", DAY)
ISSUE, BREAK_DOWN, ADJUST, CLAW_BACK = "issue", "break-down", "adjust", "claw-back"


@pytest.fixture
def plan():
    divisions()
    return a_plan()


@pytest.fixture
def skills(plan):
    return a_program()


def moved(plan, *lines, kind=ADJUST, region_code="62", number="1号", dated=DAY, by=None):
    """A document of lines (place, program, change[, listed apart]) drawn up and issued."""
    paper = Paper(number, dated)
    document = quota_book.draw_up(plan=plan, region_code=region_code, kind=kind, paper=paper, by=by)
    put = [Line(code, of.pk, change, any(apart)) for code, of, change, *apart in lines]
    quota_book.put_lines(document=document, lines=put, version=document.version, by=by)
    return quota_book.issue(document=document, by=by)


def refused(*args, **more):
    with pytest.raises(QuotaTrouble) as trouble, transaction.atomic():
        moved(*args, **more)
    return trouble.value


def standing():
    rows = Quota.objects.order_by("plan", "program", "region_code", "listed_apart")
    named = rows.values_list("region_code", "listed_apart", "amount", "allotted", "scheduled")
    return {(code, *("apart",) * apart): tuple(numbers) for code, apart, *numbers in named}


def test_one_document_sets_the_whole_and_its_parts(plan, skills):
    document = moved(
        plan, ("621022", skills, 40), ("6210", skills, 60), ("62", skills, 100), kind=ISSUE
    )
    assert standing() == {
        ("62",): (100, 60, 0),
        ("6210",): (60, 40, 0),
        ("621022",): (40, 0, 0),
    }
    assert (document.state, document.lines.filter(quota=None).count()) == ("issued", 0)
    assert differences() == []


def test_shifting_between_areas_is_one_document_in_any_order(plan, skills):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), ("6229", skills, 40), kind=ISSUE)
    moved(plan, ("6210", skills, 30), ("6229", skills, -30), number="2号")
    assert standing() == {("62",): (100, 100, 0), ("6210",): (90, 0, 0), ("6229",): (10, 0, 0)}


@pytest.mark.parametrize(
    ("lines", "kind", "sentence", "where"),
    [
        ([("6229", 41)], BREAK_DOWN, rules.TOO_MUCH, "6229"),
        ([("6210", -21)], CLAW_BACK, rules.HOLDS_MORE, "6210"),
        ([("621022", -41)], CLAW_BACK, rules.LESS_THAN_NOTHING, "621022"),
        ([("621022", 5)], CLAW_BACK, rules.ONLY_SHRINKS, "621022"),
        ([("621022", -5)], BREAK_DOWN, rules.ONLY_GROWS, "621022"),
        ([("622926", 5)], BREAK_DOWN, rules.NOTHING_ABOVE, "622926"),
        ([("61", 5)], ADJUST, rules.OUT_OF_REACH, "61"),
        ([], ADJUST, rules.NO_LINES, ""),
    ],
)
def test_what_cannot_be_is_told_with_its_place(plan, skills, lines, kind, sentence, where):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), ("621022", skills, 40), kind=ISSUE)
    before = standing()
    trouble = refused(plan, *((code, skills, n) for code, n in lines), kind=kind, number="2号")
    assert (trouble.sentence, trouble.region_code) == (sentence, where)
    assert (standing(), str(trouble) != "") == (before, True)


def test_a_year_that_would_fall_below_nothing_is_told_of_that_alone(plan, skills):
    moved(plan, ("62", skills, 100), kind=ISSUE)
    paper = Paper("2号", DAY)
    draft = quota_book.draw_up(plan=plan, region_code="62", kind=CLAW_BACK, paper=paper, by=None)
    lines = [Line("6210", skills.pk, -5, False)]
    quota_book.put_lines(document=draft, lines=lines, version=draft.version, by=None)
    assert [each.sentence for each in findings_of(draft)] == [rules.LESS_THAN_NOTHING]


def test_what_is_left_is_told(plan, skills):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    trouble = refused(plan, ("6229", skills, 41), number="2号")
    assert {name: trouble.params[name] for name in ("left", "amount", "more")} == {
        "left": 40,
        "amount": 100,
        "more": 41,
    }


def test_what_is_left_is_told_once_however_many_lines_draw_on_it(plan, skills):
    moved(plan, ("62", skills, 100), kind=ISSUE)
    paper = Paper("2号", DAY)
    draft = quota_book.draw_up(plan=plan, region_code="62", kind=BREAK_DOWN, paper=paper, by=None)
    lines = [Line(code, skills.pk, 90, False) for code in ("6210", "6229")]
    quota_book.put_lines(document=draft, lines=lines, version=draft.version, by=None)
    assert [each.sentence for each in findings_of(draft)] == [rules.TOO_MUCH]


def test_a_prefecture_does_not_set_its_own_quota(plan, skills):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    trouble = refused(plan, ("6210", skills, 5), region_code="6210", number="2号")
    assert trouble.sentence == rules.OUT_OF_REACH
    moved(plan, ("621022", skills, 5), region_code="6210", number="2号")


def test_what_is_listed_apart_draws_nothing_and_its_parts_draw_on_it(plan, skills):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    moved(plan, ("6229", skills, 5000, True), ("622926", skills, 3000, True), number="2号")
    assert standing() == {
        ("62",): (100, 60, 0),
        ("6210",): (60, 0, 0),
        ("6229", "apart"): (5000, 3000, 0),
        ("622926", "apart"): (3000, 0, 0),
    }
    trouble = refused(plan, ("622926", skills, 2001, True), number="3号")
    assert (trouble.sentence, trouble.params["left"]) == (rules.TOO_MUCH, 2000)
    assert differences() == []


@pytest.fixture
def phase(plan, skills):
    """A phase of 100 of which the year of `plan` is a part."""
    phase = a_plan("阶段", kind="phase", last_day=datetime.date(2020, 12, 31))
    plan.phase = phase
    plan.save()
    moved(phase, ("62", skills, 100), kind=ISSUE, number="阶段1号")
    return phase


def of_phase(phase, skills):
    return Quota.objects.get(plan=phase, program=skills, region_code="62")


def test_years_draw_on_their_phase(plan, skills, phase):
    moved(plan, ("62", skills, 70), ("6210", skills, 30), kind=ISSUE)
    assert of_phase(phase, skills).scheduled == 70
    next_year = a_plan(
        "下年",
        first_day=datetime.date(2020, 1, 1),
        last_day=datetime.date(2020, 12, 31),
        phase=phase,
    )
    trouble = refused(next_year, ("62", skills, 31), kind=ISSUE)
    assert (trouble.sentence, trouble.params["left"]) == (rules.PHASE_IS_SPENT, 30)
    moved(next_year, ("62", skills, 30), ("6229", skills, 999, True), kind=ISSUE)
    assert of_phase(phase, skills).scheduled == 100
    trouble = refused(phase, ("62", skills, -1), number="阶段2号")
    assert trouble.sentence == rules.YEARS_HOLD_MORE
    moved(plan, ("6210", skills, -30), ("62", skills, -70), number="2号")
    moved(phase, ("62", skills, -70), number="阶段2号")
    assert (of_phase(phase, skills).scheduled, differences()) == (30, [])


def test_a_phase_that_is_broken_down_later_finds_its_years(plan, skills, phase):
    moved(plan, ("62", skills, 70), ("6210", skills, 30), kind=ISSUE)
    trouble = refused(phase, ("6210", skills, 29), number="阶段2号")
    assert trouble.sentence == rules.YEARS_HOLD_MORE
    moved(phase, ("6210", skills, 50), number="阶段2号")
    found = Quota.objects.get(plan=phase, region_code="6210")
    assert (found.scheduled, found.years.count(), differences()) == (30, 1, [])
    assert refused(plan, ("6210", skills, 21), number="2号").sentence == rules.PHASE_IS_SPENT


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE programs_quota SET amount = amount + 1", "quotas_move_by_documents"),
        ("UPDATE programs_quota SET allotted = 0", "quotas_move_by_documents"),
        ("UPDATE programs_quota SET scheduled = 1", "quotas_move_by_documents"),
        ("UPDATE programs_quota SET parent_id = NULL", "quotas_move_by_documents"),
        ("UPDATE programs_quota SET listed_apart = true", "quotas_move_by_documents"),
        ("UPDATE programs_quotaline SET change = 7", "issued_documents_stay"),
        ("DELETE FROM programs_quotaline", "issued_documents_stay"),
        ("UPDATE programs_quotadocument SET number = 'x'", "issued_documents_stay"),
        ("DELETE FROM programs_quotadocument", "issued_documents_stay"),
    ],
)
def test_no_other_door_moves_anything(plan, skills, statement, constraint):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    with (
        pytest.raises(IntegrityError) as trouble,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert trouble.value.__cause__.diag.constraint_name == constraint


def test_no_row_is_written_with_an_amount_or_as_issued(plan, skills):
    document = moved(plan, ("62", skills, 100), kind=ISSUE)
    planted = (
        lambda: Quota.objects.create(plan=plan, program=skills, region_code="6210", amount=5),
        lambda: QuotaLine.objects.create(
            document=document, region_code="6210", program=skills, change=5
        ),
        lambda: QuotaDocument.objects.create(
            plan=plan,
            region_code="62",
            kind=ISSUE,
            state="issued",
            number="9",
            dated=DAY,
            issued_at=document.issued_at,
        ),
    )
    for plant in planted:
        with pytest.raises(IntegrityError), transaction.atomic():
            plant()
    assert standing() == {("62",): (100, 0, 0)}


def test_a_state_that_is_turned_by_hand_moves_nothing(plan, skills):
    """Lines that name no quota, or none at all: the trigger has nothing to add up."""
    document = quota_book.draw_up(plan=plan, region_code="62", kind=ISSUE, paper=PAPER, by=None)
    rows = QuotaDocument.objects.filter(pk=document.pk)
    for lines in ([], [Line("62", skills.pk, 5)]):
        quota_book.put_lines(document=document, lines=lines, version=document.version, by=None)
        with pytest.raises(IntegrityError) as trouble, transaction.atomic():
            rows.update(state="issued", issued_at=document.made_at)
        assert trouble.value.__cause__.diag.constraint_name == "lines_name_their_quota"


def test_an_issued_document_names_its_paper(plan, skills):
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    for number, dated, sentence in (
        ("", DAY, rules.NO_NUMBER),
        ("1号", None, rules.NO_DATE),
        ("1号", tomorrow, rules.NOT_YET),
    ):
        found = refused(plan, ("62", skills, 1), kind=ISSUE, number=number, dated=dated)
        assert found.sentence == sentence
    moved(plan, ("62", skills, 1), kind=ISSUE, number="1号")
    assert refused(plan, ("62", skills, 1), number="1号").sentence == quota_book.ISSUED_ONCE


def test_a_draft_is_written_as_it_was_seen(plan, skills):
    document = quota_book.draw_up(plan=plan, region_code="62", kind=ISSUE, by=None)
    other = QuotaDocument.objects.get(pk=document.pk)
    line = Line("62", skills.pk, 5)
    quota_book.put_lines(document=document, lines=[line], version=1, by=None)
    for act in (
        lambda: quota_book.put_lines(document=other, lines=[line], version=1, by=None),
        lambda: quota_book.name_paper(document=other, paper=PAPER, version=1, by=None),
        lambda: quota_book.issue(document=other, version=1, by=None),
        lambda: quota_book.drop(document=other, version=1, by=None),
    ):
        with pytest.raises(QuotaTrouble) as trouble:
            act()
        assert trouble.value.sentence == quota_book.CHANGED
    more = [Line("62", skills.pk, 7), Line("6210", skills.pk, 3)]
    quota_book.put_lines(document=document, lines=more, version=2, by=None)
    gone = [Line("6210", skills.pk, 0)]
    quota_book.put_lines(document=document, lines=gone, version=3, by=None)
    assert list(document.lines.values_list("region_code", "change")) == [("62", 7)]
    quota_book.drop(document=document, version=4, by=None)
    assert (QuotaDocument.objects.count(), QuotaLine.objects.count()) == (0, 0)


def test_the_attachment_goes_with_its_draft(plan, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    document = quota_book.draw_up(plan=plan, region_code="62", kind=ISSUE, by=None)
    kept = tmp_path / "evidence"

    def attach(content):
        attached = Attached(io.BytesIO(content), "文件.pdf")
        quota_book.name_paper(
            document=document, paper=PAPER, version=document.version, attached=attached, by=None
        )

    attach(b"%PDF-1")
    assert (document.attachment_name, len(list(kept.iterdir()))) == ("文件.pdf", 1)
    with pytest.raises(QuotaTrouble) as trouble:
        attach(b"MZ")
    assert trouble.value.sentence == quota_book.NO_ATTACHMENT
    document.refresh_from_db()
    assert len(list(kept.iterdir())) == 1


def test_who_may_move_quotas(plan, skills):
    province = an_account("省", "province-officer", "62")
    prefecture = an_account("市", "prefecture-officer", "6210")
    clerk = an_account("县", "county-clerk", "621022")
    moved(plan, ("62", skills, 9), ("6210", skills, 5), kind=ISSUE, by=province)
    moved(plan, ("621022", skills, 5), region_code="6210", by=prefecture)
    draft = quota_book.draw_up(plan=plan, region_code="62", kind=ADJUST, by=province)
    for by, region_code in ((prefecture, "62"), (clerk, "621022")):
        with pytest.raises(PermissionError):
            quota_book.draw_up(plan=plan, region_code=region_code, kind=ADJUST, by=by)
    for act in (quota_book.issue, quota_book.drop):
        with pytest.raises(PermissionError):
            act(document=draft, version=1, by=prefecture)


def test_every_act_is_written_down(plan, skills):
    officer = an_account("省", "province-officer", "62")
    document = moved(plan, ("62", skills, 9), ("6210", skills, 5), kind=ISSUE, by=officer)
    entries = AuditEntry.objects.filter(target_type="programs.quotadocument").order_by("id")
    assert [(e.verb, e.region_code, e.changes) for e in entries] == [
        ("programs.quota_document.drawn_up", "62", {"kind": ISSUE}),
        ("programs.quota_document.changed", "62", {"rows": 2}),
        (
            "programs.quota_document.issued",
            "62",
            {"rows": 2, "amount": 14, "document": document.number},
        ),
    ]


def test_the_book_of_a_quota_has_a_running_balance(plan, skills):
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    moved(plan, ("6210", skills, -20), kind=CLAW_BACK, number="2号")
    moved(plan, ("6210", skills, 5), number="3号")
    quota = Quota.objects.get(region_code="6210")
    entries = [(e.document.number, e.change, e.amount) for e in book_of(quota)]
    assert entries == [("1号", 60, 60), ("2号", -20, 40), ("3号", 5, 45)]


def test_the_quotas_of_a_day(plan, skills):
    march, june = DAY, datetime.date(2019, 6, 1)
    moved(plan, ("62", skills, 100), ("6210", skills, 60), kind=ISSUE)
    moved(plan, ("6210", skills, -20), ("6229", skills, 30), number="2号", dated=june)

    def at(day):
        rows = Quota.objects.at(day).order_by("region_code")
        return list(rows.values_list("region_code", "amount_then", "allotted_then"))

    assert at(march - datetime.timedelta(days=1)) == []
    assert at(june - datetime.timedelta(days=1)) == [("62", 100, 60), ("6210", 60, 0)]
    assert at(june) == [("62", 100, 70), ("6210", 40, 0), ("6229", 30, 0)]


def test_amounts_are_handed_down_by_the_document_of_their_difference(plan, skills):
    moved(plan, ("62", skills, 100), kind=ISSUE)
    top = Quota.objects.get()
    given = hand_down(parent=top, amounts={"6210": 70, "6229": 30}, paper=PAPER, by=None)
    again = hand_down(
        parent=top, amounts={"6210": 90, "6229": 10}, paper=Paper("2号", DAY), by=None
    )
    lines = [list(d.lines.values_list("region_code", "change")) for d in (given, again)]
    assert lines == [[("6210", 70), ("6229", 30)], [("6210", 20), ("6229", -20)]]
    assert (given.kind, again.kind) == (BREAK_DOWN, ADJUST)
    same = hand_down(parent=top, amounts={"6210": 90}, paper=Paper("3号", DAY), by=None)
    assert same is None
    with pytest.raises(QuotaTrouble) as trouble:
        hand_down(parent=top, amounts={"6210": 1}, paper=PAPER, version=top.version, by=None)
    assert trouble.value.sentence == CHANGED


PLACES = ("62", "6210", "6229", "621022", "621021", "622926")


class Model:
    """The book in plain Python: amounts by (plan, place, apart), and what each lies under."""

    def __init__(self, amounts=(), parents=()):
        self.amounts, self.parents = dict(amounts), dict(parents)

    def put(self, key, change):
        if key not in self.amounts:
            of, code, apart = key
            asked = [(of, code[:-2], True)] * apart + [(of, code[:-2], False)]
            self.parents[key] = next((k for k in asked if k in self.amounts), None)
        self.amounts[key] = self.amounts.get(key, 0) + change

    def above(self, key):
        return self.parents[key]

    def draws(self, key):
        above = self.above(key)
        return above is not None and (above[2] or not key[2])

    def allotted(self, key):
        return sum(n for k, n in self.amounts.items() if self.draws(k) and self.above(k) == key)

    def sound(self):
        year = {key: n for key, n in self.amounts.items() if key[0] == "year" and not key[2]}
        spread = all(
            n <= self.amounts[("phase", *key[1:])]
            for key, n in year.items()
            if ("phase", *key[1:]) in self.amounts
        )
        return spread and all(0 <= self.allotted(k) <= n for k, n in self.amounts.items())


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_documents_is_issued_or_refused_as_a_plain_model_says(
    plan, skills, phase, seed
):
    """80 documents of one to six lines; after each the database equals the model."""
    chance, model = random.Random(seed), Model()
    model.put(("phase", "62", False), 100)
    plans = {"phase": phase, "year": plan}
    outcomes = []
    for turn in range(80):
        of = chance.choice(("phase", "year", "year"))
        named = {
            (chance.choice(PLACES), chance.random() < 0.2)
            for _ in range(chance.choice((1, 1, 1, 2, 5)))
        }
        lines = {(of, *key): chance.choice((-40, -9, 1, 5, 30, 60)) for key in sorted(named)}
        after = Model(model.amounts, model.parents)
        for key in sorted(lines, key=lambda key: (len(key[1]), key)):
            after.put(key, lines[key])
        rooted = all(key[1] == "62" or after.above(key) is not None for key in lines)
        is_sound = rooted and after.sound() and all(n >= 0 for n in after.amounts.values())
        put = [(code, skills, change, apart) for (_, code, apart), change in lines.items()]
        try:
            with transaction.atomic():
                moved(plans[of], *put, number=str(turn))
            is_issued = True
        except QuotaTrouble:
            is_issued = False
        assert is_issued == is_sound, lines
        outcomes.append(is_issued)
        model = after if is_issued else model
        rows = Quota.objects.values_list(
            "plan", "region_code", "listed_apart", "amount", "allotted"
        )
        found = {("phase" if p == phase.pk else "year", c, a): (n, g) for p, c, a, n, g in rows}
        assert found == {k: (n, model.allotted(k)) for k, n in model.amounts.items()}
        assert differences() == []
    assert 10 < sum(outcomes) < 70
