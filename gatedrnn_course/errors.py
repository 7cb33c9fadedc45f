"""One tree of errors, each telling a reader what to do next."""

from __future__ import annotations

__all__ = ["CellError", "CourseError"]


class CourseError(Exception):
    """Something a person can mend, told in four parts.

    Args:
        asked: What was asked for, as the person wrote it where possible.
        came: What came instead, or what is wrong with it.
        expected: What would have been right.
        do: What to do next.
    """

    def __init__(self, asked: str, came: str = "", expected: str = "", do: str = "") -> None:
        self.asked, self.came, self.expected, self.do = asked, came, expected, do
        super().__init__("\n".join(part for part in (asked, came, expected, do) if part))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [str(self)]


class CellError(CourseError):
    """A text that is not a cell; the message quotes the line."""
