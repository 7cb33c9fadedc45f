from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population
from gatedrnn_course.engines.population.group import Group
from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Counting, Music, Strokes, TemporalOrder, loss_value
from gatedrnn_course.training import fit_population
from gatedrnn_course.training.data import validation_batch

needs_compiler = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
TIERS = [pytest.param("c", marks=needs_compiler), "torch"]
QUIET = {"progress": False, "batch_size": 8, "validation": 16}
CELLS = ["LSTM", "GRU", "peephole LSTM", "RNN"]


def make(task, cells=CELLS, hidden=6, **settings):
    settings = {"optimiser": "adam", "learning_rates": 2e-2, "scale": 0.3, **settings}
    return Population(cells, task.input_size, task.output_size, hidden, loss=task.loss, **settings)


def numbers(histories):
    """All of the histories that does not depend on the clock."""
    return [[(row.step, row.loss, row.validation, row.metric) for row in history] for history in histories]


def parameters(population):
    return [population.parameters(k) for k in range(len(population))]


def same(one, two):
    return all(np.array_equal(a[n], b[n]) for a, b in zip(one, two, strict=True) for n in a)


@pytest.mark.parametrize("tier", TIERS)
def test_every_model_learns_and_has_a_history_of_its_own(task, tier):
    histories = fit_population(make(task, tier=tier), task, steps=150, evaluate_every=50, **QUIET)
    assert [[row.step for row in history] for history in histories] == [[50, 100, 150]] * 4
    assert {history.stopped for history in histories} == {"steps"}
    assert len({history[-1].validation for history in histories}) == 4
    assert min(history[-1].loss for history in histories) < histories[0][0].loss


@needs_compiler
def test_a_model_of_a_population_trains_as_it_does_alone(task):
    together, alone = make(task, dtype=torch.float64), make(task, ["GRU"], seeds=[1], dtype=torch.float64)
    settings = {"steps": 50, "evaluate_every": 10, **QUIET}
    histories = fit_population(together, task, **settings)
    assert numbers(fit_population(alone, task, **settings)) == numbers(histories)[1:2]
    assert same(parameters(alone), parameters(together)[1:2])


@pytest.mark.parametrize("tier", TIERS)
def test_one_out_of_patience_rests_with_its_best_and_the_others_go_on(task, tier):
    settings = {"steps": 60, "evaluate_every": 2, "patience": 4, **QUIET}
    population = make(task, ["RNN", "LSTM"], learning_rates=[1.0, 1e-4], tier=tier)
    wild, tame = fit_population(population, task, **settings)
    assert wild.stopped == "patience" and wild.waited == 4 and len(wild) < len(tame)
    assert tame.stopped == "steps" and len(tame) == 30
    batch = validation_batch(task, 16, 0)
    losses = population.loss(batch.inputs, batch.targets, batch.mask)
    assert losses == pytest.approx([wild.best.validation, tame.best.validation], rel=1e-5)
    assert not np.isnan(population.step(batch.inputs, batch.targets, batch.mask)).any()  # awake again


@pytest.mark.parametrize("tier", TIERS)
def test_one_that_diverges_is_named_and_disturbs_nobody(task, tier):
    settings = {"steps": 20, "evaluate_every": 5, **QUIET}
    cells = {"cells": ["NOAF"] * 3, "optimiser": "sgd", "tier": tier}
    wild = fit_population(make(task, **cells, learning_rates=[0.01, 1e38, 0.01]), task, **settings)
    calm = fit_population(make(task, **cells, learning_rates=0.01), task, **settings)
    assert [history.stopped for history in wild] == ["steps", "diverged", "steps"]
    assert numbers(wild)[::2] == numbers(calm)[::2]


def test_if_all_diverge_there_is_a_sentence(task):
    population = make(task, ["NOAF"] * 2, optimiser="sgd", learning_rates=1e38)
    with pytest.raises(CourseError, match="every model is not a finite number"):
        fit_population(population, task, steps=20, evaluate_every=5, **QUIET)


