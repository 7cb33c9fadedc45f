from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import GenerateTimedSpikes, MeasureSpikeDelays, PeriodicFunction


def intervals(trace: np.ndarray) -> np.ndarray:
    """Steps between the spikes of a trace `(T,)`, the first counted from step 0."""
    return np.diff(np.flatnonzero(trace == 1), prepend=0)


def test_msd_asks_at_each_spike_for_the_part_beyond_f():
    batch = MeasureSpikeDelays(interval=20, extras=(0, 3), intervals=50).batch(0, 40)
    for b, length in enumerate(batch.lengths):
        gaps = intervals(batch.inputs[:, b, 0])
        asked = batch.mask[:, b]
        assert len(gaps) == 50
        assert set(gaps) == {20, 23}
        assert (asked == (batch.inputs[:, b, 0] == 1)).all()
        assert (batch.targets[asked, b, 0] == gaps - 20).all()
        assert length == gaps.sum() + 1
    assert not batch.targets[~batch.mask].any()


def test_extras_are_alike():
    batch = MeasureSpikeDelays(extras=(0, 1, 2), intervals=1000).batch(0, 10)
    np.testing.assert_allclose(np.bincount(batch.targets[batch.mask][:, 0].astype(int)) / 10_000, 1 / 3, atol=0.02)


def test_nmsd_has_one_interval():
    task = MeasureSpikeDelays(intervals=1)
    batch = task.batch(0, 100)
    assert task.name == "measure_one_delay"
    assert set(batch.lengths) == {11, 12}
    assert (batch.mask.sum(axis=0) == 1).all()


def test_gts_gives_the_interval_when_it_begins():
    batch = GenerateTimedSpikes(interval=10, extras=(0, 2), intervals=30).batch(0, 20)
    for b in range(20):
        gaps = intervals(batch.targets[:, b, 0])
        begins = np.cumsum(gaps) - gaps
        assert set(gaps) == {10, 12}
        assert (batch.inputs[begins, b, 0] == gaps - 10).all()
        assert batch.inputs[:, b, 0].sum() == (gaps - 10).sum()
    assert (batch.mask.sum(axis=0) == batch.lengths).all()


def test_an_error_of_half_a_step_is_wrong():
    task = MeasureSpikeDelays()
    batch = task.batch(0, 3)
    assert task.correct(batch.targets + 0.48, batch).all()
    assert not task.correct(batch.targets + 0.5, batch).any()


def test_waves_over_a_period():
    t = np.arange(10)
    np.testing.assert_allclose(PeriodicFunction("cosine").values(10), (1 - np.cos(2 * np.pi * t / 10)) / 2)
    np.testing.assert_allclose(PeriodicFunction("triangle").values(10), [0, 0.2, 0.4, 0.6, 0.8, 1, 0.8, 0.6, 0.4, 0.2])
    assert PeriodicFunction("rectangle").values(10).tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("wave", ["cosine", "triangle", "rectangle"])
@pytest.mark.parametrize("period", [10, 25])
def test_waves_repeat_and_have_no_input(wave, period):
    batch = PeriodicFunction(wave, period, periods=4).batch(0, 3)
    values = batch.targets[:, 0, 0]
    assert not batch.inputs.any()
    assert (values == np.tile(values[:period], 4)).all()
    assert (batch.targets == batch.targets[:, :1]).all()


def test_chance_of_the_cosine():
    assert PeriodicFunction("cosine", 25).chance == pytest.approx(1 / 8)
