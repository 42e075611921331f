"""Sets of people: after any mix of acts what a count of different people says, for any union."""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from core.models import PolicyArea
from exchange import measures, people_moves, people_sets, rollups
from exchange.amounts import By
from exchange.figures import Figure
from exchange.measures import Counts
from exchange.models import PeopleSet
from exchange.periods import Period
from talent.models import Person
from tests.factories import a_class, a_person, a_program, divisions, enrolled, settled
from training.models import Enrollment, TrainingClass
from training.rollups import ATTENDANCES, PEOPLE

pytestmark = pytest.mark.django_db
COUNTIES = ("621021", "621022", "622926")
CATEGORIES = ("filed-poor", "veteran", "two-after")
PROGRAMS = ("skills", "brand")
KEYS = ("people", "completed_people", "certified_people", "employed_people")
PLACES = ("62", "6210", "6229", *COUNTIES)
PERIODS = ("2018", "2019", "2019Q1", "2018-12", "2019-02", "2018-11..2019-01", "2018-01..2019-12")
LIKELY = {"enroll": 5, "withdraw": 2, "delete": 1, "change": 4, "move": 2, "again": 1}


def rows_of(key: str, period: Period) -> Q:
    """The rows of a measure, by the words of its definition."""
    days = (period.first_day, period.last_day)
    active = Q(state="active")
    if key == "people":
        return active & Q(start_date__range=days)
    completed = active & Q(end_date__range=days) & ~Q(result="dropped")
    return (
        completed
        & {
            "completed_people": Q(),
            "certified_people": ~Q(certificate_number=""),
            "employed_people": Q(employment__in=("employed", "self-employed")),
        }[key]
    )


