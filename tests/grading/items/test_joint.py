"""Mistakes that tie several stacked lines together, each typed as people stack gates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.grading.items import SliceItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller

Stack = Callable[[Any], Any]


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def softmax(a: Any, axis: int = -1) -> Any:
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def layer_norm(a: Any) -> Any:
    return (a - a.mean(-1, keepdims=True)) / np.sqrt(a.var(-1, keepdims=True) + 1e-5)


def sums(x: Any, h_prev: Any, p: Any, letters: str) -> list[Any]:
    return [x @ p[f"W_{n}"].T + h_prev @ p[f"U_{n}"].T + p[f"b_{n}"] for n in letters]


def told(cell: str, function: Callable[..., Any]) -> str:
    item = SliceItem("step", 10, "A step.", ("one", "two", "three"), slice=whole_step(catalogue[cell]))
    verdicts = [judge(item, LocalCaller(function), seed) for seed in (0, 1)]
    assert all(verdict.outcome == "wrong" for verdict in verdicts)
    assert verdicts[0].sentence == verdicts[1].sentence
    return verdicts[0].sentence


def three_gates(change: Stack, order: str = "fio") -> Callable[..., Any]:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        gates = change(np.concatenate(sums(x, h_prev, p, order), axis=-1))
        s = dict(zip(order, np.split(gates, 3, axis=-1), strict=True))
        c = s["f"] * c_prev + s["i"] * np.tanh(sums(x, h_prev, p, "c")[0])
        return s["o"] * np.tanh(c), c

    return step


def all_four(change: Stack, candidate: Callable[[Any], Any]) -> Callable[..., Any]:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        f, i, g, o = np.split(change(np.concatenate(sums(x, h_prev, p, "fico"), axis=-1)), 4, axis=-1)
        c = f * c_prev + i * candidate(g)
        return o * np.tanh(c), c

    return step


@pytest.mark.parametrize("order", ["fio", "iof"])
def test_a_softmax_over_three_stacked_gates(order: str) -> None:
    assert "One softmax goes over `f`, `i`, `o` together" in told("LSTM", three_gates(softmax, order))


@pytest.mark.parametrize("candidate", [np.tanh, lambda g: g])
def test_a_softmax_over_everything_that_is_stacked(candidate: Callable[[Any], Any]) -> None:
    assert "One softmax goes over `f`, `i`, `c_tilde`, `o` together" in told("LSTM", all_four(softmax, candidate))


def test_a_softmax_from_gate_to_gate() -> None:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        f, i, o = softmax(np.stack(sums(x, h_prev, p, "fio")), axis=0)
        c = f * c_prev + i * np.tanh(sums(x, h_prev, p, "c")[0])
        return o * np.tanh(c), c

    assert "A softmax goes from gate to gate: `f`, `i`, `o` add up to 1 in each unit" in told("LSTM", step)


def test_one_layer_norm_over_all_stacked_sums() -> None:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        rows = layer_norm(np.concatenate(sums(x, h_prev, p, "fico"), axis=-1))
        f, i, g, o = np.split(rows, 4, axis=-1)
        c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    assert "`f`, `i`, `c_tilde`, `o` are normalised together" in told("LSTM", step)


def test_the_gates_of_a_gru() -> None:
    def step(x: Any, h_prev: Any, p: Any) -> Any:
        z, r = np.split(softmax(np.concatenate(sums(x, h_prev, p, "zr"), axis=-1)), 2, axis=-1)
        return z * h_prev + (1 - z) * np.tanh(x @ p.W_h.T + (r * h_prev) @ p.U_h.T + p.b_h)

    assert "One softmax goes over `z`, `r` together" in told("GRU", step)


def test_the_two_gates_of_a_peephole_cell_that_see_the_old_state() -> None:
    def step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        rows = [a + p[f"P_{n}"] * c_prev for n, a in zip("fi", sums(x, h_prev, p, "fi"), strict=True)]
        f, i = np.split(softmax(np.concatenate(rows, axis=-1)), 2, axis=-1)
        c = f * c_prev + i * np.tanh(sums(x, h_prev, p, "c")[0])
        return sigmoid(sums(x, h_prev, p, "o")[0] + p.P_o * c) * np.tanh(c), c

    assert "One softmax goes over `f`, `i` together" in told("peephole LSTM", step)
