"""Reads a child's answers into what the judge is given: `LoadReport` and `Reply`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from gatedrnn_course.grading.exchange.values import Argument, Framework, Problem, Reply

from ..exchange.frames import BadFrame, Meta
from ..exchange.trees import unpack, unpack_arguments
from .protocol import CellFault, LoadReport, Mended
from .untrusted import WORD, cell_fault, clean, clean_texts, mended, others, problem, words

__all__ = ["Loading", "reply_to"]

Arrays = list[NDArray[Any]]


class Loading:
    """Gathers the answers about one cell after another.

    Args:
        names: The functions looked for.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._cells = 0
        self._faults: list[CellFault] = []
        self._skipped: list[str] = []
        self._blank: dict[object, object] = {}
        self._torch = False
        self._mended: tuple[Mended, ...] = ()
        self._others: dict[str, dict[str, int]] = {}

    def add(self, meta: Meta, arrays: Arrays) -> None:
        """Take in the answer about the next cell.

        Raises:
            BadFrame: If it has another form.
        """
        if not isinstance(meta.get("defined"), dict):
            raise BadFrame("the functions are not told")
        raised, skipped = meta.get("raised"), words(meta.get("skipped"))
        if raised is not None:
            self._faults.append(cell_fault(self._cells, raised))
        self._skipped += skipped
        self._blank = dict(meta["defined"])  # type: ignore[call-overload]
        self._torch = meta.get("torch") is True
        self._cells += 1

    def settle(self, meta: Meta, arrays: Arrays) -> None:
        """Take in what the child says after the last cell.

        Raises:
            BadFrame: If it has another form.
        """
        if not isinstance(meta.get("defined"), dict):
            raise BadFrame("the functions are not told")
        self._blank = dict(meta["defined"])  # type: ignore[call-overload]
        self._mended = mended(meta.get("mended"))
        self._others = others(meta.get("others"), self._names)

    def report(self, problem: Problem | None = None, stopped: int | None = None) -> LoadReport:
        """What came of it all, or of the cells before the one at which the session ended."""
        return LoadReport(
            faults=tuple(self._faults),
            skipped=tuple(self._skipped),
            defined=tuple(name for name in self._names if name in self._blank),
            blank=tuple(name for name in self._names if self._blank.get(name) is True),
            problem=problem,
            stopped=stopped,
            torch=self._torch,
            mended=self._mended,
            others=self._others,
        )


def reply_to(meta: Meta, arrays: Arrays, sent: Sequence[Argument], framework: Framework) -> Reply:
    """The reply that a child's answer to a call with these arguments is.

    Raises:
        BadFrame: If it has another form.
    """
    told = meta.get("problem")
    return Reply(
        value=clean_texts(unpack(meta.get("value"), arrays)) if told is None else None,
        problem=None if told is None else problem(told),
        arguments=unpack_arguments(meta.get("args", []), arrays, sent),
        blank=meta.get("blank") is True,
        framework=framework,
        torch=meta.get("torch") is True,
        printed=meta.get("printed") is True,
        reached=clean(meta.get("reached", ""), WORD),
    )
