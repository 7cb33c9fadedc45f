"""Judges a recorded submission once more, with all that was drawn then, and compares the verdicts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.grade import Grader, rubric_of
from gatedrnn_course.grading.classroom.record import ItemRecord, Judged, Record, read_record
from gatedrnn_course.grading.classroom.store import Store
from gatedrnn_course.grading.sandbox import Sandbox, best_sandbox
from gatedrnn_course.grading.units import load
from gatedrnn_course.text import _

__all__ = ["Replay", "replay"]


@dataclass(frozen=True)
class Replay:
    """A submission judged again.

    Attributes:
        record: What was recorded.
        again: What came now.
        warnings: What is not as it was: the sandbox, the rubric, versions.
    """

    record: Record
    again: Judged
    warnings: tuple[str, ...]

    def items(self, name: str | None = None) -> list[tuple[ItemRecord, ItemRecord | None]]:
        """The recorded verdicts, each with what came now.

        Args:
            name: Of one item; by default all.

        Raises:
            CourseError: If the record has no such item.
        """
        if name is not None:
            load(self.record.unit).item(name)
        now = {item.name: item for item in self.again.items}
        return [(then, now.get(then.name)) for then in self.record.items if name in (None, then.name)]


def replay(path: Path, store: Path | None = None) -> Replay:
    """Judge the work of a record again: the same cells and files, the same seed, the same sandbox where it is here.

    All items are judged, in their order: what one of them left behind may matter to the next.

    Args:
        path: The record.
        store: Folder of judged work; by default the one beside the records.

    Raises:
        CourseError: If there is no such record, or its work is not kept.
    """
    asked = _("Replaying the record {file}.").format(file=path)
    record = read_record(path)
    if record is None:
        raise CourseError(asked, _("There is no record in this file."), _("Expected is a file of OUT/records."))
    if record.status != "graded":
        raise CourseError(asked, _("Nothing was judged: {why}").format(why=record.problem or record.status))
    kept = Store(store or path.parent.parent / "work").find(record.work)
    if kept is None:
        raise CourseError(
            asked,
            _("The work that was judged is not kept beside it."),
            do=_("Name the folder it is in with --cache, or grade it again."),
        )
    unit = load(record.unit)
    with closing(_sandbox_of(record)) as sandbox:
        again = Grader(unit).judge(kept.submission(), sandbox, record.seed)
        return Replay(record, again, tuple(_differs(record, again, rubric_of(unit))))


def _sandbox_of(record: Record) -> Sandbox:
    """The sandbox that a record names, where it may be used here; else the best."""
    try:
        return best_sandbox(record.sandbox.backend)
    except CourseError:
        return best_sandbox()


def _differs(record: Record, again: Judged, rubric: str) -> list[str]:
    """What else than chance could make a verdict another one."""
    told = []
    if record.rubric != rubric:
        told.append(_("What is asked, or the code that judges, has changed since."))
    if record.sandbox.backend != again.sandbox.backend:
        words = _("It ran in the sandbox {then}; here it ran in {now}.")
        told.append(words.format(then=record.sandbox.backend, now=again.sandbox.backend))
    for name, then in record.versions.items():
        if (now := again.versions.get(name)) != then:
            told.append(_("{name} was {then} and is {now}.").format(name=name, then=then, now=now))
    return told
