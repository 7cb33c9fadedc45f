"""Tries every property on what came, the most particular first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.items.oddities import activations, places, scale
from gatedrnn_course.grading.items.oddities.values import Rule, Values

__all__ = ["RANGE", "RULES", "Oddity", "odd", "odd_in_all"]


WHOLE, NUMBERS = True, False
RULES: tuple[tuple[Rule, bool], ...] = (
    (places.transposed, WHOLE),
    (places.order, WHOLE),
    (places.one_for_all, WHOLE),
    (places.a_part, WHOLE),
    (places.summed, WHOLE),
    (scale.whole_numbers, NUMBERS),
    (activations.softmax, WHOLE),
    (activations.formula, NUMBERS),
    (activations.common, NUMBERS),
    (activations.inside, NUMBERS),
    (activations.straight, NUMBERS),
    (scale.not_finite, NUMBERS),
    (scale.constant, NUMBERS),
    (scale.rounded, NUMBERS),
    (scale.further, NUMBERS),
    (scale.affine, NUMBERS),
    (scale.sized_factor, WHOLE),
    (scale.normalised, WHOLE),
    (scale.bounded, NUMBERS),
    (scale.few_digits, NUMBERS),
    (places.one_wrong, WHOLE),
)
"""Every property, the most particular first; whether it is one of whole arrays, or of numbers each by itself."""
RANGE: tuple[tuple[Rule, bool], ...] = ((activations.out_of_range, NUMBERS),)
"""What says least, after everything else that is known."""


@dataclass(frozen=True)
class Oddity:
    """A property of wrong numbers that the right ones do not have.

    Attributes:
        words: The property in words.
    """

    words: Words

    @property
    def sentence(self) -> str:
        """The property in words, in the language in force."""
        return str(self.words)

    @property
    def key(self) -> str:
        """The same in English."""
        return self.words.english


def odd(given: Any, right: Any, before: Any = None, name: str = "") -> Oddity | None:
    """What is odd about the values of one output or line.

    Args:
        given: What came, (..., H).
        right: What was right, (..., H).
        before: The right value of what stands inside the line's activation, where it is known, (..., H).
        name: The output's name for the sentence, such as "f".

    Returns:
        The most particular property that holds, or None. Right values have none.
    """
    return odd_in_all([Values(given, right, before)], name)


def odd_in_all(
    seen: Sequence[Values], name: str = "", among: Sequence[tuple[Rule, bool]] = (*RULES, *RANGE)
) -> Oddity | None:
    """The same over several draws: one property that holds in every draw whose values are wrong.

    Args:
        seen: The values, one entry a draw.
        name: The output's name for the sentence.
        among: The properties to try.
    """
    wrong = [values for values in seen if not values.is_right()]
    telling = [values for values in wrong if np.size(values.right) > 2] or wrong
    if not telling:
        return None
    numbers = _together(seen)
    with np.errstate(all="ignore"):
        rules = ((rule, telling if whole else numbers) for rule, whole in among)
        found = next((words for rule, values in rules if (words := _agreed(rule, values))), None)
    if found is None:
        return None
    return Oddity(replace(found, values={**found.values, "it": f"`{name}`"}) if name else found)


def _together(seen: Sequence[Values]) -> list[Values]:
    """The numbers of all draws in one row, for properties that each number has by itself; none if a shape is wrong."""
    if not all(values.alike() for values in seen):
        return []
    known = all(values.before is not None for values in seen)
    rows = [(np.ravel(v.given), np.ravel(v.right), np.ravel(v.before) if known else None) for v in seen]
    given, right, before = zip(*rows, strict=True)
    return [Values(np.concatenate(given), np.concatenate(right), np.concatenate(before) if known else None)]


def _agreed(rule: Rule, seen: Sequence[Values]) -> Words | None:
    """What a rule says, where it says the same of every entry."""
    told = [rule(values) for values in seen]
    return told[0] if told and all(words == told[0] for words in told) else None
