from __future__ import annotations

from collections.abc import Callable

from gatedrnn_course.grading.units.aspects import RIGHT, Aspect, pairs, singles

SIGN: Aspect = ((RIGHT, 1), ("The sign is turned.", -1))
POWER: Aspect = ((RIGHT, 1), ("It is squared.", 2), ("It is cubed.", 3))


def build(sign: int, power: int) -> Callable[[float], float]:
    return lambda x: sign * x**power


def test_singles_are_wrong_in_one_aspect_each() -> None:
    found = {mistake.words: mistake.function(2.0) for mistake in singles(build, (SIGN, POWER))}
    assert found == {"The sign is turned.": -2.0, "It is squared.": 4.0, "It is cubed.": 8.0}


def test_pairs_are_wrong_in_two_and_say_both() -> None:
    found = {mistake.explanation.key: mistake.function(2.0) for mistake in pairs(build, (SIGN, POWER))}
    assert found == {"The sign is turned. It is squared.": -4.0, "The sign is turned. It is cubed.": -8.0}
