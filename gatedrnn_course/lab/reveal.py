"""The answer to a prediction with its evidence: open for who has chosen, folded for who has not."""

from __future__ import annotations

import sys
from base64 import b64decode
from collections.abc import Mapping
from html import escape
from types import TracebackType
from typing import Any

from gatedrnn_course.lab.answers import Answer
from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.picture import image
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["Reveal"]


class Reveal:
    """What answers a prediction.

    As a `with` block it holds back what the block shows until there is a choice. Where nobody can choose, it stores
    that folded, and in the plain form of the output not at all.

    Args:
        known: The answer.
        question: The question; empty if it was not asked.
        choice: What the learner chose, or an empty string.
        waiting: Whether somebody sees the question and has not chosen.
    """

    def __init__(self, known: Answer, question: str = "", choice: str = "", waiting: bool = False) -> None:
        self.known, self.question, self.choice, self.waiting = known, question, choice, waiting
        self.evidence = ""
        self._capture: Any = None
        self._captured: Any = None

    def __enter__(self) -> None:
        if _in_notebook() and not self.choice:
            from IPython.utils.capture import capture_output

            self._capture = capture_output()
            self._captured = self._capture.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._capture is not None:
            self._capture.__exit__(kind, error, at)
            self.evidence = _as_html(self._captured)
        if kind is None:
            show(self)

    def panel(self) -> Panel:
        """The answer beside the choice, or the request to choose."""
        if self.waiting:
            above = _("Choose an answer to the question above, then run this cell again.")
            return Panel("note", _("Choose first"), (self.question, above))
        if not self.choice:
            yours = _("You made no prediction.")
        elif self.choice == self.known.answer:
            yours = _("You predicted the same.")
        else:
            yours = _("You predicted: {choice}").format(choice=self.choice)
        title = _("Answer: {answer}").format(answer=self.known.answer)
        return Panel("note", title, tuple(filter(None, (yours, self.known.because))))

    @property
    def folded(self) -> bool:
        """Whether the answer is to be opened with a click."""
        return not self.waiting and not self.choice

    def _repr_html_(self) -> str:
        panel = self.panel()._repr_html_()
        if not self.folded:
            return panel
        words = escape(_("Show what happens, and the answer"))
        return f"<details><summary>{words}</summary>{self.evidence}{panel}</details>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        plain = _("The answer is folded away. Choose above and run this cell again, or open it on the page.")
        return {"text/html": self._repr_html_(), "text/plain": plain if self.folded else repr(self)}

    def __repr__(self) -> str:
        return repr(self.panel())


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return get_ipython() is not None


def _as_html(captured: Any) -> str:
    """What a block showed, in one piece of HTML: pictures first, then what it printed."""
    parts = [_rich(output.data) for output in captured.outputs]
    parts += [f"<pre>{escape(text.rstrip())}</pre>" for text in (captured.stdout, captured.stderr) if text.strip()]
    return "".join(parts)


def _rich(data: Mapping[str, Any]) -> str:
    if "text/html" in data:
        return str(data["text/html"])
    words = str(data.get("text/plain", ""))
    if "image/png" in data:
        return image(b64decode(data["image/png"]), words)
    return f"<pre>{escape(words)}</pre>"
