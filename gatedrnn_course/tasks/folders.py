"""What the loaders of licensed data share: a corpus in a folder that the reader owns."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence as Many
from functools import cache
from pathlib import Path

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks.batch import Sequence
from gatedrnn_course.tasks.contract import Split
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.tasks.real import Parts
from gatedrnn_course.text import _

__all__ = ["Licensed", "absent"]


class Licensed(Corpus):
    """A corpus that cannot be downloaded freely: whoever holds a licence names the folder."""

    folder: Path

    @abstractmethod
    def load(self) -> Parts:
        """The sequences in the folder."""

    def sequences(self, split: Split) -> Many[Sequence]:
        """All sequences of one part, in order of name."""
        return _parts(self)[split]


@cache
def _parts(task: Licensed) -> Parts:
    return task.load()


def absent(what: str, folder: Path, layout: str) -> CourseError:
    """The error for a folder that lacks something: what is missed there, and the layout that was expected."""
    return CourseError(
        _("Reading {what} in {folder}.").format(what=what, folder=folder),
        _("Nothing of the kind is there."),
        _("The folder should look like this: {layout}.").format(layout=layout),
        _("Name the folder that holds the corpus as it was delivered."),
    )
