"""The widget: controls, a picture and a read-out, all positions computed when it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import traitlets

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.widget.alive import Alive, module, script
from gatedrnn_course.lab.widget.controls import Choice, Control
from gatedrnn_course.lab.widget.pack import pack, unpack
from gatedrnn_course.text import _

__all__ = ["MOST", "Explorer", "View"]

MOST = 600
"""Positions of a widget: each is computed when it is made, and stored."""
INK = "#222"

View = Callable[..., tuple[str, str]]


class Explorer(Alive):
    """Something to move by hand.

    Args:
        title: What it is, one sentence.
        controls: Its sliders and choices, in the order they stand on the page.
        view: A function of the controls' values, by their names. It returns an SVG, whose ink is `currentColor`, and
            what it shows in words.
        whose: Whose functions computed the numbers.

    Raises:
        CourseError: If there are too many positions.
    """

    _source = script(Path(__file__).parent / "explorer.js")
    _esm = module(_source)
    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    at: traitlets.List[Any] = traitlets.List().tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    sentences = traitlets.Dict().tag(sync=True)
    whose = traitlets.Unicode().tag(sync=True)

    def __init__(self, title: str, controls: Sequence[Control], view: View, whose: str = "") -> None:
        count = prod(len(control.values) for control in controls)
        if count > MOST:
            raise CourseError(
                _("A widget: {title}").format(title=title),
                _("Its controls have {count} positions together.").format(count=count),
                _("At most {most}, because each is computed and stored.").format(most=MOST),
                _("Give the sliders fewer stops."),
            )
        names = [control.name for control in controls]
        positions = product(*(control.values for control in controls))
        views = [view(**dict(zip(names, position, strict=True))) for position in positions]
        super().__init__(
            controls=[
                {"name": one.name, "label": one.label, "shown": list(one.shown), "words": isinstance(one, Choice)}
                for one in controls
            ],
            at=[control.first for control in controls],
            pictures=pack([picture for picture, _words in views]),
            sentences=pack([words for _picture, words in views]),
            whose=whose,
        )
        self.title, self._controls = title, tuple(controls)
        self._start = self.read_out()

    @property
    def position(self) -> dict[str, Any]:
        """The value of each control by its name."""
        places = zip(self._controls, self.at, strict=True)
        return {control.name: control.values[place] for control, place in places}

    def move(self, **values: Any) -> None:
        """Move controls; a slider goes to the stop that is nearest.

        Args:
            **values: Values by the controls' names.
        """
        places = zip(self._controls, self.at, strict=True)
        self.at = [one.place(values[one.name]) if one.name in values else at for one, at in places]

    def read_out(self) -> str:
        """What is shown, in words."""
        return unpack(self.sentences)(self._place())

    def picture(self) -> Picture:
        """What is shown, dark ink on white paper, for readers who cannot move it."""
        words = self.read_out()
        return Picture(_on_paper(unpack(self.pictures)(self._place()), words), words)

    def pictures_now(self) -> tuple[Picture, ...]:
        """The picture, called by its title, since the words stand below it."""
        return (Picture(self.picture().drawing, self.title),)

    def said(self) -> str:
        """The read-out, and whose functions computed it."""
        return " ".join(filter(None, (self.read_out(), self.whose)))

    def __repr__(self) -> str:
        return f"{self.title} {self._start}"

    def _place(self) -> int:
        """The number of the position among all positions; the last control counts fastest."""
        place = 0
        for control, at in zip(self._controls, self.at, strict=True):
            place = place * len(control.values) + at
        return place


def _on_paper(svg: str, words: str) -> str:
    """An SVG with its words, dark ink and white paper."""
    head = f'<svg role="img" aria-label="{escape(words)}" style="color:{INK};background:#fff"'
    return re.sub(
        r"^<svg([^>]*>)", lambda found: f'{head}{found[1]}<rect width="100%" height="100%" fill="#fff"/>', svg
    )
