"""The parent's side of one child: load cells, call functions, serve what replaced functions ask, end it."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply, Value
from gatedrnn_course.text import _

from ..exchange.frames import BadFrame, Ended, Frame, Meta
from ..exchange.trees import pack_arguments
from .asks import Asks
from .channel import Channel, Flood
from .protocol import Limits, LoadReport, SandboxUnavailable
from .report import Loading, reply_to
from .untrusted import words

__all__ = ["Child", "ProcessSession"]

START_S = 60.0
LEAST_S = 0.1
"""What a cell gets where nothing is left."""
OVERTIME_S = 1.0
"""How long after its time a cell that does not let itself be interrupted may go on."""
FAULTS = (TimeoutError, OSError, Flood, BadFrame)
Arrays = list[NDArray[Any]]
T = TypeVar("T")


class Child(Protocol):
    """A process with a worker in it, however it came to be."""

    @property
    def channel(self) -> Channel:
        """The way to talk to it."""
        ...

    @property
    def pid(self) -> int:
        """Its process id as seen from here."""
        ...

    def end(self) -> int:
        """Kill it and what it left, once; its exit code, or minus the number of the signal that ended it."""
        ...

    def remove(self) -> None:
        """Remove its folder."""
        ...


class ProcessSession:
    """One fresh process with a worker in it. Not for several threads at once.

    Args:
        child: Just started; taken over. A spawned one is killed on Linux when the *thread* that started it ends.
        limits: What the child was started with.
        closed: Told of the session when it has been closed.

    Attributes:
        used: The slow libraries that the child says it has imported. Untrusted.

    Raises:
        SandboxUnavailable: If the child does not report that it is ready.
    """

    def __init__(self, child: Child, limits: Limits, closed: Callable[[ProcessSession], None]) -> None:
        self._child, self._limits, self._tell_closed = child, limits, closed
        self._asks = Asks(limits.frame_bytes)
        self._exchanges = 0
        self._code: int | None = None  # how it ended
        self._closed = False
        self.used: set[str] = set()
        try:
            ready, _arrays = child.channel.receive(time.monotonic() + START_S)
            self.limits_in_force = words(ready.get("ready"))
        except BaseException as error:
            self.close()
            if not isinstance(error, FAULTS):
                raise
            printed = child.channel.printed().decode(errors="replace")[-2000:]
            raise SandboxUnavailable(_("A process to run answers in was asked for."), printed or repr(error)) from error

    @property
    def alive(self) -> bool:
        """Whether the child can still be asked."""
        return self._code is None

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._child.pid

    def load(
        self,
        cells: Sequence[str],
        *,
        names: Sequence[str] = (),
        deadline: float | None = None,
        interrupt: bool = False,
    ) -> LoadReport:
        """Run cells one after another; see `Session.load`."""
        seconds = self._limits.wall_s if deadline is None else deadline
        until = time.monotonic() + seconds
        loading = Loading(names)
        for k, source in enumerate(cells):
            text = np.frombuffer(source.encode("utf-8", "replace"), np.uint8)
            asked: Meta = {"do": "cell", "number": k, "names": list(names)}
            last = until
            if interrupt:
                asked["seconds"] = seconds = max((until - time.monotonic()) / 2, LEAST_S)
                last = time.monotonic() + 1.5 * seconds + OVERTIME_S
            answer = self._exchange(asked, [text], last, seconds, loading.add)
            if isinstance(answer, Problem):
                return loading.report(answer, k)
        seconds = max((until - time.monotonic()) / 2, LEAST_S)
        asked = {"do": "settle", "seconds": seconds}
        last = time.monotonic() + 1.5 * seconds + OVERTIME_S
        return loading.report(self._exchange(asked, [], last, seconds, loading.settle))

    def use(self, kinds: Mapping[str, str]) -> None:
        """Let functions be what they were earlier in the notebook; see `Session.use`."""
        seconds = self._limits.wall_s
        asked: Meta = {"do": "use", "kinds": dict(kinds)}
        if kinds:
            self._exchange(asked, [], time.monotonic() + seconds, seconds, lambda meta, arrays: None)

    def call(
        self,
        name: str,
        args: Sequence[Argument],
        *,
        framework: Framework = "numpy",
        driver: str = "",
        deadline: float | None = None,
    ) -> Reply:
        """Call a function by name with copies of the arguments; see `Session.call`."""
        seconds = self._limits.wall_s if deadline is None else deadline
        arrays: Arrays = []
        given = pack_arguments(args, arrays)
        asked: Meta = {"do": "call", "name": name, "args": given, "framework": framework, "driver": driver}
        until = time.monotonic() + seconds
        answer = self._exchange(asked, arrays, until, seconds, lambda meta, back: reply_to(meta, back, args, framework))
        return Reply(problem=answer, framework=framework) if isinstance(answer, Problem) else answer

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Make names ask functions here; see `Session.replace`."""
        self._asks.replaced = dict(answers)
        seconds = self._limits.wall_s
        asked: Meta = {"do": "replace", "names": list(answers)}
        self._exchange(asked, [], time.monotonic() + seconds, seconds, lambda meta, arrays: None)

    def forbid(self, names: Iterable[str]) -> None:
        """Take things away from the child, for good; see `Session.forbid`."""
        seconds = self._limits.wall_s
        asked: Meta = {"do": "forbid", "names": sorted(names)}
        self._exchange(asked, [], time.monotonic() + seconds, seconds, lambda meta, arrays: None)

    def offer(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Let `earlier(name)` ask functions here; see `Session.offer`."""
        self._asks.offered = dict(answers)

    def put(self, name: str, content: bytes) -> None:
        """Put a file into a folder that only the child reaches.

        Raises:
            SandboxUnavailable: If it has no room there.
        """
        seconds = self._limits.wall_s
        asked: Meta = {"do": "file", "name": name}
        data = [np.frombuffer(content, np.uint8)]
        problem = self._exchange(asked, data, time.monotonic() + seconds, seconds, lambda meta, arrays: None)
        if problem is not None:
            self.close()
            raise SandboxUnavailable(
                _("The file {name} was to be put beside a notebook.").format(name=name), problem.message
            )

    def output(self) -> bytes:
        """The beginning of what was printed; see `Session.output`."""
        if self.alive:
            with contextlib.suppress(Flood):
                self._child.channel.drain()
        return self._child.channel.printed()

    def _exchange(
        self, asked: Meta, arrays: Arrays, until: float, seconds: float, read: Callable[[Meta, Arrays], T]
    ) -> T | Problem:
        """Ask, serve the child's own questions, read the answer. Any fault ends the child and becomes a problem."""
        if not self.alive:
            return Problem("died", message=_("The process had ended before."))
        self._exchanges += 1
        try:
            self._child.channel.send({**asked, "id": self._exchanges}, arrays, until)
            meta, back = self._answer(until)
            self.used.update(words(meta.get("used")))
            return read(meta, back)
        except FAULTS as fault:
            code = self._end()
            return self._problem(fault, code, seconds)

    def _answer(self, until: float) -> Frame:
        while True:
            meta, arrays = self._child.channel.receive(until)
            if meta.get("id") != self._exchanges:
                raise BadFrame("an answer to something else")
            if "ask" not in meta:
                return meta, arrays
            value, back = self._asks.answer(meta, arrays, until)
            self._child.channel.send({**value, "id": self._exchanges}, back, until)

    def _problem(self, fault: BaseException, code: int, seconds: float) -> Problem:
        if isinstance(fault, TimeoutError):
            return Problem("timeout", message=_("There was no answer within {seconds:g} s.").format(seconds=seconds))
        if isinstance(fault, Flood):
            mib = self._limits.out_bytes / 2**20
            return Problem("died", message=_("It printed more than {mib:g} MiB.").format(mib=mib))
        if isinstance(fault, BadFrame) and not isinstance(fault, Ended):
            return Problem("frame", message=_("What came back was no answer in the agreed form."))
        if code >= 0:
            return Problem("died", message=_("The process ended itself, with exit code {code}.").format(code=code))
        return Problem(
            "died", _signal(-code), _("The process was ended by the signal {name}.").format(name=_signal(-code))
        )

    def _end(self) -> int:
        """End the child; returns the exit code."""
        if self._code is None:
            self._code = self._child.end()
            with contextlib.suppress(Flood):
                self._child.channel.drain()
        return self._code

    def close(self) -> None:
        """End the child, remove its folder; see `Session.close`."""
        if self._closed:
            return
        self._closed = True
        self._end()
        self._child.channel.close()
        self._child.remove()
        self._tell_closed(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
