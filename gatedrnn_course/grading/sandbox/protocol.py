"""What a judge asks of a sandbox, whichever way it keeps answers in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply, Value

__all__ = [
    "CellFault",
    "Guarantee",
    "Level",
    "Limits",
    "LoadReport",
    "Mended",
    "Probe",
    "Sandbox",
    "SandboxUnavailable",
    "Session",
]

Level = Literal["strong", "medium", "weak", "none"]

Guarantee = Literal[
    "values only",  # no verdict, reference or expected value is in the child, and nothing it sends is executed
    "time",  # a deadline ends the child whatever it does
    "memory",  # it cannot have more than the limit
    "output",  # a flood of printing ends it
    "file size",  # no file grows past the limit
    "environment",  # it sees no variable of the grader's
    "orphans",  # a killed grader leaves no child behind
    "processes",  # it cannot start many
    "leftovers",  # no process it started outlives the session, however it hides
    "disk",  # the sum of its files is limited
    "filesystem",  # it sees and changes nothing outside its folder
    "network",  # it reaches nothing
]


class SandboxUnavailable(CourseError):
    """The sandbox cannot be used here, or its child did not start. Never a fault of the answer."""


@dataclass(frozen=True)
class Limits:
    """How much one session may use.

    Attributes:
        wall_s: Seconds for one exchange where the caller names no deadline.
        cpu_s: Seconds of processor time for the whole session, threads added up.
        mem_mb: Address space in MiB. CPU torch takes about 700 after its import.
        file_mb: Largest single file, in MiB.
        disk_mb: All files together, in MiB, where the sandbox keeps a disk for each child.
        files: How many files there.
        open_files: Open files.
        processes: Processes and threads beside those the user runs already. In a plain process without effect for root.
        out_bytes: Bytes printed before the session is ended.
        kept_bytes: Bytes printed that are kept for `Session.output`, from the first on.
        frame_bytes: Largest sum of arrays in one message.
    """

    wall_s: float = 10.0
    cpu_s: int = 120
    mem_mb: int = 4096
    file_mb: int = 64
    disk_mb: int = 64
    files: int = 4096
    open_files: int = 256
    processes: int = 256
    out_bytes: int = 8 << 20
    kept_bytes: int = 64 << 10
    frame_bytes: int = 64 << 20


@dataclass(frozen=True)
class Probe:
    """Whether a sandbox works here, and if not, why."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class CellFault:
    """What one cell raised.

    Attributes:
        cell: Its index among the cells given.
        type: Name of the exception.
        message: Its text. Untrusted: escape before showing.
        line: The cell's line that raised, quoted; empty if unknown.
        quiet: Whether it used stand-ins for tools of the course before, so that these may be the reason.
    """

    cell: int
    type: str
    message: str = ""
    line: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Mended:
    """Something in a cell that was read in another way than it was typed.

    Attributes:
        kind: `annotation`, `decorator`, `device`, `given`, `hidden`, `lost`, `math` or `order`.
        cell: Index of the cell.
        name: The name it is about. Untrusted: escape before showing.
    """

    kind: str
    cell: int
    name: str = ""


@dataclass(frozen=True)
class LoadReport:
    """What came of running the cells.

    Attributes:
        faults: The cells that raised, in order. Every later cell ran all the same.
        skipped: Magics and shell commands that were not run.
        defined: The names asked for that can be called now, in their order.
        blank: Those among them whose body is still empty.
        problem: `timeout`, `died` or `frame` if the session ended while loading, else None.
        stopped: Index of the cell under way then. A fresh session may load the cells without it.
        torch: The process has torch loaded.
        mended: What was read in another way than it was typed.
        others: Functions that were another thing earlier in the notebook: for each the kinds of its earlier versions
            (`checked`, when its check ran last; `written`, when it was written first; `last`), best first, with the
            index of the cell.
    """

    faults: tuple[CellFault, ...] = ()
    skipped: tuple[str, ...] = ()
    defined: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    problem: Problem | None = None
    stopped: int | None = None
    torch: bool = False
    mended: tuple[Mended, ...] = ()
    others: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Session(Protocol):
    """One fresh child with one notebook in it; also a `Caller`. Use it as a context manager: leaving closes it."""

    @property
    def alive(self) -> bool:
        """False after a `timeout`, `died` or `frame`, and after `close`; every call then answers `died`."""
        ...

    def load(
        self,
        cells: Sequence[str],
        *,
        names: Sequence[str] = (),
        deadline: float | None = None,
        interrupt: bool = False,
    ) -> LoadReport:
        """Run cells of plain Python one after another.

        Args:
            cells: Their sources, magics already turned into calls of `get_ipython()`.
            names: Functions looked for. Where a cell makes a written one blank again, the written one is put back.
            deadline: Seconds for all of them.
            interrupt: Interrupt a cell that takes half of what is left of them, and go on with the next one. The fault
                of such a cell is `TooLong`.
        """
        ...

    def call(
        self,
        name: str,
        args: Sequence[Argument],
        *,
        framework: Framework = "numpy",
        driver: str = "",
        deadline: float | None = None,
    ) -> Reply:
        """Call a function by name (`"forget_gate"`, `"model.forward"`) with copies of the arguments.

        Args:
            name: The name, looked up where the cells ran.
            args: Arrays, and mappings of named arrays that arrive as `Params`.
            framework: `"torch"` makes them tensors.
            driver: What uses the function, or class, on them, in place of a plain call; see `exchange.drivers`.
            deadline: Seconds.

        Returns:
            The value, or a `Problem`; it never raises for anything an answer did.
        """
        ...

    def use(self, kinds: Mapping[str, str]) -> None:
        """Let functions be, from now on, what they were at an earlier moment of the notebook; see `LoadReport.others`.

        Args:
            kinds: Name of a function to the kind of its version; an empty kind for what it is at the end.
        """
        ...

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Make these names, where the cells ran, ask the judge's functions here; an empty mapping restores all."""
        ...

    def forbid(self, names: Iterable[str]) -> None:
        """Take things away from the child, for good, before cells are loaded: none of them can then keep a copy.

        What takes their place raises; a reply says what was `reached`.

        Args:
            names: Dotted names such as `torch.nn.LSTM`; other entries to the same computation go with them.
        """
        ...

    def offer(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Let `earlier(name)`, where the cells run, ask these functions here, and no others."""
        ...

    def output(self) -> bytes:
        """The beginning of what was printed. Untrusted."""
        ...

    def close(self) -> None:
        """End the child and all it left. Safe to call twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Sandbox(Protocol):
    """Opens sessions of one kind.

    Attributes:
        name: Its name in reports.
        level: How far it can be trusted.
        guarantees: What it keeps.
        missing: What it does not, in a fixed order, for a report to say.
    """

    name: str
    level: Level
    guarantees: frozenset[Guarantee]
    missing: tuple[Guarantee, ...]

    @classmethod
    def probe(cls) -> Probe:
        """Try it once."""
        ...

    def open(self, limits: Limits | None = None, *, seed: int = 0, files: Mapping[str, bytes] | None = None) -> Session:
        """Start a child in an empty folder holding only `files`.

        Raises:
            SandboxUnavailable: If it does not start.
        """
        ...

    def expect(self, libraries: Iterable[str]) -> None:
        """Say which slow libraries answers are going to import: they are loaded before the first one runs."""
        ...

    def close(self) -> None:
        """Close every session still open."""
        ...
