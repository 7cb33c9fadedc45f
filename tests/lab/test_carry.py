"""What a function needs goes with it: the text that is kept defines it again, alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.lab.carry import LONGEST, carried, rebuilt

Run = Callable[..., Any]


@pytest.fixture
def ran() -> Run:
    """Runs cells as a kernel does, and gives the function of a name; a cell that raises is left where it was."""
    import linecache

    def run(*cells: str, name: str = "f") -> Any:
        names: dict[str, Any] = {"__name__": "__main__", "In": ["", *cells]}
        for k, cell in enumerate(cells):
            linecache.cache[f"<c{k}>"] = (len(cell), None, cell.splitlines(keepends=True), f"<c{k}>")
            try:
                exec(compile(cell, f"<c{k}>", "exec"), names)
            except Exception:
                continue
        return names[name]

    return run


@pytest.mark.parametrize(
    "cells",
    [
        ("def f(x):\n    return x + 1",),
        ("import numpy as np\nK = 1", "def f(x):\n    return np.add(x, K)"),
        ("def g(x):\n    return h(x)", "def h(x):\n    return x + 1", "def f(x):\n    return g(x)"),
        ("from math import exp as e, log", "def f(x):\n    return x + e(0)"),
        ("from numpy import *", "def f(x):\n    return add(x, 1)"),
        ("from functools import partial\nadd = lambda a, b: a + b", "g = partial(add, b=1)", "def f(x): return g(x)"),
        ("class G:\n    def __call__(self, x):\n        return x + 1", "g = G()", "def f(x):\n    return g(x)"),
        ("import functools", "def d(f):\n    @functools.wraps(f)\n    def w(x): return f(x) + 1\n    return w",
         "@d\ndef f(x):\n    return x"),
        ("def f(x):\n    return x + one()", "one = lambda: 1"),
        ("try:\n    import nothing_of_that_name\nexcept ImportError:\n    K = 1", "def f(x):\n    return x + K"),
        ("k = 5\nk, m = 1, 2", "def f(x, k=k):\n    return x + k"),
        ("n = 0\nn += 1", "def f(x):\n    return x + n"),
        ("def f(x):\n    K = 1\n    return [x + K for x in (x,)][0]", "K = 1 / 0"),
        ("def g(x):\n    return x + 1", "f = g"),
    ],
)  # fmt: skip
def test_what_a_function_reaches_goes_with_it(ran: Run, cells: tuple[str, ...]) -> None:
    text = carried("f", ran(*cells))
    assert rebuilt("f", text)(2) == 3
    assert rebuilt("f", carried("f", rebuilt("f", text)))(2) == 3  # and once more, from what was kept


def test_nothing_else_goes_with_it(ran: Run) -> None:
    text = carried("f", ran("import os, numpy as np\nx = np.zeros(3)\nprint(x)", "def f(x, p):\n    return x * p.os"))
    assert text == "def f(x, p):\n    return x * p.os"


def test_a_cell_that_failed_is_not_what_was_judged(ran: Run) -> None:
    f = ran("def f(x):\n    return x + 1", "1 / 0\ndef f(x):\n    return x + 2", "%nonsense\ndef f(x): ...")
    assert rebuilt("f", carried("f", f))(2) == 3


def test_the_name_it_passed_under_is_the_one_it_gets(ran: Run) -> None:
    g = ran("def g(x):\n    return x + 1", name="g")
    assert rebuilt("f", carried("f", g))(2) == 3


def test_its_source_can_be_read_again(ran: Run) -> None:
    import inspect

    f = rebuilt("f", carried("f", ran("def f(x):\n    return x + 1")))
    assert inspect.getsource(f) == "def f(x):\n    return x + 1"


def test_what_cannot_be_carried_is_no_text(ran: Run) -> None:
    assert carried("f", np.add) == ""
    assert carried("f", eval("lambda x: x", {"In": [""]})) == ""
    assert carried("f", ran(f"K = '{'a' * LONGEST}'\ndef f(x):\n    return K")) == ""


def test_a_text_without_the_name_raises() -> None:
    with pytest.raises(KeyError):
        rebuilt("f", "g = 1")
