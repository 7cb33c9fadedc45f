from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import explore_lags
from gatedrnn_course.lab import lags, passed


def norm_of(words: str) -> float:
    return float(words.partition("gradient norm is ")[2].partition(":")[0])


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_lags()


@pytest.mark.parametrize("largest", [0.7, 1.0, 1.5])
@pytest.mark.parametrize("share", [0.1, 1.0])
def test_u_has_the_singular_values_of_the_sliders(largest: float, share: float) -> None:
    values = np.linalg.svd(lags._run(largest, share, 0.5)[0].U_h, compute_uv=False)
    assert values == pytest.approx([largest] * 4 + [largest * share] * 4)


def test_without_inputs_the_norm_is_the_bound_and_with_them_below_it(widget: Any) -> None:
    for largest in (0.8, 1.2):
        widget.move(largest=largest, size=0)
        assert norm_of(widget.read_out()) == pytest.approx(largest**40, rel=0.05)
        widget.move(size=2)
        assert norm_of(widget.read_out()) < largest**40


def test_the_determinant_does_not_decide(widget: Any) -> None:
    widget.move(largest=1.3, share=0.5, size=0)
    words = widget.read_out()
    assert float(words.partition("|det U| = ")[2].split()[0].rstrip(".")) < 1
    assert "it explodes" in words
    widget.move(largest=1.0, share=1.0, size=0)
    assert "|det U| = 1." in widget.read_out()
    assert norm_of(widget.read_out()) == 1


def test_the_norms_are_those_of_a_moved_state() -> None:
    """The last state answers to a nudged one as the product of the Jacobians says."""
    p, hs = lags._run(1.1, 0.5, 0.5)
    jacobians = np.stack([lags._step_jacobian(h, p) for h in hs])
    assert lags._over_lags(jacobians)[0][0] == 1
    direct = []
    for b in range(hs.shape[1]):
        product = np.linalg.multi_dot([jacobian[b] for jacobian in jacobians[:0:-1]])
        direct.append(np.log(np.linalg.svd(product, compute_uv=False)[0]))
    assert lags._over_lags(jacobians)[0][-1] == pytest.approx(np.exp(np.mean(direct)))


def test_it_takes_the_learners_own_jacobian_once_it_is_right() -> None:
    calls = []

    def step_jacobian(h: Any, p: Any) -> Any:
        calls.append(h.shape)
        return (1 - h**2)[..., None] * p.U_h

    assert explore_lags().whose == "The numbers come from the course's own RNN."
    passed.remember("step_jacobian", step_jacobian)
    mine = explore_lags()
    assert mine.whose == "Computed with your functions: step_jacobian."
    assert len([shape for shape in calls if shape == (41 * 8, 8)]) == 9 * 5 * 5
    assert mine.read_out() == explore_lags().read_out()


def test_a_wrong_one_takes_no_part() -> None:
    passed.remember("step_jacobian", lambda h, p: h)
    assert "course's own" in explore_lags().whose
