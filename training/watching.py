"""What stands out among the certificates of a period: one issuer, very many in a month."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Rule, RuleBook, Severity
from exchange.anomalies import Anomaly, Watch
from exchange.figures import Figure
from exchange.periods import Period
from talent.models import Credential
from training.fact_measures import CERTIFICATES

MANY = gettext_noop("%(issuer)s issued %(figure)s certificates in this month, more than %(most)s.")
STEADILY = Rule(
    "training.certificates_come_steadily",
    _("certificates come steadily from those who issue them"),
    Severity.EXPLAIN,
    "未查到全国统一规定；审计案例：湖北省咸宁市一鉴定机构两个月内分25批发证2600个",
)
PARAMETERS = (gettext_noop("most"),)


def bursts(of: Figure, book: RuleBook) -> Iterator[Anomaly]:
    """Issuers with more certificates in a month than the value in force, in the figure's region."""
    period, counties = of.period, of.bounds().counties
    issued = Credential.objects.within(of.region_code).filter(
        state=Credential.State.VALID,
        issued_on__gte=period.first_day,
        issued_on__lte=period.last_day,
    )
    if counties is not None:
        issued = issued.filter(county_code__in=counties)
    months = issued.exclude(issuer="").annotate(month=TruncMonth("issued_on")).order_by()
    for each in months.values("issuer", "month").annotate(number=Count("pk")):
        most = book.value(STEADILY.key, "most", of.region_code, each["month"])
        if most is not None and each["number"] > most:
            params = {
                "issuer": each["issuer"],
                "figure": f"{each['number']:,}",
                "most": f"{most:,}",
            }
            month = Period.month_of(each["month"])
            figure = Figure(CERTIFICATES.key, of.region_code, month, area=of.area)
            yield Anomaly(STEADILY, figure, MANY, params, each["number"] - most)


CERTIFICATES_COME_STEADILY = Watch(STEADILY, PARAMETERS, bursts)
