"""A trained model is judged by what the learner's own class answers with the parameters of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.items import ByLoss, TrainedItem
from gatedrnn_course.grading.items.driven_item import answer_of, replaced
from gatedrnn_course.grading.items.stored import write_stored
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units.adder import SLIPS, WRONG_FILES, adder_item, first_parameters, trained_parameters
from gatedrnn_course.tasks import Counting

ITEM = adder_item(25, (), ("a", "b", "c"))


def said(content: bytes | None, text: str = ITEM.text) -> Verdict:
    cls: Callable[..., Any] = answer_of(text, "Adder")
    return judge(ITEM.given(content), LocalCaller(cls), 3)


@pytest.fixture(scope="module")
def trained() -> bytes:
    return ITEM.solution()


def test_a_trained_model_passes(trained: bytes) -> None:
    verdict = said(trained)
    assert (verdict.outcome, verdict.points) == ("right", 25), verdict


@pytest.mark.parametrize("wrong", WRONG_FILES, ids=lambda wrong: wrong.words)
def test_a_wrong_file_is_named(wrong: Any) -> None:
    verdict = said(wrong.content())
    assert verdict.outcome == "wrong"
    assert wrong.words in " ".join((verdict.sentence, *verdict.details)), verdict
    assert verdict.points == 0


@pytest.mark.parametrize(("slips", "passes"), [(0, True), (SLIPS, True), (SLIPS + 1, False)])
def test_a_rare_slip_is_luck_and_costs_nothing(slips: int, passes: bool) -> None:
    measure = ITEM.measure
    batch = measure.task.batch(np.random.default_rng(0), 2000, "test")
    outputs = np.array(batch.targets)
    outputs[-1, :slips] += 0.05
    assert measure.met(outputs, batch) is passes


@pytest.mark.parametrize("order", ["i, f, c_tilde, o", "o, c_tilde, i, f", "c_tilde, o, f, i"])
def test_any_order_of_the_row_blocks_is_named(order: str) -> None:
    own = dict(zip(ITEM.order, range(4), strict=True))
    arrays = dict(trained_parameters())
    for name in ITEM.blocks:
        blocks = np.split(arrays[name], 4)
        arrays[name] = np.concatenate([blocks[own[gate]] for gate in order.split(", ")])
    assert f"in the order {order} in the file" in said(write_stored(arrays)).mistake


CLASSES = {
    "the row blocks are read in another order": (
        ("f, i, c_tilde, o = ", "i, f, c_tilde, o = "),
        "reads them in another way",
    ),
    "the answer is computed from the input": (
        (
            "return self.readout(hs[-1:]), state",
            "return 0.5 + (xs[1:, :, :1] * (xs[1:, :, 1:] > 0)).sum(0, keepdim=True) / 4, state",
        ),
        "do not come from the parameters",
    ),
    "the axis of the steps is lost": (("hs[-1:]", "hs[-1]"), "answers in another shape"),
    "two outputs": (("self.readout(hs[-1:])", "self.readout(hs[-1:]).repeat(1, 1, 2)"), "another number of outputs"),
    "no read-out": (("self.readout = nn.Linear(hidden_size, 1)", "self.readout = lambda h: h"), "other parameters"),
    "another size": (("Layer(2, hidden_size)", "Layer(2, 2 * hidden_size)"), "have other shapes"),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_that_does_not_fit_is_told(kind: str, trained: bytes) -> None:
    change, says = CLASSES[kind]
    verdict = said(trained, replaced(ITEM.text, change))
    assert verdict.outcome == "wrong"
    assert says in " ".join((verdict.sentence, *verdict.details)), verdict


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("hs[-1:]", "hs"), "answers in another shape"),
        (("return self.readout(hs[-1:]), state", "return self.readout(hs[-1:])"), "not outputs and a state"),
        (("self.lstm(xs, state)", "self.lstm(xs)"), "The state of `Adder` is lost"),
        (("return self.readout(hs[-1:]), state", "return self.readout(hs[-1:]), None"), "The state of `Adder` is lost"),
    ],
)
def test_one_answer_a_sequence_and_a_state_that_goes_on_are_asked_for(
    change: tuple[str, str], says: str, trained: bytes
) -> None:
    assert says in said(trained, replaced(ITEM.text, change)).sentence


def test_a_class_that_is_not_written_yet_is_blank(trained: bytes) -> None:
    verdict = said(trained, "from torch import nn\nclass Adder(nn.Module):\n    ...\n")
    assert verdict.outcome == "blank"


def test_what_was_handed_in_stays_out_of_the_item() -> None:
    assert ITEM.content is None and ITEM.file == "Adder.npz"
    assert "handed in" not in repr(ITEM.given(b"handed in"))


def test_a_key_is_the_same_for_all_who_make_a_mistake() -> None:
    one, other = (
        judge(ITEM.given(write_stored(first_parameters(k))), LocalCaller(answer_of(ITEM.text, "Adder"))) for k in (1, 2)
    )
    assert one.mistake == other.mistake != ""


def test_a_measure_by_loss_asks_for_less_than_a_bound() -> None:
    task = Counting()
    measure = ByLoss(task, 40, at_most=0.5 * task.chance)
    batch = measure.batch(0)
    right = np.where(batch.targets > 0.5, 20.0, -20.0)
    assert measure.met(right, batch) and measure.near(right, batch)
    assert not measure.met(np.zeros_like(right), batch) and measure.guesses(np.zeros_like(right), batch)
    assert "asked for: at most" in measure.found(right, batch)
    assert not ByLoss(task, 40, at_most=0.0).met(np.zeros_like(right), batch)


def test_the_item_is_a_trained_one() -> None:
    assert isinstance(ITEM, TrainedItem)
    assert "self.readout" in ITEM.docstring()
