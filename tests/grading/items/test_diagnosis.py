from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, Slice, catalogue, whole_step
from gatedrnn_course.cells.edits import Edit, classes, everywhere_edits, merged
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.grading.items.diagnosis import Seen, explain_slice, same_numbers

LSTM = whole_step(catalogue["LSTM"])
GATE = Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",))
UPDATE = Slice(catalogue["LSTM"], ("f", "i", "c_tilde", "c_prev"), ("c",))


def still() -> float:
    return 0.0


def seen(slice_: Slice, function: Callable[..., Any], seed: int = 0) -> list[Seen]:
    """What a function gives on every kind of draw."""
    rng = np.random.default_rng(seed)
    rows: list[Seen] = []
    kinds = (("batch", 3, 5, (2,)), ("ones", 1, 1, (1,)), ("single", 3, 4, ()), ("square", 4, 4, (4,)))
    for kind, d, h, batch in kinds:
        inputs, p = slice_.draw(rng, {"D": d, "H": h}, batch)
        try:
            value = function(*inputs, p)
        except ValueError:
            value = None
        rows.append((inputs, p, value, kind))
    return rows


def explain(
    slice_: Slice,
    function: Callable[..., Any],
    rows: list[Seen] | None = None,
    clock: Callable[[], float] = still,
    seed: int = 0,
) -> Edit | None:
    """The edit that was found; None where none was."""

    def call(inputs: Sequence[Any], p: Params) -> Any:
        try:
            return function(*inputs, p)
        except ValueError:
            return None

    found = explain_slice(slice_, seen(slice_, function, seed) if rows is None else rows, call, clock)
    return found.edit if found and found.edit.words else None


def explained(slice_: Slice, edit: Edit, clock: Callable[[], float] = still, seed: int = 0) -> str:
    found = explain(slice_, compiled(edit.lines, slice_.inputs, edit.outputs), None, clock, seed)
    return "" if found is None else found.key


def edit(slice_: Slice, words: str) -> Edit:
    return next(c.edit for c in classes(slice_) if words in c.edit.key)


NO_BIAS, BARE = "The forget gate has no bias: `b_f` is missing.", "The hidden state has no tanh around `c`."


def test_one_mistake_is_named() -> None:
    assert explained(LSTM, edit(LSTM, NO_BIAS)) == NO_BIAS


@pytest.mark.parametrize("slice_", [GATE, UPDATE], ids=["gate", "update"])
def test_every_mistake_is_named_by_the_plainest_of_its_class(slice_: Slice) -> None:
    for k, found in enumerate(classes(slice_)):
        for member in found.members:
            assert explained(slice_, member, seed=k) == found.edit.key


def test_the_same_mistake_everywhere_has_a_name_of_its_own() -> None:
    keys = [explained(LSTM, one) for one in everywhere_edits(LSTM)]
    assert keys == [one.key for one in everywhere_edits(LSTM)]
    assert "No line adds its bias." in keys and len(keys) > 10


def test_two_mistakes_in_different_lines_upstream_first() -> None:
    both = merged(LSTM, edit(LSTM, BARE), edit(LSTM, NO_BIAS))
    assert explained(LSTM, both) == f"{NO_BIAS} {BARE}"


def test_a_mistake_in_a_line_and_one_in_what_is_handed_back() -> None:
    both = merged(LSTM, edit(LSTM, NO_BIAS), edit(LSTM, "The outputs come back as (c, h)"))
    assert explained(LSTM, both) == f"{NO_BIAS} The outputs come back as (c, h) instead of (h, c)."


def test_two_mistakes_in_one_line() -> None:
    def two(f: Any, i: Any, c_tilde: Any, c_prev: Any, p: Any) -> Any:
        return (f * c_tilde - i * c_prev,)

    found = explain(UPDATE, two)
    assert found is not None and len(found.words) == 2
    again = compiled(found.lines, UPDATE.inputs, found.outputs)
    assert again(1.0, 2.0, 3.0, 5.0, Params()) == (-7.0,)


def test_one_mistake_is_said_rather_than_two() -> None:
    for k, found in enumerate(classes(UPDATE)):
        function = compiled(found.edit.lines, UPDATE.inputs, found.edit.outputs)
        result = explain(UPDATE, function, seed=k)
        assert result is not None and len(result.words) == 1


def test_the_search_for_two_stops_in_time() -> None:
    both = merged(LSTM, edit(LSTM, NO_BIAS), edit(LSTM, BARE))
    seconds: Iterator[int] = count(0, 2)
    asked: list[float] = []

    def clock() -> float:
        asked.append(next(seconds))
        return asked[-1]

    assert explained(LSTM, both, clock) == ""
    assert asked == [0, 2, 4]
    fast = iter(np.arange(0, 3, 1e-5))
    assert explained(LSTM, both, lambda: float(next(fast))) == f"{NO_BIAS} {BARE}"


def test_a_single_mistake_needs_no_time() -> None:
    hurried = count(0, 100)
    assert explained(LSTM, edit(LSTM, BARE), lambda: next(hurried)) == BARE


def test_what_no_mistake_gives_stays_unnamed() -> None:
    assert explain(UPDATE, lambda f, i, c_tilde, c_prev, p: (np.sin(f * i),)) is None


