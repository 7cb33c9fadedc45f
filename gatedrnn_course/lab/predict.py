"""A prediction asked before the answer is shown. It is kept beside the answer and never graded."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.answers import Answer, kept_answer
from gatedrnn_course.lab.reveal import Reveal
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

    def _repr_html_(self) -> str:
        """The question for readers who cannot choose: a forge, an exported page, a notebook not yet run."""
        choices = "".join(f"<li>{escape(choice)}</li>" for choice in self.choices)
        return f"<p><strong>{escape(self.question)}</strong></p><ul>{choices}</ul>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None:
            bundle[0]["text/html"] = self._repr_html_()
        return bundle


def predict(name: str, question: str, choices: Sequence[str]) -> Prediction:
    """Ask for a prediction. Write `reveal` with the same name in a cell below.

    Args:
        name: A name of its own for this question in the course.
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


def reveal(name: str, answer: str = "", because: str = "") -> Reveal:
    """Show what answers a prediction, and the answer beside what the learner chose.

        with reveal("keep"):
            plot(...)  # the evidence

    While a browser shows the question and nothing is chosen, it asks to choose first and shows no evidence. Where
    nobody looks, as in a notebook run from start to end, evidence and answer stand folded, to be opened with a click.

    Args:
        name: The name given to `predict`.
        answer: The answer, word for word one of the choices; a lesson's own is known by the name.
        because: Why.

    Returns:
        What shows itself at the end of the `with` block or, without one, on the last line of a cell.

    Raises:
        CourseError: If the answer is none of the choices, or is left out for a question that no lesson asks.
    """
    asked: Any = _asked.get(name)
    known = Answer(answer, because) if answer else kept_answer(name)
    if asked is None:
        return Reveal(known)
    if known.answer not in asked.choices:
        raise CourseError(
            _("The answer to the prediction {name}.").format(name=name),
            _("It is: {answer}").format(answer=known.answer),
            _("The choices are: {choices}.").format(choices=" / ".join(asked.choices)),
        )
    return Reveal(known, asked.question, asked.choice, waiting=asked.seen and not asked.choice)
