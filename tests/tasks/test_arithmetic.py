from __future__ import annotations

import re

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Arithmetic
from gatedrnn_course.tasks.arithmetic import SYMBOLS, exercise

PAPER = "3e36d9-h1h39f94eeh43keg3c=-13991064."


def solve(text: str) -> str:
    """What should follow the "=", by reading the question without its letters."""
    a, sign, b = re.fullmatch(r"(\d+)([+-])(\d+)=", re.sub("[a-z]", "", text)).groups()
    return f"{int(a) + int(b) if sign == '+' else int(a) - int(b)}."


def test_the_papers_example_is_solved_by_the_same_rule():
    question, answer = PAPER.split("=")
    assert solve(question + "=") == answer


def test_exercises_are_right_and_their_answers_hold_no_letters():
    rng = np.random.default_rng(0)
    texts = [exercise(rng, 8) for _draw in range(3000)]
    for text in texts:
        question, answer = text.split("=")
        assert answer == solve(question + "=")
    digits = [len(number) for text in texts for number in re.findall(r"\d+", re.sub("[a-z]", "", text.split("=")[0]))]
    assert set(digits) == set(range(1, 9))
    np.testing.assert_allclose(np.bincount(digits)[1:] / len(digits), 1 / 8, atol=0.02)
    questions = [text.split("=")[0] + "=" for text in texts]
    letters = sum(len(re.findall("[a-z]", q)) for q in questions)
    assert abs(letters / (sum(map(len, questions)) - letters) - 1) < 0.03  # one letter a character on average
    assert set("".join(texts)) == set(SYMBOLS)


def test_40_symbols():
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 40
    assert set(PAPER) <= set(SYMBOLS)


def test_only_what_follows_the_equals_sign_is_scored():
    batch = Arithmetic().batch(0, 50)
    for b, length in enumerate(batch.lengths):
        text = "".join(SYMBOLS[s] for s in batch.inputs[:length, b].argmax(-1))
        asked = "".join(SYMBOLS[s] for s in batch.targets[batch.mask[:, b], b])
        assert asked == solve(text.split("=")[0] + "=")
        assert (text + ".").endswith("=" + asked)  # the true characters are given


def test_a_stream_is_exercises_one_after_the_other_with_every_result_asked_for():
    batch = Arithmetic(2, stream=3).batch(0, 20)
    for b, length in enumerate(batch.lengths):
        text = "".join(SYMBOLS[s] for s in batch.inputs[:length, b].argmax(-1)) + "."
        exercises = text.split(".")[:-1]
        assert len(exercises) == 3
        asked = "".join(SYMBOLS[s] for s in batch.targets[batch.mask[:, b], b])
        assert asked == "".join(solve(one.split("=")[0] + "=") for one in exercises)
    with pytest.raises(CourseError):
        Arithmetic(stream=0)
