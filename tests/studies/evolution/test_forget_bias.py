from __future__ import annotations

import math

import pytest

from gatedrnn_course.studies.evolution.forget_bias import (
    ARCHITECTURES,
    BIAS_SIZES,
    PRINTED,
    BiasSize,
    ForgetBias,
    closed_gap,
    forget_bias_gain,
)
from gatedrnn_course.studies.evolution.sizes import Stage
from gatedrnn_course.tasks import Arithmetic, XMLTags

TINY = BiasSize(
    name="tiny",
    stages=(Stage(task=Arithmetic(1), steps=4), Stage(task=XMLTags(1), steps=4)),
    parameters=500,
    learning_rates=(0.01,),
    scales=(0.7, 1.4),
    choosing=1,
    seeds=3,
    batch=4,
    validation=20,
    looks=2,
)


def test_the_papers_table():
    """Jozefowicz, Zaremba and Sutskever 2015, table 1: what the lecture quotes."""
    assert PRINTED["LSTM-f"] == {"arithmetic": 0.29292, "xml": 0.23356}
    assert max(PRINTED, key=lambda name: PRINTED[name]["arithmetic"]) == "MUT1"
    assert max(PRINTED, key=lambda name: PRINTED[name]["xml"]) == "MUT1"
    assert closed_gap({name: row["arithmetic"] for name, row in PRINTED.items()}) > 1
    assert closed_gap({name: row["xml"] for name, row in PRINTED.items()}) == pytest.approx(0.562, abs=1e-3)
    assert set(PRINTED) == set(ARCHITECTURES)


def test_a_gain_is_paired_by_seed():
    gain = forget_bias_gain([0.5, 0.7, 0.9], [0.4, 0.6, 0.8])
    assert gain.value == pytest.approx(0.1)
    assert gain.high - gain.low < 1e-9  # every pair says the same, though the accuracies lie far apart
    assert math.isnan(forget_bias_gain([0.5], [0.4]).low)


def test_the_closed_gap():
    assert closed_gap({"LSTM": 0.5, "LSTM-b": 0.6, "GRU": 0.7}) == pytest.approx(0.5)
    assert math.isnan(closed_gap({"LSTM": 0.5, "LSTM-b": 0.6, "GRU": 0.5}))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = ForgetBias(tmp_path_factory.mktemp("bias"), TINY, seed=1)
    study.run(progress=False)
    return study


def test_every_architecture_is_judged_with_every_seed_at_the_setting_chosen_by_others(study):
    rows = study.store.rows("SELECT task, phase, seed, architecture FROM runs")
    assert len(rows) == 2 * 10 * (2 + 3)
    for task in ("arithmetic", "xml"):
        assert {name: len(found) for name, found in study.accuracies(task).items()} == dict.fromkeys(ARCHITECTURES, 3)
        for name, way in study.chosen(task).items():
            asked = "SELECT scale, accuracy FROM runs WHERE task = ? AND phase = 'choose' AND architecture = ?"
            scores = dict(study.store.rows(asked, (task, name)))
            assert scores[way[1]] == max(scores.values())


def test_the_table_stands_beside_the_papers(study):
    table = study.table()
    assert [row.architecture for row in table[:10]] == list(ARCHITECTURES)
    for row in table:
        assert row.printed == PRINTED[row.architecture][row.task]
        assert row.accuracy.low <= row.accuracy.value <= row.accuracy.high
        assert row.seeds == 3


def test_a_run_that_was_stopped_ends_as_one_that_was_not(study, tmp_path, monkeypatch):
    half = ForgetBias(tmp_path, TINY, seed=1)
    whole, calls = half._portion, []

    def stopped(*given):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(given)
        whole(*given)

    monkeypatch.setattr(half, "_portion", stopped)
    with pytest.raises(KeyboardInterrupt):
        half.run(progress=False)
    resumed = ForgetBias(tmp_path, TINY, seed=1)
    resumed.run(progress=False)
    asked = "SELECT * FROM runs ORDER BY task, phase, seed, architecture, scale"
    assert resumed.store.rows(asked) == study.store.rows(asked)


def test_sizes_have_enough_seeds_for_an_interval():
    assert all(size.seeds >= 4 for size in BIAS_SIZES.values())
