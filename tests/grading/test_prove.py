from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.cells.edits import classes
from gatedrnn_course.grading.items import Ask, Draw, Observation, SequenceItem, SliceItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove import KillMatrix, page_of, prove, prove_item
from gatedrnn_course.grading.prove.matrix import HandedIn, Share
from gatedrnn_course.grading.prove.page import PAGE_SEED
from gatedrnn_course.grading.prove.programs import answer, right_answers
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load

HINTS = ("one", "two", "three")
posix = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")


@posix
def test_fresh_inputs_prove_it_too() -> None:
    matrix = prove("00")
    assert matrix.ok and matrix.failures == ()
    assert prove("0", seed=3) == prove("00", seed=3)


@pytest.mark.parametrize("name", [name for name in catalogue if name not in ("highway layer", "residual layer")])
def test_right_answers_in_every_style_are_accepted_for_every_cell(name: str) -> None:
    item = SliceItem("step", 1, "A step.", HINTS, slice=whole_step(catalogue[name]))
    answers = list(right_answers(item))
    assert len(answers) >= 20
    for k, (words, source) in enumerate(answers):
        assert judge(item, LocalCaller(function_of(source, "step")), k).outcome == "right", words


def test_a_loop_over_a_cell_is_proved() -> None:
    proof = prove_item(SequenceItem("rnn", 10, "A sequence.", HINTS, cell=catalogue["RNN"]), 0)
    assert proof.failures == ()
    assert proof.caught.all and proof.named.all and proof.caught.of > 40


class Lenient(SliceItem):
    """Forgets to try anything but size 1."""

    def draws(self, rng: np.random.Generator) -> tuple[Draw, ...]:
        return tuple(draw for draw in super().draws(rng) if draw.kind == "ones")


class Silent(SliceItem):
    """Names nothing."""

    def explain(self, observed: Sequence[Observation], ask: Ask) -> None:
        return None


class Other(SliceItem):
    """Has another equation in mind."""

    def reference(self, *args: Any) -> Any:
        return super().reference(*args) * 1.001


GATE: dict[str, Any] = {"slice": Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",))}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Lenient, "not caught: In the forget gate, W_f stands the wrong way round"),
        (Silent, "not named: The forget gate has no bias"),
        (Other, "the right answer in the style 'as the equations stand' is not accepted"),
    ],
)
def test_a_bad_judge_is_found_out(kind: type[SliceItem], words: str) -> None:
    proof = prove_item(kind("forget_gate", 12, "The forget gate.", HINTS, **GATE), 0)
    assert any(words in failure and failure.startswith("forget_gate: ") for failure in proof.failures)
    matrix = KillMatrix("03", "Gates", 0, (proof,))
    assert not matrix.ok and "What failed:" in page_of(replace(matrix, handed_in=(HandedIn("zeros", 0, 0),)))


def test_forbidden_styles_are_no_right_answers() -> None:
    proof = prove_item(SliceItem("f", 1, "A gate.", HINTS, forbidden=("torch.sigmoid",), **GATE), 0)
    assert len(proof.failures) == 2 and all("torch" in failure for failure in proof.failures)


def test_pairs_are_drawn_from_different_lines_and_repeat_for_a_seed() -> None:
    step = load("03").item("lstm_step")
    first, second = prove_item(replace(step, points=1), 1, pairs=3), prove_item(replace(step, points=1), 1, pairs=3)
    assert first == second and str(first.pairs_caught) == "3/3" and first.failures == ()


def test_wrong_points_of_a_notebook_fail() -> None:
    rows = (HandedIn("zeros", 12, 0), HandedIn("no function at all", 0, 0, ("odd",)))
    matrix = KillMatrix("03", "Gates", 0, (), rows)
    assert matrix.failures == ("A notebook with zeros gets 12 points, expected are 0.", "odd")


def test_the_table_shows_every_item() -> None:
    from rich.console import Console

    item = load("00").items[0]
    matrix = KillMatrix("00", "Start here", PAGE_SEED, (prove_item(item, PAGE_SEED),), (HandedIn("zeros", 0, 0),))
    console = Console(width=300, file=StringIO())
    console.print(matrix.table())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(item, SliceItem)
    found = classes(item.slice)
    edits = sum(len(one.members) for one in found)
    assert "linear" in text and f"{edits}/{edits}" in text and "zeros 0" in text
    row = f"| `linear` | 100 | {len(found)} | {edits}/{edits} | {edits}/{edits} | - | - |"
    assert row in matrix.markdown()


def test_shares() -> None:
    assert str(Share(3, 4)) == "3/4" and str(Share(0, 0)) == "-"
    assert Share(1, 2) + Share(2, 2) == Share(3, 4)
    assert Share(2, 2).all and not Share(1, 2).all


def test_answers_are_plain_source_a_learner_could_have_written() -> None:
    item = load("03").item("forget_gate")
    assert "def forget_gate(x, h_prev, p):\n    f = sigmoid(" in answer(item)
    assert "gatedrnn_course" not in answer(item)
