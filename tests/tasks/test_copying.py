from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import Copying, loss_value


def test_the_symbols_come_back_after_the_go_sign():
    batch = Copying(lag=30).batch(0, 500)
    given = batch.inputs.argmax(-1)
    assert batch.steps == 50
    assert set(given[:10].ravel()) == set(range(8))
    assert (given[10:39] == 8).all()
    assert (given[39] == 9).all()
    assert (given[40:] == 8).all()
    assert (batch.targets[:40] == 8).all()
    assert (batch.targets[40:] == given[:10]).all()
    assert batch.mask.all()


def test_the_memoryless_baseline_is_reached_without_memory():
    task = Copying(lag=30)
    batch = task.batch(0, 2000)
    outputs = np.full((50, 2000, 9), -50.0)
    outputs[:40, :, 8] = 0
    outputs[40:, :, :8] = 0
    assert task.memoryless == pytest.approx(10 * np.log(8) / 50)
    assert loss_value("cross_entropy", outputs, batch) == pytest.approx(task.memoryless)
