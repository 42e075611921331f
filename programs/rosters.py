"""Acts that a roster brings: many rows at once, within the transaction of its import."""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange import rollups
from exchange.imports.kinds import Incoming
from exchange.jobs import JobRefused
from exchange.submissions.closing import HOLD_COUNTY
from programs.handing_down import CHANGED, hold_still
from programs.models import Expert, Plan, PostCeiling, Posting, QuotaDocument
from programs.quota_book import Paper, draw_up, issue
from programs.services import QuotaTrouble
from talent.services import register_who_serves

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("postings entered"),
    gettext_noop("experts listed"),
    gettext_noop("posts listed"),
)

PARENTS_CHANGED = """
SELECT quota.version <> judged.version
FROM programs_quota AS quota
JOIN (SELECT parent, min(version) AS version FROM incoming GROUP BY parent) AS judged
    ON judged.parent = quota.id
"""
PARENTS = "SELECT DISTINCT parent FROM incoming"
# What each place gains or loses so that it holds what its row says.
GIVEN = """
CREATE TEMP TABLE given ON COMMIT DROP AS
SELECT parent.plan_id, incoming.document_number, incoming.dated, incoming.sheet, incoming.line,
    incoming.region_code, parent.program_id,
    parent.listed_apart OR coalesce(incoming.apart, '') = 'yes' AS listed_apart,
    incoming.amount - coalesce(quota.amount, 0) AS change
FROM incoming JOIN programs_quota AS parent ON parent.id = incoming.parent
LEFT JOIN programs_quota AS quota
    ON quota.parent_id = parent.id AND quota.region_code = incoming.region_code
    AND quota.listed_apart = (parent.listed_apart OR coalesce(incoming.apart, '') = 'yes')
WHERE incoming.amount <> coalesce(quota.amount, 0)
"""
# The papers of the file; what takes goes first, so that another may give it.
PAPERS = """
SELECT plan_id, document_number, dated, bool_and(change > 0) FROM given
GROUP BY plan_id, document_number, dated ORDER BY sum(change), plan_id, document_number, dated
"""
LINES = """
INSERT INTO programs_quotaline
    (document_id, region_code, program_id, listed_apart, change, sheet, line)
SELECT %(document)s, region_code, program_id, listed_apart, change,
    CASE WHEN %(batch)s IS NOT NULL THEN sheet END, CASE WHEN %(batch)s IS NOT NULL THEN line END
FROM given WHERE plan_id = %(plan)s AND document_number = %(number)s
    AND dated IS NOT DISTINCT FROM %(dated)s
ORDER BY sheet, line
"""


@transaction.atomic
def hand_down_many(incoming: Incoming, *, by: User | None) -> int:
    """Hand down the quotas of the table `incoming`; returns how many rows it has.

    Each paper of the file becomes a document of the region that hands down, issued today
    where the file gives no date. A parent that was changed since the file was judged, or a
    paper that cannot be issued, refuses the whole file: raises JobRefused with the sentence.
    """
    with connection.cursor() as cursor:
        cursor.execute(PARENTS)
        hold_still([parent for (parent,) in cursor.fetchall()])
        cursor.execute(PARENTS_CHANGED)
        if any(changed for (changed,) in cursor.fetchall()):
            raise JobRefused(CHANGED)
        cursor.execute(GIVEN)
        cursor.execute(PAPERS)
        for paper in cursor.fetchall():
            _issue(cursor, incoming, *paper, by=by)
        cursor.execute("DROP TABLE given")
        cursor.execute("SELECT count(*) FROM incoming")
        return int(cursor.fetchone()[0])


def _issue(
    cursor: CursorWrapper,
    incoming: Incoming,
    plan: int,
    number: str,
    dated: datetime.date | None,
    gives: bool,
    *,
    by: User | None,
) -> None:
    kind = QuotaDocument.Kind.BREAK_DOWN if gives else QuotaDocument.Kind.ADJUST
    document = draw_up(
        plan=Plan.objects.get(pk=plan),
        region_code=incoming.region_code,
        kind=kind,
        paper=Paper(number=number, dated=dated or timezone.localdate()),
        by=by,
    )
    batch = incoming.batch.pk if incoming.batch else None
    facts = {"document": document.pk, "batch": batch, "plan": plan, "number": number}
    cursor.execute(LINES, facts | {"dated": dated})
    QuotaDocument.objects.filter(pk=document.pk).update(import_batch=batch)
    try:
        issue(document=document, by=by)
    except QuotaTrouble as trouble:
        raise JobRefused(trouble.sentence, **trouble.params) from trouble


