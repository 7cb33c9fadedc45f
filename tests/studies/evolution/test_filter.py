from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells.catalogue import LSTM
from gatedrnn_course.cells.cell import parse
from gatedrnn_course.engines.c_tier import available
from gatedrnn_course.studies.evolution.filter import memorise
from gatedrnn_course.studies.evolution.sizes import Filter
from gatedrnn_course.studies.evolution.trial import Entrant, _population, compete
from gatedrnn_course.tasks import Memorisation

GIVEN = Filter(
    task=Memorisation(letters=3, kinds=4),
    steps=400,
    every=40,
    parameters=900,
    learning_rate=0.03,
    race=((200, 0.3),),
)
FORGETS = parse("h = 0.1 * h_prev + tanh(W_h @ x)", "forgets")
EXPLODES = parse("h = 9 * h_prev * h_prev + W_h @ x + 3", "explodes")


@pytest.fixture(scope="module")
def outcomes():
    return memorise([LSTM, FORGETS, EXPLODES], [1, 2, 3], GIVEN)


def test_an_lstm_passes_and_what_forgets_at_once_does_not(outcomes):
    lstm, forgets, _ = outcomes
    assert lstm.accuracy >= GIVEN.accuracy
    assert forgets.accuracy < 0.9


def test_who_passes_ends_there_and_who_diverges_is_told(outcomes):
    lstm, _, explodes = outcomes
    assert lstm.steps < GIVEN.steps
    assert lstm.steps % GIVEN.every == 0
    assert explodes.diverged
    assert explodes.accuracy < GIVEN.accuracy


def test_the_race_gives_up_who_is_far_behind():
    hard = Filter(task=Memorisation(), steps=200, every=20, parameters=900, race=((40, 0.9),))
    (outcome,) = memorise([FORGETS], [0], hard)
    assert outcome.steps == 40
    assert not outcome.diverged


def test_what_becomes_of_one_does_not_depend_on_who_else_is_there(outcomes):
    (alone,) = memorise([LSTM], [1], GIVEN)
    assert alone == outcomes[0]


def test_the_tier_is_the_same_however_many_there_are():
    entrants = [Entrant(parse(f"h = tanh(W_h @ x + {k} * h_prev)"), 4, 0.01, 1.0, k) for k in range(26)]
    tiers = {_population(GIVEN.task, entrants[:count], "auto", 1).tier for count in (1, 26)}
    assert tiers == {"interpreted" if available() else "torch"}


def test_first_parameters_are_uniform_and_the_forget_bias_is_set():
    own = Entrant(LSTM, 16, 0.01, 2.0, 5, forget_bias=1.0)
    found = own.parameters({"U_i": (16, 16), "b_i": (16,), "b_f": (16,)})
    assert abs(found["U_i"]).max() <= 0.5  # 2 / √16
    assert abs(found["U_i"]).max() > 0.45
    assert np.array_equal(found["b_f"], np.ones(16))
    without = Entrant(LSTM, 16, 0.01, 2.0, 5).parameters({"U_i": (16, 16), "b_i": (16,), "b_f": (16,)})
    assert np.array_equal(without["U_i"], found["U_i"])
    assert abs(without["b_f"]).max() <= 0.5


def test_nobody_is_no_trouble():
    assert compete(Memorisation(), [], steps=3, every=1, batch=2, validation=2, seed=0) == []
