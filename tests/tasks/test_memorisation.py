from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import Memorisation
from gatedrnn_course.tasks.batch import one_hot


def test_five_letters_are_read_and_then_asked_with_the_true_ones_given():
    batch = Memorisation().batch(0, 3000)
    given = batch.inputs.argmax(-1)
    assert batch.inputs.shape == (10, 3000, 27)
    assert set(given[:5].ravel()) == set(range(26))
    assert (given[5] == 26).all()
    assert (given[6:] == given[:4]).all()
    assert (batch.targets[5:] == given[:5]).all()
    assert batch.mask[:, 0].tolist() == [False] * 5 + [True] * 5


def test_chance_is_one_letter_in_26():
    assert Memorisation().chance == pytest.approx(np.log(26))


@pytest.mark.parametrize(("wrong", "solved"), [(5, True), (6, False)])
def test_95_percent_of_the_letters_solve_it(wrong, solved):
    task = Memorisation()
    batch = task.batch(0, 20)  # 100 letters
    outputs = one_hot(batch.targets, 26)
    outputs[5, :wrong] = one_hot((batch.targets[5, :wrong] + 1) % 26, 26)
    assert task.score(outputs, batch) == pytest.approx(1 - wrong / 100)
    assert task.solved(outputs, batch) is solved
