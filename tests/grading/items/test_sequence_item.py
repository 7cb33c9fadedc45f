from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, sequence
from gatedrnn_course.cells.edits import classes
from gatedrnn_course.grading.items import SequenceItem
from gatedrnn_course.grading.items.loops import LOOP_MISTAKES
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove.programs import answer, right_answers
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.prove.wrong import wrong_answers
from gatedrnn_course.grading.running.local import LocalCaller

HINTS = ("one", "two", "three")
CELLS = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}
ITEMS = {name: SequenceItem(short, 20, "A sequence.", HINTS, cell=catalogue[name]) for name, short in CELLS.items()}
LSTM = ITEMS["LSTM"]


def judged(source: str, item: SequenceItem = LSTM, seed: int = 0) -> Any:
    return judge(item, LocalCaller(function_of(source, item.name)), seed)


def loop(body: str, item: SequenceItem = LSTM) -> str:
    """A learner's loop around the right step."""
    rows = "".join(f"    {row}\n" for row in body.split("\n"))
    return f"{answer(item)}\ndef {item.signature()}:\n{rows}"


def test_signature_docstring_and_reference() -> None:
    assert LSTM.signature() == "lstm(xs, h_0, c_0, p)"
    assert ITEMS["RNN"].signature() == "rnn(xs, h_0, p)"
    assert "xs: inputs, time first, (T, B, D)" in LSTM.docstring()
    assert "the tuple (hs, cs), each (T, B, H)" in LSTM.docstring()
    xs, h, c, p = LSTM.example()
    hs, (_last_h, last_c) = sequence(LSTM.cell, xs, (h, c), p)  # type: ignore[arg-type]
    given: Any = LSTM.reference(xs, h, c, p)
    np.testing.assert_allclose(given[0], hs)
    np.testing.assert_allclose(given[1][-1], last_c)


def test_draws_have_distinct_sizes_and_enough_steps() -> None:
    first, second, ones, square, *_far = LSTM.draws(np.random.default_rng(0))
    assert [np.shape(d.args[0])[0] for d in (first, second, ones)] == [6, 7, 1]
    assert len(set(np.shape(first.args[0]))) == 3 and not square.decides


@pytest.mark.parametrize("name", ITEMS)
def test_right_answers_are_accepted(name: str) -> None:
    answers = list(right_answers(ITEMS[name]))
    assert len(answers) >= 8
    for words, source in answers:
        assert judged(source, ITEMS[name]).outcome == "right", words


@pytest.mark.parametrize("name", ITEMS)
def test_every_mistake_of_the_loop_is_caught_and_named(name: str) -> None:
    item = ITEMS[name]
    tried = [w for w in wrong_answers(item) if w.names[0] in LOOP_MISTAKES]
    assert {"LSTM": 31, "GRU": 25, "RNN": 25}[name] == len(tried)
    for k, wrong in enumerate(tried):
        verdict = judge(item, LocalCaller(wrong.function), k)
        assert verdict.outcome == "wrong" and verdict.mistake in wrong.names, wrong.names


