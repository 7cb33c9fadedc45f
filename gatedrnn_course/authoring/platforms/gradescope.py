"""A zip that Gradescope takes as an autograder. Not run on Gradescope itself; its scripts are run in the tests."""

from __future__ import annotations

from pathlib import Path

from gatedrnn_course.authoring.platforms.filled import filled
from gatedrnn_course.authoring.release import house
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import Unit
from gatedrnn_course.text import _

__all__ = ["autograder"]

SOURCE = "course"
ALSO = ("README.md", "etc")
"""What pip needs beside the library and its bootstrap."""


def autograder(unit: Unit, root: Path | None, package: str | None = None) -> dict[str, bytes]:
    """The files of an autograder for one unit, by name.

    Args:
        unit: The unit.
        root: The project's folder, whose library goes into the zip where no package is named.
        package: What pip installs in its place: a name, an address or a file.

    Raises:
        CourseError: If there is neither.
    """
    held: dict[str, bytes] = {}
    install = f'"{package}"'
    if package is None:
        held = {f"{SOURCE}/{name}": content for name, content in house(root, ALSO).items()} if root else {}
        if not held:
            raise CourseError(
                _("The autograder of unit {number} for Gradescope.").format(number=unit.number),
                _("There is no library to put into it here."),
                do=_("Say with --package what pip should install instead."),
            )
        install = f'-c "$base/source/{SOURCE}/constraints.txt" "$base/source/{SOURCE}"'
    values = {"UNIT": unit.number, "INSTALL": install}
    return {name: filled(name, values) for name in ("setup.sh", "run_autograder")} | held
