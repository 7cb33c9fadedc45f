from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from gatedrnn_course import explore_flow, sigmoid, tanh
from gatedrnn_course.lab import passed


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_flow()


def arrives(widget: Any, **position: float) -> dict[str, float]:
    """The numbers of the read-out by the names of the curves."""
    widget.move(**position)
    words = widget.read_out().partition("arrive: ")[2].rstrip(".")
    names = ("RNN", "LSTM, direct path", "LSTM, whole", "ResNet")
    found = {name: re.search(rf"{name} ([-+.\de]+)", words) for name in names}
    return {name: float(match[1].rstrip(".")) for name, match in found.items() if match}


def test_the_direct_path_stays_below_one_and_grows_with_the_forget_bias(widget: Any) -> None:
    paths = [arrives(widget, b_f=b_f, scale=0.15)["LSTM, direct path"] for b_f in (-2, 0, 1, 3, 6)]
    assert paths == sorted(paths)
    assert paths[0] < 1e-12 and 0.5 < paths[-1] < 1


def test_the_whole_gradient_can_explode_where_the_direct_path_cannot(widget: Any) -> None:
    found = arrives(widget, b_f=3, scale=1.0)
    assert found["LSTM, whole"] > 10 > 1 > found["LSTM, direct path"]


def test_the_rnn_vanishes_with_small_weights_and_the_resnet_does_not(widget: Any) -> None:
    found = arrives(widget, b_f=1, scale=0.1)
    assert found["RNN"] < 1e-9 < 1 < found["ResNet"]


def test_the_read_out_names_the_half_life(widget: Any) -> None:
    widget.move(b_f=1, scale=0.15)
    assert "sigmoid(1) = 0.731 has a half-life of 2.2 steps" in widget.read_out()


def test_it_is_light_and_its_picture_has_its_words(widget: Any) -> None:
    assert len(widget._repr_html_()) < 60_000
    assert "half-life" in widget.picture().alt


def test_it_runs_on_the_learners_own_step_once_that_is_right() -> None:
    calls = []

    def lstm_step(x, h_prev, c_prev, p):  # type: ignore[no-untyped-def]
        calls.append(1)
        gate = {k: x @ p[f"W_{k}"].T + h_prev @ p[f"U_{k}"].T + p[f"b_{k}"] for k in "fico"}
        c = sigmoid(gate["f"]) * c_prev + sigmoid(gate["i"]) * tanh(gate["c"])
        return sigmoid(gate["o"]) * np.tanh(c), c

    assert explore_flow().whose == "The numbers come from the course's own LSTM, RNN and ResNet."
    passed.remember("lstm_step", lstm_step)
    mine = explore_flow()
    assert calls and mine.whose == "Computed with your functions: lstm_step."
    assert mine.read_out() == explore_flow().read_out()
