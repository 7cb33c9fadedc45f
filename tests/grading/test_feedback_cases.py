"""Answers that strangers typed, and what they should be told: mistakes in lines, in several lines, and in loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.grading.items import SequenceItem, SliceItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller

HINTS = ("one", "two", "three")
Gates = tuple[Any, Any, Any, Any]


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def softmax(a: Any) -> Any:
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def hard(a: Any) -> Any:
    return np.clip(0.2 * a + 0.5, 0, 1)


def told(cell: str, function: Callable[..., Any], seed: int = 0) -> Verdict:
    item = SliceItem("step", 10, "A step.", HINTS, slice=whole_step(catalogue[cell]))
    return judge(item, LocalCaller(function), seed)


def lstm(
    change: Callable[..., Any] = lambda h, c, **_: (h, c),
    f: Callable[[Any], Any] = sigmoid,
    i: Callable[[Any], Any] = sigmoid,
    g: Callable[[Any], Any] = np.tanh,
    o: Callable[[Any], Any] = sigmoid,
    kept: Callable[[Any], Any] = lambda c: c,
    names: dict[str, str] | None = None,
) -> Callable[..., Any]:
    """An LSTM step with other activations, or other parameters: `names` maps a parameter to the one used for it."""
    used = names or {}

    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        def before(line: str) -> Any:
            w, u, b = (p[used.get(f"{kind}_{line}", f"{kind}_{line}")] for kind in "WUb")
            return x @ w.T + h_prev @ u.T + b

        c = kept(f(before("f")) * c_prev + i(before("i")) * g(before("c")))
        return change(o(before("o")) * np.tanh(c), c, h_prev=h_prev, c_prev=c_prev)

    return step


def coupled(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
    i, g, o = (x @ p[f"W_{n}"].T + h_prev @ p[f"U_{n}"].T + p[f"b_{n}"] for n in "ico")
    c = (1 - sigmoid(i)) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def crosswise(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
    xh = np.concatenate([x, h_prev], axis=-1)
    f, i, g, o = (xh @ np.concatenate([p[f"U_{n}"], p[f"W_{n}"]], axis=1).T + p[f"b_{n}"] for n in "fico")
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def from_c(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
    f, i, g, o = (x @ p[f"W_{n}"].T + c_prev @ p[f"U_{n}"].T + p[f"b_{n}"] for n in "fico")
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c


LSTM = [
    (coupled, "In the cell state, `1 - i` stands where `f` belongs."),
    (lstm(lambda h, c, **_: (h, np.tanh(c))), "`tanh(c)` is handed back where `c` belongs."),
    (lstm(lambda h, c, h_prev, c_prev: (h_prev, c_prev)), "The states of the step before are handed back"),
    (lstm(lambda h, c, h_prev, **_: (h + h_prev, c)), "In the hidden state, `h_prev` is added, and should not be."),
    (lstm(kept=np.tanh), "The cell state passes through tanh, and should not."),
    (lstm(f=lambda a: sigmoid(a + 1)), "In the forget gate, 1 is added inside sigmoid"),
    (lstm(f=lambda a: 1 / (1 + np.exp(a))), "In the cell state, `1 - f` stands where `f` belongs."),
    (lstm(f=lambda a: 1 / (1 + np.exp(a))), "as with a wrong sign inside sigmoid."),
    (crosswise, "In the forget gate, [x, h_prev] is multiplied with [U_f, W_f]"),
    (crosswise, "In the output gate, [x, h_prev] is multiplied with [U_o, W_o]"),
    (from_c, "`c_prev` stands wherever `h_prev` belongs. The hidden state has no tanh around `c`."),
    (lstm(f=softmax), "`f` is a softmax over the units"),
    (lstm(i=softmax), "`i` is a softmax over the units"),
    (lstm(o=softmax), "`o` is a softmax over the units"),
    (lstm(f=hard), "`f` is a hard sigmoid"),
    (lstm(i=lambda a: sigmoid(sigmoid(a))), "`i` passes through sigmoid twice"),
    (lstm(g=lambda a: np.where(a > 0, a, 0.01 * a)), "`c_tilde` is a leaky relu (0.01), where tanh belongs."),
    (lstm(f=lambda a: 1 / 1 + np.exp(-a)), "The sigmoid of `f` is computed as `1 / 1 + exp(-a)`"),
    (lstm(kept=lambda c: 0.9 * c), "`c` is multiplied by 0.9"),
    (lstm(f=np.tanh, i=lambda a: np.maximum(a, 0)), "The forget gate uses tanh where sigmoid belongs. The input gate"),
]


@pytest.mark.parametrize(("function", "words"), LSTM, ids=[words for _function, words in LSTM])
def test_a_step_of_the_lstm(function: Callable[..., Any], words: str) -> None:
    verdict = told("LSTM", function)
    assert verdict.outcome == "wrong" and words in verdict.sentence


def parts(names: dict[str, str]) -> Callable[..., Any]:
    return lstm(names=names)


def test_one_wrong_matrix_in_three_gates_is_said_three_times() -> None:
    sentence = told("LSTM", parts({f"W_{n}": "W_i" for n in "fco"})).sentence
    for line, right in (("forget gate", "f"), ("candidate", "c"), ("output gate", "o")):
        assert f"The {line} uses p.W_i where p.W_{right} belongs." in sentence
    assert sentence.endswith("These lines are right: input gate, cell state, hidden state.")


def test_one_wrong_bias_in_three_lines_is_said_three_times() -> None:
    sentence = told("LSTM", parts({f"b_{n}": "b_o" for n in "fic"})).sentence
    assert sentence.count("uses p.b_o where p.b_") == 3


def test_a_softmax_and_two_wrong_biases_are_told_line_by_line() -> None:
    sentence = told("LSTM", lstm(f=softmax, names={"b_i": "b_f", "b_o": "b_c"})).sentence
    assert "The input gate uses p.b_f where p.b_i belongs." in sentence
    assert "The output gate uses p.b_c where p.b_o belongs." in sentence
    assert "The forget gate is wrong. `f` adds up to 1" in sentence


def test_another_activation_in_every_gate_and_a_wrong_matrix() -> None:
    sentence = told("LSTM", lstm(f=softmax, i=softmax, o=hard, names={"U_c": "U_o"})).sentence
    assert "The candidate uses p.U_o where p.U_c belongs." in sentence
    assert all(f"`{gate}` adds up to 1 over the units" in sentence for gate in "fi")
    assert "The output gate is wrong. `o`" in sentence
    assert "These lines are right: cell state, hidden state." in sentence


def test_four_stacked_gates_split_in_another_order() -> None:
    groups = {"f": "i", "i": "f", "c": "o", "o": "c"}
    names = {f"{kind}_{one}": f"{kind}_{other}" for one, other in groups.items() for kind in "WUb"}
    sentence = told("LSTM", parts(names)).sentence
    assert "The candidate is computed with the parameters of the output gate" in sentence
    assert "The output gate is computed with the parameters of the candidate" in sentence
    assert "`f` and `i` are exchanged" in sentence  # the same as each with the other's parameters


def test_three_mistakes_in_the_peephole_lstm() -> None:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        f, i, g, o = (x @ p[f"W_{n}"].T + h_prev @ p[f"U_{n}"].T + p[f"b_{n}"] for n in "fico")
        f, i = sigmoid(f + c_prev @ p.U_f.T), sigmoid(i + c_prev @ p.U_i.T)
        c = f * c_prev + i * np.tanh(g + c_prev @ p.U_c.T)
        return sigmoid(o + p.P_o * c_prev) * np.tanh(c), c

    sentence = told("peephole LSTM", step).sentence
    assert "In the forget gate, the whole matrix U_f stands where the peephole `P_f` belongs." in sentence
    assert "In the input gate, the whole matrix U_i stands where the peephole `P_i` belongs." in sentence
    assert "The candidate sees `c_prev` as well" in sentence
    assert "The output gate uses `c_prev` where `c` belongs." in sentence


def gru(x: Any, h_prev: Any, p: Any, name: str) -> Any:
    return sigmoid(x @ p[f"W_{name}"].T + h_prev @ p[f"U_{name}"].T + p[f"b_{name}"])


def test_the_other_convention_of_the_gru_is_named_as_such() -> None:
    def step(x: Any, h_prev: Any, p: Any) -> Any:
        z, r = gru(x, h_prev, p, "z"), gru(x, h_prev, p, "r")
        return (1 - z) * h_prev + z * np.tanh(x @ p.W_h.T + (r * h_prev) @ p.U_h.T + p.b_h)

    assert "This is the other convention of the literature." in told("GRU", step).sentence


def test_gates_of_the_gru_with_reset_after_exchanged() -> None:
    def step(x: Any, h_prev: Any, p: Any) -> Any:
        z, n = gru(x, h_prev, p, "z"), h_prev @ p.U_h.T + p.b_u
        n = np.tanh(x @ p.W_h.T + p.b_h + z * n)
        return z * n + (1 - z) * h_prev

    sentence = told("GRU reset after", step).sentence
    assert "The candidate uses `z` where `r` belongs." in sentence
    assert "`z` and `1 - z` weigh the wrong terms" in sentence


def loop(
    start: Callable[..., Any] = lambda h, c: (h, c),
    read: Callable[[Any], Any] = lambda xs: xs,
    handed: Callable[..., Any] = lambda hs, cs: (np.stack(hs), np.stack(cs)),
    step: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    one = step or lstm()

    def function(xs: Any, h_0: Any, c_0: Any, p: Any) -> Any:
        (h, c), hs, cs = start(h_0, c_0), [], []
        for x in read(xs):
            h, c = one(x, h, c, p)
            hs.append(h)
            cs.append(c)
        return handed(hs, cs)

    return function


def zeros(h: Any, c: Any) -> Any:
    return np.zeros_like(h), np.zeros_like(c)


NO_BIAS = lstm(f=lambda a: a)
BARE = lstm(lambda h, c, **_: (h / np.tanh(c) * c, c), f=np.tanh)
SEQUENCES = [
    (loop(lambda h, c: (h, np.zeros_like(c))), ["Only h starts from the initial state"]),
    (loop(zeros, handed=lambda hs, cs: (hs[-1], cs[-1])), ["starts from zeros", "Only the last step"]),
    (loop(handed=lambda hs, cs: (np.stack([hs[-1]] * len(hs)), np.stack(cs))), ["In the first output one array"]),
    (
        loop(handed=lambda hs, cs: (np.stack([0 * hs[0], *hs[1:]]), np.stack([0 * cs[0], *cs[1:]]))),
        ["The first row of the result is never computed"],
    ),
    (
        loop(handed=lambda hs, cs: (np.stack([*hs[:-1], 0 * hs[0]]), np.stack([*cs[:-1], 0 * cs[0]]))),
        ["The last row of the result is never computed"],
    ),
    (
        loop(read=lambda xs: xs[::-1], handed=lambda hs, cs: (np.stack(hs[::-1]), np.stack(cs))),
        ["The steps run backwards", "The first output comes back from the last step to the first."],
    ),
    (loop(read=lambda xs: np.swapaxes(xs, 0, 1)), ["The input is read with the batch axis first"]),
    (loop(zeros, step=NO_BIAS), ["starts from zeros", "The forget gate has no sigmoid"]),
    (
        loop(handed=lambda hs, cs: (hs[-1], cs[-1]), step=NO_BIAS),
        ["Only the last step", "The forget gate has no sigmoid"],
    ),
    (loop(step=BARE), ["The forget gate uses tanh where sigmoid belongs.", "The hidden state has no tanh"]),
    (
        loop(handed=lambda hs, cs: (np.stack(hs, 1), np.stack(cs, 1)), step=BARE),
        ["The result has the batch axis first", "The forget gate uses tanh", "The hidden state has no tanh"],
    ),
]


@pytest.mark.parametrize(("function", "words"), SEQUENCES, ids=[" ".join(words) for _function, words in SEQUENCES])
def test_a_sequence(function: Callable[..., Any], words: list[str]) -> None:
    item = SequenceItem("lstm", 20, "A sequence.", HINTS, cell=catalogue["LSTM"])
    verdict = judge(item, LocalCaller(function), 0)
    assert verdict.outcome == "wrong" and all(one in verdict.sentence for one in words), verdict.sentence


def test_right_lines_are_not_accused_where_the_mistake_shows_at_other_sizes_only() -> None:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        i, g, o = (x @ p[f"W_{n}"].T + h_prev @ p[f"U_{n}"].T + p[f"b_{n}"] for n in "ico")
        reshaped = p.W_f.reshape(p.W_f.shape[::-1])
        c = sigmoid(x @ reshaped + h_prev @ p.U_f.T + p.b_f) * c_prev + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    sentence = told("LSTM", step).sentence
    assert all(f"The {line} is wrong" not in sentence for line in ("input gate", "candidate", "cell state"))
