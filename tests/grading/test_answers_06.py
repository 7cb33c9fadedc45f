"""155 answers to unit 06, written from the exercise alone by somebody who had not seen the judge.

All right ones must be accepted, all wrong ones caught and named. The parameters that `Adder` is judged with are those
that the course trains itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from adder_file import adder_file
from labelled import defined, judged_as_labelled

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.judging.verdict import Verdict
from gatedrnn_course.grading.running.course import course_function
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import find_item

torch = pytest.importorskip("torch")

ANSWERS = json.loads(Path(__file__).with_name("answers_06.json").read_text("utf-8"))
EARLIER = ("input_products", "split_gates", "LSTM", "last_states", "masked_loss")
HOISTED = {"s06_059", "s06_061"}
"""They have the product of the input inside the loop; the exercise had not said where it has to stand."""


def judged(answer: dict[str, Any]) -> Verdict:
    earlier = {name: course_function(find_item(name)[1]) for name in EARLIER if name != answer["item"]}
    space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "__name__": "notebook", **earlier}
    item = find_item(answer["item"])[1].given(adder_file())
    return judge(item, LocalCaller(defined(answer, space)), 3)


@pytest.mark.parametrize("answer", ANSWERS, ids=[one["id"] for one in ANSWERS])
def test_an_answer_to_unit_06_written_from_the_exercise_alone(answer: dict[str, Any]) -> None:
    verdict = judged(answer)
    if answer["id"] in HOISTED:
        assert verdict.mistake.startswith("The product of the input stands inside the loop")
        return
    judged_as_labelled(answer, verdict)