def test_it_must_fit_every_draw() -> None:
    """Right on a batch, another mistake on each other draw: no single mistake tells all of it."""
    first, second = (
        compiled(edit(UPDATE, w).lines, UPDATE.inputs, UPDATE.outputs)
        for w in (
            "`f` is not multiplied by `c_prev`",
            "`i` is not multiplied by `c_tilde`",
        )
    )
    mixed = [
        (inputs, p, (first if kind == "square" else second)(*inputs, p), kind)
        for inputs, p, _value, kind in seen(UPDATE, first)
    ]
    assert explain(UPDATE, first, mixed) is None


def test_size_1_alone_never_decides_between_mistakes() -> None:
    one = edit(GATE, "W_f stands the wrong way round")
    found = explain(GATE, compiled(one.lines, GATE.inputs, one.outputs))
    assert found is not None and found.key == one.key


def test_an_answer_that_raises_everywhere_tells_nothing() -> None:
    assert explain(GATE, GATE.function, [(i, p, None, k) for i, p, _v, k in seen(GATE, GATE.function)]) is None


def test_float32_answers_are_named_too() -> None:
    found = edit(LSTM, NO_BIAS)
    function = compiled(found.lines, LSTM.inputs, found.outputs)

    def rough(*args: Any) -> Any:
        return tuple(np.float32(value) for value in function(*args))

    result = explain(LSTM, rough)
    assert result is not None and result.key == NO_BIAS


def test_same_numbers() -> None:
    a = np.array([1.0, np.nan])
    assert same_numbers((a,), (a.copy(),)) and same_numbers(None, None)
    assert not same_numbers((a,), None) and not same_numbers(None, (a,))
    assert not same_numbers((a,), (a, a)) and not same_numbers((a,), (a[:1],))
    assert not same_numbers((a,), (a + 1e-3,)) and same_numbers((a,), (np.float32(a + 1e-5),))
    assert not same_numbers((np.array([1.0, 2.0]),), (np.array([1.0, 3.0]),))
    assert not same_numbers((np.array([np.inf]),), (np.array([1.0]),))
    assert same_numbers((np.array([np.inf]),), (np.array([np.inf]),))
    assert same_numbers((np.zeros((0, 2)),), (np.zeros((0, 2)),))


@pytest.mark.parametrize("name", ["RNN", "GRU", "GRU reset after", "peephole LSTM"])
def test_other_cells_are_diagnosed_by_the_same_code(name: str) -> None:
    whole = whole_step(catalogue[name])
    for k, found in enumerate(classes(whole)[::7]):
        assert explained(whole, found.edit, seed=k) == found.edit.key


def test_a_second_mistake_that_the_telling_draw_does_not_show_is_looked_for_in_other_lines_first() -> None:
    """With sizes of 1 a transposed matrix is right: the first mistake gives all the numbers."""
    both = merged(LSTM, edit(LSTM, NO_BIAS), edit(LSTM, "In the output gate, W_o stands the wrong way round"))
    function = compiled(both.lines, LSTM.inputs, both.outputs)
    rows = [row for row in seen(LSTM, function) if row[3] != "square"]
    assert [value is None for _inputs, _p, value, _kind in rows] == [True, False, True]
    found = explain(LSTM, function, rows)
    assert found is not None and len(found.words) == 2 and found.words[0].english == NO_BIAS
    assert "forget gate" not in found.words[1].english


def test_a_second_mistake_below_the_first_output_is_found() -> None:
    """What is handed back is (h, c): the second mistake is in h, which stands below c, and below the first mistake."""
    for second in (BARE, "In the hidden state, `tanh(c)` is not multiplied by `o`."):
        for first in (NO_BIAS, "In the cell state, `i * c_tilde` is missing."):
            both = merged(LSTM, edit(LSTM, first), edit(LSTM, second))
            assert explained(LSTM, both) == f"{first} {second}"


@pytest.mark.parametrize("by", [1e-3, 1e-2, 5e-2])
def test_a_float32_answer_beside_a_mistake_is_not_that_mistake(by: float) -> None:
    found = edit(GATE, "has no bias")
    function = compiled(found.lines, GATE.inputs, found.outputs)
    assert explain(GATE, lambda *args: tuple(np.float32(value + by) for value in function(*args))) is None


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x, h, p: np.tanh(x @ p.W_f.T + h @ p.U_i.T + p.b_f), ("uses tanh", "p.U_i where p.U_f")),
        (lambda x, h, p: np.tanh(x @ p.W_f.T + h @ p.U_f.T), ("no bias", "uses tanh")),
        (lambda x, h, p: 1 / (1 + np.exp(-(x @ p.W_f.T + h @ p.U_i.T + p.b_o))), ("p.U_i where", "p.b_o where")),
    ],
)
def test_two_edits_in_the_only_line_are_both_named(function: Any, said: tuple[str, str]) -> None:
    gate = Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",))
    draws = [gate.draw(np.random.default_rng(k), {"D": 4, "H": 4}, (4,)) for k in range(2)]
    rows = [(inputs, p, (function(*inputs, p),), "square") for inputs, p in draws]
    found = explain_slice(gate, rows, lambda inputs, p: (function(*inputs, p),))
    assert found is not None and not found.unexplained
    assert all(words in found.edit.sentence for words in said), found.edit.sentence
