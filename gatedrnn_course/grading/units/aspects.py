"""Mistakes of a function that has several aspects: each aspect may be wrong by itself, or with another one.

An aspect is a mapping from words to what is done; the empty words stand for what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

from gatedrnn_course.grading.items import Mistake

__all__ = ["RIGHT", "Aspect", "pairs", "singles"]

RIGHT = ""
"""The words of what is no mistake."""
Aspect = Sequence[tuple[str, Any]]
"""Ways to do one thing, each with the words for its mistake; the first one is right."""


def singles(build: Callable[..., Callable[..., Any]], aspects: Sequence[Aspect]) -> tuple[Mistake, ...]:
    """Every function that is wrong in one aspect.

    Args:
        build: Makes a function from one way of each aspect.
        aspects: The aspects.
    """
    return tuple(_wrong(build, aspects, 1))


def pairs(build: Callable[..., Callable[..., Any]], aspects: Sequence[Aspect]) -> tuple[Mistake, ...]:
    """Every function that is wrong in two aspects, with the words of both."""
    return tuple(_wrong(build, aspects, 2))


def _wrong(build: Callable[..., Callable[..., Any]], aspects: Sequence[Aspect], count: int) -> Iterator[Mistake]:
    for places in combinations(range(len(aspects)), count):
        for ways in product(*(aspects[k][1:] for k in places)):
            chosen = [aspect[0] for aspect in aspects]
            for k, way in zip(places, ways, strict=True):
                chosen[k] = way
            words, *also = (words for words, _way in ways)
            yield Mistake(words, build(*(way for _words, way in chosen)), *also)
