"""A unit's assignment: its items, their points and hints."""

from __future__ import annotations

from dataclasses import dataclass

from gatedrnn_course.grading.items import Item
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _

__all__ = ["Unit"]


@dataclass(frozen=True)
class Unit:
    """The graded items of one assignment, worth 100 points together.

    Attributes:
        number: Two digits, `"03"`.
        name: Name in file names, `"gates"`.
        title: Title in words.
        items: The items, in the order they are built.
    """

    number: str
    name: str
    title: str
    items: tuple[Item, ...]

    @property
    def stem(self) -> str:
        """The file name of lesson and assignment without its ending, `"03_gates"`."""
        return f"{self.number}_{self.name}"

    @property
    def points(self) -> int:
        """All points together."""
        return sum(item.points for item in self.items)

    @property
    def asked_for(self) -> tuple[list[str], list[str]]:
        """Names of the functions and of the files that are handed in."""
        return [item.name for item in self.items], [item.file for item in self.items if item.file]

    def item(self, name: str) -> Item:
        """The item of that name.

        Raises:
            CourseError: If the unit has no such item.
        """
        for item in self.items:
            if item.name == name:
                return item
        asked = _("The graded function `{name}` of unit {number}.").format(name=name, number=self.number)
        raise missing(asked, name, (item.name for item in self.items))
