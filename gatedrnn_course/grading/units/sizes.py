"""Counting parameters in unit 07: of each cell for the same H, and the H of a GRU for a number of parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["COUNTED", "parameter_count_item", "size_item"]

COUNTED = ("rnn", "gru", "gru_after", "lstm", "peephole")

Counts = tuple[Any, ...]


def _right(D: Any, H: Any) -> Counts:
    line = H * (D + H + 1)
    return tuple(np.asarray(count) for count in (line, 3 * line, 3 * line + H, 4 * line, 4 * line + 3 * H))


def _all(line: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Counts]:
    """Every cell counted with another number for each of its lines with two products; the rest as it is."""

    def counts(D: Any, H: Any) -> Counts:
        one = line(D, H)
        return tuple(map(np.asarray, (one, 3 * one, 3 * one + H, 4 * one, 4 * one + 3 * H)))

    return counts


def _one(name: str, count: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Counts]:
    """One cell counted in another way."""
    return lambda D, H: tuple(
        np.asarray(count(D, H)) if key == name else right for key, right in zip(COUNTED, _right(D, H), strict=True)
    )


def _line(D: Any, H: Any) -> Any:
    return H * (D + H + 1)


_GRU = mark("`gru`: three lines have weights: both gates and the candidate.")
_LSTM = mark("`lstm`: four lines have weights: three gates and the candidate.")
_AFTER = mark("`gru_after`: the candidate has one more bias, b_u, of H numbers. The gates have one each.")
_PEEPHOLE = mark("`peephole`: to the LSTM come three vectors of H numbers, one for each gate.")


def _in_order(*names: str) -> Callable[[Any, Any], Counts]:
    """The right numbers in another order."""

    def counts(D: Any, H: Any) -> Counts:
        right = dict(zip(COUNTED, _right(D, H), strict=True))
        return tuple(right[name] for name in names)

    return counts


def _lines(gru: int, lstm: int) -> Callable[[Any, Any], Counts]:
    """Other numbers of lines with weights."""

    def counts(D: Any, H: Any) -> Counts:
        a = _line(D, H)
        return tuple(map(np.asarray, (a, gru * a, gru * a + H, lstm * a, lstm * a + 3 * H)))

    return counts


def _no_biases(D: Any, H: Any) -> Counts:
    a = H * (D + H)
    return tuple(map(np.asarray, (a, 3 * a, 3 * a, 4 * a, 4 * a + 3 * H)))


_BIASES = mark("The biases are not counted: H for each line with weights.")
_ORDER = mark("The numbers come back in another order: rnn, gru, gru_after, lstm, peephole.")

COUNT_MISTAKES = (
    Mistake(_BIASES, _all(lambda D, H: H * (D + H))),
    Mistake(_BIASES, _no_biases),
    Mistake(mark("The candidate is not counted: it has W, U and b, as a gate has."), _lines(2, 3)),
    Mistake(_ORDER, _in_order("rnn", "lstm", "peephole", "gru", "gru_after")),
    Mistake(_ORDER, _in_order("rnn", "lstm", "gru", "gru_after", "peephole")),
    Mistake(_ORDER, _in_order("rnn", "gru", "gru_after", "peephole", "lstm")),
    Mistake(_ORDER, _in_order("rnn", "gru", "lstm", "gru_after", "peephole")),
    Mistake(_ORDER, _in_order("lstm", "gru", "gru_after", "rnn", "peephole")),
    Mistake(
        mark("Two biases are counted for each line, as torch has them. Our lines have one."),
        _all(lambda D, H: H * (D + H + 2)),
    ),
    Mistake(
        mark("Each line is counted with one bias in all. It has one for each unit: H."),
        _all(lambda D, H: H * (D + H) + 1),
    ),
    Mistake(mark("The matrices U are not counted: H times H for each line."), _all(lambda D, H: H * (D + 1))),
    Mistake(mark("The matrices W are not counted: H times D for each line."), _all(lambda D, H: H * (H + 1))),
    Mistake(mark("Only the matrices W are counted. U has H times H numbers, b has H."), _all(lambda D, H: H * D)),
    Mistake(mark("Only the matrices U are counted. W has H times D numbers, b has H."), _all(lambda D, H: H * H)),
    Mistake(
        mark("That is what one unit has. There are H of them."),
        _all(lambda D, H: D + H + 1),
    ),
    Mistake(mark("D and H are exchanged: W has the shape (H, D), U (H, H), b (H,)."), _all(lambda D, H: _line(H, D))),
    Mistake(
        mark("U is counted as (H, D), like W. It meets the hidden state, so it is (H, H)."),
        _all(lambda D, H: 2 * H * D + H),
    ),
    Mistake(mark("U is counted with 2 H numbers. It is a matrix: H times H."), _all(lambda D, H: H * D + 2 * H + H)),
    Mistake(
        mark("The bias is counted with D numbers. It has one for each unit: H."), _all(lambda D, H: H * (D + H) + D)
    ),
    Mistake(_GRU, _one("gru", lambda D, H: 2 * _line(D, H))),
    Mistake(_GRU, _one("gru", lambda D, H: 4 * _line(D, H))),
    Mistake(_GRU, _one("gru", lambda D, H: 2 * _line(D, H) + H * (D + H))),
    Mistake(
        mark("`gru`: that is the count of the form with the reset after the product, which has one more bias."),
        _one("gru", lambda D, H: 3 * _line(D, H) + H),
    ),
    Mistake(_AFTER, _one("gru_after", lambda D, H: 3 * _line(D, H))),
    Mistake(
        mark("`gru_after`: that is torch's count, with a second bias in each line. Ours has it in the candidate only."),
        _one("gru_after", lambda D, H: 3 * H * (D + H + 2)),
    ),
    Mistake(_AFTER, _one("gru_after", lambda D, H: 3 * _line(D, H) + 1)),
    Mistake(_AFTER, _one("gru_after", lambda D, H: 2 * _line(D, H))),
    Mistake(_AFTER, _one("gru_after", lambda D, H: 2 * _line(D, H) + H)),
    Mistake(_LSTM, _one("lstm", lambda D, H: 3 * _line(D, H))),
    Mistake(_LSTM, _one("lstm", lambda D, H: 5 * _line(D, H))),
    Mistake(
        mark("`lstm`: that is torch's count, with two biases in each line. Ours has one."),
        _one("lstm", lambda D, H: 4 * H * (D + H + 2)),
    ),
    Mistake(_PEEPHOLE, _one("peephole", lambda D, H: 4 * _line(D, H))),
    Mistake(_PEEPHOLE, _one("peephole", lambda D, H: 4 * _line(D, H) + 3)),
    Mistake(_PEEPHOLE, _one("peephole", lambda D, H: 4 * _line(D, H) + H)),
    Mistake(_PEEPHOLE, _one("peephole", lambda D, H: 4 * _line(D, H) + 2 * H)),
    Mistake(
        mark("`peephole`: the candidate has no peephole, only the three gates have one."),
        _one("peephole", lambda D, H: 4 * _line(D, H) + 4 * H),
    ),
    Mistake(
        mark("`peephole`: a peephole is one weight a unit, not a matrix: H numbers for each gate."),
        _one("peephole", lambda D, H: 4 * _line(D, H) + 3 * H * H),
    ),
    Mistake(
        mark("`peephole`: those are the peepholes alone. The LSTM's own belong to it."),
        _one("peephole", lambda D, H: 3 * H),
    ),
    Mistake(mark("`rnn`: it has one line with weights."), _one("rnn", lambda D, H: 2 * _line(D, H))),
)


def _number(value: float) -> Any:
    return np.asarray(int(value))


def _counts(rng: np.random.Generator) -> tuple[Draw, ...]:
    sizes = [rng.permutation(np.arange(5, 40))[:2] for _k in range(3)]
    return (*(Draw("batch", (_number(D), _number(H))) for D, H in sizes), Draw("ones", (_number(1), _number(1))))


def parameter_count_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The parameters of five cells.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "parameter_count",
        points,
        mark("How many parameters five cells have, with D inputs and H units."),
        hints,
        forbidden,
        takes={"D": mark("size of the input, a whole number"), "H": mark("units, a whole number")},
        gives={
            "rnn": mark("of the RNN"),
            "gru": mark("of the GRU, reset before the product"),
            "gru_after": mark("of the GRU, reset after the product"),
            "lstm": mark("of the LSTM"),
            "peephole": mark("of the LSTM with a peephole, one weight a unit, in each of its three gates"),
        },
        function=_right,
        mistakes=COUNT_MISTAKES,
        draw=_counts,
    )


def _largest(parameters: Any, D: Any) -> Any:
    b = D + 1
    return np.floor((np.sqrt(b * b + 4 * parameters / 3) - b) / 2)


def _size(parameters: Any, D: Any, lines: int = 3, biases: float = 1.0) -> Any:
    """The H that has exactly so many parameters, which need not be whole."""
    b = float(D) + biases
    return np.asarray((np.sqrt(b * b + 4 * parameters / lines) - b) / 2)


def _down(parameters: Any, D: Any, lines: int = 3, biases: float = 1.0) -> Any:
    return np.floor(_size(parameters, D, lines, biases))


_TOO_LARGE = mark("That size has more parameters than are allowed. Take the largest that does not.")
_SMALLER = mark("A larger size has not too many parameters either: that is one less than the largest.")

SIZE_MISTAKES = (
    Mistake(_TOO_LARGE, lambda parameters, D: _down(parameters, D) + 1),
    Mistake(_TOO_LARGE, lambda parameters, D: np.ceil(_size(parameters, D))),
    Mistake(
        mark("It is rounded to the nearest size, which may have too many parameters. Round down."),
        lambda parameters, D: np.round(_size(parameters, D)),
    ),
    Mistake(
        mark("A size is a whole number: round down."),
        _size,
    ),
    Mistake(_SMALLER, lambda parameters, D: _down(parameters, D) - 1),
    Mistake(
        mark("A size with exactly so many parameters is allowed: at most, not less."),
        lambda parameters, D: np.ceil(_size(parameters, D)) - 1,
    ),
    Mistake(
        mark("That is the size of an LSTM: a GRU has three lines with weights, not four."),
        lambda parameters, D: _down(parameters, D, lines=4),
    ),
    Mistake(
        mark("That is the size of an RNN: a GRU has three lines with weights."),
        lambda parameters, D: _down(parameters, D, lines=1),
    ),
    Mistake(
        mark("The candidate is not counted: a GRU has three lines with weights."),
        lambda parameters, D: _down(parameters, D, lines=2),
    ),
    Mistake(mark("The biases are not counted."), lambda parameters, D: _down(parameters, D, biases=0.0)),
    Mistake(
        mark("Two biases are counted for each line. This GRU has one."),
        lambda parameters, D: _down(parameters, D, biases=2.0),
    ),
    Mistake(
        mark("That is the size of the form with the reset after the product, which has one more bias."),
        lambda parameters, D: _down(parameters, D, biases=4 / 3),
    ),
    Mistake(
        mark("The input is not counted: W has H times D numbers."),
        lambda parameters, D: _down(parameters, 0),
    ),
    Mistake(
        mark("The recurrent matrices are not counted: U has H times H numbers."),
        lambda parameters, D: np.asarray(float(parameters) // (3 * (float(D) + 1))),
    ),
    Mistake(
        mark("The 4 under the root is missing: solve H^2 + (D + 1) H - P / 3 = 0."),
        lambda parameters, D: np.floor((-(D + 1) + np.sqrt((D + 1) ** 2 + parameters / 3)) / 2),
    ),
    Mistake(
        mark("The root is not divided by 2: solve H^2 + (D + 1) H - P / 3 = 0."),
        lambda parameters, D: np.floor(2 * _size(parameters, D)),
    ),
)


def _sizes(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Exactly a size, a little more, one parameter less than the next, and some between.

    With many inputs a forgotten bias makes less than half a unit, with few inputs more.
    """
    draws = []
    for share, D, H in ((0.0, 30, 40), (0.05, 3, 70), (1.0, 30, 40), (0.7, 80, 10), (0.3, 20, 30)):
        inputs, units = D + int(rng.integers(0, 5)), H + int(rng.integers(0, 10))
        low, high = (3 * size * (inputs + size + 1) for size in (units, units + 1))
        draws.append(Draw("batch", (_number(min(low + share * (high - low), high - 1)), _number(inputs))))
    return (*draws, Draw("ones", (_number(13), _number(1))))


def size_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The size of a GRU for a number of parameters.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "hidden_size_for",
        points,
        mark("The largest GRU, reset before the product, that has at most so many parameters."),
        hints,
        forbidden,
        takes={
            "parameters": mark("how many are allowed, a whole number"),
            "D": mark("size of the input, a whole number"),
        },
        gives={"H": mark("units, a whole number")},
        function=_largest,
        mistakes=SIZE_MISTAKES,
        draw=_sizes,
    )
