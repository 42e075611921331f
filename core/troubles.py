"""What can be wrong, each trouble with its code and the sentence for the user."""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterator
from typing import Self

from django.utils.translation import gettext

# What the system says when a disk, or a user's part of it, is full.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def beneath(trouble: BaseException | None) -> Iterator[BaseException]:
    """An exception and those it came from, as psycopg2's lies beneath Django's."""
    while trouble is not None:
        yield trouble
        trouble = trouble.__cause__ or trouble.__context__


class Trouble(enum.Enum):
    """Members are written NAME = "code", _("sentence"), with gettext_noop as _.

    `value` is the code and `sentence` the untranslated message, as findings carry it;
    str() is the sentence in the reader's language.
    """

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        trouble = object.__new__(cls)
        trouble._value_ = code
        trouble.sentence = sentence
        return trouble

    def __str__(self) -> str:
        return gettext(self.sentence)
