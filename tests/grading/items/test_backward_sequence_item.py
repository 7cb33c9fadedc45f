from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, sequence_backward
from gatedrnn_course.grading.items import BackwardSequenceItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove import prove_item
from gatedrnn_course.grading.prove.programs import right_answers
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller

HINTS = ("one", "two", "three")
ITEM = BackwardSequenceItem("lstm_backward", 30, "Back through time.", HINTS, cell=catalogue["LSTM"])

ANSWER = """
import numpy as np

def back(s, d_h, d_c, p):
    tanh_c = np.tanh(s["c"])
    d_c = d_c + d_h * s["o"] * (1 - tanh_c**2)
    d_a = {
        "f": d_c * s["c_prev"] * s["f"] * (1 - s["f"]),
        "i": d_c * s["c_tilde"] * s["i"] * (1 - s["i"]),
        "c": d_c * s["i"] * (1 - s["c_tilde"] ** 2),
        "o": d_h * tanh_c * s["o"] * (1 - s["o"]),
    }
    d_x = sum(d_a[k] @ p["W_" + k] for k in d_a)
    d_h_prev = sum(d_a[k] @ p["U_" + k] for k in d_a)
    return d_x, d_h_prev, d_c * s["f"], d_a

def lstm_backward(saved, d_hs, p):
    T, B, H = d_hs.shape
    d_h = np.zeros((B, H))
    d_c = np.zeros((B, H))
    d_xs = np.zeros(saved.x.shape)
    grads = {"d_" + name: np.zeros(value.shape) for name, value in p.items()}
    for t in reversed(range(T)):
        step = {name: values[t] for name, values in saved.items()}
        d_xs[t], d_h, d_c, d_a = back(step, d_hs[t] + d_h, d_c, p)
        for k, d in d_a.items():
            grads["d_W_" + k] += d.T @ saved.x[t]
            grads["d_U_" + k] += d.T @ saved.h_prev[t]
            grads["d_b_" + k] += d.sum(0)
    return {"d_xs": d_xs, "d_h_0": d_h, "d_c_0": d_c, **grads}
"""
"""As a student writes it: the parts that one may share with `lstm_step_backward`, then the loop."""


def verdict(*changes: tuple[str, str], seed: int = 4) -> Verdict:
    source = ANSWER
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return judge(ITEM, LocalCaller(function_of(source, ITEM.name)), seed)


def test_the_answer_is_right() -> None:
    assert verdict().outcome == "right"


