from __future__ import annotations

import signal
import threading

import pytest

from gatedrnn_course.training import History, Row
from gatedrnn_course.training.stopping import Interruption, out_of_patience


def history(*validations: float) -> History:
    return History([Row(i, 0.0, value, 0.0, 0.0) for i, value in enumerate(validations)])


@pytest.mark.parametrize(
    ("validations", "patience", "over"),
    [
        ([1.0, 2.0], None, False),
        ([1.0, 2.0], 1, True),
        ([1.0, 1.0], 1, True),
        ([2.0, 1.0], 1, False),
        ([1.0, 2.0, 3.0], 3, False),
        ([], 1, False),
    ],
)
def test_patience_counts_evaluations_without_a_better_one(validations, patience, over):
    assert out_of_patience(history(*validations), patience) is over


@pytest.fixture
def interruptible():
    """A process started in the background ignores Ctrl-C; here it is as at a terminal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_interrupt_is_noted_and_the_second_goes_through(interruptible):
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        assert not interruption.asked
        signal.raise_signal(signal.SIGINT)
        assert interruption.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_nothing_is_changed():
    found = []

    def work():
        with Interruption() as interruption:
            found.append((signal.getsignal(signal.SIGINT), interruption.asked))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(signal.getsignal(signal.SIGINT), False)]
