"""Why a file is refused, in the one sentence its owner reads."""

from django.utils.translation import gettext


def _(sentence: str) -> str:
    """Mark for translation. Django's own way needs settings; the reading process has none."""
    return sentence


_SENTENCES = {
    "empty": _(
        "The file has no content: check that the right file was saved, then upload it again."
    ),
    "too-large": _(
        "The file is larger than %(megabytes)s MB: split it into smaller files and upload them one by one."
    ),
    "bomb": _(
        "Unpacked, the file grows beyond any roster: "
        "remove pictures and formatted empty rows, save it again and upload it."
    ),
    "not-a-spreadsheet": _(
        "This is not a spreadsheet, whatever its name says: upload an .xlsx, .xls, .ods or .csv file."
    ),
    "web-page": _(
        "This is a web page without a roster, perhaps a login or error page: "
        "open it in a browser to see what it says, then export the roster again."
    ),
    "web-archive": _(
        "This is a web archive named as a spreadsheet: "
        "open it in a spreadsheet program, save it as .xlsx and upload that file."
    ),
    "encrypted": _(
        "The file is protected by a password: remove the password, save it and upload it again."
    ),
    "macro": _(
        "The file carries macros that its name hides: save it as an .xlsx workbook without macros."
    ),
    "unsafe": _(
        "The file holds parts that no spreadsheet program writes: "
        "copy the table into a new workbook and upload that one."
    ),
    "too-many-rows": _(
        "The file has more than %(rows)s rows: "
        "delete the rows outside the table or split it, then upload it again."
    ),
    "too-many-columns": _(
        "A sheet has more than %(columns)s columns: "
        "delete what stands to the right of the table, then upload it again."
    ),
    "too-many-cells": _(
        "The file has more than %(cells)s cells: "
        "clear the formatting outside the table or split it, then upload it again."
    ),
    "merges": _(
        "Merged cells cover far more than the table: cancel the merge of whole sheets, then upload it again."
    ),
    "encoding": _(
        "The text is in no known encoding (UTF-8, UTF-16 or GB18030): save the file as .xlsx and upload that."
    ),
    "open-quote": _(
        "The quotation mark opened on line %(line)s is never closed: correct that line and upload the file again."
    ),
    "unreadable": _(
        "The file is damaged and cannot be read: "
        "open it in a spreadsheet program, save it under a new name and upload that one."
    ),
}


class FileRefused(Exception):
    """A file that is not read: `code` is a stable slug, `str()` the translated sentence.

    `sentence` is the untranslated one, to be kept; `facts` fill it (`rows=200000`). An
    unknown code means "unreadable".
    """

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code = code if code in _SENTENCES else "unreadable"
        self.sentence = _SENTENCES[self.code]
        self.facts = facts

    def __str__(self) -> str:
        return gettext(self.sentence) % self.facts