LOOP = "        d_xs[t], d_h, d_c, d_a = back(step, d_hs[t] + d_h, d_c, p)\n"
NOT_REACHED = "does not reach the step before"
WRONG = [
    # Not carried.
    ([("d_hs[t] + d_h,", "d_hs[t],")], "The gradient of h does not reach the step before"),
    ([("d_xs[t], d_h, d_c,", "d_xs[t], d_h, _,")], "The gradient of c does not reach the step before"),
    ([("+ d_h, d_c, p)", "+ d_h, 0 * d_c, p)")], "The gradient of c does not reach the step before"),
    ([("d_c = d_c + d_h *", "d_c = d_h *")], "The gradient of c does not reach the step before"),
    # Carried to the wrong step.
    (
        [(LOOP, "        late, arrives = d_h, (late if t < T - 1 else 0)\n" + LOOP.replace("+ d_h", "+ arrives"))],
        "The gradient of h is carried to the wrong step, one step late",
    ),
    (
        [
            (
                LOOP,
                "        late, arrives = d_c, (late if t < T - 1 else 0 * d_c)\n"
                + LOOP.replace("d_c, p)", "arrives, p)"),
            )
        ],
        "The gradient of c is carried to the wrong step, one step late",
    ),
    (
        [
            (LOOP, LOOP.replace("d_h, d_c, d_a", "d_c, d_h, d_a")),
            ('"d_h_0": d_h, "d_c_0": d_c', '"d_h_0": d_c, "d_c_0": d_h'),
        ],
        "The gradients of h and c are exchanged when they are carried",
    ),
    # What arrives at h.
    ([("d_hs[t] + d_h,", "d_hs[t] * (t == T - 1) + d_h,")], "`d_hs[t]` is not added: only the last step gets its own"),
    ([("d_hs[t] + d_h,", "d_hs[t - 1] + d_h,")], "`d_hs[t - 1]` stands in its place"),
    ([("d_hs[t] + d_h,", "d_hs[min(t + 1, T - 1)] + d_h,")], "`d_hs[t + 1]` stands in its place"),
    ([("d_hs[t] + d_h,", "d_hs[T - 1 - t] + d_h,")], "`d_hs` is read from the first step to the last"),
    # Time.
    ([("reversed(range(T))", "range(T)")], "Time is walked forwards"),
    (
        [
            (
                "T, B, H = d_hs.shape",
                "saved = {n: v.swapaxes(0, 1) for n, v in saved.items()}\n"
                "    d_hs = d_hs.swapaxes(0, 1)\n    T, B, H = d_hs.shape",
            ),
            ("saved.x", 'saved["x"]'),
            ("saved.h_prev", 'saved["h_prev"]'),
        ],
        "The loop goes over the batch axis instead of time",
    ),
    (
        [
            ("        for k, d in", "        step['f'] = saved.f[t - 1]\n        for k, d in"),
            (LOOP, "        step['f'] = saved.f[t - 1]\n" + LOOP),
        ],
        "`f` is taken at the wrong time step: `saved.f[t - 1]`",
    ),
    (
        [(LOOP, "        step['f'] = saved.f[min(t + 1, T - 1)]\n" + LOOP)],
        "`f` is taken at the wrong time step: `saved.f[t + 1]`",
    ),
    (
        [
            ('d_c * s["f"], d_a', 'd_c * s["before"], d_a'),
            (LOOP, "        step['before'] = saved.f[max(t - 1, 0)]\n" + LOOP),
        ],
        "`f` is taken at the wrong time step where a gradient is carried",
    ),
    ([('{"d_xs": d_xs,', '{"d_xs": d_xs[::-1],')], "`d_xs` is not in the order of time"),
    # Gradients of the parameters.
    ([("] += d", "] = d")], "those of the first step only: each step overwrites them"),
    ([("for k, d in d_a.items():", "for k, d in d_a.items() if t == T - 1 else ():")], "those of the last step only"),
    (
        [("return {", "grads = {n: g / T for n, g in grads.items()}\n    return {")],
        "averaged over time instead of summed",
    ),
    ([('"d_b_" + k] += d.sum(0)', '"d_b_" + k] = d.sum(0)')], "The gradients of b are those of the first step only"),
    (
        [("value.shape)", "value.shape if value.ndim > 1 else (B, H))"), ("d.sum(0)", "d")],
        "The gradient of every bias is not summed over the batch",
    ),
    ([("d.sum(0)", "d.mean(0)")], "The gradient of every bias is averaged over the batch"),
    # The initial states.
    ([('"d_h_0": d_h, "d_c_0": d_c', '"d_h_0": d_c, "d_c_0": d_h')], "`d_h_0` and `d_c_0` are exchanged"),
    ([('"d_h_0": d_h', '"d_h_0": np.zeros((B, H))')], "`d_h_0` is zeros"),
    ([('"d_c_0": d_c', '"d_c_0": 0 * d_c')], "`d_c_0` is zeros"),
    # A mistake of the step, inside the loop.
    ([('@ p["U_" + k]', '@ p["U_" + k].T')], "Every matrix U stands the wrong way round"),
    ([("saved.h_prev[t]", 'step["h"]')], "`h` stands wherever `h_prev` belongs"),
    ([('d_c * s["c_prev"]', 'd_c * s["c"]')], "uses `c` where `c_prev` belongs"),
    ([('(1 - s["c_tilde"] ** 2)', '(1 - np.tanh(s["c_tilde"]) ** 2)')], "taken at its output as if at its input"),
    ([('(1 - s["c_tilde"] ** 2)', '(1 - s["c_tilde"])')], "the square is missing"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_a_mistake_is_named(changes: list[tuple[str, str]], words: str) -> None:
    got = verdict(*changes)
    assert got.outcome in ("wrong", "raised") and words in got.mistake


PAIRS = [
    ([("d_hs[t] + d_h,", "d_hs[t],"), ("] += d", "] = d")], (NOT_REACHED, "each step overwrites them")),
    (
        [("d_hs[t] + d_h,", "d_hs[t],"), ('(1 - s["c_tilde"] ** 2)', "1")],
        (NOT_REACHED, "the derivative of tanh is missing"),
    ),
    ([("] += d", "] = d"), ('d_c * s["c_prev"]', 'd_c * s["c"]')], ("overwrites", "uses `c` where `c_prev` belongs")),
    (
        [('{"d_xs": d_xs,', '{"d_xs": d_xs[::-1],'), ("d.sum(0)", "d.mean(0)")],
        ("order of time", "averaged over the batch"),
    ),
    (
        [('(1 - s["c_tilde"] ** 2)', '(1 - s["c_tilde"])'), ('d_c * s["c_prev"]', 'd_c * s["c"]')],
        ("the square is missing", "uses `c` where `c_prev` belongs"),
    ),
]


@pytest.mark.parametrize(("changes", "words"), PAIRS)
def test_two_mistakes_are_named(changes: list[tuple[str, str]], words: tuple[str, str]) -> None:
    got = verdict(*changes)
    assert all(one in got.mistake for one in words)


def test_arguments_changed_in_place_are_named() -> None:
    got = verdict((LOOP, "        d_hs[t] += d_h\n" + LOOP.replace("d_hs[t] + d_h", "d_hs[t]")))
    assert "`d_hs` in place" in got.sentence
    got = verdict((LOOP, LOOP + "        saved.f[t] *= 0\n"))
    assert "`saved.f` in place" in got.sentence


def test_the_reference_is_backpropagation_through_time() -> None:
    draw = ITEM.draws(np.random.default_rng(3))[0]
    saved, d_hs, p = draw.args
    assert isinstance(saved, Params)
    start = [saved.h_prev[0], saved.c_prev[0]]
    d_p, d_xs, d_state = sequence_backward(ITEM.cell, saved.x, start, p, d_hs)  # type: ignore[arg-type]
    found = ITEM.reference(*draw.args)
    assert isinstance(found, dict)
    np.testing.assert_allclose(found["d_xs"], d_xs, rtol=1e-12)  # type: ignore[arg-type]
    np.testing.assert_allclose(found["d_h_0"], d_state[0], rtol=1e-12)  # type: ignore[arg-type]
    np.testing.assert_allclose(found["d_c_0"], d_state[1], rtol=1e-12)  # type: ignore[arg-type]
    for name, grad in d_p.items():
        np.testing.assert_allclose(found[f"d_{name}"], grad, rtol=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM"])
def test_right_answers_in_every_style_are_accepted_for_other_cells(name: str) -> None:
    item = BackwardSequenceItem("back", 1, "Back.", HINTS, cell=catalogue[name])
    answers = list(right_answers(item))
    assert len(answers) >= 14
    for k, (words, source) in enumerate(answers):
        assert judge(item, LocalCaller(function_of(source, "back")), k).outcome == "right", words


def test_the_backward_of_another_cell_is_proved() -> None:
    proof = prove_item(BackwardSequenceItem("rnn_backward", 10, "Back.", HINTS, cell=catalogue["RNN"]), 0)
    assert proof.failures == ()
    assert proof.caught.all and proof.named.all and proof.caught.of > 110


def test_the_docstring_says_every_shape() -> None:
    text = " ".join(ITEM.docstring().split())
    for words in ("saved.x (T, B, D)", "d_hs: ", "d_xs (T, B, D)", "d_h_0, d_c_0 (B, H)", "d_W_o (H, D)"):
        assert words in text
