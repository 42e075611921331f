from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, F, Q
from django.db.models.functions import Left, Now
from django.utils import timezone

from core.access import Permission, beneath
from core.querysets import RegionScopedQuerySet
from exchange.querysets import JobQuerySet
from talent.querysets import keys_param, numbers_param

if TYPE_CHECKING:
    from core.models import User
    from exchange.figures import Figure
    from exchange.periods import Period


# Narrow: what belongs to a class is read once for the class.
CLASSES_OF_PEOPLE = """
SELECT person_id, enrollment.training_class_id, enrollment.level, enrollment.end_date,
    (enrollment.created_at AT TIME ZONE %s)::date, enrollment.id
FROM unnest(string_to_array(%s, ',')::bigint[]) AS asked (person_id)
JOIN training_enrollment AS enrollment USING (person_id)
WHERE enrollment.state = 'active' AND enrollment.county_code >= %s AND enrollment.county_code < %s
"""


INSTITUTION_FACTS = ("name", "key", "address", "licence_until")


CLASSES_OF_NUMBER = """
SELECT person.id, person.name, person.county_code, enrollment.id, enrollment.county_code,
    region.name, class.code
FROM talent_person AS person
LEFT JOIN training_enrollment AS enrollment
    ON enrollment.person_id = person.id AND enrollment.state = 'active'
    AND left(enrollment.county_code, 2) = ANY(%s)
LEFT JOIN training_trainingclass AS class ON class.id = enrollment.training_class_id
LEFT JOIN core_region AS region ON region.code = enrollment.county_code
WHERE person.id_number_index = %s
ORDER BY enrollment.start_date DESC, enrollment.id DESC
"""

# What is told of a person and a class to whom a list is answered.
TOLD = """person.id, person.name, person.id_number_mask, person.county_code, enrollment.id,
    enrollment.county_code, region.name, class.code, enrollment.start_date, enrollment.end_date"""
ENROLLED = """
LEFT JOIN training_enrollment AS enrollment
    ON enrollment.person_id = person.id AND enrollment.state = 'active' AND {here}
LEFT JOIN training_trainingclass AS class ON class.id = enrollment.training_class_id
LEFT JOIN core_region AS region ON region.code = enrollment.county_code
ORDER BY place, person.id, enrollment.start_date DESC, enrollment.id DESC
"""
CLASSES_OF_NUMBERS = f"""
SELECT place, {TOLD}
FROM unnest(string_to_array(%s, ',')) WITH ORDINALITY AS asked (key, place)
JOIN talent_person AS person ON id_number_index = decode(key, 'hex')
{ENROLLED.format(here="left(enrollment.county_code, 2) = ANY(%s)")}
"""
# Of each name no more people than one after those that are shown.
CLASSES_OF_NAMES = f"""
SELECT place, {TOLD}
FROM unnest(string_to_array(%s, E'\\x1f')) WITH ORDINALITY AS asked (key, place)
CROSS JOIN LATERAL (SELECT id, name, id_number_mask, county_code
    FROM talent_person WHERE county_code = ANY(%s) AND name_key = key
    ORDER BY id LIMIT %s) AS person
{ENROLLED.format(here="enrollment.county_code = ANY(%s)")}
"""


class InstitutionQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    narrowing = "key"

    def facts_by_name(self) -> dict[str, dict[str, Any]]:
        """What is on file of each institution: key, address and licence_until, by name."""
        return {facts["name"]: facts for facts in self.values(*INSTITUTION_FACTS)}


class TrainingClassQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    narrowing = "institution__key"

    def identities(self, keys: Iterable[int]) -> dict[int, tuple[Any, ...]]:
        """What makes each class itself: (county, number, institution, occupation, start)."""
        rows = self.filter(pk__in=set(keys)).order_by()
        facts = ("county_code", "code", "institution__name", "occupation__name", "start_date")
        return {key: tuple(identity) for key, *identity in rows.values_list("pk", *facts)}

    def in_session(self, day: datetime.date) -> Self:
        """Classes that are held on a day: somebody is enrolled, or their filing is approved."""
        days = self.filter(start_date__lte=day, end_date__gte=day)
        is_held = Q(enrollments__state="active") | Q(filing__state="approved")
        return days.filter(is_held).distinct()

    def starting(self, period: Period) -> Self:
        """Classes that start in the period."""
        return self.filter(start_date__range=(period.first_day, period.last_day))

    def institutions_by_place(self, digits: int) -> dict[str, int]:
        """How many institutions hold these classes, by the first digits of the county's code."""
        by_place = self.order_by().values(place=Left("county_code", digits))
        counted = by_place.annotate(found=Count("institution", distinct=True))
        return dict(counted.values_list("place", "found"))

    def not_visited(self) -> Self:
        return self.filter(visits__isnull=True)

    def newest(self, count: int) -> Self:
        """The classes that began last, with their institutions and occupations."""
        with_names = self.select_related("institution", "occupation")
        return with_names.order_by("county_code", "-start_date", "-id")[:count]


class OfInstitutionQuerySet(RegionScopedQuerySet):
    """What belongs to an institution."""

    region_column = "county_code"
    narrowing = "institution__key"


class OfClassQuerySet(RegionScopedQuerySet):
    """What belongs to a class."""

    region_column = "county_code"
    narrowing = "training_class__institution__key"

    def of_classes_starting(self, period: Period) -> Self:
        days = (period.first_day, period.last_day)
        return self.filter(training_class__start_date__range=days)

    def of_classes_named(self, text: str) -> Self:
        """Of classes whose number begins so, or whose institution is named so."""
        of_number = Q(training_class__code__startswith=text)
        return self.filter(of_number | Q(training_class__institution__name__contains=text))


class OfEnrollmentQuerySet(RegionScopedQuerySet):
    """What became of a row of the ledger."""

    region_column = "county_code"
    narrowing = "enrollment__training_class__institution__key"


class OfClaimQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    narrowing = "claim__training_class__institution__key"


