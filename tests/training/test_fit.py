from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from gatedrnn_course.tasks import Adding, Batch, Counting, Digits, Music, Strokes, TemporalOrder, TwoSequence
from gatedrnn_course.training import History, SequenceModel, evaluate, fit

QUIET = {"progress": False, "batch_size": 8, "validation": 16}


def numbers(history: History) -> list[tuple[float, ...]]:
    """All of a history that does not depend on the clock."""
    return [(row.step, row.loss, row.validation, row.metric) for row in history]


def weights(model: SequenceModel) -> bytes:
    return b"".join(value.numpy().tobytes() for value in model.state_dict().values())


@pytest.mark.parametrize("cell", ["RNN", "peephole LSTM", "GRU"])
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_training_lowers_the_loss(cell, optimiser):
    task = TwoSequence(length=6)
    model = SequenceModel(cell, task, 8)
    rate = {"adam": 2e-2, "sgd": 5e-2}[optimiser]
    history = fit(model, task, steps=150, evaluate_every=50, optimiser=optimiser, learning_rate=rate, **QUIET)
    assert [row.step for row in history] == [50, 100, 150]
    assert history.stopped == "steps"
    assert history[-1].loss < task.chance / 3
    assert history[-1].seconds > history[0].seconds > 0


def test_a_corpus_goes_by_epochs():
    task = Music(stand_in="always")
    history = fit(SequenceModel("LSTM", task, 8), task, epochs=3, learning_rate=1e-2, **QUIET)
    assert [row.step for row in history] == [3, 6, 9]
    assert history[-1].validation < history[0].validation


@pytest.mark.parametrize(
    "task",
    [
        Digits(stand_in="always"),
        Strokes(stand_in="always", letters=(1, 2), words=(20, 4, 4)),
    ],
    ids=["cross entropy", "ctc"],
)
def test_sounds_and_strokes_are_learnt_in_both_directions(task):
    model = SequenceModel("LSTM", task, 8)
    history = fit(model, task, steps=30, evaluate_every=10, learning_rate=1e-2, clip=1.0, **QUIET)
    assert history[-1].validation < 0.95 * history[0].validation


def test_it_stops_when_the_paper_calls_the_task_solved():
    task = Counting(largest=3)
    model = SequenceModel("LSTM", task, 6)
    history = fit(model, task, steps=2000, learning_rate=2e-2, evaluate_every=50, stop_when_solved=True, **QUIET)
    assert history.stopped == "solved"
    assert evaluate(model, task).solved


def test_a_task_is_solved_on_as_many_fresh_sequences_as_the_paper_judges():
    task = TemporalOrder(length=20)
    model = SequenceModel("GRU", task, 8)
    history = fit(model, task, steps=1000, learning_rate=1e-2, evaluate_every=50, stop_when_solved=True, **QUIET)
    assert history.stopped == "solved"
    assert evaluate(model, task, "valid", seed=9).metric > 0.999


def test_patience_stops_and_the_best_parameters_come_back(task):
    model = SequenceModel("RNN", task, 4)
    history = fit(model, task, steps=500, learning_rate=0.5, evaluate_every=2, patience=3, **QUIET)
    assert history.stopped == "patience"
    assert history.waited == 3
    assert history.best is not None
    found = evaluate(model, task, "valid", sequences=16)
    assert found.loss == pytest.approx(history.best.validation, rel=1e-6)


def test_seeds_decide_and_nobody_elses_random_numbers_are_touched(task):
    def once(seed):
        model = SequenceModel("LSTM", task, 4, dropout=0.3)
        return numbers(fit(model, task, steps=6, evaluate_every=2, seed=seed, **QUIET))

    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = once(0)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    assert once(0) == first
    assert once(1) != first


@dataclass(frozen=True)
class Interrupted(TemporalOrder):
    """Somebody presses Ctrl-C while batch number `at` is drawn."""

    length: int = 20
    at: int = 0

    def draw(self, rng: np.random.Generator, size: int, split: str) -> Batch:
        key = rng.bit_generator.seed_seq.spawn_key
        if len(key) == 2 and key[1] == self.at and os.environ.get("CTRL_C"):
            signal.raise_signal(signal.SIGINT)
        return super().draw(rng, size, split)


