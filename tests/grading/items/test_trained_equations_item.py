"""A cell as equations with a file: judged by what it does on sequences nobody has seen; each fault has a sentence."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.items import ByLoss, TrainedEquationsItem
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.tasks.chorales import MadeChorales

ITEM = load("11").item("composer")
TEXT = catalogue["RNN"].text


def parameters(units: int = 4, **changes: Any) -> bytes:
    """An RNN that gives each note nearly its frequency, whatever it hears."""
    task = MadeChorales()
    share = np.concatenate([piece.targets for piece in task.sequences("train")]).mean(axis=0).clip(1e-4, 1 - 1e-4)
    arrays = {"W_h": np.zeros((units, 88)), "U_h": np.zeros((units, units)), "b_h": np.zeros(units)}
    arrays |= {"W_y": np.zeros((88, units)), "b_y": np.log(share / (1 - share))}
    return write_stored({**arrays, **changes})


def verdict(value: Any, content: bytes | None, item: Any = ITEM) -> Verdict:
    def composer() -> Any:
        return value

    return judge(item.given(content), LocalCaller(composer), 3)


def said(found: Verdict) -> str:
    return " ".join((found.sentence, *found.details))


def test_the_sequences_are_drawn_anew_for_each_seed() -> None:
    assert isinstance(ITEM, TrainedEquationsItem) and ITEM.file == "composer.npz"
    one, other = (ITEM.measure.batch(seed) for seed in (1, 2))
    assert one.size == 200 and not np.array_equal(one.inputs, other.inputs)
    assert np.array_equal(one.inputs, ITEM.measure.batch(1).inputs)


def test_what_is_good_enough_passes_and_the_bound_decides() -> None:
    from dataclasses import replace

    near = replace(ITEM, measure=ByLoss(ITEM.measure.task, 200, at_most=8.9))
    assert verdict(TEXT, parameters(), near).outcome == "right"
    assert verdict(TEXT, parameters()).outcome == "wrong"


def test_the_loss_is_told_beside_the_one_that_is_asked_for() -> None:
    words = said(verdict(TEXT, parameters()))
    assert "no better than one constant answer" in words and "asked for: at most 7.750" in words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "Nothing was written"),
        (7, "hands back ndarray"),
        ("h = tanh(", "cannot be read"),
        ("c = tanh(W_c @ x + U_c @ c_prev + b_c)", "a line for h"),
        ("h = tanh(U_h @ h_prev + b_h)", "No line reads x"),
        (TEXT + "\n" + "# word " * 1000, "characters"),
    ],
)
def test_what_is_no_such_cell_is_told(value: Any, words: str) -> None:
    found = verdict(value, parameters())
    assert found.points == 0
    if value is not None:
        assert words in said(found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no file `composer.npz`"),
        (b"", "no whole .npz"),
        (b"PK\x03\x04", "no whole .npz"),
        (parameters(U_h=np.full((4, 4), np.inf)), "nan or inf"),
        (parameters(b_h=np.zeros(5)), "`b_h` has the shape (5,), expected is (4,)"),
        (parameters(more=np.zeros(2)), "holds `more`"),
        (parameters(W_y=np.zeros((88, 300))), "looks at 300 units"),
        (parameters(W_y=np.zeros(88)), "`W_h` has the shape"),
        (parameters(W_y=np.zeros((88, 4, 2))), "`W_h` has the shape"),
    ],
)
def test_files_of_any_origin_cost_one_sentence(content: bytes | None, words: str) -> None:
    assert words in said(verdict(TEXT, content))


def test_numbers_without_bound_are_a_large_loss_and_no_error() -> None:
    text = "h = W_h @ x + 9 * (U_h @ h_prev) + exp(h_prev)"
    content = parameters(W_h=np.full((4, 88), 1e30), U_h=np.full((4, 4), 1e30))
    found = verdict(text, write_without(content, "b_h"))
    assert found.outcome == "wrong" and "held-out" in said(found)


def write_without(content: bytes, name: str) -> bytes:
    from gatedrnn_course.grading.items.stored import read_stored

    arrays = read_stored(content, "x")
    return write_stored({key: array for key, array in arrays.items() if key != name})


def test_a_model_that_comes_with_the_course_earns_nothing() -> None:
    content = files("gatedrnn_course").joinpath("lab", "chorale_lstm.npz").read_bytes()
    found = verdict(catalogue["LSTM"].text, content)
    assert found.outcome == "wrong"
    assert "a model that comes with the course" in said(found)
