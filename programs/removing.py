"""What goes when a roster of postings, of experts or of posts is taken back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop

from exchange.imports.removal import Part, Removal
from exchange.submissions.closing import HOLD_COUNTY
from programs.models import Expert, PostCeiling, Posting
from talent.models import Person

ROWS_CHANGED = gettext_noop(
    "%(number)s rows of this import were changed since, and the changes would be lost. Correct "
    "them one by one instead."
)


def _removal(model: type[models.Model]) -> Removal:
    """The import's rows of a table, and the people whom only they registered."""
    own = "import_batch_id = %(batch)s"
    moments = f"SELECT created_at FROM {model._meta.db_table} WHERE {own}"
    newly = f"county_code = %(county)s AND created_at IN ({moments}) AND version = 1"
    return Removal(
        parts=(Part(model, own), Part(Person, newly)),
        touched=(("version <> 1", ROWS_CHANGED),),
        lock=HOLD_COUNTY,
    )


POSTINGS_REMOVAL, EXPERTS_REMOVAL = _removal(Posting), _removal(Expert)
# Posts are listed anew for another day; nobody changes a line.
POSTS_REMOVAL = Removal(
    parts=(Part(PostCeiling, "import_batch_id = %(batch)s"),), touched=(), lock=HOLD_COUNTY
)
