"""The child's side of the conversation: run a cell, call a function, replace names; nothing else."""

from __future__ import annotations

import contextlib
import fcntl
import inspect
import os
import random
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...exchange import frames
from ...exchange.alarm import TooLong, alarm
from ...exchange.blank import is_blank
from ...exchange.convert import NotAValue, from_function, still, tensors, to_function
from ...exchange.drivers import drive
from ...exchange.printing import heard
from ...exchange.trees import Argument, pack, pack_arguments, same, unpack, unpack_arguments
from . import jail, warm
from .absent import Absence
from .asking import differentiable, wants_gradient
from .notebook import Missing, Notebook, fault
from .rest import at_rest

__all__ = ["serve"]

Arrays = list[NDArray[Any]]
Answer = tuple[frames.Meta, Arrays]
HIGH = 100  # the channel's number lies far from 3, so that no stray write meets it


def serve(fd: int, kept: list[str], seed: int, cap: int) -> None:
    """Answer the parent until it hangs up, then end without any clean-up of the answer's own.

    Args:
        fd: The channel, a socket.
        kept: Names of the limits in force, told to the parent.
        seed: Seeds `random` and the old global generator of NumPy.
        cap: Largest frame body, in bytes.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    warm.seed(seed)
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(fd)
    server = _Server(socket.socket(fileno=high), cap)
    try:
        server.send({"ready": kept})
        while True:
            server.serve_one()
    except (frames.Ended, OSError):
        os._exit(0)


class _Server:
    def __init__(self, channel: socket.socket, cap: int) -> None:
        self.channel, self.cap = channel, cap
        self.notebook = Notebook()
        self.absence = Absence()
        self.names: list[str] = []
        self.id: object = None
        self.lock = threading.Lock()
        jail.connect(self._ask_earlier, self._own, self.notebook.checked)
        self.streams = (sys.stdout, sys.stderr)
        self.commands: dict[object, Callable[[frames.Meta, Arrays], Answer]] = {
            "settle": self.settle,
            "use": self.use,
            "cell": self.cell,
            "call": self.call,
            "file": self.file,
            "replace": self.replace,
            "forbid": self.forbid,
        }

    def send(self, meta: frames.Meta, arrays: Arrays | None = None) -> None:
        self.channel.sendall(frames.encode({**meta, "id": self.id}, arrays or [], cap=self.cap))

    def read(self) -> frames.Frame:
        return frames.read(self.channel.recv_into, cap=self.cap)

    def serve_one(self) -> None:
        meta, arrays = self.read()
        self.id = meta["id"]
        answer, answered = self.commands[meta["do"]](meta, arrays)
        for stream in (*self.streams, sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):  # the learner may have closed it
                stream.flush()
        told: frames.Meta = {"torch": "torch" in sys.modules, "used": warm.used(), "reached": self.absence.told()}
        try:
            self.send({**answer, **told}, answered)
        except ValueError as error:  # nothing was sent: the value is too large
            self.send({"problem": {"kind": "value", "message": str(error)}, **told})

    def cell(self, meta: Any, arrays: Arrays) -> Answer:
        self.names = meta["names"]
        try:
            with self._limited(meta):
                raised = self.notebook.run(meta["number"], arrays[0].tobytes().decode(), self.names)
        except TooLong as late:  # it came just after the cell
            raised = fault(late)
        skipped, self.notebook.shell.skipped = self.notebook.shell.skipped, []
        return {"raised": raised, "skipped": skipped, "defined": self._defined()}, []

    def _limited(self, meta: Any) -> AbstractContextManager[None]:
        """The time that was asked for, if any. A body that swallows the alarm every time is ended by the parent."""
        return alarm(meta["seconds"]) if meta.get("seconds") else contextlib.nullcontext()

    def _defined(self) -> dict[str, object]:
        """The functions asked for that are there, and whether each is blank."""
        defined: dict[str, object] = {}
        for name in self.names:
            with contextlib.suppress(Missing):
                defined[name] = is_blank(self.notebook.find(name))
        return defined

    def settle(self, meta: Any, arrays: Arrays) -> Answer:
        """After the last cell: what was mended, and which functions were another thing earlier."""
        with contextlib.suppress(TooLong), self._limited(meta):
            self.notebook.settle()
        mended = [{"kind": kind, "cell": cell, "name": name} for kind, cell, name in self.notebook.mended]
        return {"defined": self._defined(), "mended": mended, "others": self.notebook.versions.others()}, []

    def use(self, meta: Any, arrays: Arrays) -> Answer:
        """Use earlier versions of functions."""
        self.notebook.use(meta["kinds"])
        return {}, []

    def file(self, meta: Any, arrays: Arrays) -> Answer:
        """Put a file into the working folder, where the parent cannot reach."""
        path = Path(meta["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(arrays[0].tobytes())
        return {}, []

    def call(self, meta: Any, arrays: Arrays) -> Answer:
        """Call a function. The arguments that it changed go back as they are afterwards, whatever came of it."""
        given = unpack_arguments(meta["args"], arrays)
        before = unpack_arguments(meta["args"], [array.copy() for array in arrays])
        self.absence.settle()
        try:
            function = self.notebook.find(meta["name"])
        except Missing as missing:
            return self._told("missing", {"type": str(missing), "message": self.notebook.near(meta["name"])})
        if is_blank(function):
            return self._answer({"blank": True}, None)
        arguments: list[Any] = list(given)
        try:
            arguments = [to_function(argument, meta["framework"]) for argument in given]
            with heard() as output, self.notebook.around(meta["name"]), at_rest():
                driver = meta["driver"]
                value = from_function(drive(driver, function, arguments) if driver else function(*arguments))
            return self._answer({"printed": output.anything}, value, self._after(arguments, before))
        except NotAValue as other:
            return self._told("value", {"type": str(other)[:100]}, self._after(arguments, before))
        except BaseException as error:  # a learner's exit(), recursion, no memory left
            return self._told("raised", fault(error), self._after(arguments, before))

    def _after(self, arguments: list[Any], before: tuple[Argument, ...]) -> tuple[Argument | None, ...]:
        """Each argument as it is after the call, and None for one that is as it was."""
        try:
            after = [still(argument) for argument in arguments]
        except Exception:
            return ()
        return tuple(None if same(now, was) else now for now, was in zip(after, before, strict=True))

    def _told(self, kind: str, what: frames.Meta, arguments: tuple[Argument | None, ...] = ()) -> Answer:
        return self._answer({"problem": {**what, "kind": kind}}, None, arguments)

    def _answer(self, meta: frames.Meta, value: Any, arguments: tuple[Argument | None, ...] = ()) -> Answer:
        arrays: Arrays = []
        try:
            return {**meta, "value": pack(value, arrays), "args": pack_arguments(arguments, arrays)}, arrays
        except ValueError as error:
            return {"problem": {"kind": "value", "type": type(value).__name__, "message": str(error)}}, []

    def replace(self, meta: Any, arrays: Arrays) -> Answer:
        self.notebook.replace({name: self._stub(name) for name in meta["names"]})
        return {}, []

    def forbid(self, meta: Any, arrays: Arrays) -> Answer:
        self.absence.forbid(meta["names"])
        return {}, []

    def _stub(self, name: str) -> Callable[..., Any]:
        """A function that asks the parent; the learner's own signature, if there is one, turns names into positions."""
        signature = None
        with contextlib.suppress(Missing, TypeError, ValueError):
            signature = inspect.signature(self.notebook.find(name))

        def ask(*args: Any, **kwargs: Any) -> Any:
            if kwargs and signature is not None:
                args = signature.bind(*args, **kwargs).args
            if wants_gradient(args):
                return differentiable(partial(self._ask, name), args)
            return self._ask(name, args)

        ask.__name__ = ask.__qualname__ = name
        return ask

    def _own(self, name: object) -> Callable[..., Any] | None:
        """The notebook's function of a graded name, if it has a written one that did not come from `earlier` itself."""
        if not isinstance(name, str) or name not in self.names:
            return None
        with contextlib.suppress(Missing):
            found = self.notebook.find(name)
            return None if is_blank(found) or getattr(found, "handed_out", False) is True else found
        return None

    def _ask_earlier(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """What `earlier(name)` gives in place of a function of an earlier unit."""
        return self._ask(name, args, named, earlier=True)

    def _ask(
        self, name: str, args: tuple[Any, ...], named: Mapping[str, Any] = MappingProxyType({}), earlier: bool = False
    ) -> Any:
        arrays: Arrays = []
        positions = pack(tuple(from_function(argument) for argument in args), arrays)
        by_name = pack({key: from_function(argument) for key, argument in named.items()}, arrays)
        with self.lock:
            self.send({"ask": name, "args": positions, "named": by_name, "earlier": earlier}, arrays)
            meta, answered = self.read()
        if "raised" in meta:
            raise ValueError(meta["raised"])
        torch = tensors((*args, *named.values()))
        return _for_learner(unpack(meta["value"], answered), "torch" if torch else "numpy")


def _for_learner(value: Any, framework: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_for_learner(part, framework) for part in value)
    if isinstance(value, dict):
        return {name: _for_learner(part, framework) for name, part in value.items()}
    return value if value is None or isinstance(value, str) else to_function(value, framework)
