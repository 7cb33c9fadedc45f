from __future__ import annotations

import math

from gatedrnn_course.lab.delays import train_on_delays


def test_some_networks_learn_it_and_are_told_by_their_rounds() -> None:
    rounds = train_on_delays("peephole LSTM Gers", networks=4, rounds=1500, b_f=1.0)
    assert len(rounds) == 4
    learned = [r for r in rounds if not math.isnan(r)]
    assert len(learned) >= 2 and all(r % 100 == 0 and 0 < r <= 1500 for r in learned)


def test_without_training_nothing_is_learned() -> None:
    assert all(map(math.isnan, train_on_delays("RNN", H=2, networks=2, rounds=1)))
