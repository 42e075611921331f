from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, Max, Min, OuterRef, Q, Sum, Value
from django.db.models.functions import Now

from core.access import Permission, scope_of
from core.querysets import RegionScopedQuerySet
from exchange.imports.kinds import all_kinds
from exchange.measures import settled_keys
from exchange.periods import Period

if TYPE_CHECKING:
    from core.models import User
    from exchange.models import ReportRun


class JobQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def abandoned(self) -> Self:
        """Running jobs whose worker has let the lease run out."""
        return self.filter(state="running", lease_until__lt=Now())

    def to_be_sent(self, older_than: datetime.timedelta) -> Self:
        """Jobs a worker should be woken for: abandoned, or queued and not taken up."""
        forgotten = Q(state="queued", queued_at__lt=Now() - older_than)
        return self.filter(forgotten | Q(state="running", lease_until__lt=Now()))


class ImportBatchQuerySet(JobQuerySet):
    permission = Permission.BRING_IN_FILES

    def visible_to(self, user: User, permission: Permission | None = None) -> Self:
        """Imports of each kind where the user may bring in that kind."""
        if permission is not None:
            return super().visible_to(user, permission)
        keys: dict[Permission, list[str]] = {}
        for kind in all_kinds():
            keys.setdefault(kind.permission, []).append(kind.key)
        seen = Q(pk__in=[])
        for needed, of_these in keys.items():
            for code in scope_of(user, needed).whole:
                seen |= self.in_region(code) & Q(kind__in=of_these)
        return self.filter(seen)

    def neglected(self, days: int) -> Self:
        """Imports that wait for a decision since so many days; what they staged was never taken."""
        since = Now() - datetime.timedelta(days=days)
        return self.filter(state="waiting", started_at__lt=since)

    def overseen_by(self, user: User) -> Self:
        """Imports to see and take back: of the user's own kinds, and where the user reviews."""
        return self.visible_to(user) | self.visible_to(user, Permission.REVIEW_LEDGER)

    def with_held_rows(self) -> Self:
        """Imports some of whose rows wait to be mended."""
        return self.filter(state__in=["waiting", "done"], held__gt=0)


class StagedRowQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def after(self, sheet: int, line: int) -> Self:
        """Rows that follow a line of the file."""
        return self.filter(Q(sheet=sheet, line__gt=line) | Q(sheet__gt=sheet))

    def breaking(self, rule: str) -> Self:
        """Rows of which a rule had something to say."""
        found = {"rule": rule, "sheet": F("sheet"), "line": F("line")}
        same = {f"batch__findings__{name}": value for name, value in found.items()}
        return self.filter(pk__in=self.filter(**same).values("pk"))


class NoticeQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> Self:
        """A user's own notices; nobody reads those of others."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def mail_due(self, now: datetime.datetime) -> Self:
        """Notices whose mail may go now, the oldest first."""
        return self.filter(mail_at__lte=now, recipient__is_active=True).order_by("mail_at", "id")


class ReceiptQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def of_submissions(self) -> Self:
        """Receipts of whole months, without those of single corrections."""
        return self.filter(kind="submission")


class SealFindingQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES


class StagedPageQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def starting_by(self, sheet: int, line: int) -> Self:
        """Pages whose first row is this line of the file or one above it."""
        return self.filter(Q(sheet=sheet, line__lte=line) | Q(sheet__lt=sheet))


class ReportRunQuerySet(JobQuerySet):
    permission = Permission.MAKE_REPORTS

    def openable_by(self, user: User) -> Self:
        """Reports made and still kept; with people's numbers only for who may see those."""
        in_time = Q(expires_at__gt=Now()) | Q(expires_at__isnull=True)
        kept = self.visible_to(user).filter(in_time, state="done").exclude(stored_as="")
        without_numbers = Q(parameters__numbers=0)
        allowed = kept.visible_to(user, Permission.SEE_PERSONAL_NUMBERS).values("pk")
        return kept.filter(without_numbers | Q(pk__in=allowed))

    def expired(self) -> Self:
        """Reports whose file is past its time and still there."""
        return self.filter(state="done", expires_at__lte=Now()).exclude(stored_as="")

    def made_on(self, run: ReportRun) -> Self:
        """Files of the same report, region and period that rest on the same basis, newest first."""
        same = {"report": run.report, "region_code": run.region_code, "period": run.period}
        made = self.filter(**same, basis=run.basis, state="done").exclude(stored_as="")
        return made.exclude(pk=run.pk).order_by("-id")


