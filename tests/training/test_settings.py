from __future__ import annotations

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.training import fit
from gatedrnn_course.training.settings import span


@pytest.mark.parametrize(
    "setting",
    [
        {"steps": 0},
        {"steps": None},
        {"epochs": 1},
        {"steps": None, "epochs": 3},
        {"batch_size": 0},
        {"optimiser": "adagrad"},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"momentum": 1.0},
        {"clip": 0.0},
        {"patience": 0},
        {"evaluate_every": 0},
        {"evaluate_every": 2.5},
        {"validation": 0},
        {"seed": -1},
    ],
)
def test_an_impossible_setting_is_refused_in_a_sentence(setting, model, task):
    with pytest.raises(CourseError) as caught:
        fit(model, task, **{"steps": 5, "progress": False, **setting})
    assert caught.value.asked
    assert caught.value.expected
    assert caught.value.do


def test_how_long_and_how_often(task, corpus):
    assert span(task, 250, None, 8, None) == (250, 100)
    assert span(task, 250, None, 8, 7) == (250, 7)
    assert span(corpus, None, 4, 8, None) == (12, 3)
    assert span(corpus, 250, None, 8, None) == (250, 3)
