"""What a class did: how often each mistake was made, how points are spread, how each item went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatedrnn_course.grading.classroom.record import ItemRecord, Record
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _, language, mark

from .plain import plain

__all__ = [
    "KINDS",
    "Count",
    "ItemCount",
    "Question",
    "distribution",
    "item_counts",
    "mistakes",
    "questions",
    "without_name",
]

BIN = 10


@dataclass(frozen=True)
class Count:
    """How many students one label holds for.

    Attributes:
        label: What is counted, in words.
        students: How many students.
        names: The functions in which it was seen, in the unit's order.
    """

    label: str
    students: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What became of one item: for each kind of outcome how many students, and its most frequent mistakes.

    Attributes:
        name: The item's name.
        kinds: Numbers of students in the order of `KINDS`.
        mistakes: Its named mistakes, the most frequent first.
    """

    name: str
    kinds: tuple[int, ...]
    mistakes: tuple[Count, ...]


KINDS = (
    mark("right"),
    mark("a mistake with a name"),
    mark("wrong, without a name"),
    mark("not written or missing"),
    mark("error, no end, or refused"),
)
"""How `Question` sorts outcomes."""


@dataclass(frozen=True)
class ItemCount:
    """How one item went: its name, title and points, how many were judged, and how many were right."""

    name: str
    title: str
    points: int
    judged: int
    right: int

    @property
    def percent(self) -> int:
        """Share of right answers, rounded."""
        return round(100 * self.right / self.judged) if self.judged else 0


def mistakes(records: Sequence[Record]) -> list[Count]:
    """The named mistakes, the most frequent first; a student counts once for each, in however many functions."""
    found = [
        (record.student, item, item.mistake, _label(item))
        for record in records
        for item in record.items
        if item.mistake
    ]
    return _counted(found)


def questions(records: Sequence[Record], unit: Unit) -> list[Question]:
    """What became of each item of a unit, in the unit's order."""
    found = []
    for item in unit.items:
        judged = [(record.student, one) for record in records for one in record.items if one.name == item.name]
        kinds = [_kind(one) for _student, one in judged]
        named = _counted([(student, one, one.mistake, _label(one)) for student, one in judged if one.mistake])
        found.append(Question(item.name, tuple(kinds.count(k) for k in range(len(KINDS))), tuple(named)))
    return found


def _kind(item: ItemRecord) -> int:
    """Where an outcome stands in `KINDS`."""
    if item.outcome == "right":
        return 0
    if item.mistake:
        return 1
    return {"wrong": 2, "blank": 3, "missing": 3}.get(item.outcome, 4)


def without_name(records: Sequence[Record]) -> list[Count]:
    """Answers without points and without a named mistake, by what came instead, the most frequent first."""
    words = {
        "wrong": _("Other values, and no mistake found that explains them."),
        "blank": _("Not written yet."),
        "missing": _("No function of that name."),
        "refused": _("Uses what the exercise asks to build."),
        "raised": _("Raises an error."),
        "timeout": _("Did not finish in time."),
        "died": _("Ended the process."),
    }
    found = [
        (record.student, item, item.outcome, words[item.outcome])
        for record in records
        for item in record.items
        if not item.mistake and item.outcome != "right"
    ]
    return _counted(found)


def _counted(found: Sequence[tuple[str, ItemRecord, str, str]]) -> list[Count]:
    counts = []
    for key in dict.fromkeys(key for _student, _item, key, _words in found):
        rows = [row for row in found if row[2] == key]
        names = tuple(dict.fromkeys(item.name for _student, item, _key, _words in rows))
        counts.append(Count(plain(rows[0][3]), len({student for student, *_rest in rows}), names))
    return sorted(counts, key=lambda count: (-count.students, count.label))


def _label(item: ItemRecord) -> str:
    """The mistake in the language in force: its key is English, its sentence is in the language of the record."""
    return item.mistake if language() == "en" else item.sentence


def distribution(records: Sequence[Record], out_of: int) -> list[Count]:
    """How many students have how many points, in steps of a tenth of all points; full points stand alone."""
    tenth = max(out_of // BIN, 1)
    edges = list(range(0, out_of, tenth))
    points = [record.worth for record in records if record.status != "not graded"]
    bins = [
        Count(f"{low}–{min(low + tenth, out_of) - 1}", sum(low <= p < min(low + tenth, out_of) for p in points))
        for low in edges
    ]
    return [*bins, Count(str(out_of), sum(p == out_of for p in points))]


def item_counts(records: Sequence[Record], unit: Unit) -> list[ItemCount]:
    """How each item of a unit went, over all notebooks that could be read."""
    rows = []
    for item in unit.items:
        judged = [one for record in records for one in record.items if one.name == item.name]
        right = sum(one.outcome == "right" for one in judged)
        rows.append(ItemCount(item.name, _(item.title), item.points, len(judged), right))
    return rows
