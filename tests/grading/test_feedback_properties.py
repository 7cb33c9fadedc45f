"""Answers that people typed, each with what it should be told: properties, forms, slips and errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.bound import name_of, namespace_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import Limits, best_sandbox
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
    "b_h": (gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_h)"), "`p` has no `b_h`. Is `p.b_f` meant?"),
    "no import": (gate("return torch.sigmoid(x)"), "`torch` is not imported"),
    "misspelt": (gate("return sigmoid(x @ p.W_f.T + hprev @ p.U_f.T + p.b_f)"), "Is `h_prev` meant?"),
    "two arguments": (gate("return x", arguments="x, h_prev"), "in the order x, h_prev, p; yours takes x, h_prev"),
    "bias as a column": (
        gate("return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f[:, None])"),
        "without `[:, None]`",
    ),
    "squeezed": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f))"), "where all sizes are 1"),
    "squeezed and no bias": (gate("return np.squeeze(sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T))"), "has no bias"),
    "the example's x": (
        gate(
            "return sigmoid(X @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)",
            before="from gatedrnn_course import example\nX, H, P = example('forget_gate')",
        ),
        "uses `x` of the example",
    ),
    "the example's p": (
        gate(
            "return sigmoid(x @ P.W_f.T + h_prev @ P.U_f.T + P.b_f)",
            before="from gatedrnn_course import example\nX, H, P = example('forget_gate')",
        ),
        "uses the parameters of the example",
    ),
    "a generator": (gate("yield sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"), "returns a generator"),
    "p by number": (gate("return sigmoid(x @ p[0].T)"), "`p` holds its arrays by name, not by number"),
    "sum clipped": (
        gate("return sigmoid(np.clip(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f, -2, 2))"),
        "What stands inside the sigmoid of `f` is cut off at -2 and 2",
    ),
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
    "sigmoid's brackets": (
        step(before="def sigmoid(a):\n    return 1 / 1 + np.exp(-a)"),
        "The same in every line with sigmoid",
    ),
    "layer norm inside tanh": (step(h="o * np.tanh(layer_norm(c))"), "`c` is normalised over the units"),
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
    "states as they came": (step(ending="return h_prev, c_prev"), "(h_prev, c_prev)"),
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


KEPT = "global kept\nif kept is None or kept.shape != h_prev.shape:\n    kept = h_prev\nh_prev = kept"
REMEMBERING: dict[str, tuple[str, str]] = {
    "h_prev in a global": (step(before="kept = None", first=KEPT, ending="kept = h\nreturn h, c"), "`h`"),
    "c_prev of the first call": (
        step(before="kept = {}", first="c_prev = kept.setdefault(c_prev.shape, c_prev)"),
        "`c_prev`",
    ),
    "weights of the first call": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "the parameters",
    ),
    "results by input": (
        step(
            before="kept = {}",
            first="key = x.tobytes() + h_prev.tobytes()\nif key in kept:\n    return kept[key]",
            ending="kept[key] = h, c\nreturn h, c",
        ),
        "",
    ),
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("case", REMEMBERING)
def test_what_is_kept_between_calls_is_caught_whatever_ran_before(case: str, seed: int) -> None:
    source, words = REMEMBERING[case]
    function = written(HEAD, source, "lstm_step")
    item = UNIT.item("lstm_step")
    for other in range(seed % 3):  # calls of an earlier check
        judge(item, LocalCaller(function), other, explain=False)
    verdict = judge(item, LocalCaller(function), seed, explain=seed < 2)
    assert verdict.outcome in ("wrong", "raised")
    if seed == 0 and words:
        assert f"goes on using {words} of an earlier call" in verdict.sentence


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("bound", [3, 10, 20, 30])
def test_a_bound_on_c_is_caught_at_every_seed(bound: int, seed: int) -> None:
    source = step(c=f"np.clip(f * c_prev + i * g, -{bound}, {bound})")
    verdict = judge(UNIT.item("lstm_step"), LocalCaller(written(HEAD, source, "lstm_step")), seed, explain=seed < 2)
    assert verdict.outcome == "wrong"
    if seed < 2:
        assert (
            "cut off" in verdict.sentence and f"{bound}" in verdict.sentence
        )  # at one end, where the other is not met


CLASS = """
class Cell:
    def __init__(self, k):
        self.k = k
    def __call__(self, x, h_prev, p):
        return sigmoid(x @ p[f"W_{self.k}"].T + h_prev @ p[f"U_{self.k}"].T + p[f"b_{self.k}"])
    def gate(self, x, h_prev, p):
        return self(x, h_prev, p)

def any_gate(k, x, h_prev, p):
    return Cell(k)(x, h_prev, p)

def made(k):
    def gate(x, h_prev, p):
        return any_gate(k, x, h_prev, p)
    return gate

def traced(function):
    def wrapper(*args):
        return function(*args)
    return wrapper
