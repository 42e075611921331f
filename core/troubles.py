"""What can be wrong with a value, each trouble with its code and the sentence for the user."""

from __future__ import annotations

import enum
from typing import Self

from django.utils.translation import gettext


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
