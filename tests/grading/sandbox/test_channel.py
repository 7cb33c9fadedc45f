"""The parent's end of a child: frames under a deadline, while printing is read and counted."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

if os.name != "posix":
    pytest.skip("the process sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.exchange import frames
from gatedrnn_course.grading.sandbox.channel import Channel, Flood
from gatedrnn_course.grading.sandbox.protocol import Limits

LIMITS = Limits(out_bytes=1000, kept_bytes=10, frame_bytes=1 << 20)


@dataclass
class Ends:
    """A channel and the child's side of it."""

    channel: Channel
    child: socket.socket
    prints: int


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    made = Ends(Channel(ours, reading, LIMITS), theirs, writing)
    yield made
    made.channel.close()
    theirs.close()
    os.close(writing)


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def test_a_frame_goes_out_and_one_comes_back(ends: Ends) -> None:
    array = np.arange(6.0).reshape(2, 3)
    ends.channel.send({"do": "call"}, [array], soon())
    meta, arrays = frames.read(ends.child.recv_into)
    assert meta == {"do": "call"}
    np.testing.assert_array_equal(arrays[0], array)
    ends.child.sendall(frames.encode({"value": 0}, [array + 1]))
    meta, arrays = ends.channel.receive(soon())
    assert meta == {"value": 0}
    np.testing.assert_array_equal(arrays[0], array + 1)


def test_a_frame_of_several_pieces_is_one_frame(ends: Ends) -> None:
    whole = frames.encode({"value": 0}, [np.zeros(1000)])
    ends.child.sendall(whole[:50])
    ends.child.sendall(whole[50:])
    assert ends.channel.receive(soon())[1][0].shape == (1000,)


def test_the_deadline_is_for_the_whole_frame(ends: Ends) -> None:
    with pytest.raises(TimeoutError):
        ends.channel.receive(time.monotonic() - 1)
    ends.child.sendall(frames.encode({"value": 0}, [np.zeros(10)])[:-1])
    with pytest.raises(TimeoutError):
        ends.channel.receive(soon(0.1))


def test_a_child_that_does_not_listen_ends_the_sending(ends: Ends) -> None:
    with pytest.raises(TimeoutError):
        ends.channel.send({}, [np.zeros(1 << 17)], soon(0.2))


def test_a_child_that_hangs_up_has_ended(ends: Ends) -> None:
    ends.child.close()
    with pytest.raises(frames.Ended):
        ends.channel.receive(soon())


def test_what_is_printed_is_read_meanwhile_and_its_beginning_kept(ends: Ends) -> None:
    os.write(ends.prints, b"0123456789abc")
    ends.child.sendall(frames.encode({"value": None}))
    ends.channel.receive(soon())
    os.write(ends.prints, b"more")
    ends.channel.drain()
    assert ends.channel.printed() == b"0123456789"


def test_too_much_printing_is_a_flood_even_where_no_answer_comes(ends: Ends) -> None:
    os.write(ends.prints, b"x" * 1001)
    with pytest.raises(Flood):
        ends.channel.receive(soon())
    assert ends.channel.printed() == b"x" * 10


def test_what_is_too_large_is_not_sent(ends: Ends) -> None:
    with pytest.raises(ValueError, match="too large"):
        ends.channel.send({}, [np.zeros(1 << 18)], soon())
