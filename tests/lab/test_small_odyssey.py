from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.lab.small_odyssey import SPACE, WORST, small_odyssey
from gatedrnn_course.studies.odyssey.variants import VARIANTS


@pytest.fixture(scope="module")
def found():
    return small_odyssey(("V", "NFG"), trials=10, steps=60)


def test_a_search_holds_settings_and_losses(found) -> None:
    assert list(found.test) == list(found.validation) == list(found.settings) == ["V", "NFG"]
    assert found.places["V"].shape == (10, 4) and found.test["V"].shape == (10,)
    for settings in found.settings.values():
        assert ((settings["hidden_size"] >= 4) & (settings["hidden_size"] <= 16)).all()
        assert ((settings["learning_rate"] >= 0.01) & (settings["learning_rate"] <= 10)).all()
    trial = SPACE.trial(found.places["NFG"][3])
    assert trial.learning_rate == found.settings["NFG"]["learning_rate"][3]


def test_some_learn_and_no_loss_is_beyond_the_worst(found) -> None:
    losses = np.concatenate(list(found.test.values()))
    assert np.isfinite(losses).all() and losses.max() <= WORST and losses.min() < 3.3


def test_the_same_seed_gives_the_same_search_and_another_one_another() -> None:
    one, again, other = (small_odyssey(("V",), 10, 3, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.test["V"], again.test["V"]) and not np.array_equal(one.test["V"], other.test["V"])
    assert not np.array_equal(one.places["V"], other.places["V"])


def test_cells_and_texts_take_the_place_of_names() -> None:
    cell = VARIANTS["NIG"].cell
    by_name, by_cell = small_odyssey(("NIG",), 10, 3), small_odyssey({"mine": cell, "text": cell.text}, 10, 3)
    assert list(by_cell.test) == ["mine", "text"]
    assert np.array_equal(by_name.test["NIG"], by_cell.test["mine"])
