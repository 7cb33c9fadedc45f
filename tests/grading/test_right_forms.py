"""Right answers in any clothes: functions of every kind, and states handed back in every form."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from typed_answers import GATE, HEAD, UNIT, gate, step, told, written

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.signature import head_of
from gatedrnn_course.grading.running.bound import name_of, namespace_of
from gatedrnn_course.grading.running.local import LocalCaller

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
