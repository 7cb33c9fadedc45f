"""A place where one student's notebook runs, reopened whenever an answer has brought its process down."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply, Value
from gatedrnn_course.grading.running.budget import Budget
from gatedrnn_course.grading.running.reduced import reduced
from gatedrnn_course.grading.sandbox import Limits, LoadReport, Sandbox, Session
from gatedrnn_course.text import _

__all__ = ["MAX_LEFT_OUT", "Place"]

MAX_LEFT_OUT = 8
"""How many cells may bring the process down before the notebook is given up."""
SECONDS = 120.0
"""What a submission may use up."""
TOO_LONG = "TooLong"


class Place:
    """Calls a student's functions in a sandbox; a call that kills the process costs that call only.

    What an item forbids is taken away before the notebook runs, so there is a session for each such set of names.

    Args:
        sandbox: Opens sessions.
        cells: Sources of the student's cells.
        names: Functions looked for.
        limits: What a session may use.
        files: Files in its folder.
        load_seconds: Seconds for running all cells.
        earlier: The judge's functions that `earlier(name)` gives in the notebook.
        budget: The seconds of the submission; `SECONDS` where left out.

    Attributes:
        cut_short: Index of each cell that never ended, or brought the process down, to what happened. Only what it
            defines runs in the sessions opened later.
        report: What came of running the notebook with least of all taken away.
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
        budget: Budget | None = None,
    ) -> None:
        self._sandbox, self._cells, self._names = sandbox, list(cells), tuple(names)
        self._limits, self._files, self._load_seconds = limits, files, load_seconds
        self._earlier, self._budget = earlier, budget or Budget(SECONDS)
        self._forbidden: frozenset[str] = frozenset()
        self._sessions: dict[frozenset[str], Session] = {}
        self._answers: Mapping[str, Callable[..., Value]] = {}
        self._driven: set[tuple[frozenset[str], str]] = set()
        self._used: dict[str, str] = {}
        self._deaths: set[int] = set()
        self._reported = 0
        self.cut_short: dict[int, str] = {}
        self.report: LoadReport | None = None

    def another(self) -> Place:
        """A second place for the same notebook, out of the same budget. A cell cut short in one is so in both."""
        places = (self._sandbox, self._cells, self._names, self._limits, self._files, self._load_seconds)
        made = Place(*places, self._earlier, self._budget)
        made._cells, made._deaths, made.cut_short = self._cells, self._deaths, self.cut_short
        return made

    def forbid(self, names: Iterable[str]) -> None:
        """Answer from now on where these are not there.

        Args:
            names: Dotted names such as `torch.nn.LSTM`. What belongs to the course is nowhere.
        """
        self._forbidden = frozenset(names)

    def call(self, name: str, args: Sequence[Argument], *, framework: Framework = "numpy", driver: str = "") -> Reply:
        """Call a function, in a new process if the last one is gone."""
        session = self._opened()
        if session is None:
            return Reply(problem=Problem("died", message=_("the notebook brings the process down while it runs.")))
        first = bool(driver) and (self._forbidden, driver) not in self._driven
        self._driven.add((self._forbidden, driver))
        seconds = self._load_seconds if first else self._limits.wall_s  # the first time parts of torch are loaded
        with self._budget.spending():
            deadline = self._budget.share(seconds)
            return session.call(name, args, framework=framework, driver=driver, deadline=deadline)

    def replace(self, answers: Mapping[str, Callable[..., Value]]) -> None:
        """Put the judge's functions in place of the student's, also in every process opened later."""
        self._answers = answers
        for session in self._sessions.values():
            if session.alive:
                session.replace(answers)

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
        for session in self._sessions.values():
            if session.alive:
                session.use({name: kind})

    def left_out(self) -> tuple[int, ...]:
        """Indices of cells that never ended or brought the process down."""
        return tuple(sorted(self.cut_short))

    def close(self) -> None:
        """End the processes."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _opened(self) -> Session | None:
        """A live session with the notebook loaded; of a cell that ends the process only the definitions are tried."""
        for _attempt in range(2 * MAX_LEFT_OUT):
            if len(self._deaths) > MAX_LEFT_OUT:
                break
            session = self._sessions.pop(self._forbidden, None)
            if session is None or not session.alive:
                if session is not None:
                    session.close()
                session = self._new()
            self._sessions[self._forbidden] = session
            if session.alive:
                return session
        return None

    def _new(self) -> Session:
        """A session in which the notebook was run, as far as it came."""
        self._driven = {(names, driver) for names, driver in self._driven if names != self._forbidden}
        limits = dataclasses.replace(self._limits, cpu_s=self._budget.processor(self._limits.cpu_s))
        session = self._sandbox.open(limits, files=self._files)
        if self._forbidden:
            session.forbid(self._forbidden)
        session.offer(self._earlier)
        with self._budget.spending():
            deadline = self._budget.share(self._load_seconds)
            report = session.load(self._cells, names=self._names, deadline=deadline, interrupt=True)
        if self.report is None or len(self._forbidden) <= self._reported:
            self.report, self._reported = report, len(self._forbidden)
        for fault in report.faults:
            if fault.type == TOO_LONG:
                self._cut_short(fault.cell, fault.message)
        if report.stopped is not None:
            self._deaths.add(report.stopped)
            self._cut_short(report.stopped, report.problem.message if report.problem is not None else "")
        elif session.alive:
            session.use(self._used)
            if self._answers:
                session.replace(self._answers)
        return session

    def _cut_short(self, cell: int, why: str) -> None:
        self.cut_short.setdefault(cell, why)
        self._cells[cell] = reduced(self._cells[cell])
