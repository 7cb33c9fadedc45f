"""What the tasks on collected data share: the real sequences, or a small generated set in their place."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence as Many
from functools import cache
from typing import get_args

from gatedrnn_course.tasks.batch import Sequence
from gatedrnn_course.tasks.contract import Split, one_of
from gatedrnn_course.tasks.corpus import Corpus
from gatedrnn_course.tasks.files import MissingData, StandIn
from gatedrnn_course.text import _

__all__ = ["Parts", "Recorded"]

Parts = Mapping[Split, Many[Sequence]]


class Recorded(Corpus):
    """A corpus read from files. `stand_in` says whether a generated set may take its place."""

    stand_in: StandIn

    @abstractmethod
    def load(self) -> Parts:
        """The real sequences; raises `MissingData` when the files cannot be had."""

    @abstractmethod
    def generate(self) -> Parts:
        """A small set of the same shapes, always the same."""

    @property
    def is_stand_in(self) -> bool:
        """Whether the sequences are generated: say so beside every number they lead to."""
        return _parts(self)[1]

    def sequences(self, split: Split) -> Many[Sequence]:
        """All sequences of one part, in the files' order."""
        return _parts(self)[0][split]


@cache
def _parts(task: Recorded) -> tuple[Parts, bool]:
    """The sequences, and whether they are a stand-in."""
    one_of("stand_in", task.stand_in, get_args(StandIn))
    if task.stand_in == "always":
        return task.generate(), True
    try:
        return task.load(), False
    except MissingData as missing:
        if task.stand_in == "never":
            raise
        print(missing.asked, missing.came, _("A small generated set takes its place."))
        return task.generate(), True
