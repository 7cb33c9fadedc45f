"""The file of a study: every architecture, where it comes from, what it reached; one transaction a portion of steps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatedrnn_course.cells.cell import Cell, parse
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Architecture", "Database", "Evaluation", "Store", "begun_with"]

_TABLES = """
CREATE TABLE architectures (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent INTEGER REFERENCES architectures (id), portion INTEGER NOT NULL,
    equations TEXT NOT NULL, behaviour TEXT NOT NULL UNIQUE, operators TEXT NOT NULL, changes TEXT NOT NULL,
    memorised REAL, memorised_steps INTEGER, outcome TEXT NOT NULL
);
CREATE TABLE evaluations (
    architecture INTEGER NOT NULL REFERENCES architectures (id), task TEXT NOT NULL, number INTEGER NOT NULL,
    learning_rate REAL NOT NULL, scale REAL NOT NULL, hidden_size INTEGER NOT NULL, accuracy REAL NOT NULL,
    diverged INTEGER NOT NULL, portion INTEGER NOT NULL, PRIMARY KEY (architecture, task, number)
);
CREATE TABLE portions (
    number INTEGER PRIMARY KEY, mutants INTEGER NOT NULL, duplicates INTEGER NOT NULL, again INTEGER NOT NULL,
    seconds REAL NOT NULL
);
"""


@dataclass(frozen=True)
class Architecture:
    """A row of the table `architectures`.

    Attributes:
        number: Its number; a higher one is younger.
        name: Its name.
        parent: The number of the architecture it was mutated from; None for those the study starts with.
        portion: The portion of steps it was made in; -1 for those the study starts with.
        equations: Its text.
        behaviour: What equal architectures share.
        operators: Which of the six changes made it, such as "3 5".
        changes: The same in words.
        memorised: Best accuracy in the filter; None for those that never met it.
        memorised_steps: At which step it ended there.
        outcome: `start`, `listed` (passed all), or the task it was dropped at.
    """

    number: int
    name: str
    parent: int | None
    portion: int
    equations: str
    behaviour: str
    operators: str
    changes: str
    memorised: float | None
    memorised_steps: int | None
    outcome: str

    @property
    def cell(self) -> Cell:
        """The cell."""
        return parse(self.equations, self.name)


@dataclass(frozen=True)
class Evaluation:
    """A row of the table `evaluations`.

    Attributes:
        architecture: The number of the architecture.
        task: The task.
        number: The how many-th setting of the architecture on this task.
        learning_rate: Of the setting.
        scale: Of the setting.
        hidden_size: H.
        accuracy: The best it reached.
        diverged: Whether it diverged.
        portion: When.
    """

    architecture: int
    task: str
    number: int
    learning_rate: float
    scale: float
    hidden_size: int
    accuracy: float
    diverged: bool
    portion: int


class Database:
    """A SQLite file that belongs to one study.

    Args:
        path: The file; made where there is none.
        tables: What makes its tables.
        described: What has to be the same for the study to go on; nothing is asked where left out.

    Raises:
        CourseError: If the file holds another study.
    """

    def __init__(self, path: Path, tables: str, described: Mapping[str, Any] | None = None) -> None:
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys = ON")
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'study'").fetchone():
            with self.transaction():
                for statement in ("CREATE TABLE study (key TEXT PRIMARY KEY, value TEXT NOT NULL)", *tables.split(";")):
                    self._connection.execute(statement)
                for key, value in (described or {}).items():
                    self.note(key, value)
        for key, value in (described or {}).items():
            if (found := self.noted(key)) != value:
                self.close()
                raise CourseError(
                    _("A study in {path}.").format(path=path),
                    _("It was begun with {key} = {found}, not {value}.").format(key=key, found=found, value=value),
                    _("A study goes on with what it was begun with."),
                    _("Choose another folder, or the same size and seed."),
                )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is written whole or not at all."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def note(self, key: str, value: Any) -> None:
        """Keep a fact about the study."""
        self._connection.execute("INSERT OR REPLACE INTO study VALUES (?, ?)", (key, json.dumps(value)))

    def noted(self, key: str) -> Any:
        """A fact about the study, or None."""
        row = self._connection.execute("SELECT value FROM study WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def rows(self, asked: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a question to the tables gives."""
        return list(self._connection.execute(asked, values))

    def insert(self, table: str, rows: Sequence[tuple[Any, ...]], columns: int) -> None:
        """Write rows into a table."""
        marks = ", ".join("?" * columns)
        self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def begun_with(path: Path, sizes: Mapping[str, Any]) -> tuple[Any, int]:
    """The size and the seed that the study in a file was begun with.

    Args:
        path: The file.
        sizes: The sizes by name.

    Raises:
        CourseError: If it was begun with a size that there is no more.
    """
    database = Database(path, "")
    described, seed = database.noted("size"), database.noted("seed")
    database.close()
    size = next((size for size in sizes.values() if repr(size) == described), None)
    if size is None:
        raise CourseError(
            _("The report on the study in {folder}.").format(folder=path.parent),
            _("It was begun with a size that this version of the course does not have: {size}.").format(size=described),
            do=_("Use the version of the course that began it; the tables in the folder can be read without."),
        )
    return size, int(seed)


