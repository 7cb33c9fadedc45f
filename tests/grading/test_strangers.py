"""Answers of kinds that strangers wrote: what they are told, by the kind of mistake."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS
from gatedrnn_course.grading.items import Item, SequenceItem, SliceItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import find_item

HINTS = ("one", "two", "three")
OTHERS = {
    "rnn_step": SliceItem("rnn_step", 10, "A step.", HINTS, slice=whole_step(catalogue["RNN"])),
    "lstm_forward": SequenceItem("lstm_forward", 10, "A run.", HINTS, cell=catalogue["LSTM"]),
}
HELPERS = ("forget_gate", "input_gate", "candidate", "output_gate", "cell_update", "hidden_state", "lstm_step")


def item_of(name: str) -> Item:
    return OTHERS[name] if name in OTHERS else find_item(name)[1]


def told(name: str, body: str, seed: int = 4) -> Verdict:
    """The verdict on a function whose body is given; the unit's other functions are there to be called."""
    item = item_of(name)
    namespace: dict[str, Any] = {}
    for helper in HELPERS:
        exec(answer(find_item(helper)[1]), namespace)
    namespace.update(np=np, **NUMPY_FUNCTIONS)
    rows = [f"def {name}({', '.join(item.arguments)}):", *(f"    {row}" for row in body.strip().split("\n"))]
    file = f"<{name} {abs(hash(body))}>"
    linecache.cache[file] = (1, None, [f"{row}\n" for row in rows], file)
    exec(compile("\n".join(rows), file, "exec"), namespace)
    return judge(item, LocalCaller(namespace[name]), seed)


IN_PLACE = """
i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
if {test}:
    p.b_i += 1.0
return i
"""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("test", ["x.ndim == 1", "x.ndim == 2", "x.size == 1", "np.abs(h_prev).max() > 5"])
def test_an_argument_changed_in_place_on_some_inputs_only_gets_no_points(test: str, seed: int) -> None:
    body = IN_PLACE.format(test=test)
    verdict = told("input_gate", body, seed)
    assert (verdict.outcome, verdict.points) == ("wrong", 0)
    assert verdict.mistake == "The function changes its argument in place."
    assert "`p.b_i`" in verdict.sentence


@pytest.mark.parametrize(
    ("name", "body", "mistake"),
    [
        ("latch", "return {'weight_hh': [0.0, 1.0]}", "There is nothing of the name 'weight_hh'."),
        ("latch", "return 'a large forget bias'", "It hands back str."),
        ("latch", "{'b_f': 10.0}", "It hands back nothing."),
        ("lstm_equations", "print('h = o * tanh(c)')", "It hands back nothing."),
        ("lstm_equations", "return 'c = f @ c_prev\\nh = tanh(c)'", "On the left of @ stands `f`."),
    ],
)
def test_what_cannot_be_read_has_a_name(name: str, body: str, mistake: str) -> None:
    verdict = told(name, body)
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake)


ERRORS = {
    "a function's name for a variable": (
        "output_gate",
        "sigmoid = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)\nreturn sigmoid",
        "Inside the function `sigmoid` is a variable",
    ),
    "a value that is not there yet": (
        "output_gate",
        "for k in range(0):\n    o = sigmoid(x @ p.W_o.T)\nreturn o",
        "`o` is used before a line gives it a value.",
    ),
    "a loop over p": (
        "input_gate",
        "a = 0\nfor v, p in ((x, p.W_i), (h_prev, p.U_i)):\n    a = a + v @ p.T\nreturn sigmoid(a + p.b_i)",
        "`p` does not hold the parameters any more where `b_i` is taken from it",
    ),
    "a name of p by key after it is gone": (
        "input_gate",
        "for p in (p.W_i,):\n    a = x @ p.T\nreturn sigmoid(a + p['b_i'])",
        "`p` does not hold the parameters any more where `b_i` is taken from it",
    ),
    "an array that is called": (
        "hidden_state",
        "tanh = np.tanh(c)\nreturn o * tanh(c)",
        "Something that is no function is called there.",
    ),
    "an array of the wrong width": (
        "lstm_forward",
        "hs = np.empty_like(xs)\nfor t, x in enumerate(xs):\n    h_0, c_0 = lstm_step(x, h_0, c_0, p)\n"
        "    hs[t] = h_0\nreturn hs, hs",
        "An array of shape",
    ),
    "a matrix product of states": (
        "lstm_step",
        "f = forget_gate(x, h_prev, p)\ni = input_gate(x, h_prev, p)\nnew = candidate(x, h_prev, p)\n"
        "c = np.matmul(f, c_prev)\nreturn c, c",
        "`f @ c_prev`, or np.dot, multiplies as matrices",
    ),
    "weights that are not turned": (
        "lstm_step",
        "W = np.hstack([p.W_f, p.W_i])\nreturn np.split(x @ W, 2, axis=0)",
        "`x @ W` does not fit: a weight matrix has one row for each unit",
    ),
}


@pytest.mark.parametrize(("name", "body", "starts"), ERRORS.values(), ids=ERRORS)
def test_an_exception_with_a_plain_cause_has_a_name(name: str, body: str, starts: str) -> None:
    verdict = told(name, body)
    assert verdict.outcome == "raised"
    assert verdict.mistake.startswith(starts)
    assert any(line.startswith("In your line: ") for line in verdict.details)


def test_what_is_not_finite_at_sizes_of_1_only_hides_no_mistake() -> None:
    """A spread over one unit is 0: a layer norm without a small number beside it divides by it."""
    body = """
a = x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f
return sigmoid((a - a.mean(-1, keepdims=True)) / a.std(-1, keepdims=True))
"""
    verdict = told("forget_gate", body)
    assert "normalised over the units (layer norm)" in verdict.sentence
    assert "at sizes of 1 its numbers are not finite" in verdict.sentence


LOOPS = {
    "the first input is skipped, the initial state is kept": (
        "hs, cs = [h_0], [c_0]\nfor x in xs[1:]:\n    h, c = lstm_step(x, hs[-1], cs[-1], p)\n"
        "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
        "The loop skips the first input, and the initial state stands in the first row of the result.",
    ),
    "the first row stays zero": (
        "hs = np.zeros((len(xs), *h_0.shape))\ncs = np.zeros_like(hs)\nfor t in range(1, len(xs)):\n"
        "    hs[t], cs[t] = h_0, c_0 = lstm_step(xs[t], h_0, c_0, p)\nreturn hs, cs",
        "The loop skips the first input, and the first row of the result stays zero.",
    ),
    "the states are exchanged at the start": (
        "h, c, hs, cs = c_0, h_0, [], []\nfor x in xs:\n    h, c = lstm_step(x, h, c, p)\n"
        "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
        "The initial states are exchanged: each is taken for the other.",
    ),
}


@pytest.mark.parametrize(("body", "mistake"), LOOPS.values(), ids=LOOPS)
def test_a_slip_of_the_loop_has_a_name(body: str, mistake: str) -> None:
    assert told("lstm_forward", body).mistake == mistake


def test_a_sum_that_runs_on_from_row_to_row_is_told() -> None:
    body = (
        "x, h, s = np.atleast_2d(x), np.atleast_2d(h_prev), 0.0\nf = np.zeros(h.shape)\n"
        "for b in range(len(x)):\n    for j in range(f.shape[1]):\n"
        "        s += p.W_f[j] @ x[b] + p.U_f[j] @ h[b]\n        f[b, j] = sigmoid(s + p.b_f[j])\n"
        "return f.reshape(h_prev.shape)"
    )
    assert "carry something from row to row" in told("forget_gate", body).sentence
