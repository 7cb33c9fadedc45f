"""A prediction asked before the answer is shown. It is kept beside the answer and never graded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["Prediction", "predict", "reveal"]

_HERE = Path(__file__).parent
_asked: dict[str, Prediction] = {}


class Prediction(anywidget.AnyWidget):
    """A question with a group of radio buttons.

    Attributes:
        question: The question.
        choices: What can be chosen.
        choice: What was chosen, or an empty string.
        seen: Whether a browser has shown the question.
    """

    _esm = (_HERE / "predict.js").read_text("utf-8")
    _css = (_HERE / "widgets.css").read_text("utf-8")
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Unicode().tag(sync=True)
    seen = traitlets.Bool(False).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return _("Predict: {question} ({choices})").format(question=self.question, choices=" / ".join(self.choices))


def predict(name: str, question: str, choices: Sequence[str]) -> Prediction:
    """Ask for a prediction. Write `reveal` with the same name in a cell below.

    Args:
        name: A name of its own for this question in the notebook.
        question: The question.
        choices: Two or more answers.

    Returns:
        The question; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If there are fewer than two choices, or two alike.
    """
    if len(set(choices)) < 2 or len(set(choices)) < len(choices):
        raise CourseError(
            _("The prediction {name}.").format(name=name),
            _("Its choices are: {choices}.").format(choices=" / ".join(choices)),
            _("A prediction has at least two choices, all different."),
        )
    words = {"noted": _("Noted: {choice}. Now run the next cell.")}
    before = _asked.get(name)
    kept = before.choice if before is not None and before.choice in choices else ""
    _asked[name] = Prediction(question=question, choices=list(choices), choice=kept, words=words)
    return _asked[name]


def reveal(name: str, answer: str, because: str = "") -> None:
    """Show the answer to a prediction beside what the learner chose.

    While a browser shows the question and nothing is chosen, it asks to choose first. Where nobody looks, as in a
    notebook run from start to end, it shows the answer folded away, to be opened with a click.

    Args:
        name: The name given to `predict`.
        answer: The answer, word for word one of the choices.
        because: Why.

    Raises:
        CourseError: If the answer is none of the choices.
    """
    asked: Any = _asked.get(name)
    if asked is not None and answer not in asked.choices:
        raise CourseError(
            _("The answer to the prediction {name}.").format(name=name),
            _("It is: {answer}").format(answer=answer),
            _("The choices are: {choices}.").format(choices=" / ".join(asked.choices)),
        )
    if asked is not None and asked.seen and not asked.choice:
        above = _("Choose an answer to the question above, then run this cell again.")
        show(Panel("note", _("Choose first"), (asked.question, above)))
        return
    chosen = asked.choice if asked is not None else ""
    if not chosen:
        yours = _("You made no prediction.")
    elif chosen == answer:
        yours = _("You predicted the same.")
    else:
        yours = _("You predicted: {choice}").format(choice=chosen)
    folded = "" if chosen else _("Show the answer")
    show(Panel("note", _("Answer: {answer}").format(answer=answer), tuple(filter(None, (yours, because))), folded))
