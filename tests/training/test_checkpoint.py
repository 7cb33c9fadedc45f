from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from gatedrnn_course.errors import CourseError
from gatedrnn_course.training import SequenceModel, fit
from gatedrnn_course.training.checkpoint import load

QUICK = {"steps": 4, "evaluate_every": 2, "validation": 4, "batch_size": 2, "progress": False}


@pytest.fixture
def path(tmp_path, model, task):
    path = tmp_path / "run.pt"
    fit(model, task, **QUICK, checkpoint=path)
    return path


def test_it_holds_tensors_numbers_and_words_only(path):
    content = torch.load(path, weights_only=True)
    assert content["step"] == 4
    assert content["stopped"] == "steps"
    assert load(path, {"seed": 0}).rows == content["rows"]


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "foreign", "pickle"])
def test_a_damaged_file_says_what_to_do(damage, path, model, task):
    data = path.read_bytes()
    middle = len(data) // 2
    wrong = {
        "empty": b"",
        "cut": data[:middle],
        "flipped": data[:200] + bytes(255 - byte for byte in data[200:700]) + data[700:],
        "text": b"not a checkpoint",
        "pickle": pickle.dumps({"step": 1}),
    }
    if damage == "foreign":
        torch.save({"weights": torch.zeros(2)}, path)
    else:
        path.write_bytes(wrong[damage])
    with pytest.raises(CourseError, match=r"run\.pt") as caught:
        fit(model, task, **QUICK, checkpoint=path)
    assert "resume=False" in caught.value.do


def test_a_program_inside_is_not_run(tmp_path, model, task):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = tmp_path / "run.pt"
    torch.save({"step": Trap()}, path)
    with pytest.raises(CourseError):
        fit(model, task, **QUICK, checkpoint=path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("other", [{"learning_rate": 0.5}, {"seed": 1}, {"batch_size": 3}, {"optimiser": "sgd"}])
def test_other_settings_are_named(other, path, model, task):
    with pytest.raises(CourseError, match=next(iter(other))):
        fit(model, task, **{**QUICK, **other}, checkpoint=path)


def test_another_model_is_named(path, task):
    with pytest.raises(CourseError, match="GRU"):
        fit(SequenceModel("GRU", task, 4), task, **QUICK, checkpoint=path)


def test_settings_drawn_with_numpy_are_numbers_too(tmp_path, model, task):
    settings = {**QUICK, "learning_rate": np.float64(1e-3), "clip": np.float32(1), "checkpoint": tmp_path / "run.pt"}
    first = fit(model, task, **settings)
    assert fit(model, task, **settings) == first


def test_without_resume_a_run_starts_again(path, model, task):
    path.write_bytes(b"not a checkpoint")
    assert fit(model, task, **QUICK, checkpoint=path, resume=False).stopped == "steps"
    assert load(path, {}).step == 4