def test_a_model_that_solves_the_task_rests():
    task = Counting(largest=3)
    population = make(task, ["LSTM", "LSTM"], learning_rates=[2e-2, 1e-6])
    settings = {**QUIET, "stop_when_solved": True}
    solved, not_yet = fit_population(population, task, steps=1500, evaluate_every=100, **settings)
    assert solved.stopped == "solved" and not_yet.stopped == "steps" and len(solved) < len(not_yet)


def test_a_corpus_goes_by_epochs():
    task = Music(stand_in="always")
    histories = fit_population(make(task, hidden=[4, 8, 9, 3]), task, epochs=2, **QUIET)
    assert [[row.step for row in history] for history in histories] == [[3, 6]] * 4
    assert all(history[-1].validation < history[0].validation for history in histories)


@pytest.mark.parametrize("tier", TIERS)
def test_labels_without_places_are_learned_in_both_directions(tier):
    task = Strokes(stand_in="always", letters=(1, 2), words=(30, 10, 4))
    population = make(task, ["peephole LSTM", "GRU"], bidirectional=True, learning_rates=1e-2, tier=tier)
    histories = fit_population(population, task, epochs=6, **QUIET)
    batch = task.whole("valid")
    for k, history in enumerate(histories):
        assert history[-1].validation < 0.8 * history[0].validation and 0 <= history[-1].metric <= 2
        outputs = population.outputs(batch.inputs, [k], batch.lengths)[0]
        assert history.best.validation == pytest.approx(loss_value("ctc", outputs, batch), rel=1e-5)
        assert history.best.metric == task.score(outputs, batch)


def test_the_papers_protocol_counts_epochs_of_one_sequence_a_step(monkeypatch):
    task, train, read = Music(stand_in="always"), Population.step, []
    pieces = {part.inputs.astype(float).tobytes(): k for k, part in enumerate(task.sequences("train"))}

    def step(self, inputs, *rest):
        read.append(pieces[inputs[:, 0].tobytes()])  # one piece alone, without padding
        return train(self, inputs, *rest)

    monkeypatch.setattr(Population, "step", step)
    population = make(task, ["RNN", "LSTM"], hidden=3, learning_rates=[0.5, 1e-3])
    settings = {"epochs": 30, "batch_size": 1, "patience": 3, "progress": False, "metric": False}
    wild, tame = fit_population(population, task, **settings)
    orders = np.array(read).reshape(-1, len(pieces))
    assert (np.sort(orders) == np.arange(len(pieces))).all() and len({tuple(order) for order in orders}) == len(orders)
    assert wild.stopped == "patience" and len(wild) == wild.rows.index(wild.best) + 1 + 3
    assert [row.step for row in tame] == [len(pieces) * (k + 1) for k in range(30)] and tame.stopped == "steps"
    assert all(np.isnan(row.metric) for row in (*wild, *tame))


@pytest.mark.parametrize("tier", TIERS)
def test_models_that_rest_or_diverged_cost_nothing(task, tier, monkeypatch):
    population = make(task, ["LSTM"] * 6, 4, optimiser="sgd", learning_rates=0.1, tier=tier)
    population.set_parameters(5, {"b_y": np.full(task.output_size, np.nan)})
    batch = task.batch(0, 8, "train")
    asked = batch.inputs, batch.targets, batch.mask, batch.lengths
    for k in range(4):
        population.rest(k)
    before = parameters(population)
    for _ in range(3):
        assert np.isnan(population.step(*asked)[:4]).all()
    assert population.frozen.tolist() == [False] * 5 + [True]
    assert same(parameters(population)[:4], before[:4]) and not same(parameters(population)[4:5], before[4:5])
    ran = []
    if tier == "c":
        call = population._models._call
        population._models._call = lambda job, xs, chosen, *rest: (
            ran.append(len(chosen)) or call(job, xs, chosen, *rest)
        )
    else:
        step = Group.step
        monkeypatch.setattr(Group, "step", lambda group, *rest: ran.append(len(group.settings)) or step(group, *rest))
    population.step(*asked)
    assert ran == [1]
    population.wake()
    assert not np.isnan(population.step(*asked)[:5]).any() and sum(ran[1:]) == 5
    alone = make(task, ["LSTM"], 4, seeds=[2], optimiser="sgd", learning_rates=0.1, tier=tier)
    alone.step(*asked)
    for name, value in parameters(alone)[0].items():
        np.testing.assert_allclose(value, parameters(population)[2][name], rtol=0, atol=1e-6)


