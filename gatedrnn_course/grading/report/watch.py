"""What an instructor should look at: the slowest submissions, and answers that were refused or had to be ended."""

from __future__ import annotations

from collections.abc import Sequence

from gatedrnn_course.grading.classroom.record import ItemRecord, Record

__all__ = ["slowest", "watched"]

SLOWEST = 5
OUTCOMES = ("refused", "died", "timeout")


def slowest(records: Sequence[Record]) -> list[Record]:
    """The submissions that took longest, if they took much longer than the one in the middle."""
    timed = sorted((record for record in records if record.items), key=lambda record: -record.seconds)
    if not timed:
        return []
    usual = timed[len(timed) // 2].seconds
    return [record for record in timed[:SLOWEST] if record.seconds > 2 * usual and record.seconds > 1]


def watched(records: Sequence[Record]) -> list[tuple[Record, ItemRecord]]:
    """Answers that use what is forbidden, end the process or never end, by student."""
    return [(record, item) for record in records for item in record.items if item.outcome in OUTCOMES]
