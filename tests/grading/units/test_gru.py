"""Unit 07 as students write it: each slip has the name that a teacher would give it."""

from __future__ import annotations

from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

UNIT = load("07")
HEAD = """
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def gate(x, h, p, k):
    return sigmoid(x @ p["W_" + k].T + h @ p["U_" + k].T + p["b_" + k])

def step(x, h, p, candidate="(r * h) @ p.U_h.T + p.b_h", mix="z * h + (1 - z) * n"):
    z, r = gate(x, h, p, "z"), gate(x, h, p, "r")
    n = np.tanh(x @ p.W_h.T + eval(candidate))
    return eval(mix)
"""
OTHER = "(1 - z) * h + z * n"


def told(name: str, *lines: str) -> Any:
    item = UNIT.item(name)
    body = "".join(f"    {line}\n" for line in lines)
    return judge(item, LocalCaller(function_of(f"{HEAD}\ndef {item.signature()}:\n{body}", name)), 3)


@pytest.mark.parametrize(
    ("candidate", "mix", "says"),
    [
        ("(r * h) @ p.U_h.T + p.b_h", OTHER, ["This is the other convention of the literature"]),
        ("r * (h @ p.U_h.T) + p.b_h", "z * h + (1 - z) * n", ["`r` stands after the product with U_h"]),
        ("r * (h @ p.U_h.T) + p.b_h", OTHER, ["`r` stands after the product", "the other convention"]),
        ("r * (h @ p.U_h.T + p.b_h)", "z * h + (1 - z) * n", ["`r` multiplies `b_h` as well"]),
        ("(z * h) @ p.U_h.T + p.b_h", "r * h + (1 - r) * n", ["uses `z` where `r` belongs", "wherever `z` belongs"]),
        ("h @ p.U_h.T + p.b_h", "z * h + (1 - z) * n", ["`h_prev` is not multiplied by `r`"]),
        ("(r * h) @ p.U_h.T + p.b_h", "z * h + z * n", ["`z` stands where `1 - z` belongs"]),
        ("(r * h) @ p.U_h.T + p.b_h", "z * r * h + (1 - z) * n", ["`z * h_prev` is multiplied by `r`"]),
    ],
)
def test_slips_of_the_step(candidate: str, mix: str, says: list[str]) -> None:
    verdict = told("gru_step", f"return step(x, h_prev, p, {candidate!r}, {mix!r})")
    assert verdict.outcome == "wrong"
    assert all(part in verdict.sentence for part in says), verdict.sentence


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        ("p.b_h + r * (h @ p.U_h.T)", ["`b_u` is missing"]),
        ("p.b_h + r * (h @ p.U_h.T) + p.b_u", ["`r` does not multiply `b_u`"]),
        ("r * (h @ p.U_h.T + p.b_u + p.b_h)", ["`r` multiplies `b_h` as well"]),
        ("p.b_u + r * (h @ p.U_h.T + p.b_h)", ["`b_h` and `b_u` are exchanged"]),
        ("p.b_h + (r * h) @ p.U_h.T + p.b_u", ["`r` stands inside the product with U_h instead of after it"]),
        ("p.b_h + (r * h) @ p.U_h.T + r * p.b_u", ["instead of after it; `r * b_u` is right"]),
        ("p.b_h + (r * h) @ p.U_h.T", ["`b_u` is missing", "inside the product with U_h"]),
    ],
)
def test_slips_of_the_step_with_the_reset_after(candidate: str, says: list[str]) -> None:
    verdict = told("gru_step_reset_after", f"return step(x, h_prev, p, {candidate!r})")
    assert verdict.outcome == "wrong"
    assert all(part in verdict.sentence for part in says), verdict.sentence


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["return np.stack([step(x, h_0, p) for x in xs])"], "The state is not carried"),
        (["hs = [h_0]", "for x in xs: hs.append(step(x, hs[-1], p))", "return np.stack(hs)"], "T + 1 steps"),
        (["hs = [h_0]", "for x in xs[1:]: hs.append(step(x, hs[-1], p))", "return np.stack(hs[1:])"], "T - 1 steps"),
        (["h = h_0", "for x in xs: h = step(x, h, p)", "return h"], "Only the last step"),
    ],
)
def test_slips_of_the_loop(lines: list[str], says: str) -> None:
    verdict = told("gru_forward", *lines)
    assert verdict.outcome == "wrong" and says in verdict.sentence


TEXT = '"""z = sigmoid(W_z @ x + U_z @ h_prev + b_z)\nr = sigmoid(W_r @ x + U_r @ h_prev + b_r)\n{}"""'
CANDIDATE = "n = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)\n"


def test_the_equations_ask_for_the_other_meaning_of_z() -> None:
    right = TEXT.format(CANDIDATE + "h = (1 - z) * h_prev + z * n")
    assert told("gru_equations", f"return {right}").outcome == "right"
    old = TEXT.format(CANDIDATE + "h = z * h_prev + (1 - z) * n")
    verdict = told("gru_equations", f"return {old}")
    assert verdict.outcome == "wrong" and "they are exchanged" in verdict.sentence