PROGRAM = """
import os, signal, sys
import torch
from gatedrnn_course.engines.population import Population
from gatedrnn_course.tasks import TemporalOrder
from gatedrnn_course.training import fit_population

def run(tier, path, kill_at=0):
    torch.set_num_threads(1)  # torch's products of a few rows depend on it in the last digit
    task = TemporalOrder(length=20)
    population = Population(["LSTM", "RNN", "GRU"], task.input_size, task.output_size, [4, 5, 17], loss=task.loss,
                            optimiser=["adam", "sgd", "adam"], learning_rates=[2e-2, 2.0, 1e-2], noise=0.1, tier=tier)
    train, calls = population.step, 0

    def count(*batch):
        nonlocal calls
        calls += 1
        if calls == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return train(*batch)

    population.step = count
    return population, fit_population(population, task, steps=17, evaluate_every=4, batch_size=8, validation=8,
                                      patience=2, checkpoint=path, progress=False)

if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], kill_at=15)
"""


@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_run_goes_on_to_the_same_numbers(tier, tmp_path):
    script, path = tmp_path / "train_me.py", tmp_path / "run.pt"
    script.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))}
    killed = subprocess.run([sys.executable, script, tier, path], check=False, env=environment)
    assert killed.returncode == -signal.SIGKILL
    run = runpy.run_path(str(script))["run"]
    resumed, rest = run(tier, path)
    population, whole = run(tier, None)
    assert numbers(rest) == numbers(whole)
    assert [history.stopped for history in rest] == [history.stopped for history in whole]
    assert same(parameters(resumed), parameters(population))
    assert "patience" in [history.stopped for history in whole]


def test_ctrl_c_keeps_what_was_done_and_the_rest_follows_later(task, tmp_path):
    settings = {"steps": 12, "evaluate_every": 4, "checkpoint": tmp_path / "run.pt", **QUIET}
    cut, train = make(task), Population.step

    def press(*batch):
        if cut.steps == 6:
            signal.raise_signal(signal.SIGINT)
        return train(cut, *batch)

    cut.step = press
    histories = fit_population(cut, task, **settings)
    assert [history.stopped for history in histories] == ["interrupted"] * 4 and len(histories[0]) == 1
    again = make(task)
    whole = make(task)
    rest = fit_population(again, task, **settings)
    assert numbers(rest) == numbers(fit_population(whole, task, **{**settings, "checkpoint": None}))
    assert same(parameters(again), parameters(whole))


def test_a_finished_run_is_not_run_again_unless_more_is_asked(task, tmp_path):
    settings = {"evaluate_every": 2, "checkpoint": tmp_path / "run.pt", **QUIET}
    first = fit_population(make(task), task, steps=4, **settings)
    assert numbers(fit_population(make(task), task, steps=4, **settings)) == numbers(first)
    longer = fit_population(make(task), task, steps=8, **settings)
    straight = fit_population(make(task), task, steps=8, **{**settings, "checkpoint": None})
    assert numbers(longer) == numbers(straight)


def test_another_population_is_not_resumed(task, tmp_path):
    settings = {"steps": 2, "evaluate_every": 2, "checkpoint": tmp_path / "run.pt", **QUIET}
    fit_population(make(task), task, **settings)
    with pytest.raises(CourseError, match="population"):
        fit_population(make(task, hidden=7), task, **settings)


def test_a_population_that_does_not_fit_the_task_is_named(task):
    with pytest.raises(CourseError, match="input size 3"):
        fit_population(Population("LSTM", 3, 4, 4), TemporalOrder(length=20), steps=2, **QUIET)
    strokes = Strokes(stand_in="always", letters=(1, 2), words=(20, 4, 4))
    with pytest.raises(CourseError, match="loss ctc"):
        fit_population(Population("LSTM", strokes.input_size, strokes.output_size, 4), strokes, epochs=1, **QUIET)


def test_the_bar_says_how_many_learn(task, capsys):
    fit_population(make(task), task, steps=4, evaluate_every=2, **{**QUIET, "progress": True})
    shown = capsys.readouterr().err
    assert "4/4" in shown and "learning=" in shown
