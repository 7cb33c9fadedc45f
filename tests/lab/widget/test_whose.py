from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.lab import passed
from gatedrnn_course.lab.widget.whose import owned, whose


def ours() -> None:
    """Stands for the course's own."""


def test_a_right_function_takes_the_place_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    mine = lambda o, c: o * np.tanh(c)  # noqa: E731
    passed.remember("hidden_state", mine)
    functions, yours = owned(hidden_state=ours, cell_update=ours, no_such_item=ours)
    assert yours == ("hidden_state",)
    assert functions["hidden_state"](1.0, 1.0) == np.tanh(1.0)
    assert functions["cell_update"] is functions["no_such_item"] is ours
    assert capsys.readouterr().out == ""


def test_the_sentence_names_them() -> None:
    assert whose((), "GRU") == "The numbers come from the course's own GRU."
    assert whose(("f", "g"), "GRU") == "Computed with your functions: f, g."
