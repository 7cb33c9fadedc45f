"""All that may stand in each line of a slice: what belongs there, and every single edit of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from gatedrnn_course.cells.edits.combine import everywhere_edits, touched
from gatedrnn_course.cells.edits.single import RULES, proposals, sites
from gatedrnn_course.cells.edits.site import Edit, Words, apply
from gatedrnn_course.cells.expr import Expr, names
from gatedrnn_course.cells.program import Program

__all__ = ["Reading", "edit_with", "further_readings", "in_fewer_words", "readings"]


@dataclass(frozen=True)
class Reading:
    """One way a line may stand in an answer.

    Attributes:
        expr: Its right-hand side.
        words: The mistakes in words; none where the line is right.
    """

    expr: Expr
    words: tuple[Words, ...] = ()

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The names on its right-hand side, once each."""
        return tuple(dict.fromkeys(names(self.expr)))


@lru_cache(maxsize=256)
def readings(slice_: Program) -> dict[str, tuple[Reading, ...]]:
    """For each line what may stand there: the right equation first, then its single edits, plainest first."""
    lines = {line.name: line for line in slice_.lines}
    rows = {name: [Reading(line.expr)] for name, line in lines.items()}
    for site in sites(slice_):
        rows[site.line].append(Reading(apply(site, (lines[site.line],))[0].expr, (site.words,)))
    return {name: tuple(found) for name, found in rows.items()}


@lru_cache(maxsize=256)
def further_readings(slice_: Program, name: str) -> tuple[Reading, ...]:
    """Two edits in one line, the plainest first ones first."""
    return tuple(_further(slice_, name))


def _further(slice_: Program, name: str) -> Iterator[Reading]:
    line = next(line for line in slice_.lines if line.name == name)
    seen = {reading.expr for reading in readings(slice_)[name]}
    for reading in readings(slice_)[name][1:]:
        edited = replace(line, expr=reading.expr)
        for rule in RULES:
            for site in proposals(rule, slice_, edited):
                expr = apply(site, (edited,))[0].expr
                if expr not in seen:
                    seen.add(expr)
                    yield Reading(expr, (*reading.words, site.words))


def edit_with(slice_: Program, chosen: Mapping[str, Reading], handed: Edit | None = None) -> Edit:
    """The slice with readings written into its lines.

    Args:
        slice_: The slice.
        chosen: A reading for each line that is not as it should be.
        handed: An edit of what is handed back, if that is wrong too.

    Returns:
        One edit that holds them all, the mistakes upstream first.
    """
    lines = tuple(replace(line, expr=chosen[line.name].expr) if line.name in chosen else line for line in slice_.lines)
    words = tuple(one for line in slice_.lines if line.name in chosen for one in chosen[line.name].words)
    changed = [k for k, (new, old) in enumerate(zip(lines, slice_.lines, strict=True)) if new != old]
    where = min(changed, default=len(lines))
    if handed is None:
        return Edit(lines, slice_.outputs, words, where)
    return Edit(lines, handed.outputs, words + handed.words, where)


def in_fewer_words(slice_: Program, edit: Edit, chosen: Mapping[str, Reading]) -> Edit:
    """An edit of several lines, one mistake made in every line it fits said once.

    Args:
        slice_: The slice.
        edit: The edit.
        chosen: The readings it is made of.
    """
    new = {line.name: line for line in edit.lines}
    words: list[Words] = []
    left = dict(chosen)
    for wide in everywhere_edits(slice_):
        lines = touched(slice_, wide)
        if (
            len(lines) > 1
            and lines <= set(left)
            and all(new[one.name] == one for one in wide.lines if one.name in lines)
        ):
            words += wide.words
            left = {name: reading for name, reading in left.items() if name not in lines}
    for line in slice_.lines:
        words += left[line.name].words if line.name in left else ()
    handed = edit.words[sum(len(reading.words) for reading in chosen.values()) :]
    return replace(edit, words=(*words, *handed))
