"""What a student is told on another system, in plain lines: never a hidden input, as no record holds one."""

from __future__ import annotations

from gatedrnn_course.grading.classroom.record import ItemRecord, Record
from gatedrnn_course.grading.report.plain import plain
from gatedrnn_course.grading.report.words import stamp
from gatedrnn_course.text import _

__all__ = ["about_item", "about_record", "summary"]


def about_item(item: ItemRecord) -> str:
    """What is said about one answer, a line a sentence."""
    lines = (item.overridden, item.sentence, *item.details, *item.notes)
    return "\n".join(plain(line) for line in lines if line)


def about_record(record: Record) -> str:
    """What is said about the notebook as a whole, a line a sentence."""
    late = ""
    if record.points_after is not None and record.points_after != record.points:
        words = _("Handed in late: of {points} points {left} are left.")
        late = words.format(points=record.points, left=f"{record.points_after:g}")
    lines = (record.problem, late, *record.notes, stamp(record.sandbox))
    return "\n".join(plain(line) for line in lines if line)


def summary(record: Record) -> str:
    """Everything in one text: the notebook, then each answer with its points."""
    words = _("{name}: {points} of {out_of}. {sentence}")
    items = [
        words.format(
            name=item.name, points=item.points, out_of=item.out_of, sentence=about_item(item).replace("\n", " ")
        )
        for item in record.items
    ]
    return "\n".join(filter(None, (about_record(record), *items)))
