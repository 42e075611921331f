"""Figures as boards show them, each with its address."""

from __future__ import annotations

from typing import Any

from exchange.amounts import Number
from exchange.board_figures import Board
from exchange.views.figure import told


def cell(board: Board, measure: str, value: Number | None, **narrower: Any) -> dict[str, Any]:
    """A figure of the board, or of a part of it, that leads to its page; nothing leads nowhere."""
    of = board.figure(measure, **narrower)
    return {**told(of, value), "url": of.url() if value else ""}


def kind_of(board: Board, measure: str) -> str:
    """How a measure is written: `number` or `percent`."""
    kind: str = told(board.figure(measure), 0)["kind"]
    return kind