@pytest.mark.parametrize(("name", "every"), [("RNN", 1), ("GRU", 3), ("LSTM", 12)])
def test_a_mistake_in_the_step_is_named_inside_the_loop(name: str, every: int) -> None:
    item = ITEMS[name]
    for k, found in enumerate(classes(item.slice)[::every]):
        verdict = judged(answer(item, found.edit), item, k)
        assert verdict.outcome == "wrong" and verdict.mistake == found.edit.key


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "hs, cs = [], []\nfor x in xs:\n    h, c = step_of_the_cell(x, h_0, c_0, p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
            "The state is not carried",
        ),
        (
            "h, c = h_0, c_0\nfor x in xs:\n    h, c = step_of_the_cell(x, h, c, p)\nreturn h, c",
            "Only the last step is handed back",
        ),
        (
            "h, c, hs, cs = h_0, c_0, [], []\nfor x in xs[::-1]:\n    h, c = step_of_the_cell(x, h, c, p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
            "The steps run backwards, and the outputs are stacked in that order",
        ),
        (
            "h, c = h_0.copy(), c_0.copy()\nhs, cs = [], []\nfor x in xs:\n"
            "    h[:], c[:] = step_of_the_cell(x, h, c, p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
            "One array stands T times in the result",
        ),
        (
            "hs, cs = [h_0], [c_0]\nfor x in xs:\n    h, c = step_of_the_cell(x, hs[-1], cs[-1], p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
            "The initial state is in the result too",
        ),
        (
            "h, c, hs, cs = 0 * h_0, 0 * c_0, [], []\nfor x in xs:\n    h, c = step_of_the_cell(x, h, c, p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(hs), np.stack(cs)",
            "starts from zeros",
        ),
        (
            "h, c, hs, cs = h_0, c_0, [], []\nfor x in xs:\n    hs.append(h)\n    cs.append(c)\n"
            "    h, c = step_of_the_cell(x, h, c, p)\nreturn np.stack(hs), np.stack(cs)",
            "hands back the state before it",
        ),
        (
            "h, c, hs, cs = h_0, c_0, [], []\nfor x in xs:\n    h, c = step_of_the_cell(x, h, c, p)\n"
            "    hs.append(h)\n    cs.append(c)\nreturn np.stack(cs), np.stack(hs)",
            "The outputs come back in the wrong order",
        ),
    ],
)
def test_loops_as_learners_write_them(body: str, words: str) -> None:
    verdict = judged(loop(body))
    assert verdict.outcome == "wrong" and words in verdict.mistake


def test_the_initial_state_changed_in_place_is_said() -> None:
    body = (
        "h, c, hs, cs = h_0, c_0, [], []\nfor x in xs:\n    h[:], c[:] = step_of_the_cell(x, h, c, p)\n"
        "    hs.append(h.copy())\n    cs.append(c.copy())\nreturn np.stack(hs), np.stack(cs)"
    )
    assert judged(loop(body)).mistake == "The function changes its argument in place."


def test_one_step_too_few_is_told_by_its_shape() -> None:
    body = "h, c = step_of_the_cell(xs[0], h_0, c_0, p)\nreturn h[None], c[None]"
    assert "has shape (1, " in judged(loop(body)).details[0]


def test_an_answer_in_tensors() -> None:
    source = answer(LSTM).replace("import numpy as np", "import torch", 1)
    for name in ("tanh", "exp", "maximum", "stack"):
        source = source.replace(f"np.{name}", f"torch.{name}")
    assert judged(source).outcome == "right"


def test_nothing_tells_nothing() -> None:
    def broken(*args: Any) -> Any:
        raise ValueError("no")

    function: Callable[..., Any] = broken
    assert judge(LSTM, LocalCaller(function), 0).outcome == "raised"


LATE = """\
history = [(h_0, c_0)] * {late}
for x in xs:
    history.append(step_of_the_cell(x, *history[-{late}], p))
hs, cs = zip(*history[{late}:])
return np.stack(hs), np.stack(cs)"""


def test_a_learner_whose_state_comes_one_step_late_is_told_so_and_one_of_two_steps_is_not() -> None:
    assert judged(loop(LATE.format(late=1))).outcome == "right"
    assert judged(loop(LATE.format(late=2))).mistake == "The state is carried one step late."
    late = judged(loop(LATE.format(late=3)))
    assert (late.outcome, late.mistake) == ("wrong", "")


@pytest.mark.parametrize("name", CELLS)
def test_steps_joined_into_one_batch_are_named(name: str) -> None:
    item = ITEMS[name]
    source = answer(item).replace("np.stack(", "np.concatenate(")
    assert "np.concatenate(" in source
    for seed in range(3):
        assert "joined into one long batch" in judged(source, item, seed).mistake


def test_a_right_step_in_a_loop_without_a_name_is_not_accused() -> None:
    source = answer(ITEMS["RNN"]).replace("np.stack(", "0.25 * sum(")
    for seed in range(3):
        assert judged(source, ITEMS["RNN"], seed).mistake == "`rnn` gives `hs` in another shape."