"""
RIGHT_GATES = {
    "partial": "import functools\nforget_gate = functools.partial(any_gate, 'f')",
    "object": "forget_gate = Cell('f')",
    "method": "forget_gate = Cell('f').gate",
    "closure": "forget_gate = made('f')",
    "decorated": "@traced\ndef forget_gate(x, h_prev, p):\n    return any_gate('f', x, h_prev, p)",
    "lambda": "forget_gate = lambda *args: any_gate('f', *args)",
    "memoryview": gate(f"return memoryview({GATE})"),
    "array.array": gate(
        f"f = {GATE}\nfrom array import array\nreturn array('d', f) if f.ndim == 1 else [array('d', row) for row in f]"
    ),
    "lists": gate(f"return ({GATE}).tolist()"),
    "float32": gate(f"return np.float32({GATE})"),
    "float32 inside": gate(
        "x, h_prev = np.float32(x), np.float32(h_prev)\np = {k: np.float32(v) for k, v in p.items()}\n"
        "return sigmoid(x @ p['W_f'].T + h_prev @ p['U_f'].T + p['b_f'])"
    ),
    "axis -1": gate("return sigmoid(np.concatenate([x, h_prev], -1) @ np.concatenate([p.W_f, p.U_f], 1).T + p.b_f)"),
    "own LSTMCell": gate(f"LSTMCell = getattr(p, 'W_f')\ntitle = 'LSTM'\nreturn {GATE}"),
}


@pytest.mark.parametrize("case", RIGHT_GATES)
def test_a_right_gate_in_any_clothes(case: str) -> None:
    function = written(HEAD + CLASS, RIGHT_GATES[case], "forget_gate")
    assert name_of(function, [namespace_of(function), _names_of(function)], "forget_gate".__eq__) == "forget_gate"
    for seed in range(5):
        verdict = judge(UNIT.item("forget_gate"), LocalCaller(function), seed, head=head_of(function))
        assert verdict.outcome == "right", told(verdict)


def _names_of(function: Any) -> dict[str, Any]:
    """The names of the notebook, as the kernel knows them."""
    return {"forget_gate": function}


RETURNED = {
    "dataclass": "import dataclasses\nreturn dataclasses.make_dataclass('S', ['c', 'h'])(c, h)",
    "named tuple": "import collections\nreturn collections.namedtuple('S', 'c h')(c, h)",
    "named tuple of other names": "import collections\nreturn collections.namedtuple('S', 'hidden cell')(h, c)",
    "typed named tuple": "import typing\nS = typing.NamedTuple('S', [('c', object), ('h', object)])\nreturn S(c, h)",
    "namespace": "import types\nreturn types.SimpleNamespace(h=h, c=c, f=f)",
    "dict": "return {'c': c, 'h': h, 'f': f}",
    "list": "return [h, c]",
    "stack": "return np.stack([h, c])",
    "lists": "return h.tolist(), c.tolist()",
}


@pytest.mark.parametrize("case", RETURNED)
def test_a_right_step_in_any_form(case: str) -> None:
    function = written(HEAD, step(ending=RETURNED[case]), "lstm_step")
    for seed in range(5):
        verdict = judge(UNIT.item("lstm_step"), LocalCaller(function), seed)
        assert verdict.outcome == "right", told(verdict)


TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nsigmoid = torch.sigmoid\n"
TORCH_GATES = {
    "without .t()": (
        gate("return sigmoid(torch.mm(x, p.W_f) + torch.mm(h_prev, p.U_f.t()) + p.b_f)"),
        ("W_f stands the wrong way round",),
    ),
    "misspelt after linear": (
        gate("a = F.linear(x, p.W_f) + F.linear(h_prev, p.U_f) + p.b_f\nreturn sigmoid(b)"),
        ("NameError", "There is no name"),
    ),
    "a float32 layer": (
        gate("layer = nn.Linear(x.shape[-1], h_prev.shape[-1])\nreturn sigmoid(layer(x) + h_prev @ p.U_f.T)"),
        ("dtype",),
    ),
    "no bias": (gate("return sigmoid(F.linear(x, p.W_f) + F.linear(h_prev, p.U_f))"), ("has no bias",)),
}


@pytest.mark.parametrize("case", TORCH_GATES)
def test_an_error_of_torch_code_is_that_of_the_call_with_tensors(case: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed here.")
    source, words = TORCH_GATES[case]
    verdict = said(source, "forget_gate", head=TORCH)
    assert verdict.outcome in ("wrong", "raised")
    assert any(one in told(verdict) for one in words), told(verdict)
    assert "numpy.ndarray" not in told(verdict)


def test_torch_is_not_loaded_for_an_answer_without_it() -> None:
    source = (
        "import sys, numpy as np\nfrom gatedrnn_course import check, sigmoid\n"
        f"def forget_gate(x, h_prev, p):\n    return {GATE}\ncheck(forget_gate)\n"
        "def forget_gate(x, h_prev, p):\n    return p.W_q\ncheck(forget_gate)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "`forget_gate` is right." in done.stdout


IN_A_SANDBOX = {
    "printed": (step(ending="print(h, c)"), "prints, but returns nothing"),
    "text": (step(ending="return f'{h} {c}'"), "returns a str"),
    "named": (step(ending="import collections\nreturn collections.namedtuple('S', 'c h')(c, h)"), "is right"),
    "namespace": (step(ending="import types\nreturn types.SimpleNamespace(h=h, c=c)"), "is right"),
    "clip": (step(c="np.clip(f * c_prev + i * g, -3, 3)"), "cut off at -3 and 3"),
    "first p": (
        step(before="kept = {}", first="p = kept.setdefault(p.W_f.shape, p)"),
        "the parameters of an earlier call",
    ),
    "p.b_h": (step(f="sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_h)"), "`p` has no `b_h`"),
    "partial": (
        step(ending="return h, c").replace("def lstm_step(x", "def any_step(kind, x")
        + "import functools\nlstm_step = functools.partial(any_step, 'lstm')",
        "is right",
    ),
}


@pytest.mark.parametrize("case", IN_A_SANDBOX)
def test_the_same_in_a_sandbox(case: str) -> None:
    source, words = IN_A_SANDBOX[case]
    place = Place(best_sandbox(), [HEAD, source], ["lstm_step"], Limits(), {}, 60.0)
    try:
        verdict = judge(UNIT.item("lstm_step"), place, 1)
    finally:
        place.close()
    assert words in verdict.sentence, told(verdict)