class EnrollmentQuerySet(RegionScopedQuerySet):
    """The ledger. County and prefecture stand in columns of their own: each has its order index."""

    narrowing = "training_class__institution__key"

    @classmethod
    def in_region(cls, region_code: str) -> Q:
        if len(region_code) == 6:
            return Q(county_code=region_code)
        if len(region_code) == 4:
            return Q(prefecture_code=region_code)
        return beneath("county_code" if len(region_code) < 4 else "region_code", region_code)

    def classes_of(self, people: Iterable[int], province_code: str) -> list[tuple[Any, ...]]:
        """The classes of a province in whose ledger the people are.

        Rows of (person, class, level, end, day of entry, row). For comparing: what lies in
        another county must not be shown with its person.
        """
        zone, following = timezone.get_default_timezone_name(), str(int(province_code) + 1)
        with connection.cursor() as cursor:
            asked = [zone, numbers_param(people), province_code, following]
            cursor.execute(CLASSES_OF_PEOPLE, asked)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def of_number(self, index: bytes, province_codes: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        """The person with a blind index and the person's classes in the provinces, the latest first.

        Yields (person, name, county of the person, row, county of the class, that county's name,
        class number); once with None for the class when there is none. One query, found or not.
        """
        with connection.cursor() as cursor:
            cursor.execute(CLASSES_OF_NUMBER, [sorted(province_codes), index])
            yield from cursor

    def of_numbers(
        self, indexes: Iterable[bytes], province_codes: Iterable[str]
    ) -> Iterator[tuple[Any, ...]]:
        """The people with these blind indexes and their classes in the provinces.

        Yields (place of the index, from 1) and the columns of TOLD; those of the class are None
        where there is none. For comparing: what lies elsewhere is not shown with its person.
        """
        with connection.cursor() as cursor:
            cursor.execute(CLASSES_OF_NUMBERS, [keys_param(indexes), sorted(province_codes)])
            yield from cursor

    def of_names(
        self, name_keys: Iterable[str], county_codes: Iterable[str], most: int
    ) -> Iterator[tuple[Any, ...]]:
        """Like `of_numbers`, by folded name: at most so many people a name, of these counties."""
        counties = sorted(county_codes)
        with connection.cursor() as cursor:
            asked = ("\x1f".join(name_keys), counties, most, counties)
            cursor.execute(CLASSES_OF_NAMES, asked)
            yield from cursor

    def active(self) -> Self:
        return self.filter(state="active")

    def in_roster_order(self) -> Self:
        """As the rows came in: by roster, sheet and line, then what was typed."""
        return self.order_by(F("import_batch_id").asc(nulls_last=True), "sheet", "line", "id")

    def starting(self, period: Period) -> Self:
        """Rows whose class starts in the period."""
        return self.filter(start_date__gte=period.first_day, start_date__lte=period.last_day)


class RowChangeQuerySet(RegionScopedQuerySet):
    """What became of rows, in the order in which it was written."""

    region_column = "county_code"

    def of_rows(self, chapter: str, keys: Iterable[int]) -> Self:
        return self.filter(chapter=chapter, row_key__in=set(keys))

    def after(self, key: int) -> Self:
        """What was written since a change, by the key of that."""
        return self.filter(pk__gt=key)

    def entered_as(self, chapter: str, keys: Iterable[int]) -> dict[int, UUID]:
        """The browser's key under which each row was entered, of those that a desk entered."""
        entered = self.of_rows(chapter, keys).filter(version=1, client__isnull=False)
        return dict(entered.values_list("row_key", "client"))


class DraftRowQuerySet(RegionScopedQuerySet):
    region_column = "county_code"

    def of_month(self, county_code: str, month: datetime.date) -> Self:
        """Unfinished rows of a month, by its first day; and those that no desk's month is known of."""
        of_county = self.filter(county_code=county_code)
        return of_county.filter(Q(month=month) | Q(month__isnull=True))

    def desks(self) -> Any:
        """How many rows wait on each desk: county_code, month (None: cannot be read), program."""
        desk = ("county_code", "month", "program", "program__name")
        return self.order_by(*desk).values(*desk).annotate(rows=Count("pk"))


class ListCheckQuerySet(JobQuerySet):
    """Lists that were looked up. What is told of people elsewhere was told to one user."""

    permission = Permission.IMPORT_ROSTERS

    def visible_to(self, user: User, permission: Permission | None = None) -> Self:
        """A user's own lists, as long as the user may look people up."""
        return super().visible_to(user, permission).filter(requested_by=user)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=Now())


class ReconciliationQuerySet(JobQuerySet):
    permission = Permission.MAKE_REPORTS

    def expired(self) -> Self:
        return self.filter(expires_at__lte=Now())


def _in_figure(side: str, figure: Figure) -> Q:
    """Whether what a side says lies in a figure; what it does not tell does not speak against it."""
    span = figure.period
    months = Q(**{f"{side}__month__gte": f"{span.first_day:%Y-%m}"})
    months &= Q(**{f"{side}__month__lte": f"{span.last_day:%Y-%m}"})
    found = Q(**{f"{side}__place__startswith": figure.region_code})
    found &= months | Q(**{f"{side}__month": ""})
    for name, codes in (("program", figure.programs), ("category", figure.categories)):
        if codes:
            found &= Q(**{f"{side}__{name}__in": [*codes, ""]})
    return found


class ReconciledLineQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of_cells(self) -> Self:
        return self.filter(way="cell")

    def of_people(self) -> Self:
        return self.exclude(way="cell")

    def behind(self, figure: Figure) -> Self:
        """Differences of people that a figure counts on either side."""
        return self.filter(_in_figure("theirs", figure) | _in_figure("ours", figure))

    def matching(self, *, way: str = "", name: str = "") -> Self:
        """Differences of one way, or of people named so."""
        rows = self.filter(way=way) if way else self
        return rows.filter(name__contains=name) if name else rows
