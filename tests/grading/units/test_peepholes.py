"""Answers to unit 08 as people type them, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

UNIT = load("08")
HEAD = """
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def inside(x, h, p, k, more):
    return x @ p["W_" + k].T + h @ p["U_" + k].T + p["b_" + k] + more

def gate(x, h, p, k, more):
    return sigmoid(inside(x, h, p, k, more))
"""


def told(name: str, *lines: str) -> Any:
    item = UNIT.item(name)
    body = "".join(f"    {line}\n" for line in lines)
    return judge(item, LocalCaller(function_of(f"{HEAD}\ndef {item.signature()}:\n{body}", name)), 3)


def step(f: str = "P * c_prev", i: str = "P * c_prev", candidate: str = "0", o: str = "P * c") -> Any:
    lines = [f"{k} = gate(x, h_prev, p, '{k}', {more.replace('P', f'p.P_{k}')})" for k, more in (("f", f), ("i", i))]
    lines += [f"n = np.tanh(inside(x, h_prev, p, 'c', {candidate}))", "c = f * c_prev + i * n"]
    lines += [f"o = gate(x, h_prev, p, 'o', {o.replace('P', 'p.P_o')})", "return o * np.tanh(c), c"]
    return told("peephole_step", *lines)


def test_the_step_is_right() -> None:
    assert step().outcome == "right"


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"o": "P * c_prev"}, "The output gate uses `c_prev` where `c` belongs"),
        ({"candidate": "p.P_i * c_prev"}, "The candidate sees `c_prev` as well"),
        ({"f": "c_prev @ p.U_f.T"}, "the whole matrix U_f stands where the peephole"),
        ({"f": "c_prev @ P", "i": "c_prev @ P", "o": "c @ P"}, "The same at every peephole"),
        ({"f": "(c_prev @ P)[..., None]", "i": "(c_prev @ P)[..., None]"}, "is summed over the units"),
        ({"f": "0", "i": "0", "o": "0"}, "No gate has its peephole"),
        ({"o": "0"}, "The output gate has no peephole"),
        ({"o": "P * np.tanh(c)"}, "`c` passes through tanh"),
    ],
)
def test_slips_of_the_step(other: dict[str, str], says: str) -> None:
    verdict = step(**other)
    assert verdict.outcome == "wrong" and says in verdict.sentence


def test_peepholes_after_the_sigmoid() -> None:
    f, i = (f"gate(x, h_prev, p, '{k}', 0) + p.P_{k} * c_prev" for k in "fi")
    assert "Every peephole is added after the activation" in told("peephole_gates", f"return {f}, {i}").sentence
    one = told("peephole_output_gate", "return gate(x, h_prev, p, 'o', 0) + p.P_o * c").sentence
    assert "`P_o * c` is added after sigmoid instead of inside it" in one


@pytest.mark.parametrize("term", ["c_prev @ P", "P @ c_prev.T", "np.dot(c_prev, P)", "(c_prev @ P)[..., None]"])
def test_both_gates_with_a_matrix_product(term: str) -> None:
    f, i = (f"gate(x, h_prev, p, '{k}', {term.replace('P', f'p.P_{k}')})" for k in "fi")
    verdict = told("peephole_gates", f"return {f}, {i}")
    assert verdict.outcome == "wrong" and "The same at every peephole: `P_f" in verdict.sentence


def test_without_recurrent_weights() -> None:
    gates = [f"{k} = sigmoid(x @ p.W_{k}.T + p.P_{k} * c_prev + p.b_{k})" for k in "fi"]
    lines = [*gates, "c = f * c_prev + i * np.tanh(x @ p.W_c.T + p.b_c)"]
    o = "o = sigmoid(x @ p.W_o.T + p.P_o * c + p.b_o)"
    assert told("no_recurrence_step", *lines, o, "return o * c, c").outcome == "right"
    shown = told("no_recurrence_step", *lines, o, "return o * np.tanh(c), c").sentence
    assert "`c` passes through tanh, and should not" in shown
    late = told("no_recurrence_step", *lines, o.replace("* c ", "* c_prev "), "return o * c, c").sentence
    assert "The output gate uses `c_prev` where `c` belongs" in late


def test_a_matrix_is_no_peephole_in_the_equations() -> None:
    text = UNIT.item("peephole_equations").reference().replace("P_f * c_prev", "P_f @ c_prev")  # type: ignore[union-attr]
    verdict = told("peephole_equations", f"return {text!r}")
    assert verdict.points == 0 and "for an elementwise product write *" in " ".join(verdict.details)
