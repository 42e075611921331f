"""What is taught: institutions, classes, the ledger of who was in which class, and what came of it."""

from training.models.changes import DraftRow, RowChange
from training.models.classes import Institution, Occupation, SkillLevel, TrainingClass
from training.models.filing import (
    ClassFiling,
    ClassVisit,
    Lesson,
    LicensedScope,
    RollCall,
    Teacher,
)
from training.models.ledger import Enrollment
from training.models.list_checks import ListCheck
from training.models.outcomes import (
    Claim,
    ClaimLine,
    ExamEntry,
    ExamRoll,
    FollowUp,
    Objection,
)
from training.models.reconciling import ReconciledLine, Reconciliation

__all__ = [
    "Claim",
    "ClaimLine",
    "ClassFiling",
    "ClassVisit",
    "DraftRow",
    "Enrollment",
    "ExamEntry",
    "ExamRoll",
    "FollowUp",
    "Institution",
    "Lesson",
    "LicensedScope",
    "ListCheck",
    "Objection",
    "Occupation",
    "ReconciledLine",
    "Reconciliation",
    "RollCall",
    "RowChange",
    "SkillLevel",
    "Teacher",
    "TrainingClass",
]
