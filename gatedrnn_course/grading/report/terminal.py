"""A class run on a terminal: the bar while it runs, the table of grades when it is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.text import _

from .plain import plain
from .words import OUTCOMES, status_word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gatedrnn_course.grading.classroom.run import ClassRun

__all__ = ["RunBar", "grades_table", "legend"]

NAME, SHORTEST, BORDERS = 40, 20, 13
LINES = 50
"""After so many lines on a pipe, one tells how fast it goes."""
JUSTIFIED: tuple[Literal["left", "right"], ...] = ("left", "right", "left", "left")


class RunBar:
    """Shows how a run goes: a bar with counts and names on a terminal, one line a submission elsewhere.

    Args:
        console: Where to show it.
        jobs: How many submissions are graded side by side.
    """

    def __init__(self, console: Console, jobs: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._console, self._jobs = console, jobs
        self.done_count, self.total = 0, 0
        self._waiting: list[str] = []
        self._bar = Progress(
            TextColumn(_("Grading")),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TextColumn("{task.description}", markup=False),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, rate="")
        self._fresh, self._start = 0, time.monotonic()

    def begin(self, known: Sequence[Record], todo: Sequence[str]) -> None:
        """Told of what is there already and who comes next."""
        self.done_count, self.total, self._waiting = len(known), len(known) + len(todo), list(todo)
        if known:
            words = _("{count} of {total} submissions were graded before and have not changed.")
            self._say(words.format(count=len(known), total=self.total))
        self._start = time.monotonic()
        self._show()

    def done(self, record: Record) -> None:
        """Told of one more record."""
        self.done_count += 1
        self._fresh += 1
        self._waiting.remove(record.student)
        if not self._console.is_terminal:
            words = _("{points} of {out_of} points").format(points=record.points, out_of=record.out_of)
            result = words if record.status == "graded" else status_word(record.status)
            self._say(f"[{self.done_count}/{self.total}] {plain(record.student, NAME)}: {result}")
            if self._fresh % LINES == 0:
                self._say(self._rate())
        self._show()

    def _show(self) -> None:
        current = ", ".join(plain(name, NAME) for name in self._waiting[: self._jobs])
        self._bar.update(
            self._task, total=self.total, completed=self.done_count, description=current, rate=self._rate()
        )

    def _rate(self) -> str:
        """How fast it goes, and how long it will take."""
        if not self._fresh:
            return ""
        each = max(time.monotonic() - self._start, 1e-3) / self._fresh
        left = timedelta(seconds=round(each * (self.total - self.done_count)))
        return _("{rate:.0f} a minute, {left} left").format(rate=60 / each, left=left)

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


def grades_table(run: ClassRun, width: int) -> Table:
    """One row a student: points, the sign of each function in order, and the first thing to look at.

    Args:
        run: The graded class.
        width: Characters of a line; remarks are cut to fit.
    """
    from rich.table import Table
    from rich.text import Text

    heads = (_("student"), _("points"), _("functions"))
    rows = [_row(record) for record in run.records]
    widest = [max(len(line[k]) for line in [heads, *rows]) for k in range(len(heads))]
    left = max(width - sum(widest) - BORDERS, SHORTEST)
    made = Table(title=_("Unit {number}: {title}").format(number=run.unit.number, title=_(run.unit.title)))
    for head, justify in zip((*heads, _("first remark")), JUSTIFIED, strict=True):
        made.add_column(head, justify=justify, no_wrap=True)
    for record, row in zip(run.records, rows, strict=True):
        made.add_row(*map(Text, (*row, plain(_remark(record), left))))
    return made


def _row(record: Record) -> tuple[str, str, str]:
    """Student, points, signs."""
    points = "" if record.status == "not graded" else f"{record.worth:g}"
    signs = " ".join(OUTCOMES[item.outcome][0] for item in record.items) or status_word(record.status)
    return plain(record.student, NAME), points, signs


def legend(run: ClassRun) -> str:
    """The signs that occur in the table, each with its word."""
    seen = {item.outcome for record in run.records for item in record.items}
    return "   ".join(f"{sign} {_(word)}" for outcome, (sign, word) in OUTCOMES.items() if outcome in seen)


def _remark(record: Record) -> str:
    choice = record.notes[:1] if record.handed_in > 1 else ()  # which notebook was graded matters more than how it went
    failed = (item.sentence for item in record.items if item.outcome != "right")
    notes = (note for item in record.items for note in item.notes)
    by_hand = (item.overridden for item in record.items)
    return next((text for text in (record.problem, *by_hand, *choice, *failed, *record.notes, *notes) if text), "")
