"""Notebooks of honest people in which something went wrong that is no mistake in an answer: nothing is lost by it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.grading.classroom.grade import grade_submission
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.sandbox import ProcessSandbox
from gatedrnn_course.grading.units import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
WHOLE = load("03")
UNIT = replace(WHOLE, items=tuple(WHOLE.item(name) for name in ("forget_gate", "hidden_state")))
TOP = "import numpy as np\nfrom gatedrnn_course import check, example, sigmoid, tanh"
FORGET = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
WRONG = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T)"
HIDDEN = "def hidden_state(o, c):\n    return o * np.tanh(c)"
X = "x, h_prev, p = example('forget_gate')"
Graded = Callable[..., Record]


def row(source: Any, kind: str = "code") -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[Graded]:
    """Grades cells: sources, or whole cells as they lie in the file."""
    sandbox = ProcessSandbox()

    def grade(*cells: str | dict[str, Any]) -> Record:
        rows = [row(cell) if isinstance(cell, str) else cell for cell in cells]
        path = tmp_path / "ada.ipynb"
        path.write_text(json.dumps({"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8")
        return grade_submission("ada", [path], UNIT, sandbox, 1)

    yield grade
    sandbox.close()


RIGHT: dict[str, tuple[tuple[str | dict[str, Any], ...], str]] = {
    "a module that is not there, in the middle of the imports": (
        (
            "import os, tensorflow as tf, numpy as np\nfrom nowhere import check, this\n"
            "from gatedrnn_course import sigmoid, check",
            FORGET,
            HIDDEN,
        ),
        "No module named 'tensorflow'",
    ),
    "a missing decorator, and one with arguments": (
        (TOP, f"from numba_ import njit\n@njit\n{FORGET}", f"import numba_\n@numba_.jit(nopython=True)\n{HIDDEN}"),
        "what stands above `hidden_state`",
    ),
    "scipy": (("from scipy.special import expit as sigmoid\nimport numpy as np", FORGET, HIDDEN), ""),
    "a result under the name of the function": (
        (TOP, FORGET, "check(forget_gate)", f"{X}\nforget_gate = forget_gate(x, h_prev, p)", HIDDEN),
        "`forget_gate` is no function any more, but ndarray",
    ),
    "a result under the name in the cell of the function": (
        (TOP, f"{X}\n{FORGET}\nforget_gate = forget_gate(x, h_prev, p)\nprint(forget_gate.shape)", HIDDEN),
        "`forget_gate` is no function any more",
    ),
    "a function deleted at the end": ((TOP, FORGET, HIDDEN, "del forget_gate, hidden_state"), "is gone"),
    "names of a library and of the course used for numbers later": (
        (TOP, FORGET, HIDDEN, "check(forget_gate)\ncheck(hidden_state)", "np = 5\nsigmoid = 0.5"),
        "Judged as it was in code cell",
    ),
    "a helper changed later": (
        (
            TOP,
            f"def act(a):\n    return sigmoid(a)\n{FORGET.replace('sigmoid', 'act')}",
            HIDDEN,
            "def act(a): return a",
        ),
        "Judged as it was in code cell 2",
    ),
    "a wrong experiment further down": (
        (TOP, "def forget_gate(x, h_prev, p): ...", FORGET, "check(forget_gate)", HIDDEN, WRONG),
        "Judged as it was in code cell 4",
    ),
    "wrong first, right when it was checked, wrong again": (
        (TOP, WRONG, "check(forget_gate)", FORGET, "check(forget_gate)", WRONG, "print(1)", HIDDEN),
        "Judged as it was in code cell 5",
    ),
    "right only at the end": ((TOP, WRONG, "check(forget_gate)", FORGET, HIDDEN), "the last written one counts"),
    "everything from math": (
        (TOP, "from math import *", FORGET, "def hidden_state(o, c):\n    return o * (1 - 2 / (exp(2 * c) + 1))"),
        "takes functions from math",
    ),
    "types that nobody imported": (
        (TOP, FORGET.replace("p):", "p: Params) -> Array:"), HIDDEN.replace("o, c", "o: 'a b', c: jt.Float[T]")),
        "the type `Array` is imported nowhere",
    ),
    "an endless loop, an exit and a flood beside the definitions": (
        (
            TOP,
            f"{FORGET}\nexit()\nraise SystemExit",
            f"1 / 0\n{HIDDEN}\nquit()\nfor k in range(2000): print('y' * 500)",
        ),
        "asks Python to end",
    ),
    "the answer under a magic that writes a file": ((TOP, f"%%writefile a.py\n{FORGET}", HIDDEN), "%%writefile"),
    "magics that run their cell": ((TOP, f"%%time\n{FORGET}", f"%%capture out\n%%timeit -n 1\n{HIDDEN}"), ""),
    "only when it is the main program": (
        (TOP, f"if __name__ == '__main__':\n    1 / 0\n    {FORGET.replace(chr(10), chr(10) + '    ')}", HIDDEN),
        "ZeroDivisionError",
    ),
    "a whole cell indented": ((TOP, "    " + FORGET.replace("\n", "\n    "), HIDDEN), "indented as a whole"),
    "spaces of a web page": ((TOP, FORGET.replace("    ", "\u00a0\u00a0 \u00a0"), HIDDEN), "spaces that are none"),
    "quotes of a word processor": (
        (TOP, FORGET.replace("return", "\u201cGate\u201d\n    return"), HIDDEN.replace("*", "\u00d7")),
        "of a word processor",
    ),
    "fences of Markdown": ((TOP, f"Here it is:\n```python\n{FORGET}\n```\nGood luck!", HIDDEN), "fences"),
    "answers in raw and Markdown cells": (
        (TOP, row(FORGET, "raw"), row(f"# Mine\n```py\n{HIDDEN}\n```", "markdown")),
        "is no code cell",
    ),
    "everything in one cell, after an error": (
        (f"{TOP}\nprint(undefined)\n{FORGET}\nassert False\nthis is no python\n{HIDDEN}",),
        "`this is no python` is no Python",
    ),
    "the value of check": (
        (
            f"{TOP}\n{FORGET}\nassert check(forget_gate)\nif not check(forget_gate): exit()\n"
            "for line in check(forget_gate): print(line)\nprint(f'{check(forget_gate).points:.1f}', 1 + check(np.abs))",
            f"@check\n{HIDDEN}",
        ),
        "",
    ),
    "cells in another order": (
        (
            "sig = lambda a: sigmoid(a)\nW = xp.zeros(3)",
            f"b = W + 0\n{FORGET.replace('sigmoid', 'sig')}",
            HIDDEN,
            TOP + "\nimport numpy as xp",
        ),
        "was run once more at the end",
    ),
    "the first cell is gone": (
        (FORGET, "check(forget_gate)", HIDDEN),
        "Your functions use np, sigmoid, imported nowhere",
    ),
    "names of Python's own for other things later": (
        (
            TOP,
            FORGET,
            "def hidden_state(o, c):\n    return o * np.tanh(sum([c]))",
            "sum = 0\nlist = [1]\nfor max in range(3): pass",
        ),
        "Judged as it was in code cell 3",
    ),
    "switches for the whole process": (
        (
            f"{TOP}\nimport sys, warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
            FORGET.replace("return ", "np.exp(np.full(3, 800.0))\n    return "),
            HIDDEN,
            "sys.setrecursionlimit(90)",
        ),
        "",
    ),
    "a blank copy of the exercise at the end": ((TOP, FORGET, HIDDEN, FORGET.split("return")[0] + "..."), "2 times"),
    "commands that are not run": (
        (TOP, "%pip install numpy\n!ls\n%run helper.py\n%matplotlib inline", FORGET, HIDDEN),
        "Not run in grading: `%pip install numpy`, `!ls`, `%run helper.py`.",
    ),
    "everything through pylab": (("%pylab inline\nfrom gatedrnn_course import *", FORGET, HIDDEN), ""),
    "half an emoji": ((TOP, f"# \ud83d\n{FORGET}", f"%time s = '\udc00'\n{HIDDEN}"), ""),
    "a device that is not here": (
        (TOP, FORGET, HIDDEN, "device = 'cuda:0'\nimport torch\nt = torch.ones(2).to(device).cuda()"),
        "the processor was used",
    ),
}


@pytest.mark.parametrize(("cells", "note"), RIGHT.values(), ids=RIGHT)
def test_an_accident_costs_nothing_and_is_told(
    graded: Graded, cells: tuple[str | dict[str, Any], ...], note: str
) -> None:
    record = graded(*cells)
    told = [*record.notes, *(one for item in record.items for one in item.notes)]
    assert {item.name: item.outcome for item in record.items} == {"forget_gate": "right", "hidden_state": "right"}, told
    assert any(note in one for one in told) if note else not told, told


NAMES = {
    "a capital": (FORGET.replace("forget_gate", "Forget_gate"), "there is `Forget_gate`: rename it."),
    "a typo": (FORGET.replace("forget_gate", "froget_gate"), "there is `froget_gate`: rename it."),
    "a letter too few": (FORGET.replace("forget_gate", "forgt_gate"), "there is `forgt_gate`: rename it."),
    "no underscore": (FORGET.replace("forget_gate", "forgetGate"), "there is `forgetGate`: rename it."),
    "inside a class": (f"class Gates:\n    {FORGET.replace(chr(10), chr(10) + '    ')}", "inside `Gates`: move it out"),
    "inside a function": (
        f"def main():\n    {FORGET.replace(chr(10), chr(10) + '    ')}",
        "inside `main`: move it out",
    ),
    "a letter of another alphabet": (FORGET.replace("for", "f\u043er"), "one of its letters is of another alphabet"),
    "another thing": ("def something(x): return x", "Keep the name the exercise gives."),
}


@pytest.mark.parametrize(("cell", "told"), NAMES.values(), ids=NAMES)
def test_a_function_under_another_name_is_pointed_at_and_not_judged(graded: Graded, cell: str, told: str) -> None:
    first, second = graded(TOP, cell, HIDDEN).items
    assert (first.outcome, first.points, second.outcome) == ("missing", 0, "right")
    assert told in first.sentence


def test_no_version_that_was_ever_there_makes_a_wrong_answer_right(graded: Graded) -> None:
    record = graded(TOP, WRONG, "check(forget_gate)", WRONG + " * 1", "np = 5", HIDDEN.replace("np.", ""))
    assert [item.outcome for item in record.items] == ["wrong", "right"]
    assert record.items[0].notes == ()
