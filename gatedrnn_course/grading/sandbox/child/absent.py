"""What an exercise asks people to build is not there in this process, whichever road leads to it.

It goes before the first cell runs, so that no cell can keep a copy of it. What takes its place raises, and is noted:
`Absence.told` names what was reached.

Beside torch's own layers that is whatever would lead around them: another process, and the files of the course. A
jail closes those too; the guard here serves where there is none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from .warm import park, parked

__all__ = ["Absence", "NotHere"]

COURSE = Path(__file__).resolve().parents[3]
OPEN = tuple(f"{COURSE}/grading/{folder}/" for folder in ("exchange", "sandbox/child"))  # what this process runs
CLOSED = tuple(f"{folder}/" for folder in (COURSE, *(COURSE.parent / name for name in ("solutions", "course"))))
STARTS = frozenset(
    {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen", "pty.spawn"}
)
NATIVE = frozenset({"fork", "vfork", "clone", "execv", "execve", "execvp", "posix_spawn", "system", "popen", "syscall"})
MOST = 20


class NotHere(RuntimeError):
    """What an exercise asks people to build was reached."""


class Absence:
    """What is not there, and what of it was reached."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._gone: frozenset[str] = frozenset()
        self._reached: list[str] = []
        self._guarded = self._loading = False

    def forbid(self, names: Iterable[str]) -> None:
        """Take things away, for good.

        Args:
            names: Dotted names such as `torch.nn.LSTM`; other entries to the same computation go with them.
        """
        self._names |= frozenset(names)
        if self._names and not self._guarded:
            self._guarded = True
            sys.addaudithook(self._watch)
            sys.meta_path.insert(0, _AfterTorch(self._load))
        self.settle()

    def settle(self) -> None:
        """Take away what has come by loading torch since."""
        wanted = frozenset(name for name in self._names - self._gone if name.startswith("torch."))
        if not wanted or self._loading:
            return
        if parked("torch"):  # out of sight, where a search of all objects would find it whole
            import_module("torch")
            park(["torch"])
        elif hasattr(sys.modules.get("torch"), "nn"):
            from .absent_torch import take_away

            self._gone |= wanted
            sources = take_away(wanted, self.reach)
            sys.addaudithook(lambda event, args: self._unread(args[0], sources) if event == "open" else None)

    def told(self) -> str:
        """The first thing reached since this was last asked; empty if nothing was."""
        first = self._reached[0] if self._reached else ""
        self._reached.clear()
        return first

    def reach(self, name: str) -> NoReturn:
        """What happens in place of what is not there.

        Raises:
            NotHere: Always.
        """
        self._note(name)
        raise NotHere(f"{name} is not here: the exercise asks you to build this yourself.")

    def _note(self, name: str) -> None:
        if len(self._reached) < MOST:
            self._reached.append(name)

    def _load(self, run: Callable[[], None]) -> None:
        self._loading = True
        try:
            run()
        finally:
            self._loading = False
        self.settle()

    def _watch(self, event: str, args: Sequence[Any]) -> None:
        if event == "open":
            self._unread(args[0])
        elif event in STARTS or (event == "ctypes.dlsym" and args[1] in NATIVE):
            raise PermissionError("No other process can be started here.")
        elif event == "import":
            name = str(args[0])
            if any(name == one or name.startswith(f"{one}.") for one in self._names if not one.startswith("torch")):
                self._note(name)  # the jail's own package refuses it
            if name == "torch._C" and not self._loading and name not in sys.modules:
                self.reach("torch by a road of its own")

    def _unread(self, path: object, sources: Iterable[str] = ()) -> None:
        """Refuse to open a file of the course, or one of these.

        Raises:
            PermissionError: In that case.
        """
        if not isinstance(path, (str, bytes)):
            return
        real = os.path.realpath(os.fsdecode(path))
        if real in sources or (real.startswith(CLOSED) and not real.startswith(OPEN)):
            what = "torch's own source" if real in sources else "the course's own files"
            self._note(what)
            raise PermissionError(f"{what} ({os.path.basename(real)}): the exercise asks you to build this yourself.")


class _AfterTorch(MetaPathFinder):
    """Finds torch as ever, and has it loaded in a way that something can follow."""

    def __init__(self, load: Callable[[Callable[[], None]], None]) -> None:
        self._load = load

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != "torch":
            return None
        others = (finder.find_spec(fullname, path, None) for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, others), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._load)
        return spec


class _Loader(Loader):
    def __init__(self, loader: Any, load: Callable[[Callable[[], None]], None]) -> None:
        self._loader, self._load = loader, load

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._load(lambda: self._loader.exec_module(module))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