class World:
    """A few people and classes of three counties, and what may happen to their rows."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.people = [a_person(order) for order in range(14)]
        self.classes = [self.a_class(county) for county in COUNTIES for _ in range(5)]

    def a_class(self, county: str) -> TrainingClass:
        start = datetime.date(2018, 11, 10) + datetime.timedelta(self.chance.randrange(150))
        program = a_program(self.chance.choice(PROGRAMS))
        code = str(self.chance.randrange(10**6))
        return a_class(county, code=code, start_date=start, program=program)

    def act(self) -> None:
        name = self.chance.choices(list(LIKELY), list(LIKELY.values()))[0]
        keys = list(Enrollment.objects.active().values_list("pk", flat=True))
        if name == "enroll" or len(keys) < 3:
            self.enroll()
        else:
            getattr(self, name)(self.chance.sample(keys, self.chance.randrange(1, 4)))

    def enroll(self) -> None:
        """Several rows at once, as a roster brings them."""
        attended = self.chance.choice(self.classes)
        there = set(attended.enrollments.filter(state="active").values_list("person", flat=True))
        free = [person for person in self.people if person.pk not in there]
        some = self.chance.sample(free, min(len(free), self.chance.randrange(1, 6)))
        made = [enrolled(p, attended, category=self.chance.choice(CATEGORIES)).pk for p in some]
        self.in_a_table("arriving", made)
        rollups.move(Enrollment, came="arriving")

    def delete(self, keys: Sequence[int]) -> None:
        """As an import that is taken back."""
        self.in_a_table("leaving", keys)
        Enrollment.objects.filter(pk__in=keys).delete()
        rollups.move(Enrollment, gone="leaving")

    def withdraw(self, keys: Sequence[int]) -> None:
        with rollups.counting(Enrollment, keys):
            Enrollment.objects.filter(pk__in=keys).update(state="withdrawn")

    def again(self, _keys: Sequence[int]) -> None:
        """Rows that were withdrawn come back, where nobody took their place."""
        for row in Enrollment.objects.filter(state="withdrawn").order_by("pk")[:3]:
            others = Enrollment.objects.active().filter(person=row.person_id)
            if not others.filter(training_class=row.training_class_id).exists():
                with rollups.counting(Enrollment, [row.pk]):
                    Enrollment.objects.filter(pk=row.pk).update(state="active")

    def change(self, keys: Sequence[int]) -> None:
        to: dict[str, object] = self.chance.choice(
            (
                {"category": self.chance.choice(CATEGORIES)},
                {"result": self.chance.choice(("dropped", "passed"))},
                {"certificate_number": self.chance.choice(("", "A1"))},
                {"employment": self.chance.choice(("unknown", "employed", "self-employed"))},
                {"program": self.chance.choice(PROGRAMS)},
                {"remark": "nothing that counts"},
            )
        )
        with rollups.counting(Enrollment, keys):
            Enrollment.objects.filter(pk__in=keys).update(**to)

    def move(self, keys: Sequence[int]) -> None:
        """To other days, or to another person of the register."""
        row = Enrollment.objects.get(pk=keys[0])
        start = datetime.date(2018, 11, 10) + datetime.timedelta(self.chance.randrange(150))
        row.start_date, row.end_date = start, start + datetime.timedelta(20)
        taken = row.training_class.enrollments.filter(state="active").values("person")
        free = Person.objects.exclude(pk__in=taken).first()
        if free and self.chance.random() < 0.5:
            row.person = free
        with rollups.counting(Enrollment, [row.pk]):
            row.save()

    def in_a_table(self, name: str, keys: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TABLE IF EXISTS {name}; CREATE TEMP TABLE {name} ON COMMIT DROP AS"
                " SELECT * FROM training_enrollment WHERE id = ANY(%s)",
                [list(keys)],
            )

    def look(self) -> Iterator[tuple[object, object, object]]:
        """A few figures of people, at random: what was asked, what is kept, what rows say."""
        for _ in range(2):
            key, code = self.chance.choice(KEYS), self.chance.choice(PLACES)
            period = Period.span(self.chance.choice(PERIODS))
            programs = self.chance.choice(((), (), ("skills",), PROGRAMS))
            categories = self.chance.choice(((), (), ("veteran",), CATEGORIES[1:]))
            of = Figure(f"training.{key}", code, period, frozenset(programs), frozenset(categories))
            rows = Enrollment.objects.filter(rows_of(key, period)).within(code)
            rows = rows.filter(program__in=programs) if programs else rows
            rows = rows.filter(category__in=categories) if categories else rows
            by = self.chance.choice(list(By)[: 3 + (len(code) < 6)])
            yield of, of.value(), rows.order_by().values("person").distinct().count()
            for part in of.parts(by)[:2]:
                behind = part.figure.rows().values("person").distinct().count()
                yield part.figure, part.value, behind


def test_after_any_mix_of_acts_the_sets_are_what_the_rows_say() -> None:
    divisions()
    chance = random.Random(5)
    world = World(chance)
    for turn in range(200):
        world.act()
        for asked, kept, counted in world.look():
            assert (turn, asked, kept) == (turn, asked, counted)
        if turn % 50 == 0:
            assert rollups.differences() == []
    assert rollups.differences() == []
    assert PeopleSet.objects.filter(size__gt=0).count() > 100
    assert PeopleSet.objects.filter(size=0).count() > 10
    PeopleSet.objects.all().delete()
    rollups.rebuild()
    assert rollups.differences() == []


@pytest.fixture
def june() -> TrainingClass:
    divisions()
    return a_class()


def sets() -> dict[tuple[str, str, str], int]:
    """The sizes of the sets of people trained, by span, program and category."""
    kept = PeopleSet.objects.filter(measure=PEOPLE.key, size__gt=0)
    return {(s, p, c): n for s, p, c, n in kept.values_list("span", "program", "category", "size")}


def test_the_sets_of_a_row(june: TrainingClass) -> None:
    enrolled(a_person(1), june)
    enrolled(a_person(2), june, category="veteran")
    enrolled(a_person(1), a_class(code="2"), category="veteran")
    settled()
    assert sets() == {
        ("2019-06", "skills", "filed-poor"): 1,
        ("2019-06", "skills", "veteran"): 2,
        ("2019-06", "skills", ""): 2,
        ("2019-06", "", "filed-poor"): 1,
        ("2019-06", "", "veteran"): 2,
        ("2019-06", "", ""): 2,
        ("2019", "skills", ""): 2,
        ("2019", "", "filed-poor"): 1,
        ("2019", "", "veteran"): 2,
        ("2019", "", ""): 2,
    }


def test_what_does_not_move_a_figure_writes_no_set(june: TrainingClass) -> None:
    row = enrolled(a_person(1), june)
    enrolled(a_person(1), a_class(code="2"))
    settled()
    before = set(PeopleSet.objects.values_list("pk", "as_of"))
    for changed in ({"remark": "x"}, {"state": "withdrawn"}, {"state": "active"}):
        with rollups.counting(Enrollment, [row.pk]):
            Enrollment.objects.filter(pk=row.pk).update(**changed)
    assert set(PeopleSet.objects.values_list("pk", "as_of")) == before


def test_a_wrong_set_is_found_and_put_right(june: TrainingClass) -> None:
    first, second = a_person(1), a_person(2)
    enrolled(first, june)
    settled()
    month = PeopleSet.objects.get(measure=PEOPLE.key, span="2019-06", program="", category="")
    year = PeopleSet.objects.get(measure=PEOPLE.key, span="2019", program="", category="")
    other = people_moves.BitMap([second.pk]).serialize()
    PeopleSet.objects.filter(pk__in=(month.pk, year.pk)).update(people=other)
    found = [(each.measure, each.month, each.kept, each.counted) for each in rollups.differences()]
    assert found == [(PEOPLE.key, "2019", 1, 1), (PEOPLE.key, "2019-06", 1, 1)]
    of_june = rollups.differences_in("621022", datetime.date(2019, 6, 1))
    assert [each.month for each in of_june] == ["2019-06"]
    assert rollups.differences_in("621022", datetime.date(2019, 7, 1)) == []
    assert len(rollups.rebuild()) == 2
    assert rollups.differences() == []


def test_people_are_told_in_order_of_their_keys(june: TrainingClass) -> None:
    everybody = [a_person(order) for order in range(5)]
    for person in everybody:
        enrolled(person, june)
    settled()
    keys = sorted(person.pk for person in everybody)
    within = Figure(PEOPLE.key, "62", Period.parse("2019")).bounds()
    assert people_sets.people_of(PEOPLE, within) == keys
    assert people_sets.people_of(PEOPLE, within, after=keys[1], most=2) == keys[2:4]


def test_people_of_a_policy_area(june: TrainingClass) -> None:
    area = PolicyArea.objects.create(key="area", name="area", kind="provincial", source="test")
    area.memberships.create(county_id="621022")
    enrolled(a_person(1), june)
    enrolled(a_person(2), a_class("622926"))
    settled()
    of = Figure(PEOPLE.key, "62", Period.parse("2019"))
    assert (of.value(), of.narrowed(area="area").value()) == (2, 1)
    assert [p.key for p in of.narrowed(area="area").parts(By.PLACE)] == ["6210"]


@pytest.mark.parametrize(
    ("split", "kept"),
    [
        ({"program": "''"}, {("2019-06", "", "filed-poor"), ("2019", "", "filed-poor")}),
        ({"category": "''"}, {("2019-06", "skills", ""), ("2019", "skills", "")}),
        ({"program": "''", "category": "''"}, set()),
    ],
)
def test_a_measure_that_is_split_by_less_has_fewer_sets(
    split: dict[str, str],
    kept: set[tuple[str, str, str]],
    june: TrainingClass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = replace(
        ATTENDANCES, key=PEOPLE.key, counts=Counts.PEOPLE, person="{row}.person_id", **split
    )
    monkeypatch.setitem(measures._measures, PEOPLE.key, plain)
    row = enrolled(a_person(1), june)
    settled()
    assert set(sets()) == kept | {("2019-06", "", ""), ("2019", "", "")}
    with rollups.counting(Enrollment, [row.pk]):
        Enrollment.objects.filter(pk=row.pk).update(state="withdrawn")
    assert (sets(), rollups.differences()) == ({}, [])


def test_a_key_that_no_set_can_hold_is_refused_by_the_register() -> None:
    with pytest.raises(IntegrityError, match="person_key_fits_a_set"), transaction.atomic():
        Person.objects.filter(pk=a_person(1).pk).update(id=2**31)
