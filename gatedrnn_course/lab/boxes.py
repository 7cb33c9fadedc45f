"""`show_boxes(...)`: for each task a box for every variant, as in figure 3 of the Search Space Odyssey."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from gatedrnn_course.lab.curves import COLOURS
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.studies.odyssey.paper import BEST_TENTH, Printed
from gatedrnn_course.studies.statistics import best_share, box
from gatedrnn_course.text import _

__all__ = ["Group", "best_tenths", "draw_boxes", "show_boxes", "show_figure3"]

LEFT, RIGHT, BETWEEN, ROW, TOP = 52, 612, 22, 24, 34
INK, SAME, DIFFERS = "#222", "#4D4D4D", COLOURS[0]
PAD = 0.06


@dataclass(frozen=True)
class Group:
    """Trials of one variant on one task.

    Attributes:
        mean: Their mean; None for what lies off the scale, here and below.
        median: Their median.
        low: Their first quartile.
        high: Their third quartile.
        least: The lowest.
        most: The highest.
        different: Whether they differ significantly from those of V.
    """

    mean: float | None
    median: float | None
    low: float | None
    high: float | None
    least: float
    most: float | None
    different: bool = False


Panels = Mapping[str, Mapping[str, Group]]


def show_figure3(named: bool = True) -> None:
    """The paper's figure: the best tenth of 200 trials for nine variants on three tasks.

    Args:
        named: Whether the variants have their names; letters from A to I where not.
    """
    words = {
        "speech": _("speech, % of frames wrong"),
        "handwriting": _("writing, % of letters wrong"),
        "music": _("music, nats a step"),
    }
    letters = dict(zip(BEST_TENTH["speech"], "ABCDEFGHI", strict=True))
    show_boxes(
        {
            words[task]: {name if named else letters[name]: _group(one) for name, one in rows.items()}
            for task, rows in BEST_TENTH.items()
        }
    )


def show_boxes(panels: Panels) -> None:
    """Draw boxes: half of the trials lie in a box, all on its line, the dot is their mean.

    Args:
        panels: For each task the groups by their names.
    """
    words = _in_words(panels)
    show(Picture(draw_boxes(panels, words), words))


def best_tenths(
    validation: Mapping[str, ArrayLike], test: Mapping[str, ArrayLike], differs: Sequence[str] = ()
) -> dict[str, Group]:
    """The test losses of the best tenth by validation as boxes.

    Args:
        validation: Losses of each variant's trials on the validation part.
        test: Their losses on the test part.
        differs: Names of the variants that differ significantly.
    """
    found = {}
    for name, losses in validation.items():
        best = np.asarray(test[name])[best_share(losses)]
        found[name] = Group(float(best.mean()), **vars(box(best)), different=name in differs)
    return found


def _group(one: Printed) -> Group:
    """A box of the paper."""
    return Group(one.mean, one.median, one.low, one.high, one.least, one.most, one.different)


def draw_boxes(panels: Panels, alt: str = "") -> str:
    """The picture behind `show_boxes`.

    Args:
        panels: For each task the groups by their names.
        alt: The picture in words.

    Returns:
        An SVG in dark ink on white paper.
    """
    names = list(next(iter(panels.values())))
    wide, each = RIGHT + BETWEEN, (RIGHT - LEFT + BETWEEN) / len(panels)
    tall = TOP + len(names) * ROW + 46
    body = [f'<rect width="{wide}" height="{tall}" fill="#fff"/>']
    body += [_text(LEFT - 8, TOP + ROW * (k + 0.5) + 4, name, "end") for k, name in enumerate(names)]
    for k, (title, groups) in enumerate(panels.items()):
        body += _panel(title, groups, LEFT + k * each, each - BETWEEN, TOP + len(names) * ROW)
    told = _("The dot is the mean: blue and full where significantly different from V. Arrow: off the scale.")
    body.append(_text(LEFT, tall - 8, told))
    label = f'aria-label="{escape(alt)}" ' if alt else ""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" '
            f'role="img" {label}font-family="sans-serif" font-size="12" style="color:{INK};background:#fff">',
            *body,
            "</svg>",
        )
    )


def _panel(title: str, groups: Mapping[str, Group], left: float, wide: float, floor: float) -> list[str]:
    """One task: its axis, and a box a row."""
    numbers = [v for one in groups.values() for v in (one.least, one.low, one.high, one.most)]
    known = [value for value in numbers if value is not None]
    pad = PAD * (max(known) - min(known) or 1.0)
    low, high = min(known) - pad, max(known) + pad

    def at(value: float) -> float:
        return left + wide * (value - low) / (high - low)

    body = [
        _text(left + wide / 2, TOP - 14, title, "middle"),
        f'<path d="M{left:g} {TOP}h{wide:g}V{floor:g}H{left:g}z" fill="none" stroke="{INK}" stroke-opacity=".4"/>',
    ]
    for tick in _ticks(low, high):
        body.append(f'<path d="M{at(tick):.1f} {TOP}V{floor:g}" stroke="{INK}" stroke-opacity=".15"/>')
        body.append(_text(at(tick), floor + 15, f"{tick:g}", "middle"))
    for k, one in enumerate(groups.values()):
        body += _box(one, at, TOP + ROW * (k + 0.5), left + wide)
    return body


def _box(one: Group, at: Callable[[float], float], y: float, end: float) -> list[str]:
    """One group; what is off the scale ends in an arrow."""
    colour = DIFFERS if one.different else SAME
    far = end - 4 if one.most is None else at(one.most)
    parts = [f'<path d="M{at(one.least):.1f} {y:g}H{far:.1f}"/>']
    if one.most is None:
        parts.append(f'<path d="M{end - 9:g} {y - 4:g}l6 4l-6 4"/>')
    if one.low is not None and one.high is not None and one.median is not None:
        around = f"M{at(one.low):.1f} {y - 7:g}H{at(one.high):.1f}v14H{at(one.low):.1f}z"
        parts.append(f'<path d="{around}M{at(one.median):.1f} {y - 7:g}v14"/>')
    if one.mean is not None:
        fill = f' fill="{colour}"' if one.different else ""
        parts.append(f'<circle cx="{at(one.mean):.1f}" cy="{y:g}" r="3"{fill}/>')
    return [f'<g fill="#fff" stroke="{colour}" stroke-width="1.5">{"".join(parts)}</g>']


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers, about four."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(k * step, 9) for k in range(first, last + 1)]


def _in_words(panels: Panels) -> str:
    """Means by task, and which of them differ."""
    said = []
    for title, groups in panels.items():
        means = ", ".join(f"{name} {_mean(one)}{'*' if one.different else ''}" for name, one in groups.items())
        said.append(f"{title}: {means}.")
    return " ".join((_("Mean of the best tenth of the trials; * is significantly different from V."), *said))


def _mean(one: Group) -> str:
    return _("off the scale") if one.mean is None else f"{one.mean:.3g}"


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{INK}"{side}>{escape(words)}</text>'
