"""A restart, then a cell in the middle: the kernel says which cell to run first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gatedrnn_course.lab.first_cell import explanation


@pytest.mark.parametrize("name", ["check", "hint", "sigmoid", "np"])
def test_names_of_the_first_cell(name: str) -> None:
    told = explanation(name)
    assert told is not None and f"`{name}`" in told.asked and "Run the first cell" in told.do


def test_functions_of_the_exercise() -> None:
    told = explanation("forget_gate")
    assert told is not None and "Run the cell that defines it" in told.do


@pytest.mark.parametrize("name", ["", "my_name", "numpy"])
def test_other_names_are_left_alone(name: str) -> None:
    assert explanation(name) is None


@pytest.mark.slow
def test_in_a_real_kernel(run_cells: Callable[..., list[Any]]) -> None:
    """The kernels of this environment load the extension by themselves: the package brings its configuration."""
    missing, other, fine = run_cells("check(forget_gate)", "my_name", "print(6 * 7)")
    assert missing[0].output_type == "error"
    assert "\n".join(missing[0].traceback).splitlines()[:2] == [
        "The name `check`.",
        "It is not there: it comes with the first cell of the notebook.",
    ]
    assert "NameError" in "\n".join(other[0].traceback) and len(other[0].traceback) > 1
    assert fine[0].text == "42\n"
