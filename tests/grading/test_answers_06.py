"""155 answers to unit 06, written from the exercise alone by somebody who had not seen the judge.

All right ones must be accepted, all wrong ones caught and named. The parameters that `Adder` is judged with are those
that the course trains itself.
"""

from __future__ import annotations

from typing import Any

import pytest
from adder_file import adder_file
from stranger_answers import assert_judged, judged, stranger_answers

torch = pytest.importorskip("torch")

EARLIER = ("input_products", "split_gates", "LSTM", "last_states", "masked_loss")
HOISTED = {"s06_059", "s06_061"}
"""They have the product of the input inside the loop; the exercise had not said where it has to stand."""


@stranger_answers("answers_06.json")
def test_an_answer_to_unit_06_written_from_the_exercise_alone(answer: dict[str, Any]) -> None:
    verdict = judged(answer, EARLIER, {"torch": torch, "nn": torch.nn}, adder_file())
    if answer["id"] in HOISTED:
        assert verdict.mistake.startswith("The product of the input stands inside the loop")
        return
    assert_judged(answer, verdict, ())
