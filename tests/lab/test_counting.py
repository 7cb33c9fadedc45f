from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.lab.counting import Counters, train_to_count


@pytest.fixture(scope="module")
def lstms() -> Counters:
    return train_to_count("LSTM", H=4, networks=2, rounds=300, b_f=1.0)


def test_after_some_training_strings_are_accepted(lstms: Counters) -> None:
    assert len(lstms.reach) == len(lstms.params) == 2
    assert max(lstms.reach) >= 5


def test_without_training_nothing_is_accepted() -> None:
    assert train_to_count("RNN", H=3, networks=1, rounds=1).reach == [0]


def test_a_run_has_every_line_for_every_letter(lstms: Counters) -> None:
    run = lstms.run(1, n=7)
    assert set(run) == {"f", "i", "c_tilde", "c", "o", "h"}
    assert all(values.shape == (15, 4) for values in run.values())
    assert np.isfinite(run["c"]).all()
    assert not np.array_equal(run["c"], lstms.run(0, n=7)["c"])


def test_three_letters_are_counted_as_well() -> None:
    kind = train_to_count("LSTM", H=4, networks=2, rounds=1000, letters=3, b_f=1.0)
    assert max(kind.reach) >= 5
    assert kind.run(0, n=6)["c"].shape == (19, 4)
