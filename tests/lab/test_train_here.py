"""The cell that trains: it shows a curve, stops, goes on, and leaves a file."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from gatedrnn_course.grading.classroom.enclosed import enclosed
from gatedrnn_course.grading.items.driven_item import answer_of, replaced
from gatedrnn_course.grading.items.stored import read_stored
from gatedrnn_course.grading.units.adder import TEXT, adder_item
from gatedrnn_course.lab import file_beside, train_here, train_view
from gatedrnn_course.lab.file_beside import read_file

ITEM = adder_item(25, (), ("a", "b", "c"))
STEPS = 30


def train_step(model: Any, optimiser: Any, xs: Any, targets: Any, lengths: Any, state: Any, max_norm: float) -> Any:
    assert targets.shape == (1, xs.shape[1], 1) and bool((lengths == 1).all()) and state[0].shape == (xs.shape[1], 16)
    model.train()
    optimiser.zero_grad()
    outputs, state = model(xs, state)
    loss = ((outputs - targets) ** 2).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimiser.step()
    return loss.item(), state


CALLS: list[int] = []
STOP_AT: list[int] = []


def stopping(*args: Any) -> Any:
    CALLS.append(1)
    if len(CALLS) in STOP_AT:
        os.kill(os.getpid(), signal.SIGINT)
    return train_step(*args)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Trains for 30 steps in a folder of its own and gives what was said."""
    item = replace(ITEM, training=replace(ITEM.training, steps=STEPS))
    monkeypatch.setattr(train_here, "find_item", lambda _name: (None, item))
    monkeypatch.setattr(train_here, "EVALUATE", 10)
    monkeypatch.setattr(train_here, "VALIDATION", 20)
    monkeypatch.setattr(file_beside, "_here", {})
    monkeypatch.setenv("GATEDRNN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def trained(text: str = TEXT, step: Callable[..., Any] = train_step, **options: Any) -> str:
        train_here.train_here(answer_of(text, "Adder"), step, device="cpu", **options)
        return capsys.readouterr().out

    return trained


def stored(folder: Path) -> dict[str, Any]:
    return read_stored((folder / "Adder.npz").read_bytes(), "Adder.npz")


def test_the_parameters_are_written_under_their_names(run: Callable[..., str], tmp_path: Path) -> None:
    assert "Not solved after 30 steps." in run() and "cpu" in run()
    assert {name: array.shape for name, array in stored(tmp_path).items()} == dict(ITEM.shapes)
    assert read_file("Adder.npz") == (tmp_path / "Adder.npz").read_bytes()


def test_a_run_that_was_stopped_goes_on_to_the_same_numbers(run: Callable[..., str], tmp_path: Path) -> None:
    run()
    whole = stored(tmp_path)
    for path in tmp_path.glob("*Adder*"):
        path.unlink()
    for path in tmp_path.glob(".Adder*"):
        path.unlink()
    CALLS.clear()
    STOP_AT[:] = [13]
    said = run(step=stopping)
    assert "Stopped after 13 steps" in said and not (tmp_path / "Adder.npz").exists()
    STOP_AT.clear()
    assert "after 30 steps" in run(step=stopping)
    assert len(CALLS) == STEPS
    for name, array in stored(tmp_path).items():
        np.testing.assert_array_equal(array, whole[name])


def test_other_code_begins_anew(run: Callable[..., str], tmp_path: Path) -> None:
    CALLS.clear()
    STOP_AT.clear()
    run()
    run(step=stopping)
    assert len(CALLS) == STEPS
    assert len(list(tmp_path.glob(".Adder-*.pt"))) == 1


@pytest.mark.parametrize(
    ("text", "step", "says"),
    [
        ("from torch import nn\nclass Adder(nn.Module):\n    ...\n", train_step, "`Adder` is not written yet"),
        (TEXT, lambda *_args: ..., "is not written yet"),
        (TEXT.replace("self.readout", "self.out"), train_step, "has other parameters than the exercise names"),
        (replaced(TEXT, ("Layer(2, hidden_size)", "Layer()")), train_step, "`Adder` raised an exception"),
        (TEXT, lambda *args: args[0].nothing, "raised an exception, so nothing was trained"),
        (TEXT, lambda *_args: (float("nan"), None), "The loss is nan"),
    ],
)
def test_what_cannot_train_is_a_note(run: Callable[..., str], tmp_path: Path, text: str, step: Any, says: str) -> None:
    assert says in run(text, step)
    assert not (tmp_path / "Adder.npz").exists()


def test_where_nothing_can_be_written_this_session_has_it(run: Callable[..., str], monkeypatch: Any) -> None:
    def refused(*_args: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(file_beside, "write_atomically", refused)
    assert "in this session alone" in run()
    content = read_file("Adder.npz")
    assert content is not None and set(read_stored(content, "Adder.npz")) == set(ITEM.shapes)


def test_the_last_picture_holds_the_file_and_words(run: Callable[..., str], monkeypatch: Any, tmp_path: Path) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(train_view, "_in_notebook", lambda: False)
    monkeypatch.setattr(train_view, "show", shown.append)
    run()
    html = shown[-1]._repr_html_()
    notebook = {"cells": [{"outputs": [{"data": {"text/html": html}}]}]}

    assert enclosed(json.dumps(notebook).encode()) == {"Adder.npz": (tmp_path / "Adder.npz").read_bytes()}
    assert 'alt="Plot: loss over steps of training.' in html and "<progress" not in html


def test_a_picture_on_the_way_has_a_bar_and_the_time_left(run: Callable[..., str], monkeypatch: Any) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(train_view.Updated, "show", lambda _self, make, last=False: seen.append(make()))
    run()
    assert len(seen) == STEPS + 1
    assert "at most" in seen[-2].said and "left" in seen[-2].said and "of the sequences right" in seen[-2].said
    assert 'aria-label="steps done"' in seen[-2]._repr_html_()


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(run: Callable[..., str], tmp_path: Path) -> None:
    run(seed=1)
    first = stored(tmp_path)
    run(seed=2)
    assert not np.array_equal(first["lstm.U"], stored(tmp_path)["lstm.U"])
