from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.engines import Recurrent, from_keras, load_keras, to_keras
from gatedrnn_course.errors import CourseError

SIZES = [(1, 1), (3, 4), (4, 3), (1, 5), (5, 1)]
GATES = {"LSTM": 4, "GRU": 3, "GRU reset after": 3, "RNN": 1}


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def keras_run(cell: str, xs: Any, weights: Any) -> Any:
    """Keras 3 as its source reads: `x @ kernel + h @ recurrent_kernel + bias`, split into columns."""
    kernel, recurrent = weights[:2]
    H = recurrent.shape[0]
    bias = (
        weights[2] if len(weights) == 3 else np.zeros((2, 3 * H) if cell == "GRU reset after" else recurrent.shape[1])
    )
    h = c = np.zeros((xs.shape[1], H))
    hs = []
    for x in xs:
        if cell == "RNN":
            h = np.tanh(x @ kernel + h @ recurrent + bias)
        elif cell == "LSTM":
            i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        elif cell == "GRU":
            xz, xr, xh = np.split(x @ kernel + bias, 3, axis=1)
            z, r = (sigmoid(a + h @ u) for a, u in zip((xz, xr), np.split(recurrent, 3, axis=1)[:2], strict=True))
            h = z * h + (1 - z) * np.tanh(xh + (r * h) @ recurrent[:, 2 * H :])
        else:
            xz, xr, xh = np.split(x @ kernel + bias[0], 3, axis=1)
            hz, hr, hh = np.split(h @ recurrent + bias[1], 3, axis=1)
            z, r = sigmoid(xz + hz), sigmoid(xr + hr)
            h = z * h + (1 - z) * np.tanh(xh + r * hh)
        hs.append(h)
    return np.stack(hs)


def draw_weights(cell: str, D: int, H: int, bias: bool) -> list[Any]:
    rng, gates = np.random.default_rng(0), GATES[cell]
    shapes = [(D, gates * H), (H, gates * H), (2, gates * H) if cell == "GRU reset after" else (gates * H,)]
    return [rng.normal(size=shape) for shape in shapes[: 2 + bias]]


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize(("D", "H"), SIZES)
@pytest.mark.parametrize("bias", [True, False])
def test_the_same_results_as_keras_and_the_same_weights_back(cell: str, D: int, H: int, bias: bool) -> None:
    weights = draw_weights(cell, D, H, bias)
    module = from_keras(cell, weights)
    xs = np.random.default_rng(1).normal(size=(4, 2, D))
    import torch

    hs = module(torch.tensor(xs))[0].detach().numpy()
    np.testing.assert_allclose(hs, keras_run(cell, xs, weights), rtol=1e-10, atol=1e-10)
    back = to_keras(module)
    np.testing.assert_allclose(keras_run(cell, xs, back), keras_run(cell, xs, weights), rtol=1e-10, atol=1e-10)
    assert [a.shape for a in back] == [a.shape for a in weights]
    if cell != "GRU reset after" or not bias:
        assert all(np.array_equal(a, b) for a, b in zip(back, weights, strict=True))


def test_a_second_layer_is_loaded_by_its_ending() -> None:
    module = Recurrent("LSTM", 3, 4, num_layers=2)
    weights = [w.astype(np.float32) for w in draw_weights("LSTM", 4, 4, True)]
    load_keras(module, weights, "_l1")
    assert all(np.array_equal(a, b) for a, b in zip(to_keras(module, "_l1"), weights, strict=True))


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(CourseError, match="check reset_after"):
        load_keras(Recurrent("GRU", 3, 4), draw_weights("GRU reset after", 3, 4, True))
    with pytest.raises(CourseError, match="Keras has no layer"):
        to_keras(Recurrent("peephole LSTM", 3, 4))
    with pytest.raises(CourseError, match="Keras has no layer"):
        from_keras("FGR", [])
