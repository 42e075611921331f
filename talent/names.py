"""Names as people write them: kept as written, searched by a folded key or by initials.

Every character that GB 18030 has may stand in a name, those of the supplementary planes
too, so nothing here maps a Chinese character to another one except for private-use codes
of old systems, and those only in the search key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_noop as _
from pypinyin import Style, lazy_pinyin

from core.repairs import (
    BLANK,
    Repair,
    Step,
    drop_invisible,
    drop_text_mark,
    half_width_alphanumeric,
    plain_spaces,
    repair_column,
    take_steps,
)
from core.troubles import Trouble

NAME_LENGTH: Final = 100
INITIALS_LENGTH: Final = 50
DOT: Final = "\u00b7"

# Dots that offices type for U+00B7 and that mean nothing else in a name.
_DOTS = "\u02d9\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f\ufe52\uff65"
# Full stops: a dot only where they stand between two letters that are not Latin.
_STOPS = ".\u3002\uff0e\uff61"
_LETTER = r"[^\W\d_A-Za-zＡ-Ｚａ-ｚ]"

_dots = re.compile(f"[{DOT}{_DOTS}]+")
_stops = re.compile(rf"(?<={_LETTER})[ {BLANK}]*[{_STOPS}]+[ {BLANK}]*(?={_LETTER})")
_around_dot = re.compile(f" *{DOT} *")
_short_chinese = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003ffff]+").fullmatch
_suspicious = re.compile(rf"[^一-鿿{DOT}\0]|{DOT}{DOT}")
_plain = re.compile(r"[一-鿿]{2,10}").fullmatch
_dot_place = re.compile(f"^{DOT}|{DOT}$|{DOT} *{DOT}").search

# Beside letters and marks: the dot, a space inside, Tibetan's point between syllables, 〇,
# and the mark before a last vowel of Mongolian, which shows nothing by itself.
_ALLOWED: Final = frozenset(f"{DOT} \u0f0b\u3007\u180e")


class NameTrouble(Trouble):
    """What is wrong with a name."""

    MISSING = "name-missing", _("The name is missing. Fill it in.")
    LENGTH = "name-length", _("The name has more than 100 characters. Check it against the card.")
    CHARACTERS = (
        "name-characters",
        _(
            "The name contains a digit or a mark that no name has. "
            "Write it as on the card; the parts of a minority name are joined by ·."
        ),
    )


def judge_name(name: str) -> NameTrouble | None:
    """The trouble of a repaired name, or None."""
    if _plain(name):
        return None
    if not name.strip():
        return NameTrouble.MISSING
    if len(name) > NAME_LENGTH:
        return NameTrouble.LENGTH
    if _dot_place(name) or not all(map(_may_stand_in_a_name, name)):
        return NameTrouble.CHARACTERS
    return None


def judge_names(names: Sequence[str]) -> list[NameTrouble | None]:
    """`judge_name` for a column, in its order."""
    return [None if _plain(name) else judge_name(name) for name in names]


def _may_stand_in_a_name(character: str) -> bool:
    """Letters and their marks, private use, and the ideographic planes whatever Python knows of them."""
    if character in _ALLOWED or "\U00020000" <= character <= "\U0003fffd":
        return True
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Co"


def repair_name(raw: str) -> tuple[str, list[Repair]]:
    """The name with its dot as U+00B7 and without padding, and the kinds of repair."""
    return take_steps(raw, _STEPS)


def repair_name_column(cells: list[str]) -> tuple[list[str], dict[str, int]]:
    """`repair_name` over a column: the cells, and how many of them each kind changed."""
    return repair_column(cells, _suspicious, repair_name)


def _one_dot(name: str) -> str:
    return _dots.sub(DOT, _stops.sub(DOT, name))


def _name_spaces(name: str) -> str:
    """Offices pad two characters to the width of three; the words of a longer name stay apart."""
    tidy = _around_dot.sub(DOT, plain_spaces(name))
    closed = tidy.replace(" ", "")
    return closed if len(closed) <= 4 and _short_chinese(closed) else tidy


_STEPS: Final[tuple[Step, ...]] = (
    (Repair.ZERO_WIDTH, drop_invisible),
    (Repair.NAME_DOT, _one_dot),
    (Repair.FULL_WIDTH, half_width_alphanumeric),
    (Repair.SPACES, _name_spaces),
    (Repair.APOSTROPHE, drop_text_mark),
)


def _private_use() -> dict[str, str]:
    """Characters that GBK and GB 18030-2000 had in private use, by their present code.

    Bytes FE50 to FEA0 were U+E815 to U+E864; the codec knows all but the 14 that
    GB 18030-2005 left there and Unicode 4.1 and the supplementary plane have taken up since.
    """
    trail = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    known = {
        chr(0xE815 + place): bytes((0xFE, byte)).decode("gb18030")
        for place, byte in enumerate(trail)
    }
    left = dict(
        zip(
            "\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
            "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f"
            "\u9fb9\u9fba\U000241fe\u9fbb",
            strict=True,
        )
    )
    return known | left


_PRIVATE_USE: Final = _private_use()


class _Folds(dict[str, str]):
    """What a character becomes in a search key."""

    def __missing__(self, character: str) -> str:
        return self.setdefault(character, self._fold(character))

    @staticmethod
    def _fold(character: str) -> str:
        if character in _PRIVATE_USE:
            return _PRIVATE_USE[character]
        if character in _DOTS or character in _STOPS or character == DOT:
            return ""
        if "\uf900" <= character <= "\ufaff" or character >= "\U00020000":
            return character  # normal forms would put another character in its place
        folded = unicodedata.normalize("NFKC", character).casefold()
        return "".join(part for part in folded if not _is_blank(part))


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


_folds = _Folds()


def fold_name(name: str) -> str:
    """The search key: no dots, spaces or invisible marks, letters half-width and small."""
    return "".join(map(_folds.__getitem__, name))[:NAME_LENGTH]


def fold_names(names: Sequence[str]) -> list[str]:
    """`fold_name` for a column, in its order."""
    fold = _folds.__getitem__
    if all(fold(character) == character for character in set("".join(names))):
        return [name[:NAME_LENGTH] for name in names]
    return ["".join(map(fold, name))[:NAME_LENGTH] for name in names]


# Read otherwise as a surname than elsewhere, where that changes the first letter.
_SURNAMES: Final = {
    "单": "s",
    "仇": "q",
    "解": "x",
    "曾": "z",
    "查": "z",
    "区": "o",
    "翟": "z",
    "乐": "y",
    "折": "s",
    "秘": "b",
    "种": "c",
    "祭": "z",
    "佴": "n",
    "覃": "q",
    "阚": "k",
    "藏": "z",
    "繁": "p",
    "句": "g",
}
_TWO_CHARACTER_SURNAMES: Final = {"尉迟": "yc", "万俟": "mq", "澹台": "tt"}


class _Initials(dict[str, str]):
    """The small first letter of a character's pinyin; a Latin letter is its own, others have none."""

    def __missing__(self, character: str) -> str:
        letter = lazy_pinyin(_PRIVATE_USE.get(character, character), style=Style.FIRST_LETTER)[0]
        known = letter[:1] if letter[:1].isascii() and letter[:1].isalpha() else ""
        return self.setdefault(character, known.lower())


_initials = _Initials()


def name_initials(name: str) -> str:
    """Small first letters ("zs" for 张三); a surname is read as one unless a dot shows that there is none."""
    return name_initials_many([name])[0]


def name_initials_many(names: Sequence[str]) -> list[str]:
    """`name_initials` for a column, in its order."""
    letter, one, two = _initials.__getitem__, _SURNAMES, _TWO_CHARACTER_SURNAMES
    found = []
    for name in names:
        letters = "".join(map(letter, name))
        if DOT not in name:
            surname = two.get(name[:2]) or one.get(name[:1], "")
            letters = surname + letters[len(surname) :]
        found.append(letters[:INITIALS_LENGTH])
    return found
