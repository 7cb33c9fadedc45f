"""A function that was right when it was checked and was lost further down in the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.text import _

__all__ = ["Versioned", "best_version"]


class Versioned(Protocol):
    """Where a notebook runs whose functions can be used as they were earlier."""

    def others(self, name: str) -> Mapping[str, int]:
        """Kinds of earlier versions of a function, best first, each with the index of its cell."""
        ...

    def use(self, name: str, kind: str) -> None:
        """Use one of them from now on; for an empty kind the function as it is at the end."""
        ...


def best_version(judge: Callable[[int | None], Verdict], name: str, place: Versioned, again: Versioned) -> Verdict:
    """Judge a function as it is at the end of the notebook and, where it is not right, as it was earlier.

    An earlier one that is right stays in use for the functions that call it.

    Args:
        judge: Judges the function, as it is in use; takes how many cells of the notebook count, or None for all.
        name: Its name.
        place: Where it is called.
        again: Where it is called once more, with right ones in place of others.

    Returns:
        The verdict on the first that is right, else on the function as it is at the end.
    """
    verdict = judge(None)
    if verdict.outcome == "right":
        return verdict
    for kind, cell in place.others(name).items():
        place.use(name, kind)
        again.use(name, kind)
        found = judge(max(cell, 0) + 1)
        if found.outcome == "right":
            words = _("Judged as it was in code cell {number}: further down in the notebook it was lost.")
            return replace(found, notes=(*found.notes, words.format(number=cell + 1)))
    place.use(name, "")
    again.use(name, "")
    return verdict
