from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course import race_on_bits


def open_gates(p: Any, rng: np.random.Generator) -> None:
    p.b_f[:] = 3.0


def test_a_start_changes_what_it_is_asked_to_and_nothing_else() -> None:
    starts = {"RNN": ("RNN", None), "plain": ("LSTM", None), "open": ("LSTM", open_gates)}
    race = race_on_bits(starts, steps=5, rounds=0, seeds=2, H=3)
    assert race.rounds.tolist() == [0]
    assert {name: told.shape for name, told in race.told.items()} == dict.fromkeys(starts, (1, 2))
    for plain, opened in zip(race.params["plain"], race.params["open"], strict=True):
        assert opened.b_f.tolist() == [3.0] * 3
        assert opened.U_c == pytest.approx(plain.U_c)
        assert set(opened) == {f"{letter}_{gate}" for letter in "WUb" for gate in "fico"}


def test_a_short_lag_is_learned_and_the_same_each_time() -> None:
    first, again = (race_on_bits({"open": ("LSTM", open_gates)}, steps=4, rounds=120, seeds=1) for _k in range(2))
    assert first.rounds.tolist() == list(range(0, 121, 20))
    assert first.told["open"][-1, 0] > 0.95
    assert again.told["open"] == pytest.approx(first.told["open"])


def test_guessing_tells_half_of_the_bits() -> None:
    told = race_on_bits({"RNN": ("RNN", None)}, steps=40, rounds=0, seeds=3).told["RNN"]
    assert told == pytest.approx(0.5, abs=0.15)
