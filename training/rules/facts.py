"""The rules over what came of a class, in the order in which they are judged."""

from training.rules.exams import EXAM_RULES

FACT_RULES = (*EXAM_RULES,)
