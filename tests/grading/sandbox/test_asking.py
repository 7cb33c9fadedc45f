"""Gradients through values that the judge is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

if os.name != "posix":
    pytest.skip("the process sandbox needs a POSIX system", allow_module_level=True)
pytest.importorskip("torch")

from gatedrnn_course.grading.sandbox import Session

Loaded = Callable[..., Session]
CELL = """
import torch

def gate(a, n): ...

def f(x, n):
    a = torch.from_numpy(x).requires_grad_()
    loss = (2 * gate(a, torch.from_numpy(n))).sum()
    loss.backward()
    return loss, a.grad

class Doubled(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.W = torch.nn.Parameter(torch.zeros(size))
"""
X, N = np.array([1.0, 2.0, 3.0]), np.array([2, 0, 1])


def squared(a: Any, n: Any, back: Any = None) -> Any:
    """n a^2, and what leaves at a."""
    return n * a**2 if back is None else (2 * n * a * back[0], None)


def test_a_replaced_function_lets_gradients_through(loaded: Loaded) -> None:
    session = loaded(CELL)
    session.replace({"gate": squared})
    value = session.call("f", [X, N], deadline=60).value
    assert isinstance(value, tuple)
    np.testing.assert_allclose(value[0], 2 * (N * X**2).sum())  # type: ignore[arg-type]
    np.testing.assert_allclose(value[1], 4 * N * X)  # type: ignore[arg-type]


def test_a_driver_uses_a_class_of_the_child_and_its_faults_come_back(loaded: Loaded) -> None:
    session = loaded(CELL)
    arguments = [np.array([3]), {"W": X}, {"xs": X}, {"hs": X}]
    told = session.call("Doubled", arguments, driver="recurrent", deadline=60)  # type: ignore[arg-type]
    assert told.problem is not None and "forward" in told.problem.message
    other = session.call("gate", arguments, driver="recurrent", deadline=60)  # type: ignore[arg-type]
    assert other.blank
    wrong = session.call("f", arguments, driver="recurrent", deadline=60)  # type: ignore[arg-type]
    assert wrong.value == {"fault": "no module", "type": "function"}
    unknown = session.call("f", arguments, driver="os", deadline=60)  # type: ignore[arg-type]
    assert unknown.problem is not None and unknown.problem.type == "KeyError"
