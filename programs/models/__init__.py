from programs.models.documents import QuotaDocument, QuotaLine
from programs.models.experts import Expert, TeamKind, TitleGrade
from programs.models.plans import Plan, Quota
from programs.models.postings import Posting, PostingKind
from programs.models.posts import PostCeiling
from programs.models.programs import Fund, Program

__all__ = [
    "Expert",
    "Fund",
    "Plan",
    "PostCeiling",
    "Posting",
    "PostingKind",
    "Program",
    "Quota",
    "QuotaDocument",
    "QuotaLine",
    "TeamKind",
    "TitleGrade",
]
