"""Cells that never end, or end the process: they cost themselves, what they define counts, and the whole is bounded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from gatedrnn_course.grading.running.budget import Budget
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
X = np.arange(3.0)
Make = Callable[..., Place]
LOOP = "while True: pass"
STUBBORN = "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException: pass"
F = "def f(x):\n    return 2 * x"


@pytest.fixture
def place() -> Iterator[Make]:
    sandbox = ProcessSandbox()

    def made(*cells: str, seconds: float = 2.0) -> Place:
        return Place(sandbox, cells, ("f", "g"), Limits(wall_s=1.0), {}, seconds, budget=Budget(10.0))

    yield made
    sandbox.close()


def works(here: Place, name: str = "f") -> bool:
    value = here.call(name, (X,)).value
    return isinstance(value, np.ndarray) and np.array_equal(value, 2 * X)


def test_what_follows_seven_loops_is_still_there(place: Make) -> None:
    here = place(*[LOOP] * 7, F)
    assert works(here)
    assert here.left_out() == tuple(range(7))
    assert here.another().call("f", (X,)).problem is None


@pytest.mark.parametrize(
    "bad", [LOOP, "exit()", "import os\nos._exit(3)", "while True: print('flood' * 9999)", STUBBORN]
)
def test_a_definition_in_the_same_cell_counts(place: Make, bad: str) -> None:
    assert works(place(f"{F}\n{bad}\n{F.replace('f(x)', 'g(x)')}"))
    assert works(place("get_ipython().run_cell_magic('time', '', " + repr(f"{bad}\n{F}\n") + ")"))


def test_a_cell_that_does_not_let_itself_be_interrupted_is_ended(place: Make) -> None:
    here = place(STUBBORN, F, seconds=2.0)
    assert works(here)
    assert "no answer within" in here.cut_short[0]


def test_what_was_set_before_the_loop_is_there_for_the_calls(place: Make) -> None:
    assert works(place(f"two = 1 + 1\ndef f(x):\n    return two * x\n{LOOP}"))


def test_an_endless_function_leaves_time_for_the_next(place: Make) -> None:
    here = place("def f(x):\n    while True: pass", "def g(x):\n    return 2 * x")
    for _k in range(6):
        assert here.call("f", (X,)).problem.kind == "timeout"  # type: ignore[union-attr]
    assert works(here, "g")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (LOOP, "It took longer than 1.0 s."),
        ("import os\nos._exit(3)", "The process ended itself, with exit code 3."),
        ("while True: print('flood' * 9999)", "It printed more than 8 MiB."),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "The process was ended by the signal SIGKILL."),
    ],
)
def test_what_a_cell_did_is_told(place: Make, bad: str, why: str) -> None:
    here = place(bad, F)
    assert works(here)
    assert here.cut_short == {0: why}
