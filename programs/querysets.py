from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from core.access import Permission
from core.querysets import RegionScopedQuerySet, meaning_one

if TYPE_CHECKING:
    from core.models import User
    from exchange.periods import Period


class ProgramQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Programs are public knowledge: no scope."""

    def under(self, code: str) -> Self:
        """The program and its parts."""
        return self.filter(Q(code=code) | Q(part_of=code))

    def by_any_name(self) -> dict[str, str]:
        """Codes by code and name."""
        return meaning_one((row[0], row) for row in self.values_list("code", "name"))


class QuotaQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def parents_in(self, region_code: str) -> dict[tuple[str, int, bool], dict[int, int]]:
        """The quotas a region hands down from, as {key: version}.

        By (program, year of the plan, listed apart). What is listed apart comes from a quota
        that is listed apart itself, or else stands beside the region's own.
        """
        rows = self.filter(region_code=region_code, plan__kind="year").order_by("pk")
        found: dict[tuple[str, int, bool], dict[int, int]] = {}
        named = "pk", "version", "program_id", "plan__first_day__year", "listed_apart"
        for pk, version, program, year, apart in rows.values_list(*named):
            found.setdefault((program, year, apart), {})[pk] = version
        beside = {(p, y, True): keys for (p, y, apart), keys in found.items() if not apart}
        return beside | found

    def handed_down(self, parents: Iterable[int]) -> dict[tuple[int, str, bool], tuple[int, int]]:
        """(amount, allotted) of what these quotas have given, by (parent, region, listed apart)."""
        named = "parent_id", "region_code", "listed_apart", "amount", "allotted"
        rows = self.filter(parent__in=parents).values_list(*named)
        return {tuple(key): (amount, allotted) for *key, amount, allotted in rows}

    def in_force_at(self, period: Period) -> Self:
        """Quotas of the plans that run at the end of the period."""
        return self.filter(
            plan__first_day__lte=period.last_day, plan__last_day__gte=period.last_day
        )

    def at(self, day: datetime.date) -> Self:
        """Quotas as the documents dated up to a day made them: amount_then, allotted_then, scheduled_then.

        A quota that no document of those days names is not there.
        """
        lines = self.model._meta.get_field("lines").related_model._default_manager.by(day)
        draws = Q(quota__listed_apart=False) | Q(quota__parent__listed_apart=True)
        found = self.annotate(
            amount_then=_sum(lines.filter(quota=OuterRef("pk"))),
            allotted_then=Coalesce(_sum(lines.filter(draws, quota__parent=OuterRef("pk"))), 0),
            scheduled_then=Coalesce(
                _sum(lines.filter(quota__phase_quota=OuterRef("pk"), quota__listed_apart=False)), 0
            ),
        )
        return found.filter(amount_then__isnull=False)

    def naming_document(self) -> Self:
        """With `document_number`, that of the newest document that moved each."""
        lines = self.model._meta.get_field("lines").related_model._default_manager.issued()
        newest = lines.filter(quota=OuterRef("pk")).order_by("-document__issued_at", "-pk")
        return self.annotate(
            document_number=Coalesce(Subquery(newest.values("document__number")[:1]), Value(""))
        )


class QuotaDocumentQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def visible_to(self, user: User, permission: Permission | None = None) -> Self:
        """Documents of the user's regions; to look at, also the issued ones that name a place there."""
        own = super().visible_to(user, permission)
        if (permission or self.permission) != self.permission:
            return own
        naming = self._lines().visible_to(user).values("document")
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=naming, state="issued"))

    def naming(self, region_code: str) -> Self:
        """Documents of a region and beneath, and the issued ones that name a place there."""
        naming = self._lines().within(region_code).values("document")
        return self.filter(self.in_region(region_code) | Q(pk__in=naming, state="issued"))

    def _lines(self) -> Any:
        return self.model._meta.get_field("lines").related_model._default_manager.all()


class QuotaLineQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def issued(self) -> Self:
        return self.filter(document__state="issued")

    def by(self, day: datetime.date) -> Self:
        """Lines of the issued documents dated up to a day."""
        return self.issued().filter(document__dated__lte=day)


def _sum(lines: models.QuerySet[Any]) -> Subquery:
    """What the lines add up to, for each row outside."""
    total = lines.order_by().annotate(every=Value(1)).values("every")
    return Subquery(total.annotate(total=Sum("change")).values("total"), models.BigIntegerField())


class PostingQuerySet(RegionScopedQuerySet):
    region_column = "county_code"

    def on(self, day: datetime.date) -> Self:
        """Postings that a day falls in."""
        return self.filter(Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day)

    def over(self, day: datetime.date) -> Self:
        """Postings that ended before a day."""
        return self.filter(end_date__lt=day)

    def spells_by_person(
        self, indexes: Iterable[bytes]
    ) -> dict[bytes, list[tuple[str, datetime.date, datetime.date | None]]]:
        """(kind, first day, last day) of these postings, by the person's blind index."""
        rows = self.filter(person__id_number_index__in=list(indexes))
        named = "person__id_number_index", "kind", "start_date", "end_date"
        found: dict[bytes, list[tuple[str, datetime.date, datetime.date | None]]] = {}
        for index, *spell in rows.order_by("start_date").values_list(*named):
            found.setdefault(bytes(index), []).append((spell[0], spell[1], spell[2]))
        return found


class ExpertQuerySet(RegionScopedQuerySet):
    region_column = "county_code"

    def listed(self, indexes: Iterable[bytes]) -> dict[tuple[bytes, str], datetime.datetime]:
        """When these experts were listed, by (blind index, team)."""
        rows = self.filter(person__id_number_index__in=list(indexes))
        named = "person__id_number_index", "team", "created_at"
        return {(bytes(index), team): at for index, team, at in rows.values_list(*named)}


class PostCeilingQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def newest(self) -> Self:
        """Of each unit and series the posts of the last day that they were listed for."""
        later = self.model._default_manager.filter(
            county_code=OuterRef("county_code"),
            unit=OuterRef("unit"),
            series=OuterRef("series"),
            as_of__gt=OuterRef("as_of"),
        )
        return self.filter(~Exists(later))
