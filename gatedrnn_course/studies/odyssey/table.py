"""The trials of a study as rows, and as a CSV file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.files import write_atomically
from gatedrnn_course.studies.odyssey.space import Trial
from gatedrnn_course.text import _

__all__ = ["Row", "read_rows", "write_csv", "write_rows"]


@dataclass(frozen=True)
class Row:
    """One trial.

    Attributes:
        task: Name of the task.
        variant: Name of the variant.
        number: Place in the plan of its search.
        seed: Of first parameters and noise.
        hidden_size: H.
        learning_rate: Of one sequence, before it is multiplied by 1 - momentum.
        momentum: Nesterov's.
        noise: Standard deviation of the noise on the inputs.
        validation: The task's measure on the validation part; NaN if training diverged at once.
        loss: The loss there.
        test: The measure on the test part.
        parameters: How many numbers were learned.
        best_step: Steps before the best evaluation.
        stopped: `steps`, `patience` or `diverged`.
    """

    task: str
    variant: str
    number: int
    seed: int
    hidden_size: int
    learning_rate: float
    momentum: float
    noise: float
    validation: float
    loss: float
    test: float
    parameters: int
    best_step: int
    stopped: str

    @property
    def trial(self) -> Trial:
        """Its settings."""
        return Trial(self.hidden_size, self.learning_rate, self.momentum, self.noise)

    @property
    def finite(self) -> bool:
        """Whether there is a result."""
        return math.isfinite(self.validation) and math.isfinite(self.test)


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under names; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    write_atomically(path, lambda file: file.write(text.getvalue().encode()))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write trials."""
    write_csv(path, [part.name for part in fields(Row)], map(astuple, rows))


def read_rows(path: Path) -> list[Row]:
    """Read what `write_rows` wrote.

    Raises:
        CourseError: If the file is absent or holds something else.
    """
    kinds = {"str": str, "int": int, "float": float}
    makers = {part.name: kinds[str(part.type)] for part in fields(Row)}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [Row(**{name: makers[name](value) for name, value in row.items()}) for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise CourseError(
            _("The trials in {path}.").format(path=path.name),
            _("They cannot be read: {problem}.").format(problem=problem),
            _("A study writes this file into its folder."),
            _("Run the study's command again, or give the folder it wrote."),
        ) from problem
