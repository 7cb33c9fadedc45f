"""What a cell shows while a model trains: a curve that grows, how far it is, and at the end the file to save."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from gatedrnn_course.grading.classroom.enclosed import link_to
from gatedrnn_course.lab.curves import draw_curves
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.plots import describe_plot
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _
from gatedrnn_course.training.history import History

__all__ = ["TrainView", "Updated", "seconds_in_words"]

EVERY = 0.5
"""Seconds between two pictures."""


@dataclass(frozen=True, repr=False)
class TrainView:
    """A picture of a run at one moment.

    Attributes:
        history: What was measured so far.
        chance: Loss of the best constant answer.
        said: How far the run is, a sentence.
        done: Share of the steps that are done, as a bar; None for no bar.
        file: Name and content of the file, once it is written.
    """

    history: History
    chance: float
    said: str
    done: float | None = None
    file: tuple[str, bytes] | None = None

    @property
    def picture(self) -> Picture:
        """The loss on fresh sequences over the steps, beside that of guessing."""
        steps = self.history.column("step") or [0]
        losses = self.history.column("validation") or [self.chance]
        curves = {
            _("loss on fresh sequences"): losses,
            _("always the same answer"): [self.chance] * len(steps),
        }
        words = _("steps of training"), _("loss")
        alt = describe_plot(curves, *words, at=steps)
        return Picture(draw_curves(curves, *words, at=steps, log=True, alt=alt), alt)

    def _repr_html_(self) -> str:
        bar = ""
        if self.done is not None:
            label = escape(_("steps done"))
            bar = f'<progress aria-label="{label}" style="width:30em;max-width:100%" max="1" value="{self.done:.3f}">'
            bar += "</progress>"
        link = ""
        if self.file is not None:
            name, content = self.file
            words = _("Save {file}: hand it in with the notebook, which holds it too.").format(file=name)
            link = f"<div>{link_to(name, content, escape(words))}</div>"
        return f"{self.picture._repr_html_()}<div>{bar}</div><div>{escape(self.said)}</div>{link}"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return self.said


class Updated:
    """A place in the notebook that shows the latest of several things; on a terminal only the last one is printed."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._shown = -1e9

    def show(self, make: Callable[[], Any], last: bool = False) -> None:
        """Show what `make` gives in place of what stood there, not more often than the eye can follow.

        Args:
            make: Makes the thing, if it is time for one.
            last: Whether it is the last one, which is always shown.
        """
        now = time.monotonic()
        if not last and now - self._shown < EVERY:
            return
        self._shown = now
        if not _in_notebook():
            if last:
                show(make())
        elif self._handle is None:
            from IPython.display import display

            self._handle = display(make(), display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(make())


def _in_notebook() -> bool:
    import sys

    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return get_ipython() is not None


def seconds_in_words(seconds: float) -> str:
    """A time that is left: "8 s", "3 min"."""
    if seconds < 90:
        return _("{seconds:.0f} s").format(seconds=seconds)
    return _("{minutes:.0f} min").format(minutes=seconds / 60)