# The look that counts: who judged the file did not hold the county's lock.
POSTED = """
INSERT INTO programs_posting (
    person_id, kind, sending_unit, post, county_code, region_code, start_date, end_date,
    document_number, remark, import_batch_id, sheet, line, entered_by, version, created_at)
SELECT person.id, incoming.kind, incoming.sending_unit, coalesce(incoming.post, ''), %(county)s,
    incoming.region_code, incoming.start_date, incoming.end_date,
    coalesce(incoming.document_number, ''), coalesce(incoming.remark, ''), %(batch)s,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.sheet END,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.line END, %(user)s, 1, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
WHERE NOT EXISTS (
    SELECT FROM programs_posting AS other
    WHERE other.person_id = person.id AND other.county_code = %(county)s
        AND other.start_date <= coalesce(incoming.end_date, 'infinity')
        AND incoming.start_date <= coalesce(other.end_date, 'infinity'))
ORDER BY incoming.sheet, incoming.line
"""
EXPERTS_LISTED = """
INSERT INTO programs_expert (
    person_id, team, county_code, unit, title, grade, specialty, start_date,
    import_batch_id, sheet, line, entered_by, version, created_at)
SELECT person.id, incoming.team, %(county)s, incoming.unit, coalesce(incoming.title, ''),
    coalesce(incoming.grade, ''), incoming.specialty, incoming.start_date, %(batch)s,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.sheet END,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.line END, %(user)s, 1, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
ORDER BY incoming.sheet, incoming.line
ON CONFLICT (county_code, person_id, team) DO NOTHING
"""
POSTS_LISTED = """
INSERT INTO programs_postceiling (
    county_code, unit, series, total, senior, intermediate, special, filled_senior,
    filled_intermediate, filled_special, document_number, as_of, import_batch_id, sheet, line,
    entered_by, created_at)
SELECT %(county)s, unit, coalesce(series, ''), total, senior, intermediate,
    coalesce(special, 0), filled_senior, filled_intermediate, coalesce(filled_special, 0),
    coalesce(document_number, ''), as_of, %(batch)s,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.sheet END,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.line END, %(user)s, now()
FROM incoming ORDER BY incoming.sheet, incoming.line
ON CONFLICT (county_code, unit, series, as_of) DO NOTHING
"""


def post_many(incoming: Incoming, *, by: User | None) -> int:
    """Enter the postings of the table `incoming`; returns how many are new.

    A row whose person has been posted in the county for one of its days meanwhile is
    passed over.
    """
    return _enter(Posting, POSTED, "programs.postings.entered", incoming, by)


def list_experts(incoming: Incoming, *, by: User | None) -> int:
    """List the experts of the table `incoming`; returns how many are new."""
    return _enter(Expert, EXPERTS_LISTED, "programs.experts.listed", incoming, by)


def list_posts(incoming: Incoming, *, by: User | None) -> int:
    """List the posts of the units of the table `incoming`; returns how many are new."""
    verb = "programs.posts.listed"
    return _enter(PostCeiling, POSTS_LISTED, verb, incoming, by, names_people=False)


# What came in, for the figures.
ARRIVED = "DROP TABLE IF EXISTS arrived; CREATE TEMP TABLE arrived ON COMMIT DROP AS TABLE {table}"
ARRIVING = "WITH added AS ({statement} RETURNING *) INSERT INTO arrived SELECT * FROM added"


def _enter(
    model: type[Posting] | type[Expert] | type[PostCeiling],
    statement: str,
    verb: str,
    incoming: Incoming,
    by: User | None,
    *,
    names_people: bool = True,
) -> int:
    batch = incoming.batch
    facts = {
        "county": incoming.region_code,
        "batch": batch.pk if batch else None,
        "user": by.pk if by else None,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, facts)
        if names_people:
            register_who_serves(cursor, incoming.region_code)
        cursor.execute(ARRIVED.format(table=model._meta.db_table) + " WITH NO DATA")
        cursor.execute(ARRIVING.format(statement=statement), facts)
        written = int(cursor.rowcount)
        rollups.move(model, came="arrived")
        audit.record(
            verb,
            by=by,
            target=batch,
            region_code=incoming.region_code,
            changes={"rows": written},
        )
    return written
