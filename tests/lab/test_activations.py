from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatedrnn_course import sigmoid, stack, tanh
from gatedrnn_course.cells import sigmoid as of_the_cells


@given(st.floats(-1e6, 1e6))
def test_sigmoid_is_the_logistic_function_of_the_cells(a: float) -> None:
    assert sigmoid(a) == of_the_cells(a)
    assert 0 <= sigmoid(a) <= 1


def test_tensors_come_back_as_tensors_with_the_same_numbers_and_a_gradient() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here.")
    a = np.linspace(-5, 5, 12).reshape(3, 4)
    for ours in (sigmoid, tanh):
        tensor = torch.from_numpy(a.copy()).requires_grad_()
        value = ours(tensor)
        assert np.allclose(value.detach().numpy(), ours(a), rtol=0, atol=1e-15)
        value.sum().backward()
        assert tensor.grad.shape == (3, 4)


def test_a_list_of_arrays_or_of_tensors_becomes_one() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed here.")
    rows = [np.full((2, 3), float(k)) for k in range(4)]
    np.testing.assert_array_equal(stack(rows), np.stack(rows))
    tensors = [torch.from_numpy(row).requires_grad_() for row in rows]
    made = stack(tensors)
    assert made.shape == (4, 2, 3) and made.requires_grad
    np.testing.assert_array_equal(made.detach().numpy(), np.stack(rows))
