"""Answers to unit 10 as people type them, and what they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.mutant import CHANGES, MUTANT
from gatedrnn_course.studies.evolution.forget_bias import closed_gap, forget_bias_gain

UNIT = load("10")


def verdict(name: str, answer: Any) -> Any:
    return judge(UNIT.item(name), LocalCaller(answer), 5)


def made(source: str, name: str) -> Any:
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    return space[name]


@pytest.mark.parametrize(
    "text",
    [
        MUTANT.text,
        MUTANT.text.replace("r + h_prev", "h_prev + r").replace("h_tilde", "new"),
        MUTANT.text.replace("z * h_prev + (1 - z) * h_tilde", "h_tilde + z * (h_prev - h_tilde)"),
        "s = tanh(h_prev)\n" + MUTANT.text.replace("tanh(h_prev)", "s"),
    ],
)
def test_any_spelling_of_the_mutant_is_right(text: str) -> None:
    assert verdict("mutate", lambda: text).outcome == "right"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("U_z @ tanh(h_prev)", "tanh(U_z @ h_prev)", "tanh stands around the product"),
        ("relu(", "sigmoid(", "sigmoid where relu belongs"),
        ("r + h_prev", "r * h_prev", "multiplied instead of added"),
        ("U_h @ (r + h_prev)", "U_h @ h_prev + r", "after the matrix"),
    ],
)
def test_a_wrong_mutant_is_told_what_is_wrong(old: str, new: str, says: str) -> None:
    found = verdict("mutate", lambda: MUTANT.text.replace(old, new))
    assert says in found.sentence


def test_two_changes_left_out_are_named_together() -> None:
    from gatedrnn_course.cells import catalogue, variant

    text = variant(catalogue["GRU"], "one", {"r": CHANGES["r"]}).text
    found = verdict("mutate", lambda: text)
    assert "`z` and `h_tilde` are still the GRU's" in found.sentence


STEP = """
def evolve_step(members, accuracies, reference):
    passed = 0
    for row, gru in zip(accuracies, reference):
        if max(row) < 0.9 * gru:
            break
        passed += 1
    everybody = list(members)
    if passed == len(reference):
        everybody.append(min(a.max() / g for a, g in zip(accuracies, reference)))
        everybody = sorted(everybody, reverse=True)[:-1]
    return passed, np.array(everybody)
"""


def test_a_step_may_be_written_as_a_loop() -> None:
    assert verdict("evolve_step", made(STEP, "evolve_step")).outcome == "right"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("            break\n        passed += 1", "            continue\n        passed += 1", "no other is tried"),
        ("0.9 * gru", "0.9", "an accuracy of 0.9"),
        ("[:-1]", "", "grown by one"),
        (", reverse=True)[:-1]", ")[1:]", "begins with the least fit"),
        ("if passed == len(reference):", "if True:", "without having passed"),
    ],
)
def test_a_wrong_step_is_told_what_is_wrong(old: str, new: str, says: str) -> None:
    assert says in verdict("evolve_step", made(STEP.replace(old, new), "evolve_step")).sentence


def test_just_ninety_percent_is_drawn_and_passes_however_it_is_computed() -> None:
    for seed in range(20):
        draws = UNIT.item("evolve_step").draws(np.random.default_rng(seed))
        best, reference = draws[0].args[1].max(axis=1), draws[0].args[2]
        assert best[1] == 0.9 * reference[1] and best[1] / reference[1] >= 0.9 and 10 * best[1] >= 9 * reference[1]
    found = verdict("evolve_step", made(STEP.replace("max(row) <", "max(row) <="), "evolve_step"))
    assert "Just 90 % is enough" in found.sentence


def test_every_mistake_of_the_step_shows_on_the_inputs_that_are_drawn() -> None:
    """A newcomer enters, is not fit enough, and fails at each of the tasks."""
    item = UNIT.item("evolve_step")
    passed = [int(item.reference(*draw.args)[0]) for draw in item.draws(np.random.default_rng(3))]
    assert set(passed) == {0, 1, 2, 3}


def test_the_experiment_is_that_of_the_study() -> None:
    rng = np.random.default_rng(0)
    lstm, lstm_b, gru = rng.uniform(0.4, 0.9, (3, 7))
    gain, error, closed = UNIT.item("forget_bias_experiment").reference(lstm, lstm_b, gru)
    interval = forget_bias_gain(lstm_b, lstm)
    assert gain == pytest.approx(interval.value)
    assert interval.high - interval.value == pytest.approx(
        2.4469 * float(error), rel=1e-4
    )  # t with 6 degrees of freedom
    assert closed == pytest.approx(closed_gap({"LSTM": lstm.mean(), "LSTM-b": lstm_b.mean(), "GRU": gru.mean()}))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda a, b, g: ((b - a).mean(), np.std(b - a, ddof=1), (b - a).mean() / (g - a).mean()), "divide by √n"),
        (
            lambda a, b, g: ((a - b).mean(), np.std(b - a, ddof=1) / len(a) ** 0.5, (b - a).mean() / (g - a).mean()),
            "wrong sign",
        ),
        (
            lambda a, b, g: ((b - a).mean(), np.std(b - a, ddof=1) / len(a) ** 0.5, ((b - a) / (g - a)).mean()),
            "divide the means",
        ),
    ],
)
def test_a_wrong_experiment_is_told_what_is_wrong(answer: Any, says: str) -> None:
    assert says in verdict("forget_bias_experiment", answer).sentence


def test_a_gain_that_is_wrong_is_named_where_the_share_is_made_of_it() -> None:
    def medians(lstm: Any, lstm_b: Any, gru: Any) -> Any:
        gain = np.median(lstm_b - lstm)
        return gain, np.std(lstm_b - lstm, ddof=1) / len(lstm) ** 0.5, gain / (gru.mean() - lstm.mean())

    assert verdict("forget_bias_experiment", medians).sentence == "`gain` is a median. The mean is wanted."


def test_values_in_another_order_are_told_the_order() -> None:
    def turned(*samples: Any) -> Any:
        gain, error, closed = UNIT.item("forget_bias_experiment").reference(*samples)
        return gain, closed, error

    assert verdict("forget_bias_experiment", turned).sentence.endswith("It is: gain, error, closed.")
