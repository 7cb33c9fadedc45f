"""The judge's word on one item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Outcome", "Verdict"]

Outcome = Literal["right", "wrong", "blank", "missing", "refused", "raised", "timeout", "died"]


@dataclass(frozen=True)
class Verdict:
    """The outcome for one item.

    Attributes:
        name: Name of the function.
        outcome: `right`; `wrong`; `blank` (not written yet); `missing` (no such function); `refused` (uses what it must
            not); `raised`, `timeout` or `died` (gave no answer).
        points: Points earned.
        out_of: Points the item is worth.
        sentence: What to tell the learner.
        mistake: The named mistake, in English, or empty.
        details: Further sentences: where and how large the first error is.
        notes: Remarks that cost nothing, such as float32.
        alone: Whether it is right only with earlier functions replaced by the course's.
    """

    name: str
    outcome: Outcome
    points: int
    out_of: int
    sentence: str
    mistake: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alone: bool = False
