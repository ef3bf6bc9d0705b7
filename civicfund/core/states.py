"""Moves between states: the allowed ones stand beside the states, this carries them out."""

from collections.abc import Mapping
from typing import Any

from civicfund.core.db import lock
from civicfund.core.enums import Labelled
from civicfund.core.errors import NotAllowedNow


def advance(row: Any, *, to: Labelled) -> None:
    """Move `row.state` to `to` if `row.MOVES` allows it; the row stays locked to the end.

    Raises `NotAllowedNow` when the row, read again under its lock, is not where this move begins.
    """
    lock(row)
    moves: Mapping[Labelled, frozenset[Labelled]] = row.MOVES
    if to not in moves.get(row.state, frozenset()):
        raise NotAllowedNow(state=row.state.label)
    row.state = to
