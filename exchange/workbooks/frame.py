"""The printed frame around the rows of a sheet: head above, column headings, foot below.

A band is one line of the frame; its spans say what stands in which columns. Bands know no line
numbers, so that the same head can be set on every sheet that a long table runs over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from exchange.workbooks import pictures
from exchange.workbooks.specs import Column, Foot, Head, HeadLabels
from exchange.workbooks.styles import BODY_POINTS, NUMBER_OF, TITLE_POINTS
from exchange.workbooks.texts import (
    LINE_HEIGHT,
    column_letters,
    display_width,
    fitted,
    text_cell,
    wrapped_lines,
    xml_text,
)

TITLE_HEIGHT = 33.0  # points


@dataclass(frozen=True)
class Span:
    """A text over the columns `first` to `last` and over `down` more lines below."""

    first: int
    last: int
    text: str
    style: str
    down: int = 0


@dataclass(frozen=True)
class Band:
    spans: Sequence[Span]
    height: float = LINE_HEIGHT

    def xml(self, line: int) -> str:
        cells = "".join(_span_xml(span, line) for span in self.spans)
        return f'<row r="{line}" ht="{self.height:g}" customHeight="1">{cells}</row>'

    def merges(self, line: int) -> list[str]:
        """References of the merged areas, the band standing on `line`."""
        return [
            f"{column_letters(each.first)}{line}:{column_letters(each.last)}{line + each.down}"
            for each in self.spans
            if each.last > each.first or each.down
        ]


def _span_xml(span: Span, line: int) -> str:
    # Every cell of a merged area carries the style: its border is drawn cell by cell.
    style = NUMBER_OF[span.style]
    texts = [fitted(span.text), *[""] * (span.last - span.first)]
    return "".join(
        f'<c r="{column_letters(index)}{line}"{text_cell(text, style)}'
        for index, text in enumerate(texts, span.first)
    )


def head_bands(head: Head | None, labels: HeadLabels, widths: Sequence[float]) -> list[Band]:
    """Title, then the block of table number and authorities, then office, period and unit."""
    if head is None:
        return []
    last = len(widths) - 1
    title = Band([Span(0, last, str(head.title), "title")], TITLE_HEIGHT)
    return [title, *_block(head, labels, widths), *_heading_line(head, labels, widths)]


def block_texts(head: Head, labels: HeadLabels) -> list[str]:
    """The lines at the top right: 表号, 制定机关, 批准机关, 文号, 有效期."""
    pairs = (
        (labels.table_number, head.table_number),
        (labels.issued_by, head.issued_by),
        (labels.approved_by, head.approved_by),
        (labels.document_number, head.document_number),
        (labels.valid_until, head.valid_until),
    )
    return [f"{label}{labels.colon}{value}" for label, value in pairs if value]


def _block(head: Head, labels: HeadLabels, widths: Sequence[float]) -> list[Band]:
    texts = block_texts(head, labels)
    first, last = len(widths) - 1, len(widths) - 1
    needed = max(map(display_width, texts), default=0) + 2
    while first > 0 and sum(widths[first:]) < needed:
        first -= 1
    return [Band([Span(first, last, text, "left")]) for text in texts]


def line_texts(head: Head, labels: HeadLabels) -> list[tuple[str, str]]:
    """The three texts of the line above the table, each with its place."""
    return [
        (_labeled(labels.reporting_office, labels.colon, head.reporting_office), "left"),
        (str(head.period), "center"),
        (_labeled(labels.unit, labels.colon, head.unit), "right"),
    ]


def _labeled(label: str, colon: str, value: str) -> str:
    return f"{label}{colon}{value}" if value else ""


def _heading_line(head: Head, labels: HeadLabels, widths: Sequence[float]) -> list[Band]:
    texts = line_texts(head, labels)
    if not any(text for text, _ in texts):
        return []
    if len(widths) < len(texts):  # too narrow for three places side by side
        last = len(widths) - 1
        return [Band([Span(0, last, text, place)]) for text, place in texts if text]
    return [_side_by_side(texts, widths)]


def _side_by_side(texts: Sequence[tuple[str, str]], widths: Sequence[float]) -> Band:
    """Texts with their styles, each over a share of the columns; equal shares if all fit."""
    needed = [display_width(text) + 2.0 for text, _ in texts]
    slack = max(sum(widths) - sum(needed), 0) / len(needed)
    equal = sum(widths) / len(needed)
    fits = max(needed) <= equal
    areas = shares(widths, [equal] * len(needed) if fits else [each + slack for each in needed])
    return Band(
        [
            Span(first, last, text, style)
            for (first, last), (text, style) in zip(areas, texts, strict=True)
        ]
    )


def shares(widths: Sequence[float], goals: Sequence[float]) -> list[tuple[int, int]]:
    """First and last column of neighboring areas about as wide as `goals`, none empty."""
    edges = [0.0, *accumulate(widths)]
    cuts, goal = [0], 0.0
    for number, each in enumerate(goals[:-1], 1):
        goal += each
        free = range(cuts[-1] + 1, len(widths) - len(goals) + number + 1)
        cuts.append(min(free, key=lambda cut: abs(edges[cut] - goal)))
    return [(first, following - 1) for first, following in pairwise([*cuts, len(widths)])]


def heading_bands(
    columns: Sequence[Column],
    widths: Sequence[float],
    aside: Sequence[Column] = (),
    beside: Sequence[float] = (),
) -> list[Band]:
    """Headings of the columns: groups where there are any, titles, codes where there are any.

    Columns aside, with their widths `beside`, have a title and nothing else.
    """
    bands = []
    grouped = any(each.group for each in columns)
    if grouped:
        bands.append(Band(_group_spans(columns)))
    titles = [
        Span(index, index, "" if grouped and not each.group else str(each.title), "heading")
        for index, each in enumerate(columns)
    ]
    titles += [
        Span(index, index, str(each.title), "heading")
        for index, each in enumerate(aside, len(columns))
    ]
    lines = _title_lines([*columns, *aside], [*widths, *beside])
    bands.append(Band(titles, LINE_HEIGHT * lines + 6))
    if any(each.code for each in columns):
        bands.append(Band([Span(i, i, each.code, "code") for i, each in enumerate(columns)]))
    return bands


def _group_spans(columns: Sequence[Column]) -> list[Span]:
    spans = []
    for group, members in groupby(enumerate(columns), key=lambda pair: pair[1].group):
        places = list(members)
        if group:
            spans.append(Span(places[0][0], places[-1][0], str(group), "heading"))
        else:
            spans += [Span(i, i, str(each.title), "heading", down=1) for i, each in places]
    return spans


def _title_lines(columns: Sequence[Column], widths: Sequence[float]) -> int:
    return max(
        wrapped_lines(str(each.title), max(width - 1, 1))
        for each, width in zip(columns, widths, strict=True)
    )


def foot_bands(foot: Foot | None, labels: HeadLabels, widths: Sequence[float]) -> list[Band]:
    """An empty line, the signature lines, the notes, the line of the picture."""
    if foot is None:
        return []
    bands = [Band([Span(0, 0, "", "left")])]
    bands += [_pairs_band(pairs, labels, widths) for pairs in foot.lines]
    bands += [_note_band(str(note), widths) for note in foot.notes]
    if foot.picture:
        bands.append(Band([Span(0, 0, "", "left")], pictures.HEIGHT))
    return bands


def _pairs_band(
    pairs: Sequence[tuple[str, str]], labels: HeadLabels, widths: Sequence[float]
) -> Band:
    texts = [f"{label}{labels.colon}{value}" if label else str(value) for label, value in pairs]
    most = len(widths)
    if len(texts) > most:  # one text a column at most: the rest joins the last one
        texts[most - 1 :] = ["  ".join(texts[most - 1 :])]
    return _side_by_side([(text, "left") for text in texts], widths)


def _note_band(note: str, widths: Sequence[float]) -> Band:
    # Merged cells do not grow with their text, so the height is reckoned here.
    lines = wrapped_lines(note, max(sum(widths) - 2, 1))
    return Band([Span(0, len(widths) - 1, note, "note")], LINE_HEIGHT * lines)


def least_width(head: Head | None, labels: HeadLabels) -> float:
    """Width a sheet needs for its head, in characters of the body font."""
    if head is None:
        return 0
    line = sum(display_width(text) + 2 for text, _ in line_texts(head, labels))
    title = display_width(str(head.title)) * TITLE_POINTS / BODY_POINTS + 4
    return max(title, line, *[display_width(text) + 2 for text in block_texts(head, labels)])


def page_footer_xml(labels: HeadLabels) -> str:
    text = xml_text(f"&C{labels.page_footer}")
    return f"<headerFooter><oddFooter>{text}</oddFooter></headerFooter>"
