"""The rules over what came of a class, in the order in which they are judged."""

from training.rules.certificates import CERTIFICATE_RULES
from training.rules.claims import CLAIM_RULES
from training.rules.exams import EXAM_RULES
from training.rules.following import TRAINEES_ARE_FOLLOWED_UP
from training.rules.quality import CLASS_QUALITY

FACT_RULES = (
    *EXAM_RULES,
    *CERTIFICATE_RULES,
    *CLAIM_RULES,
    TRAINEES_ARE_FOLLOWED_UP,
    CLASS_QUALITY,
)
