"""Who handed in what, in the short form that most tests ask for."""

from __future__ import annotations

from pathlib import Path

from gatedrnn_course.grading.classroom.layouts import hand_ins

SCRATCH = ".unpacked"


def find_submissions(folder: Path) -> list[tuple[str, list[Path]]]:
    """Each student's name and paths."""
    return [(one.student, list(one.paths)) for one in hand_ins(folder, folder / SCRATCH).students]


def left_out(folder: Path) -> list[str]:
    """Names of files that are nobody's."""
    return list(hand_ins(folder, folder / SCRATCH).left_out)
