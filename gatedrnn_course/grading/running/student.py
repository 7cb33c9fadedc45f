"""A place where one student's notebook runs, reopened whenever an answer has brought its process down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply, Value
from gatedrnn_course.grading.sandbox import Limits, LoadReport, Sandbox, Session
from gatedrnn_course.text import _

__all__ = ["Place"]

MAX_LEFT_OUT = 5


class Place:
    """Calls a student's functions in a sandbox; a call that kills the process costs that call only.

    Args:
        sandbox: Opens sessions.
        cells: Sources of the student's cells.
        names: Functions looked for.
        limits: What a session may use.
        files: Files in its folder.
        load_seconds: Seconds for running all cells.
        earlier: The judge's functions that `earlier(name)` gives in the notebook.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Sequence[str],
        names: Sequence[str],
        limits: Limits,
        files: Mapping[str, bytes],
        load_seconds: float,
        earlier: Mapping[str, Callable[..., Value]] = MappingProxyType({}),
    ) -> None:
        self._sandbox, self._cells, self._names = sandbox, tuple(cells), tuple(names)
        self._limits, self._files, self._load_seconds = limits, files, load_seconds
        self._earlier = earlier
        self._session: Session | None = None
        self._answers: Mapping[str, Callable[..., Value]] = {}
        self._driven: set[str] = set()
        self._used: dict[str, str] = {}
        self._left_out: set[int] = set()  # shared with the places made by `another`
        self.report: LoadReport | None = None

    def another(self) -> Place:
        """A second place for the same notebook. A cell that brought one of them down is left out in both."""
        places = (self._sandbox, self._cells, self._names, self._limits, self._files, self._load_seconds)
        made = Place(*places, self._earlier)
        made._left_out = self._left_out
        return made

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        """Call a function, in a new process if the last one is gone."""
        session = self._opened()
        if session is None:
            return Reply(problem=Problem("died", message=_("the notebook brings the process down while it runs.")))
        first = bool(driver) and driver not in self._driven
        self._driven.add(driver)
        deadline = self._load_seconds if first else None  # the first time parts of torch are loaded
        return session.call(name, args, framework=framework, driver=driver, deadline=deadline)

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Put the judge's functions in place of the student's, also in every process opened later."""
        self._answers = answers
        if self._session is not None and self._session.alive:
            self._session.replace(answers)

    def others(self, name: str) -> Mapping[str, int]:
        """What a function was earlier in the notebook; see `LoadReport.others`."""
        return {} if self.report is None else self.report.others.get(name, {})

    def use(self, name: str, kind: str) -> None:
        """Let a function be what it was earlier in the notebook, also in every process opened later.

        Args:
            name: Its name.
            kind: One of `others`, or empty for what it is at the end.
        """
        self._used[name] = kind
        if self._session is not None and self._session.alive:
            self._session.use({name: kind})

    def left_out(self) -> tuple[int, ...]:
        """Indices of cells that brought the process down and were left out."""
        return tuple(sorted(self._left_out))

    def close(self) -> None:
        """End the process."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _opened(self) -> Session | None:
        """A live session with the notebook loaded; a cell that never ends, or ends the process, is left out."""
        while len(self._left_out) <= MAX_LEFT_OUT:
            if self._session is not None and self._session.alive:
                return self._session
            self.close()
            self._driven.clear()
            self._session = self._sandbox.open(self._limits, files=self._files)
            self._session.offer(self._earlier)
            kept = [k for k in range(len(self._cells)) if k not in self._left_out]
            cells = [self._cells[k] for k in kept]
            report = self._session.load(cells, names=self._names, deadline=self._load_seconds)
            self.report = _renumbered(report, kept)
            if report.stopped is not None:
                self._left_out.add(kept[report.stopped])
            elif self._session.alive:
                self._session.use(self._used)
                if self._answers:
                    self._session.replace(self._answers)
        return None


def _renumbered(report: LoadReport, kept: Sequence[int]) -> LoadReport:
    """A report with the cells' own numbers in place of those among the cells that were run."""

    def own(cell: int) -> int:
        return kept[cell] if 0 <= cell < len(kept) else 0

    return replace(
        report,
        faults=tuple(replace(one, cell=own(one.cell)) for one in report.faults),
        mended=tuple(replace(one, cell=own(one.cell)) for one in report.mended),
        others={name: {kind: own(k) for kind, k in kinds.items()} for name, kinds in report.others.items()},
    )