class Store(Database):
    """The file of an evolution.

    Args:
        path: The file; made where there is none.
        described: What has to be the same for the study to go on.
    """

    def __init__(self, path: Path, described: Mapping[str, Any] | None = None) -> None:
        super().__init__(path, _TABLES, described)

    def add(self, rows: Sequence[Architecture]) -> None:
        """Write architectures."""
        self.insert("architectures", [tuple(vars(row).values()) for row in rows], 11)

    def add_evaluations(self, rows: Sequence[Evaluation]) -> None:
        """Write evaluations."""
        self.insert("evaluations", [tuple(vars(row).values()) for row in rows], 9)

    def add_portion(self, number: int, mutants: int, duplicates: int, again: int, seconds: float) -> None:
        """Note that a portion is done: its mutants, duplicates thrown away, members evaluated again, seconds."""
        self.insert("portions", [(number, mutants, duplicates, again, seconds)], 5)

    def architectures(self) -> dict[int, Architecture]:
        """Every architecture by number."""
        rows = self._connection.execute("SELECT * FROM architectures ORDER BY id")
        return {row[0]: Architecture(*row) for row in rows}

    def evaluations(self) -> list[Evaluation]:
        """Every evaluation, in order."""
        rows = self._connection.execute("SELECT * FROM evaluations ORDER BY architecture, task, number")
        return [
            Evaluation(a, task, k, rate, scale, H, best, bool(bad), p)
            for a, task, k, rate, scale, H, best, bad, p in rows
        ]

    def behaviours(self) -> set[str]:
        """What all architectures so far do."""
        return {row[0] for row in self._connection.execute("SELECT behaviour FROM architectures")}

    def portions(self) -> list[tuple[int, int, int, int, float]]:
        """Every portion done: number, mutants, duplicates, members evaluated again, seconds."""
        return list(self._connection.execute("SELECT * FROM portions ORDER BY number"))

    def best(self) -> dict[int, dict[str, float]]:
        """The best accuracy of every architecture by task."""
        found: dict[int, dict[str, float]] = {}
        asked = "SELECT architecture, task, MAX(accuracy) FROM evaluations GROUP BY architecture, task"
        for number, task, accuracy in self._connection.execute(asked):
            found.setdefault(number, {})[task] = accuracy
        return found

    def counted(self) -> dict[int, int]:
        """How many settings each architecture has met on the task it met most on."""
        asked = "SELECT architecture, MAX(number) + 1 FROM evaluations GROUP BY architecture"
        return dict(self._connection.execute(asked))
