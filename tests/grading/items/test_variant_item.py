"""A variant of the GRU as an item: what the course asks of the LSTM's holds of any cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, variant
from gatedrnn_course.grading.items import Mistake, VariantItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller

GRU = catalogue["GRU"]
NO_RESET = variant(GRU, "no reset", {"r": None, "h_tilde": "h_tilde = tanh(W_h @ x + U_h @ h_prev + b_h)"})
NO_UPDATE = variant(GRU, "no update", {"z": None, "h": "h = h_tilde"})
ITEM = VariantItem(
    "no_reset",
    10,
    "A GRU without reset gate.",
    ("one", "two", "three"),
    cell=NO_RESET,
    varied=GRU,
    mistakes=(Mistake("Nothing is edited.", lambda: GRU.text), Mistake("No update.", lambda: NO_UPDATE.text)),
)


def judged(text: Any) -> Any:
    return judge(ITEM, LocalCaller(lambda: text), 3)


@pytest.mark.parametrize(
    "text",
    [NO_RESET.text, f"r = sigmoid(W_r @ x)\n{NO_RESET.text}", NO_RESET.text.replace("h_tilde", "new")],
)
def test_what_counts_is_what_is_computed(text: str) -> None:
    assert judged(text).outcome == "right"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GRU.text, "Nothing is edited."),
        (NO_UPDATE.text, "No update."),
        (GRU.text.replace("tanh(W_h", "sigmoid(W_h"), "A line still uses W_r, U_r, b_r, which no reset does without."),
        (NO_RESET.text.replace("tanh(W_h", "sigmoid(W_h"), "The candidate uses sigmoid where tanh belongs."),
        (NO_RESET.text.replace("z * h_prev + (1 - z) * h_tilde", "(1 - z) * h_prev + z * h_tilde"), "exchanged"),
    ],
)
def test_mistakes_have_names(text: str, says: str) -> None:
    verdict = judged(text)
    assert verdict.outcome == "wrong" and says in verdict.sentence


def test_a_parameter_that_neither_cell_has_is_refused() -> None:
    verdict = judged(NO_RESET.text.replace("W_z", "W_q"))
    assert verdict.points == 0 and "They use W_q." in verdict.details


def test_the_parameters_of_both_cells_are_drawn() -> None:
    for draw in ITEM.draws(np.random.default_rng(0)):
        p: Any = draw.hidden[-1]
        x: Any = draw.hidden[0]
        assert set(p) == {*NO_RESET.parameters, *GRU.parameters} and p["W_r"].shape == (len(p["b_z"]), x.shape[-1])


def test_the_docstring_lists_the_variant_s_own() -> None:
    assert "W_z" in ITEM.docstring() and "W_r" not in ITEM.docstring()
