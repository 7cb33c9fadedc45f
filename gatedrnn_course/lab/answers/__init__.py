"""The answers to the lessons' predictions, kept here so that no notebook holds one that can be read by accident.

The files beside this one are built from the lessons' sources, one a unit.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _, language

__all__ = ["Answer", "kept_answer"]

_HERE = Path(__file__).parent
_SOURCES = "en"


class Answer(NamedTuple):
    """The answer to a prediction.

    Attributes:
        answer: Word for word one of the choices.
        because: Why.
    """

    answer: str
    because: str = ""


def kept_answer(name: str) -> Answer:
    """The answer to a prediction of a lesson.

    Args:
        name: The name of the question.

    Returns:
        The answer, in the course's language where the lesson was translated.

    Raises:
        CourseError: If no lesson asks a question of that name.
    """
    for code in (language(), _SOURCES):
        if name in (answers := _answers(code)):
            return answers[name]
    raise CourseError(
        _("The answer to the prediction {name}.").format(name=name),
        _("No lesson asks a question of that name."),
        do=_("Write `reveal(name, answer, because)` for a question of your own."),
    )


@lru_cache(maxsize=4)
def _answers(code: str) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for path in sorted((_HERE / code).glob("*.json")):
        kept = json.loads(path.read_text("utf-8"))
        found |= {name: Answer(*answer) for name, answer in kept.items()}
    return found
