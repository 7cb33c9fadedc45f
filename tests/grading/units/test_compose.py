"""Unit 11: what the kill matrix cannot show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, step
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.likelihood import chorale_nll
from gatedrnn_course.grading.units.score import pitch_frequency
from gatedrnn_course.grading.units.written_music import sample_notes, write_chorale
from gatedrnn_course.tasks import loss_value
from gatedrnn_course.tasks.chorales import MadeChorales

UNIT = load("11")


def verdict(name: str, function: Any, seed: int = 5) -> Any:
    function.__name__ = name
    return judge(UNIT.item(name), LocalCaller(function), seed)


def test_the_likelihood_is_that_of_the_trainer() -> None:
    batch = MadeChorales().whole("test")
    outputs = np.random.default_rng(0).normal(0, 2, batch.targets.shape)
    mask = batch.mask.astype(float)
    assert chorale_nll(outputs, batch.targets, mask) == pytest.approx(loss_value("bernoulli", outputs, batch))


def test_writing_is_the_step_of_the_lstm_its_read_out_and_a_draw() -> None:
    first, uniforms, p = UNIT.item("write_chorale").draws(np.random.default_rng(8))[0].args
    p = Params(dict(p))
    h, c, x = np.zeros((4, 5)), np.zeros((4, 5)), first
    for uniform, written in zip(uniforms, write_chorale(first, uniforms, p), strict=True):
        h, c = step(catalogue["LSTM"], x, (h, c), {name: p[name] for name in catalogue["LSTM"].parameters})
        x = sample_notes(h @ p.W_y.T + p.b_y, uniform, 1.0)
        assert np.array_equal(written, x)


@pytest.mark.parametrize("seed", range(10))
def test_no_draw_is_decided_by_the_last_digits(seed: int) -> None:
    for name in ("sample_notes", "write_chorale"):
        item = UNIT.item(name)
        for draw in item.draws(np.random.default_rng(seed)):
            low = [
                Params({key: np.float32(v) for key, v in arg.items()}) if hasattr(arg, "items") else np.float32(arg)
                for arg in draw.args
            ]
            assert np.array_equal(item.reference(*low), item.reference(*draw.args))


def test_answers_of_another_type_are_right() -> None:
    assert verdict("sample_notes", lambda a, u, t: u < 1 / (1 + np.exp(-a / t))).outcome == "right"
    assert verdict("sample_notes", lambda a, u, t: (u < 1 / (1 + np.exp(-a / t))).astype(int)).outcome == "right"
    assert verdict("pitch_frequency", lambda pitch: 440 * np.exp2((pitch - 69) / 12)).outcome == "right"


def test_a_likelihood_that_overflows_is_told_how_to_write_it() -> None:
    def naive(outputs: Any, targets: Any, mask: Any) -> Any:
        p = 1 / (1 + np.exp(-outputs))
        cost = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
        return (cost.sum(axis=-1) * mask).sum() / mask.sum()

    with np.errstate(all="ignore"):
        found = verdict("chorale_nll", naive)
    assert found.outcome == "wrong" and "np.logaddexp" in " ".join((found.sentence, *found.details))


def test_an_octave_is_twice_the_frequency() -> None:
    assert pitch_frequency(np.array([57, 69, 81, 60])) == pytest.approx([220, 440, 880, 261.63], abs=0.01)


def test_points_add_up() -> None:
    assert UNIT.points == 100 and UNIT.asked_for[1] == ["composer.npz"]
