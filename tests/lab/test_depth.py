from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import gradient_over_depth, show_depth
from gatedrnn_course.cells import catalogue, draw_params, step
from gatedrnn_course.grading.units import load
from gatedrnn_course.lab import depth
from gatedrnn_course.lab.depth import PLAIN, draw_layers, layer_and_jacobian, norms_over_depth

UNIT = load("02")
RIGHT = [UNIT.item(name).reference for name in ("residual_layer", "residual_jacobian", "depth_gradient")]


@pytest.mark.parametrize("cell", [PLAIN, catalogue["residual layer"], catalogue["highway layer"]], ids=lambda c: c.name)
def test_a_jacobian_is_the_slope_of_the_layer(cell: Any) -> None:
    rng = np.random.default_rng(1)
    p, h_prev = draw_params(cell, 4, 4, rng), rng.normal(size=(3, 4))
    h, jacobian = layer_and_jacobian(cell, h_prev, p)
    assert np.allclose(h, step(cell, None, [h_prev], p)[0])
    for j, unit in enumerate(np.eye(4)):
        up, down = (step(cell, None, [h_prev + sign * 1e-6 * unit], p)[0] for sign in (1, -1))
        assert np.allclose(jacobian[..., j], (up - down) / 2e-6, atol=1e-8)


def test_layers_share_no_weights_and_have_the_biases_asked_for() -> None:
    first, second = draw_layers("highway layer", 2, 5, np.random.default_rng(0), 0.5, b_t=-3)
    assert not np.allclose(first.W_t, second.W_t)
    assert (first.b_t == -3).all() and not first.b_h.any()


def test_the_norms_are_those_of_the_course() -> None:
    rng = np.random.default_rng(2)
    d_h, jacobians = rng.normal(size=(3, 4)), rng.normal(size=(5, 3, 4, 4))
    assert np.allclose(norms_over_depth(d_h, list(jacobians)), UNIT.item("depth_gradient").reference(d_h, jacobians))


def test_what_the_lesson_says_of_depth() -> None:
    plain, residual = gradient_over_depth(PLAIN)[0], gradient_over_depth("residual layer")[0]
    highway = {b: gradient_over_depth("highway layer", b_t=b)[0] for b in (4, 0, -2, -4)}
    assert plain < 1e-12
    assert 1 < residual < 10
    assert highway[4] < highway[0] < 1e-9 < highway[-2] < 0.01 < highway[-4]
    assert highway[-4] == pytest.approx((1 - 1 / (1 + np.exp(4))) ** 50, rel=0.2)


def test_the_weights_hardly_matter_where_the_gate_carries() -> None:
    ends = {
        name: [gradient_over_depth(cell, size, **more)[0] for size in (0.25, 2.0)]
        for name, cell, more in (("plain", PLAIN, {}), ("highway", "highway layer", {"b_t": -4}))
    }
    assert ends["plain"][1] / ends["plain"][0] > 1e20
    assert 0.3 < ends["highway"][1] / ends["highway"][0] < 3


def shown(monkeypatch: pytest.MonkeyPatch, *functions: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    monkeypatch.setattr(depth, "plot", lambda curves, **_more: seen.update(curves))
    monkeypatch.setattr(depth, "show", lambda panel: seen.update(panel=panel))
    show_depth(*functions)
    return seen


def test_the_learners_functions_are_drawn_beside_plain_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, yours = shown(monkeypatch, *RIGHT).values()
    assert len(plain) == len(yours) == 51
    assert plain[0] < 1e-10 and yours[0] > 0.5


@pytest.mark.parametrize("wrong", [lambda *_args: None, lambda *_args: np.zeros(3), lambda *_args: 1 / 0])
def test_functions_that_are_not_right_yet_draw_nothing(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    for place in range(3):
        functions = [wrong if k == place else right for k, right in enumerate(RIGHT)]
        assert "Nothing to draw yet" in repr(shown(monkeypatch, *functions)["panel"])
