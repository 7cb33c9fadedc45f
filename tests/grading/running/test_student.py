from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.running.student import MAX_LEFT_OUT, Place
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
X = np.arange(3.0)
Make = Callable[..., Place]


@pytest.fixture
def place() -> Iterator[Make]:
    sandbox = ProcessSandbox()
    yield lambda *cells, names=("f",), seconds=20.0: Place(sandbox, cells, names, Limits(wall_s=5.0), {}, seconds)
    sandbox.close()


def test_a_function_is_called(place: Make) -> None:
    here = place("def f(x):\n    return 2 * x")
    np.testing.assert_array_equal(here.call("f", (X,)).value, 2 * X)  # type: ignore[arg-type]
    assert here.report is not None and here.report.defined == ("f",)
    assert here.left_out() == ()
    here.close()
    here.close()


def test_a_call_that_ends_the_process_costs_that_call_only(place: Make) -> None:
    here = place("import os\ndef f(x):\n    if x[0] > 0:\n        os._exit(3)\n    return x")
    assert here.call("f", (X + 1,)).problem.kind == "died"  # type: ignore[union-attr]
    np.testing.assert_array_equal(here.call("f", (X,)).value, X)  # type: ignore[arg-type]


def test_cells_that_end_the_process_are_left_out(place: Make) -> None:
    here = place("x = 1", "import os\nos._exit(0)", "def f(x):\n    return x", "os.abort()")
    np.testing.assert_array_equal(here.call("f", (X,)).value, X)  # type: ignore[arg-type]
    assert here.left_out() == (1, 3)  # the second one's import is there for the last


def test_a_cell_that_never_ends_is_left_out(place: Make) -> None:
    here = place("while True: pass", "def f(x):\n    return x", seconds=1.0)
    assert here.call("f", (X,)).problem is None
    assert here.left_out() == (0,)


def test_a_notebook_that_always_ends_the_process_is_given_up(place: Make) -> None:
    here = place(*["import os\nos._exit(0)"] * (MAX_LEFT_OUT + 2))
    reply = here.call("f", (X,))
    assert reply.problem is not None and reply.problem.kind == "died"
    assert here.call("f", (X,)).problem is not None
    assert len(here.left_out()) == MAX_LEFT_OUT + 1


def test_replaced_functions_stay_replaced_in_a_new_process(place: Make) -> None:
    here = place("import os\ndef g(x): ...\ndef f(x):\n    return g(x) if x[0] == 0 else os._exit(1)")
    right: Any = {"g": lambda x: x + 5}
    here.replace(right)
    np.testing.assert_array_equal(here.call("f", (X,)).value, X + 5)  # type: ignore[arg-type]
    here.call("f", (X + 1,))
    np.testing.assert_array_equal(here.call("f", (X,)).value, X + 5)  # type: ignore[arg-type]
    here.replace({})
    assert here.call("f", (X,)).value is None


def test_a_missing_function(place: Make) -> None:
    assert place("x = 1").call("f", (X,)).problem.kind == "missing"  # type: ignore[union-attr]
