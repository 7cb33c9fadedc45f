"""Answers that people typed, each with what it should be told: properties, forms, slips and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

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


GATES: dict[str, tuple[str, str]] = {
    "softmax": (gate("return softmax(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "adds up to 1 over the units"),
    "softmax over the batch": (
        gate("return softmax(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f, 0)"),
        "softmax along the wrong axis",
    ),
    "hard sigmoid": (gate("return np.clip(0.2 * (x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f) + 0.5, 0, 1)"), "0.2 a + 0.5"),
    "brackets": (gate("a = x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f\nreturn 1 / 1 + np.exp(-a)"), "`1 / 1 + exp(-a)`"),
    "sigmoid twice": (gate("return sigmoid(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "sigmoid twice"),
    "bias of 1": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f + 1)"), "larger by 1"),
    "reshape": (gate("return sigmoid(x @ p.W_f.reshape(x.shape[-1], -1) + h_prev @ p.U_f.T + p.b_f)"), "reshaped"),
    "layer norm": (gate("return sigmoid(layer_norm(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "layer norm"),
    "x centred": (gate("x = x - x.mean(0)\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "`x` is centred"),
    "dropout": (
        gate("f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nreturn f * (np.random.rand(*f.shape) > 0.5)"),
        "second call with the same arguments gives another answer (by up to",
    ),
    "noise in a wrong answer": (
        gate("return sigmoid(x @ p.W_f.T) + 0.1 * np.random.randn()"),
        "second call with the same arguments gives another answer",
    ),
    "weights drawn": (
        gate("W = np.random.randn(*p.W_f.shape)\nreturn sigmoid(x @ W.T + h_prev @ p.U_f.T + p.b_f)"),
        "second call with the same arguments",
    ),
    "handed back a bias": (gate("return p.b_f"), "Only `b_f` stands in the forget gate"),
    "handed back h_prev": (gate("return h_prev"), "`h_prev` is handed back"),
    "two sigmoids": (gate("return sigmoid(x @ p.W_f.T) + sigmoid(h_prev @ p.U_f.T + p.b_f)"), "is the sum of two"),
    "product of two": (
        gate("return sigmoid(x @ p.W_f.T + p.b_f) * sigmoid(h_prev @ p.U_f.T)"),
        "is the product of two",
    ),
    "rounded": (gate("return np.round(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f), 2)"), "rounded to 2 digits"),
    "int array": (
        gate("f = np.zeros(h_prev.shape, int)\nf[...] = 5 * sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)\nreturn f"),
        "whole numbers",
    ),
    "float16": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f).astype(np.float16)"),
        "float16 precision: about 3 digits are right",
    ),
    "factor": (gate("return 0.9 * sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "0.9 times"),
    "half": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f) / 2"), "0.5 times"),
    "zeros": (gate("return np.zeros_like(h_prev)"), "is 0 everywhere"),
    "first row": (gate("return sigmoid(x[0] @ p.W_f.T + h_prev[0] @ p.U_f.T + p.b_f)"), "first"),
    "transposed": (
        gate("return sigmoid(p.W_f @ x.T + p.U_f @ h_prev.T + p.b_f[:, None])"),
        "transposed",
    ),
    "batch only": (
        gate("return sigmoid(np.concatenate([x, h_prev], axis=1) @ np.concatenate([p.W_f, p.U_f], axis=1).T + p.b_f)"),
        "axis=-1",
    ),
    "vector only": (gate("return sigmoid(p.W_f @ x + p.U_f @ h_prev + p.b_f)"), "right for one vector only"),
    "vector only by dot": (
        gate(
            "a = np.array([np.dot(w, x) + np.dot(u, h_prev) for w, u in zip(p.W_f, p.U_f)])\nreturn sigmoid(a + p.b_f)"
        ),
        "right for one vector only",
    ),
    "clip of x": (
        gate("x = np.clip(x, -5, 5)\nreturn sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"),
        "cut off at -5",
    ),
    "columns": (
        gate("return sigmoid(p.W_f @ x.T + h_prev @ p.U_f.T + p.b_f)"),
        "`p.W_f @ x.T` has one vector a column",
    ),
    "own names in another order": (
        gate("return sigmoid(a @ p.W_f.T + h @ p.U_f.T + p.b_f)", arguments="h, a, p"),
        "The arguments are taken in the order",
    ),
    "names exchanged": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)", arguments="h_prev, x, p"),
        "takes its arguments in the order x, h_prev, p; yours takes h_prev, x, p",
    ),
    "nothing of b": (gate("return np.cos(sigmoid(x @ p.W_f.T + 3 * h_prev @ p.U_f.T))"), "Nothing depends on `p.b_f`"),
    "math.exp": (gate("return 1 / (1 + math.exp(-(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)))"), "`math.exp(a)`"),
    "W_f": (gate("return sigmoid(x @ W_f.T + h_prev @ p.U_f.T + p.b_f)"), "it is a parameter, `p.W_f`"),
    "b_h": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_h)"), "p has no `b_h`. Is `p.b_f` meant?"),
    "no import": (gate("return torch.sigmoid(x)"), "`torch` is not imported"),
    "misspelt": (gate("return sigmoid(x @ p.W_f.T + hprev @ p.U_f.T + p.b_f)"), "Is `h_prev` meant?"),
    "two arguments": (gate("return x", arguments="x, h_prev"), "in the order x, h_prev, p; yours takes x, h_prev"),
    "bias as a column": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f[:, None])"),
        "without `[:, None]`",
    ),
    "squeezed": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "where all sizes are 1"),
    "squeezed and no bias": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T))"), "has no bias"),
    "calls itself": (gate("return forget_gate(x, h_prev, p)"), "calls itself"),
}


@pytest.mark.parametrize("case", GATES)
def test_a_gate(case: str) -> None:
    source, words = GATES[case]
    for seed in (1, 2):
        verdict = said(source, "forget_gate", seed)
        assert verdict.outcome in ("wrong", "raised") and verdict.mistake, told(verdict)
        assert words in verdict.sentence, told(verdict)


STEPS: dict[str, tuple[str, str]] = {
    "clip at 3": (
        step(first="", h="o * np.tanh(np.clip(c, -3, 3))", ending="return h, np.clip(c, -3, 3)"),
        "cut off at -3",
    ),
    "clip at 20": (step(c="np.clip(f * c_prev + i * g, -20, 20)"), "cut off at -20 and 20"),
    "h_prev kept": (
        step(
            before="kept = None",
            first="global kept\nif kept is None or kept.shape != h_prev.shape:\n    kept = h_prev\nh_prev = kept",
            ending="kept = h\nreturn h, c",
        ),
        "goes on using `h` of an earlier call",
    ),
    "first p": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "goes on using the parameters of an earlier call",
    ),
    "first p of all": (
        step(before="kept = []", first="kept.append(p)\np = kept[0]"),
        "the parameters of an earlier call",
    ),
    "counts calls": (
        step(before="calls = []", first="calls.append(1)", h="o * np.tanh(c) * len(calls)"),
        "second call",
    ),
    "only h": (step(ending="return h"), "returns only `h`: `c` is missing"),
    "only c": (step(ending="return c"), "returns only `c`: `h` is missing"),
    "three": (step(ending="return h, c, o"), "returns 3 values where 2 are wanted"),
    "as in torch": (step(ending="return h, (h, c)"), "nested"),
    "nothing": (step(ending=""), "returns nothing"),
    "printed": (step(ending="print(h, c)"), "prints, but returns nothing"),
    "text": (step(ending="return f'{h} {c}'"), "returns a str"),
    "keys": (step(ending="return {'hidden': h, 'cell': c}"), "`h` is missing: the names are hidden, cell"),
    "None": (step(ending="return h, None"), "returns None in place of `c`"),
    "states as they came": (step(ending="return h_prev, c_prev"), "hands back `h_prev`, `c_prev` as it came"),
    "h plus h_prev": (step(ending="return h + h_prev, c"), "`h_prev` is added"),
    "layer norm of c": (step(c="layer_norm(f * c_prev + i * g)"), "`c` is normalised over the units"),
    "c squashed": (step(c="np.tanh(f * c_prev + i * g)"), "tanh"),
    "h averaged": (step(ending="return np.tile(h.mean(0), (len(h), 1)), c"), "averaged over rows of the batch"),
    "batch mixed": (step(first="h_prev = h_prev - h_prev.mean(0) * x.mean()"), "depends on the other rows"),
    "matrix product": (step(c="f @ c_prev + i * g"), "multiplies as matrices"),
    "np.dot": (step(c="np.dot(f, c_prev) + i * g"), "multiplies as matrices"),
    "own names in another order": (
        step(arguments="x, c, h, p", first="h_prev, c_prev = h, c").replace("c_prev + i * g", "c_prev + i * g"),
        "The arguments are taken in the order",
    ),
    "leaky relu": (
        step(g="(lambda a: np.where(a > 0, a, 0.01 * a))(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)"),
        "leaky relu",
    ),
    "a helper without return": (
        step(before="def gate(a):\n    sigmoid(a)", f="gate(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"),
        "A value is None there",
    ),
    "one row after the other": (
        step(ending="return list(h), list(c[:-1])"),
        "Only the first rows of the batch",
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_a_step(case: str) -> None:
    source, words = STEPS[case]
    for seed in (1, 2):
        verdict = said(source, "lstm_step", seed)
        assert verdict.outcome in ("wrong", "raised") and verdict.mistake, told(verdict)
        assert words in verdict.sentence, told(verdict)
