from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, draw_params, step
from gatedrnn_course.grading.items import FunctionItem, Mistake
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.depth import DEPTH_MISTAKES, JACOBIAN_MISTAKES

UNIT = load("02")
LAYER = catalogue["residual layer"]


def verdict_of(item: Any, function: Any) -> Any:
    return judge(item, LocalCaller(function), 2)


def renamed(item: FunctionItem, mistake: Mistake) -> Any:
    def answer(*args: Any) -> Any:
        return mistake.function(*args)

    answer.__name__ = item.name
    return answer


@pytest.mark.parametrize("mistake", JACOBIAN_MISTAKES, ids=lambda mistake: mistake.words[:40])
def test_each_mistake_of_the_jacobian_is_named(mistake: Mistake) -> None:
    verdict = verdict_of(item := UNIT.item("residual_jacobian"), renamed(item, mistake))  # type: ignore[arg-type]
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


@pytest.mark.parametrize("mistake", DEPTH_MISTAKES, ids=lambda mistake: mistake.words[:40])
def test_each_mistake_of_the_depth_is_named(mistake: Mistake) -> None:
    verdict = verdict_of(item := UNIT.item("depth_gradient"), renamed(item, mistake))  # type: ignore[arg-type]
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)


def test_the_jacobian_is_that_of_the_layer() -> None:
    rng = np.random.default_rng(3)
    p, h_prev = draw_params(LAYER, 4, 4, rng), rng.normal(size=(2, 4))
    jacobian, small = UNIT.item("residual_jacobian").reference(h_prev, p), 1e-6
    for j, unit in enumerate(np.eye(4)):
        up, down = (step(LAYER, None, [h_prev + sign * small * unit], p)[0] for sign in (1, -1))
        assert np.allclose(jacobian[..., j], (up - down) / (2 * small), atol=1e-8)


def test_the_norms_are_those_of_the_gradient_through_the_layers() -> None:
    rng = np.random.default_rng(5)
    ps, h = [draw_params(LAYER, 3, 3, rng) for _layer in range(4)], rng.normal(size=3)
    d_h, jacobians, states = rng.normal(size=3), [], [h]
    for p in ps:
        jacobians.append(UNIT.item("residual_jacobian").reference(states[-1], p))
        states.append(step(LAYER, None, [states[-1]], p)[0])
    norms: Any = UNIT.item("depth_gradient").reference(d_h, np.stack(jacobians))

    def loss(depth: int, at: Any) -> float:
        for p in ps[depth:]:
            (at,) = step(LAYER, None, [at], p)
        return float(d_h @ at)

    for depth, state in enumerate(states):
        slopes = [(loss(depth, state + 1e-6 * u) - loss(depth, state - 1e-6 * u)) / 2e-6 for u in np.eye(3)]
        assert np.linalg.norm(slopes) == pytest.approx(norms[depth], abs=1e-7)


def test_identity_layers_leave_the_gradient_alone() -> None:
    d_h = np.array([3.0, 4.0])
    assert np.allclose(UNIT.item("depth_gradient").reference(d_h, np.stack([np.eye(2)] * 6)), np.full(7, 5.0))  # type: ignore[arg-type]
