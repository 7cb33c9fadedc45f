"""What a notebook says after a restart, when a cell runs before the first one: one sentence instead of a traceback.

An IPython extension, loaded by the configuration that the package installs (`etc/ipython/ipython_kernel_config.py`).
It loads nothing else until a name is missing.
"""

from __future__ import annotations

from typing import Any

import gatedrnn_course
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["explanation", "load_ipython_extension"]

IMPORTED = ("np", "plt", "torch")
"""What the first cells import beside the names of the course."""


def load_ipython_extension(shell: Any) -> None:
    """Tell a missing name of the course in words; any other error is shown as ever."""

    def show(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: Any = None) -> None:
        told = explanation(getattr(error, "name", "") or "")
        if told is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        else:
            shell.showtraceback((type(told), told, trace))

    shell.set_custom_exc((NameError,), show)


def explanation(name: str) -> CourseError | None:
    """What to do about a name that is not defined; None for one that is nothing of the course's.

    Args:
        name: The name.
    """
    asked = _("The name `{name}`.").format(name=name)
    if name in gatedrnn_course.__all__ or name in IMPORTED:
        return CourseError(
            asked,
            _("It is not there: it comes with the first cell of the notebook."),
            do=_("Run the first cell (after every restart of the kernel), then this one again."),
        )
    if name and name in _graded():
        return CourseError(
            asked,
            _("It is not there yet: you define it in a cell of the exercise."),
            do=_("Run the cell that defines it, then this one again."),
        )
    return None


def _graded() -> set[str]:
    from gatedrnn_course.grading.units import UNITS, load

    return {item.name for number in UNITS for item in load(number).items}
