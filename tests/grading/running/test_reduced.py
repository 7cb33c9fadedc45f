from __future__ import annotations

import pytest

from gatedrnn_course.grading.running.reduced import reduced

CELL = "import os\nH = 4\nfor k in range(H):\n    pass\ndef f(x):\n    return x\nwhile True: pass\nos._exit(1)"


def test_a_cell_gets_smaller_in_three_steps() -> None:
    assert reduced(CELL) == "import os\nH = 4\n\ndef f(x):\n    return x"
    assert reduced(reduced(CELL)) == "import os\n\ndef f(x):\n    return x"
    assert reduced(reduced(reduced(CELL))) == ""
    assert reduced("") == ""


def test_a_call_in_an_assignment_goes_in_the_second_step() -> None:
    assert reduced("class A: pass\nx = endless()") == "class A:\n    pass"


def test_under_a_magic_its_body_counts() -> None:
    magic = "get_ipython().run_cell_magic('time', '', 'def f(x):\\n    return x\\nwhile True: pass\\n')"
    assert reduced(magic) == "def f(x):\n    return x"
    assert reduced("get_ipython().run_line_magic('time', 'f()')") == ""


@pytest.mark.parametrize("source", ["def f(:", "\0", "(" * 500])
def test_what_is_no_python_leaves_nothing(source: str) -> None:
    assert reduced(source) == ""
