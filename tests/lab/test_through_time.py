from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from learners_lstm import lstm_backward, lstm_forward

from gatedrnn_course import check, explore_time
from gatedrnn_course.lab import through_time


@pytest.fixture(scope="module")
def widget() -> Any:
    return explore_time()


def numbers(words: str) -> list[float]:
    return [float(number) for number in re.findall(r"= (-?[\d.]+\d)", words)]


def test_every_position_is_a_picture_with_words(widget: Any) -> None:
    for way in ("forwards", "backwards"):
        for b_f in through_time.BIASES:
            for t in range(1, through_time.T + 1):
                widget.move(way=way, b_f=b_f, t=t)
                assert ET.fromstring(widget.picture().drawing).get("aria-label") == widget.read_out()
                assert widget.read_out().startswith(f"Step {t}")


def test_c_holds_the_bit_while_h_moves(widget: Any) -> None:
    widget.move(way="forwards", b_f=8, t=through_time.T)
    moved = re.search(r"c moved by (\d\.\d+) a step, h by (\d\.\d+)", widget.read_out())
    assert moved is not None
    assert float(moved[1]) < 0.05 < 0.2 < float(moved[2])


def test_the_gradient_of_c_arrives_where_f_is_near_1_and_fades_where_it_is_not(widget: Any) -> None:
    arriving = {}
    for b_f in through_time.BIASES:
        widget.move(way="backwards", b_f=b_f, t=1)
        arriving[b_f] = numbers(widget.read_out())[0]
    assert arriving[8.0] > 0.3
    assert arriving[0.0] < 0.01
    assert arriving[0.0] < arriving[1.0] < arriving[3.0]


def test_what_arrives_is_how_far_the_last_h_moves() -> None:
    run = through_time._run(3.0, lstm_forward, lstm_backward)
    p = through_time._latch(3.0)
    xs = np.stack([run.lanes["value"], run.lanes["mark"]], axis=-1)[:, None]
    for t in (1, 5, 9):
        ends = []
        for by in (-1e-6, 1e-6):
            h, c = (run.lanes[name][t - 1].reshape(1, 1) for name in "hc")
            ends.append(lstm_forward(xs[t:], h, c + by, p)[0][-1].item())
        assert (ends[1] - ends[0]) / 2e-6 == pytest.approx(run.d_c[t - 1], abs=1e-8)


def test_nothing_but_the_loss_arrives_at_the_last_step(widget: Any) -> None:
    widget.move(way="backwards", b_f=8, t=through_time.T)
    assert "d_h = 1" in widget.read_out() and "d_c = 0" in widget.read_out()


def test_it_runs_on_the_learners_own_functions_once_they_are_right() -> None:
    assert "the course's own LSTM" in explore_time().whose
    check(lstm_forward)
    check(lstm_backward)
    mine = explore_time()
    assert mine.whose == "Computed with your functions: lstm_forward, lstm_backward."
    assert mine.sentences == explore_time().sentences


def test_it_is_small_enough_to_be_stored(widget: Any) -> None:
    assert len(json.dumps(widget._repr_html_())) < 70_000
