"""A gradebook in one SQLite file: students, units, attempts, verdicts, and what the instructor overrules.

It is filled from records and holds nothing that a record does not, but the overrides. Each change is one transaction:
a kill at any moment leaves the book as it was before or after it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.report.words import PROTECTED
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _

__all__ = ["Grade", "Gradebook", "Override"]

VERSION = 1
PATIENCE_S = 30.0
"""How long another process that writes is waited for."""


@dataclass(frozen=True)
class Override:
    """The instructor's word on one item of one student, which stands above the judge's.

    Attributes:
        student: The student.
        unit: The unit's number.
        item: The item's name.
        points: Points given.
        reason: Why, in words.
        written_at: When, in UTC.
    """

    student: str
    unit: str
    item: str
    points: int
    reason: str
    written_at: str = ""


@dataclass(frozen=True)
class Grade:
    """What counts for a student in a unit; `points` is None where it could not be graded.

    `sandbox` is where the answers ran, with its level in brackets.
    """

    student: str
    unit: str
    status: str
    points: float | None
    out_of: int
    sandbox: str = ""

    @property
    def weak(self) -> bool:
        """Whether the grade is worth no more than the trust in every student."""
        return not self.sandbox.endswith(tuple(f"({level})" for level in PROTECTED))


class Gradebook:
    """A gradebook, made where there is none. Use it in a `with` block.

    Args:
        path: The file.

    Raises:
        CourseError: If the file cannot be opened, is no gradebook, or is a later version's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
            try:
                self._file.execute("PRAGMA foreign_keys = ON")
                self._make()
            except BaseException:
                self._file.close()
                raise

    def add(self, unit: Unit, records: Sequence[Record], left_out: Sequence[str] = ()) -> None:
        """Take a graded class in: its records stand, earlier ones of the unit are kept and stand no longer.

        A class that was taken in last, and has not changed since, is not written again.

        Args:
            unit: The unit.
            records: One a student.
            left_out: Names of files that are nobody's.
        """
        others = "\n".join(_line(name) for name in left_out)
        digest = _digest((unit.number, unit.title, str(unit.points), others, *map(Record.model_dump_json, records)))
        if self._read("SELECT 1 FROM units WHERE number = ? AND digest = ?", (unit.number, digest)):
            return
        with self._change() as write:
            write(
                "INSERT INTO units VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET title = excluded.title, "
                "points = excluded.points, left_out = excluded.left_out, digest = excluded.digest",
                (unit.number, unit.title, unit.points, others, digest),
            )
            write("UPDATE attempts SET stands = 0 WHERE unit = ?", (unit.number,))
            for record in records:
                self._add(write, record)

    def _add(self, write: Any, record: Record) -> None:
        write(
            "INSERT INTO students VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET platform = excluded.platform, "
            "id = excluded.id WHERE excluded.id <> ''",
            (record.student, record.platform, record.id),
        )
        same = (record.student, record.unit, record.fingerprint, record.rubric)
        values = {
            "file": record.file,
            "handed_in_at": record.handed_in_at,
            "attempt": record.attempt,
            "status": record.status,
            "points": record.points,
            "points_after": record.points_after,
            "out_of": record.out_of,
            "seed": record.seed,
            "sandbox": f"{record.sandbox.backend} ({record.sandbox.level})",
            "written_at": _now(),
            "stands": 1,
        }
        names = ", ".join(values)
        marks = ", ".join("?" * (len(same) + len(values)))
        anew = ", ".join(f"{name} = excluded.{name}" for name in values)
        (key,) = write(
            f"INSERT INTO attempts (student, unit, fingerprint, rubric, {names}) VALUES ({marks}) "
            f"ON CONFLICT (student, unit, fingerprint, rubric) DO UPDATE SET {anew} RETURNING key",
            (*same, *values.values()),
        ).fetchone()
        write("DELETE FROM verdicts WHERE attempt = ?", (key,))
        for one in record.items:
            verdict = (key, one.name, one.outcome, one.points, one.out_of, one.mistake, one.sentence)
            write("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", verdict)

    def override(self, override: Override, unit: Unit) -> None:
        """Set the points of an item by hand. The judge's verdict stays in the book beside it.

        Raises:
            CourseError: If the unit has no such item, no such student handed in, there is no reason, or the item is
                not worth so much.
        """
        item = unit.item(override.item)
        asked = _("Points for {student} by hand: {points} for `{item}`.").format(
            student=override.student, points=override.points, item=item.name
        )
        if not 0 <= override.points <= item.points:
            raise CourseError(asked, expected=_("It is worth 0 to {points} points.").format(points=item.points))
        self._write_override(override, override.points, asked)

    def withdraw(self, override: Override, unit: Unit) -> None:
        """Take an override back: the judge's points count again.

        Raises:
            CourseError: If there is none that stands.
        """
        item = unit.item(override.item)
        asked = _("Taking points by hand back from {student}: `{item}`.").format(
            student=override.student, item=item.name
        )
        if not any((one.student, one.item) == (override.student, item.name) for one in self.overrides(unit.number)):
            raise CourseError(asked, _("No points were given by hand there."))
        self._write_override(override, None, asked)

    def _write_override(self, override: Override, points: int | None, asked: str) -> None:
        if not override.reason.strip():
            raise CourseError(asked, _("There is no reason."), _("A reason is shown in every report."))
        known = self.students(override.unit)
        if override.student not in known:
            raise missing(asked, override.student, known, _("The gradebook has the students of this unit only."))
        with self._change() as write:
            write(
                "INSERT INTO overrides (student, unit, item, points, reason, written_at) VALUES (?, ?, ?, ?, ?, ?)",
                (override.student, override.unit, override.item, points, _line(override.reason), _now()),
            )

    def overrides(self, unit: str) -> tuple[Override, ...]:
        """The overrides of a unit that stand, sorted by student."""
        rows = self._read(
            "SELECT student, unit, item, points, reason, written_at FROM standing_overrides WHERE unit = ? "
            "ORDER BY student, item",
            (unit,),
        )
        return tuple(Override(*row) for row in rows)

    def grades(self) -> tuple[Grade, ...]:
        """What counts for every student in every unit, sorted by student and unit."""
        rows = self._read(
            "SELECT student, unit, g.status, g.points, g.out_of, sandbox FROM grades AS g "
            "JOIN attempts USING (student, unit) WHERE stands = 1 ORDER BY student, unit"
        )
        return tuple(Grade(*row) for row in rows)

    def students(self, unit: str) -> tuple[str, ...]:
        """Who handed in a unit, sorted."""
        rows = self._read("SELECT student FROM attempts WHERE unit = ? AND stands = 1 ORDER BY student", (unit,))
        return tuple(name for (name,) in rows)

    def left_out(self, unit: str) -> tuple[str, ...]:
        """Names of the files that were nobody's in a unit."""
        rows = self._read("SELECT left_out FROM units WHERE number = ?", (unit,))
        return tuple(name for (text,) in rows for name in text.split("\n") if name)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make(self) -> None:
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version or tables:
            raise CourseError(
                _("The gradebook {file}.").format(file=self.path),
                _("It is not one this version of the course can read."),
                do=_("Name another file with --book."),
            )
        schema = (Path(__file__).parent / "schema.sql").read_text("utf-8")
        self._file.executescript(f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA user_version = {VERSION};\nCOMMIT;")

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._told():
            return self._file.execute(query, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[Any]:
        """One transaction: all of it or nothing."""
        with self._told():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file.execute
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite or the system refuses, as a sentence."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise CourseError(
                _("The gradebook {file}.").format(file=self.path),
                _("It cannot be used: {why}.").format(why=error),
                do=_("Mend that, or name another file with --book."),
            ) from error


def _line(text: str) -> str:
    """A text on one line that SQLite can store; bytes that are no UTF-8 are spelled out."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())


def _digest(texts: Iterable[str]) -> str:
    """What differs as soon as one of the texts does."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode("utf-8", "backslashreplace") + b"\0")
    return found.hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