@pytest.mark.parametrize("at", [0, 5, 6, 14])
def test_ctrl_c_keeps_what_was_done_and_the_rest_follows_later(at, tmp_path, monkeypatch):
    task = Interrupted(at=at)
    settings = {"steps": 15, "evaluate_every": 4, "checkpoint": tmp_path / "run.pt", **QUIET}
    models = [SequenceModel("LSTM", task, 4, dropout=0.3) for _ in range(3)]
    whole = fit(models[0], task, **{**settings, "checkpoint": None})
    monkeypatch.setenv("CTRL_C", "1")
    cut = fit(models[1], task, **settings)
    monkeypatch.delenv("CTRL_C")
    assert cut.stopped == ("steps" if at == 14 else "interrupted")
    assert numbers(cut) == numbers(whole)[: len(cut)]
    assert len(cut) == (at + 1) // 4 + (at == 14)
    rest = fit(models[2], task, **settings)
    assert numbers(rest) == numbers(whole)
    assert weights(models[2]) == weights(models[0])


PROGRAM = """
import os, signal, sys, torch
from gatedrnn_course.tasks import EmbeddedReber, TemporalOrder
from gatedrnn_course.training import SequenceModel, fit

def run(kind, optimiser, path, kill_at=0):
    task = {"order": TemporalOrder(length=20), "reber": EmbeddedReber(strings=20)}[kind]
    model = SequenceModel("peephole LSTM", task, 4, dropout=0.3)
    calls = 0

    def count(module, given, outputs):
        nonlocal calls
        calls += module.training
        if calls == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    model.register_forward_hook(count)
    return model, fit(model, task, steps=17, evaluate_every=4, batch_size=8, validation=8, clip=1.0, decay=True,
                      optimiser=optimiser, checkpoint=path, progress=False)

if __name__ == "__main__":
    torch.set_num_threads(1)
    run(sys.argv[1], sys.argv[2], sys.argv[3], kill_at=11)
"""


@pytest.mark.parametrize(("kind", "optimiser"), [("order", "adam"), ("reber", "sgd")])
def test_a_killed_run_goes_on_to_the_same_numbers(kind, optimiser, tmp_path):
    script, path = tmp_path / "train_me.py", tmp_path / "run.pt"
    script.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))}
    killed = subprocess.run([sys.executable, script, kind, optimiser, path], check=False, env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert [row.step for row in History.load(path.with_suffix(".jsonl"))] == [4, 8]

    run = runpy.run_path(str(script))["run"]
    resumed, rest = run(kind, optimiser, path)
    model, whole = run(kind, optimiser, None)
    assert numbers(rest) == numbers(whole)
    assert [row.step for row in whole] == [4, 8, 12, 16, 17]
    assert weights(resumed) == weights(model)
    assert History.load(path.with_suffix(".jsonl")) == rest


def test_a_finished_run_is_not_run_again_unless_more_is_asked(task, tmp_path):
    settings = {"evaluate_every": 2, "checkpoint": tmp_path / "run.pt", **QUIET}
    first = fit(SequenceModel("LSTM", task, 4), task, steps=4, **settings)
    model = SequenceModel("LSTM", task, 4)
    assert fit(model, task, steps=4, **settings) == first
    assert fit(model, task, steps=3, **settings).stopped == "steps"
    longer = fit(SequenceModel("LSTM", task, 4), task, steps=8, **settings)
    straight = fit(SequenceModel("LSTM", task, 4), task, steps=8, **{**settings, "checkpoint": None})
    assert numbers(longer) == numbers(straight)


def test_the_bar_counts_steps(task, capsys):
    fit(SequenceModel("LSTM", task, 4), task, steps=4, **{**QUIET, "progress": True})
    shown = capsys.readouterr().err
    assert "temporal_order_6a" in shown
    assert "4/4" in shown


def test_a_module_of_ones_own_is_trained_too():
    class Mine(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.out = torch.nn.LSTM(2, 4), torch.nn.Linear(4, 1)

        def forward(self, inputs, lengths):
            return self.out(self.lstm(inputs)[0])

    model = Mine().eval()
    fit(model, Adding(length=4), steps=3, **QUIET)
    assert not model.training


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU; the tests above are its twins")
def test_the_gpu_trains_and_resumes(task, tmp_path):
    settings = {"evaluate_every": 4, "checkpoint": tmp_path / "run.pt", **QUIET}
    models = [SequenceModel("LSTM", task, 4, device=device) for device in ("cuda", "cuda", "cpu")]
    whole = fit(models[0], task, steps=8, **{**settings, "checkpoint": None})
    fit(models[1], task, steps=4, **settings)
    assert fit(models[1], task, steps=8, **settings)[-1].validation == pytest.approx(whole[-1].validation, rel=1e-4)
    on_cpu = fit(models[2], task, steps=8, **{**settings, "checkpoint": None})
    assert on_cpu[-1].validation == pytest.approx(whole[-1].validation, rel=1e-3)
