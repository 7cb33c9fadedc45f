"""Answers to unit 03 as people type them: a gate or a step with one part written otherwise, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

__all__ = ["GATE", "HEAD", "UNIT", "gate", "said", "step", "told", "written"]

UNIT = load("03")
HEAD = """
import math
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def softmax(a, axis=-1):
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)

def layer_norm(a):
    return (a - a.mean(-1, keepdims=True)) / np.sqrt(a.var(-1, keepdims=True) + 1e-5)
"""
GATE = "sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
STEP = {
    "f": "sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)",
    "i": "sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)",
    "g": "np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)",
    "c": "f * c_prev + i * g",
    "o": "sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)",
    "h": "o * np.tanh(c)",
}


def written(head: str, source: str, name: str) -> Callable[..., Any]:
    """The function of a notebook."""
    return function_of(f"{head}\n{source}", name)


def gate(body: str, arguments: str = "x, h_prev, p", before: str = "") -> str:
    """A forget gate with this body."""
    rows = "".join(f"    {row}\n" for row in body.split("\n"))
    return f"{before}\ndef forget_gate({arguments}):\n{rows}"


def step(ending: str = "return h, c", before: str = "", arguments: str = "x, h_prev, c_prev, p", **lines: str) -> str:
    """An LSTM step with some lines written otherwise; `first` comes before them, an empty line is left out."""
    first = lines.pop("first", "")
    rows = [first, *(f"{name} = {lines.get(name, right)}" for name, right in STEP.items()), ending]
    body = "".join(f"    {row}\n" for text in rows for row in text.split("\n") if row)
    return f"{before}\ndef lstm_step({arguments}):\n{body}"


def said(source: str, name: str, seed: int = 1, head: str = HEAD) -> Verdict:
    function = written(head, source, name)
    return judge(UNIT.item(name), LocalCaller(function), seed, head=head_of(function))


def told(verdict: Verdict) -> str:
    return " ".join((verdict.sentence, *verdict.details))
