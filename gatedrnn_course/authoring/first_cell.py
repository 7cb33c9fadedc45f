"""What the first code cell of every notebook begins with: the course, fetched where it is missing, then `setup()`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gatedrnn_course.authoring.places import find_root
from gatedrnn_course.authoring.source import SourceCell
from gatedrnn_course.text import _

__all__ = ["MARK", "first_cell", "refuse_other_start"]

MARK = "# << first_cell >>"
"""The line of a source in whose place it is put."""


@cache
def first_cell() -> str:
    """The lines: nothing is fetched where the course is installed, and elsewhere it comes from its repository.

    It comes with what the lessons use, and without JupyterLab, for a notebook that runs has one around it. What is
    there and new enough stays as it is: pip fetches no other torch than Colab's.
    """
    project = tomllib.loads((find_root(Path(__file__).parent) / "pyproject.toml").read_text("utf-8"))["project"]
    return "\n".join(
        (
            "try:",
            "    from gatedrnn_course import setup",
            "except ModuleNotFoundError:  # on Colab, say: fetch the course",
            f'    source = "git+{project["urls"]["Repository"]}"',
            f'    %pip install --quiet "{project["name"]}[lessons] @ {{source}}"',
            "    from gatedrnn_course import setup",
            "setup()",
        )
    )


def refuse_other_start(cells: Iterable[SourceCell]) -> None:
    """See that the first code cell begins as it does in every notebook.

    Args:
        cells: The cells of a source.

    Raises:
        CourseError: If it does not.
    """
    first = next((cell for cell in cells if cell.kind == "code"), None)
    if first is not None and not first.text.startswith(MARK):
        words = _("The first code cell makes no start that works everywhere.")
        raise first.fault(words, do=_("Let it begin with the line `{mark}`.").format(mark=MARK))
