from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Cell
from gatedrnn_course.engines import Population
from gatedrnn_course.lab.learning import learn_task


def test_an_lstm_learns_what_an_rnn_does_not() -> None:
    found = learn_task(
        "temporal_order_6a", {"RNN": "RNN", "LSTM": "LSTM"}, networks=2, rounds=600, settings={"length": 40}, b_f=3.0
    )
    assert found.rounds[-1] == 600 and list(found.curves) == ["RNN 1", "RNN 2", "LSTM 1", "LSTM 2"]
    assert found.right["LSTM"].shape == (20, 2)
    assert found.solved["RNN"] == 0 < found.solved["LSTM"]
    assert found.right["LSTM"][-1].min() > 0.8 and found.right["RNN"][-1].max() < 0.5


def test_biases_begin_where_they_are_said_to_and_only_in_cells_that_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Mapping[str, Any]] = []
    own = Population.set_parameters

    def noted(self: Population, k: int, p: Mapping[str, Any]) -> None:
        given.append(p)
        own(self, k, p)

    monkeypatch.setattr(Population, "set_parameters", noted)
    kinds: dict[str, Cell | str] = {"LSTM": "LSTM", "GRU": "GRU"}
    learn_task("adding_1997", kinds, networks=1, rounds=2, H=3, settings={"length": 22}, b_f=np.arange(3.0))
    assert [list(p) for p in given[:2]] == [["b_f"], []]
    np.testing.assert_array_equal(given[0]["b_f"], np.arange(3.0))
