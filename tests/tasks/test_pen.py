from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks.pen import pen_features, thinned

FIRST = np.array([[10.0, 0, 5.0], [12, 1, 5.1], [15, 3, 5.3]])
SECOND = np.array([[20.0, 0, 6.0], [21, -4, 6.2]])


def test_four_numbers_a_point():
    found = pen_features([FIRST, SECOND], thin=False)
    np.testing.assert_allclose(found[:, 0], [0, 2, 3, 5, 1])
    np.testing.assert_allclose(found[:, 1], [0, 1, 2, -3, -4])
    np.testing.assert_allclose(found[:, 2], [0, 0.1, 0.3, 0, 0.2])
    assert found[:, 3].tolist() == [0, 0, 1, 0, 1]


@pytest.mark.parametrize(("points", "kept"), [(1, [0]), (2, [0, 1]), (3, [0, 2]), (4, [0, 2, 3]), (9, [0, 2, 4, 6, 8])])
def test_half_the_points_and_the_last_one_are_kept(points, kept):
    stroke = np.arange(points)[:, None] * np.ones(3)
    assert thinned(stroke)[:, 0].tolist() == kept


def test_thinning_keeps_one_lift_a_stroke_and_the_whole_way():
    thin, full = pen_features([FIRST, SECOND]), pen_features([FIRST, SECOND], thin=False)
    assert thin[:, 3].sum() == full[:, 3].sum() == 2
    np.testing.assert_allclose(thin[:, :2].sum(axis=0), full[:, :2].sum(axis=0))
