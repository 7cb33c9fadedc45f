from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items.loops import LOOP_MISTAKES, Loop, pairs_of_loops


def step(x: Any, h: Any, c: Any, p: Any) -> Any:
    """A step that counts: h adds the input, c counts the calls."""
    return h + x, c + 1.0


XS, START = np.arange(1.0, 5.0)[:, None, None] * np.ones((4, 2, 1)), (np.full((2, 1), 100.0), np.full((2, 1), 10.0))


def run(loop: Loop) -> tuple[Any, Any]:
    hs, cs = loop(step, XS, START, {})  # type: ignore[arg-type]
    return hs[..., 0, 0].tolist(), cs[..., 0, 0].tolist()


def test_the_right_loop() -> None:
    assert run(Loop()) == ([101.0, 103.0, 106.0, 110.0], [11.0, 12.0, 13.0, 14.0])


@pytest.mark.parametrize(
    ("words", "hs", "cs"),
    [
        ("starts from zeros instead", [1.0, 3.0, 6.0, 10.0], [1.0, 2.0, 3.0, 4.0]),
        ("zeros in h", [1.0, 3.0, 6.0, 10.0], [11.0, 12.0, 13.0, 14.0]),
        ("Only h starts from", [101.0, 103.0, 106.0, 110.0], [1.0, 2.0, 3.0, 4.0]),
        ("The state is not carried", [101.0, 102.0, 103.0, 104.0], [11.0] * 4),
        ("h is not carried", [101.0, 102.0, 103.0, 104.0], [11.0, 12.0, 13.0, 14.0]),
        ("carried one step late", [101.0, 102.0, 104.0, 106.0], [11.0, 11.0, 12.0, 12.0]),
        ("Every step looks at the first input", [101.0, 102.0, 103.0, 104.0], [11.0, 12.0, 13.0, 14.0]),
        ("stacked in that order", [104.0, 107.0, 109.0, 110.0], [11.0, 12.0, 13.0, 14.0]),
        ("backwards, from the last", [110.0, 109.0, 107.0, 104.0], [14.0, 13.0, 12.0, 11.0]),
        ("In the first output one array", [110.0] * 4, [11.0, 12.0, 13.0, 14.0]),
        ("In the second output one array", [101.0, 103.0, 106.0, 110.0], [14.0] * 4),
        ("The first row of the result", [0.0, 103.0, 106.0, 110.0], [0.0, 12.0, 13.0, 14.0]),
        ("The last row of the result", [101.0, 103.0, 106.0, 0.0], [11.0, 12.0, 13.0, 0.0]),
        ("The first step is missing", [103.0, 106.0, 110.0], [12.0, 13.0, 14.0]),
        ("The last step is missing", [101.0, 103.0, 106.0], [11.0, 12.0, 13.0]),
        ("The initial state is in the result", [100.0, 101.0, 103.0, 106.0, 110.0], [10.0, 11.0, 12.0, 13.0, 14.0]),
        ("hands back the state before it", [100.0, 101.0, 103.0, 106.0], [10.0, 11.0, 12.0, 13.0]),
        ("in the wrong order", [11.0, 12.0, 13.0, 14.0], [101.0, 103.0, 106.0, 110.0]),
    ],
)
def test_a_mistake_of_the_loop_by_hand(words: str, hs: list[float], cs: list[float]) -> None:
    (loop,) = [loop for said, loop in LOOP_MISTAKES.items() if words in said]
    assert run(loop) == (hs, cs)


def test_two_mistakes_touch_different_choices() -> None:
    pairs = dict(pairs_of_loops())
    both = next(loop for (a, b), loop in pairs.items() if "starts from zeros instead" in a and "Only the last" in b)
    assert [value[0, 0] for value in both(step, XS, START, {})] == [10.0, 4.0]  # type: ignore[arg-type]
    assert not any("not carried" in a and "one step late" in b for a, b in pairs)
    assert len(pairs) > 150
