"""The parent's end of a child: frames over a socket under one deadline, while its printing is read and counted."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from numpy.typing import NDArray

from ..exchange import frames
from .protocol import Limits

__all__ = ["Channel", "Flood", "open_channel"]

CHUNK = 1 << 16


class Flood(Exception):
    """The child printed more than it may."""


class Channel:
    """A socket for frames and a pipe for printing, read together: a child blocked in `print` would never answer.

    Args:
        sock: Connected to the child; taken over.
        pipe: The reading end of the child's output; taken over.
        limits: Sizes.
    """

    def __init__(self, sock: socket.socket, pipe: int, limits: Limits) -> None:
        self._sock, self._pipe, self._limits = sock, pipe, limits
        self._printed = 0
        self._kept = bytearray()
        self._poll = select.poll()
        self._poll.register(pipe, select.POLLIN)
        sock.setblocking(False)
        os.set_blocking(pipe, False)

    def send(self, meta: frames.Meta, arrays: Sequence[NDArray[Any]], deadline: float) -> None:
        """Send one frame before `deadline`, a reading of `time.monotonic`.

        Raises:
            TimeoutError, OSError, Flood: The child does not listen, is gone, or printed too much.
            ValueError: The frame is too large to send.
        """
        rest = memoryview(frames.encode(meta, arrays, cap=self._limits.frame_bytes))
        while len(rest):
            rest = rest[self._soon(select.POLLOUT, deadline, partial(self._sock.send, rest[: 1 << 20])) :]

    def receive(self, deadline: float) -> frames.Frame:
        """The next frame, all of it before `deadline`.

        Raises:
            TimeoutError, OSError, Flood: As in `send`.
            BadFrame: What came is none; `Ended` if nothing came.
        """

        def some(into: memoryview) -> int:
            return self._soon(select.POLLIN, deadline, partial(self._sock.recv_into, into))

        frame = frames.read(some, cap=self._limits.frame_bytes)
        self.drain()
        return frame

    def _soon(self, event: int, deadline: float, move: Callable[[], int]) -> int:
        """How many bytes were moved: at once where the socket is ready, as it mostly is, or else when it is."""
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                return move()
            self._wait(event, deadline)
        raise TimeoutError

    def _wait(self, event: int, deadline: float) -> None:
        """Wait until the socket is ready for `event`, reading what is printed meanwhile."""
        self._poll.register(self._sock, event)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = [fd for fd, _ in self._poll.poll(left * 1000)]
            if self._pipe in ready:
                self._read_some()
            if self._sock.fileno() in ready:
                return

    def _read_some(self) -> bool:
        """Read one piece of the printing; whether there may be more."""
        try:
            piece = os.read(self._pipe, CHUNK)
        except BlockingIOError:
            return False
        if not piece:  # closed by every holder: poll would tell so without end
            with contextlib.suppress(KeyError):
                self._poll.unregister(self._pipe)
            return False
        self._printed += len(piece)
        self._kept += piece[: max(self._limits.kept_bytes - len(self._kept), 0)]
        if self._printed > self._limits.out_bytes:
            raise Flood
        return True

    def drain(self) -> None:
        """Read what has been printed so far.

        Raises:
            Flood: If it is too much.
        """
        while self._read_some():
            pass

    def printed(self) -> bytes:
        """The beginning of what was read from the pipe."""
        return bytes(self._kept)

    def close(self) -> None:
        """Close both ends."""
        self._sock.close()
        os.close(self._pipe)


@contextmanager
def open_channel(limits: Limits) -> Iterator[tuple[Channel, int, int]]:
    """Both ends of a new channel: the body starts a child with its end, which is closed here afterwards.

    Args:
        limits: Sizes.

    Yields:
        The parent's end, which is closed if the body raises; the child's socket, and where it is to print.
    """
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    channel = Channel(ours, reading, limits)
    try:
        yield channel, theirs.fileno(), writing
    except BaseException:
        channel.close()
        raise
    finally:
        theirs.close()
        os.close(writing)
