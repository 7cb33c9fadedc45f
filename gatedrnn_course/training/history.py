"""What a run did, as plain rows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.files import write_atomically
from gatedrnn_course.text import _

__all__ = ["History", "Row"]


@dataclass(frozen=True)
class Row:
    """One evaluation.

    Attributes:
        step: Steps of training done before it.
        loss: Mean training loss since the row before.
        validation: Loss on the validation sequences.
        metric: The task's metric there.
        seconds: Time spent on training so far, all sittings of a resumed run together.
    """

    step: int
    loss: float
    validation: float
    metric: float
    seconds: float


@dataclass
class History:
    """The rows of a run, oldest first.

    Attributes:
        rows: One for each evaluation.
        stopped: Why the run ended: `steps` (all done), `patience`, `solved` or `interrupted`; empty before its end.
    """

    rows: list[Row] = field(default_factory=list)
    stopped: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> Row:
        return self.rows[index]

    @property
    def best(self) -> Row | None:
        """The row of the lowest validation loss, the first of equals; None before the first evaluation."""
        return min(self.rows, key=lambda row: math.inf if math.isnan(row.validation) else row.validation, default=None)

    @property
    def waited(self) -> int:
        """Evaluations since the best."""
        best = self.best
        return 0 if best is None else len(self.rows) - 1 - self.rows.index(best)

    def column(self, name: str) -> list[float]:
        """One column of the rows, `"loss"` for example."""
        return [getattr(row, name) for row in self.rows]

    def save(self, path: str | Path) -> None:
        """Write one JSON object a row, and the reason of the end in the last line."""
        lines = [json.dumps(asdict(row)) for row in self.rows] + [json.dumps({"stopped": self.stopped})]
        write_atomically(Path(path), lambda file: file.write("".join(f"{line}\n" for line in lines).encode()))

    @classmethod
    def load(cls, path: str | Path) -> History:
        """Read what `save` wrote.

        Raises:
            CourseError: If the file holds something else.
        """
        try:
            *rows, end = [json.loads(line) for line in Path(path).read_text().splitlines()]
            return cls([Row(**row) for row in rows], str(end["stopped"]))
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise CourseError(
                _("The history in {path}.").format(path=path),
                _("It cannot be read: {problem}.").format(problem=problem),
                _("A history holds one JSON object a line, as `fit` writes it beside its checkpoint."),
                _("Run `fit` with the same checkpoint again: it writes the history anew."),
            ) from problem