class ReportOrderQuerySet(RegionScopedQuerySet):
    permission = Permission.MAKE_REPORTS

    def running(self) -> Self:
        return self.filter(enabled=True)


class RollupQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def settled(self) -> Self:
        """The figures of submitted books, without those that say what is known today."""
        return self.filter(measure__in=settled_keys())

    def measured(self, measure: str) -> Self:
        return self.filter(measure=measure)

    def during(self, period: Period) -> Self:
        """Months that lie in the period."""
        return self.filter(month__gte=period.first_day, month__lte=period.last_day)

    def years(self) -> list[int]:
        """The years with an amount that is not 0, newest first."""
        span = self.model.objects.aggregate(first=Min("month"), last=Max("month"))
        if span["first"] is None:
            return []
        # One look at the index for each year: the rows of all of them are many.
        years = range(span["last"].year, span["first"].year - 1, -1)
        some = self.exclude(amount=0).order_by()
        one_of = [some.during(Period.parse(str(y))).values_list(Value(y))[:1] for y in years]
        found = one_of[0].union(*one_of[1:], all=True)
        return sorted((year for (year,) in found), reverse=True)

    def total(self) -> models.Value | int:
        """The sum of the amounts; 0 for no rows."""
        return self.aggregate(total=Sum("amount"))["total"] or 0

    def as_of(self) -> datetime.datetime | None:
        """When the newest of these figures was last changed."""
        newest: datetime.datetime | None = self.aggregate(at=Max("as_of"))["at"]
        return newest


class PeopleSetQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES


class SubmissionQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def of(self, book: str, county_code: str) -> Self:
        return self.filter(book=book, county_code=county_code)

    def closed(self) -> Self:
        """Months in which no row may come, go or change; one opened again only until its day."""
        after_its_day = Q(state="reopened", open_until__lt=Now())
        return self.filter(Q(state__in=["submitted", "accepted", "locked"]) | after_its_day)

    def expected(self) -> Self:
        """Months that the clock waits for, and that the county still has to submit."""
        return self.filter(state__in=["draft", "returned"], due_on__isnull=False)

    def to_submit(self) -> Self:
        """Months that the county still owes: expected ones, and those that came back to it."""
        return self.expected() | self.filter(state__in=["returned", "reopened"])

    def awaited(self) -> Self:
        """Months of which the clock looks whether somebody is to be reminded."""
        return self.expected() | self.filter(state__in=["returned", "submitted"])

    @staticmethod
    def late_q(today: datetime.date) -> Q:
        """Were due and have not come up, or came up after their day."""
        return Q(state__in=["draft", "returned"], due_on__lt=today) | ~Q(late_reason="")

    def late(self, today: datetime.date) -> Self:
        return self.filter(self.late_q(today))

    def during(self, period: Period) -> Self:
        """Months that lie in the period."""
        return self.filter(month__gte=period.first_day, month__lte=period.last_day)


class CorrectionQuerySet(RegionScopedQuerySet):
    region_column = "county_code"


class RestatementQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def during(self, period: Period) -> Self:
        """What was moved of months that lie in the period."""
        return self.filter(month__gte=period.first_day, month__lte=period.last_day)


class TableFilingQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def of(self, table: str, region_code: str, period: str) -> Self:
        """All rounds of one table, the newest first."""
        same = self.filter(table=table, region_code=region_code, period=period)
        return same.order_by("-round")

    def standing(self) -> Self:
        """What was not returned: the newest word of its office."""
        return self.exclude(state="returned")

    def newest(self) -> Self:
        """The newest round of each table, region and period."""
        later = self.model._default_manager.filter(
            table=OuterRef("table"),
            region_code=OuterRef("region_code"),
            period=OuterRef("period"),
            round__gt=OuterRef("round"),
        )
        return self.filter(~Exists(later))
