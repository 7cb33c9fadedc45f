from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.items import Mistake
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.sizes import COUNT_MISTAKES, COUNTED, SIZE_MISTAKES

COUNT, SIZE = (load("07").item(name) for name in ("parameter_count", "hidden_size_for"))
CELLS = dict(zip(COUNTED, ("RNN", "GRU", "GRU reset after", "LSTM", "peephole LSTM"), strict=True))


@pytest.mark.parametrize(("D", "H"), [(1, 1), (2, 16), (100, 100), (7, 3)])
def test_the_counts_are_those_of_the_cells(D: int, H: int) -> None:
    counts = COUNT.reference(np.asarray(D), np.asarray(H))
    assert [int(n) for n in counts] == [catalogue[name].parameter_count(D, H) for name in CELLS.values()]  # type: ignore[union-attr]


@pytest.mark.parametrize("H", [1, 2, 30, 121])
@pytest.mark.parametrize("D", [1, 100])
def test_the_size_is_the_largest_that_fits(D: int, H: int) -> None:
    exact, next_one = (catalogue["GRU"].parameter_count(D, size) for size in (H, H + 1))
    for parameters in (exact, exact + 1, next_one - 1):
        assert int(SIZE.reference(np.asarray(parameters), np.asarray(D))) == H  # type: ignore[arg-type]


def named(item: Any, mistake: Mistake, seed: int) -> tuple[str, str]:
    def answer(*args: Any) -> Any:
        return mistake.function(*args)

    answer.__name__ = item.name
    verdict = judge(item, LocalCaller(answer), seed)
    return verdict.outcome, verdict.mistake


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mistake", COUNT_MISTAKES, ids=lambda mistake: mistake.words[:40])
def test_each_mistake_of_a_count_is_named(mistake: Mistake, seed: int) -> None:
    assert named(COUNT, mistake, seed) == ("wrong", mistake.words)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mistake", SIZE_MISTAKES, ids=lambda mistake: mistake.words[:40])
def test_each_mistake_of_a_size_is_named(mistake: Mistake, seed: int) -> None:
    assert named(SIZE, mistake, seed) == ("wrong", mistake.words)


def test_two_cells_counted_wrong_are_both_named() -> None:
    def parameter_count(D: Any, H: Any) -> Any:
        line = H * (D + H + 1)
        return line, 3 * line + H, 3 * line + H, 4 * line, 4 * line + 4 * H

    told = judge(COUNT, LocalCaller(parameter_count), 1).sentence
    assert (
        "`gru`: that is the count of the form with the reset after" in told
        and "`peephole`: the candidate has no peephole" in told
    )


def test_a_count_that_is_off_by_something_is_not_told_to_be_whole() -> None:
    def parameter_count(D: Any, H: Any) -> Any:
        line = H * (D + H + 1)
        return line, 3 * line + 7, 3 * line + H, 4 * line, 4 * line + 3 * H

    told = judge(COUNT, LocalCaller(parameter_count), 1).sentence
    assert "whole numbers" not in told and "larger by 7" in told


def test_counts_may_be_made_of_arrays_or_come_by_name() -> None:
    def parameter_count(D: Any, H: Any) -> Any:
        line = np.zeros((H, D)).size + np.zeros((H, H)).size + len(range(H))
        return {"rnn": line, "lstm": 4 * line, "gru": 3 * line, "gru_after": 3 * line + H, "peephole": 4 * line + 3 * H}

    assert judge(COUNT, LocalCaller(parameter_count), 1).outcome == "right"


def test_a_size_may_be_found_by_a_loop() -> None:
    def hidden_size_for(parameters: Any, D: Any) -> Any:
        return max(H for H in range(1, 500) if not parameters < 3 * H * (D + H + 1))

    assert judge(SIZE, LocalCaller(hidden_size_for), 1).outcome == "right"
