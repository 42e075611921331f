"""What is taught: institutions, classes, and the ledger of who was in which class."""

from training.models.changes import DraftRow, RowChange
from training.models.classes import Institution, Occupation, SkillLevel, TrainingClass
from training.models.ledger import Enrollment

__all__ = [
    "DraftRow",
    "Enrollment",
    "Institution",
    "Occupation",
    "RowChange",
    "SkillLevel",
    "TrainingClass",
]
