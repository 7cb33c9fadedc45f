"""What a unit needs besides notebooks that are what their sources say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gatedrnn_course.authoring.places import SourceFile
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["lacks"]


def lacks(root: Path, sources: Sequence[SourceFile]) -> Iterator[str]:
    """What the units of these sources lack: a source, the proof of their judges, a row in README.

    Args:
        root: The project's folder.
        sources: The sources.

    Yields:
        Sentences that say what to do.
    """
    kinds: dict[str, set[str]] = {}
    for source in sources:
        kinds.setdefault(source.unit.number, set()).update(source.kinds)
    for unit in {source.unit.number: source.unit for source in sources}.values():
        for kind, folder in (("lesson", "lessons"), ("exercise", "assignments")):
            if kind not in kinds[unit.number]:
                yield _("{file}: The unit has no such source.").format(file=f"course/{folder}/{unit.stem}.py")
        yield from _unproved(root, unit)
        yield from _unlisted(root, unit)


def _unproved(root: Path, unit: Unit) -> Iterator[str]:
    """The page is proved anew by a test; here its functions and points are compared, which takes no time."""
    file = f"docs/kill_matrix_{unit.number}.md"
    page = (root / file).read_text("utf-8") if (root / file).is_file() else ""
    listed = re.findall(r"^\| `(\w+)` \| (\d+) \|", page, re.MULTILINE)
    if listed != [(item.name, str(item.points)) for item in unit.items]:
        came = _("It lists other functions or points than the unit.") if page else _("The file is missing.")
        command = f"gatedrnn prove {unit.number} --page {file}"
        yield _("{file}: {came} Write it: {command}").format(file=file, came=came, command=command)


def _unlisted(root: Path, unit: Unit) -> Iterator[str]:
    readme = root / "README.md"
    rows = re.findall(r"^\|.*\|$", readme.read_text("utf-8") if readme.is_file() else "", re.MULTILINE)
    if not any(re.match(rf"\| {unit.number}\b", row) and "planned" not in row for row in rows):
        yield _("README.md: The table of units has no row of its own for unit {number}.").format(number=unit.number)
    elif any(re.search(rf"[|,] {unit.number} ", row) and "planned" in row for row in rows):
        yield _("README.md: The table of units calls unit {number} planned.").format(number=unit.number)
