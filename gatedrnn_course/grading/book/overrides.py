"""Records as the instructor has them: where points were given by hand, these count, and every report says so."""

from __future__ import annotations

from collections.abc import Sequence

from gatedrnn_course.grading.classroom.record import ItemRecord, Record
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _, n_

from .gradebook import Override

__all__ = ["with_overrides"]


def with_overrides(records: Sequence[Record], unit: Unit, overrides: Sequence[Override]) -> tuple[Record, ...]:
    """The records with overruled points. A record that could not be graded stays so.

    Args:
        records: The records, as judged.
        unit: Their unit.
        overrides: The overrides that stand.
    """
    told = {(one.student, one.item): one for one in overrides if one.unit == unit.number}
    return tuple(_with(record, unit, told) for record in records)


def _with(record: Record, unit: Unit, told: dict[tuple[str, str], Override]) -> Record:
    mine = {item.name: told[record.student, item.name] for item in unit.items if (record.student, item.name) in told}
    if not mine or record.status == "not graded":
        return record
    judged = {item.name: item for item in record.items}
    for item in unit.items if not judged else ():
        judged[item.name] = ItemRecord(
            name=item.name, outcome="missing", points=0, out_of=item.points, sentence=_("It could not be judged.")
        )
    items = tuple(_overruled(item, mine[name]) if name in mine else item for name, item in judged.items())
    points = record.points + sum(one.points - judged[name].points for name, one in mine.items() if name in judged)
    after = record.points_after
    if after is not None:
        after += (points - record.points) * (after / record.points if record.points else 1)
    return record.model_copy(update={"items": items, "points": points, "points_after": after})


def _overruled(item: ItemRecord, override: Override) -> ItemRecord:
    words = n_(
        "Set to {points} point by the instructor (the judge gave {judged}): {reason}",
        "Set to {points} points by the instructor (the judge gave {judged}): {reason}",
        override.points,
    )
    sentence = words.format(points=override.points, judged=item.points, reason=override.reason)
    return item.model_copy(update={"points": override.points, "overridden": sentence})
