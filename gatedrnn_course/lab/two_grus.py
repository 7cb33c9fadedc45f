"""`explore_grus()`: both GRUs and both meanings of z, side by side on two units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, whole_step
from gatedrnn_course.cells.colours import STYLES
from gatedrnn_course.lab import passed
from gatedrnn_course.lab.widget import Explorer, Slider, steps
from gatedrnn_course.text import _

__all__ = ["explore_grus"]

Step = Callable[[Any, Any, Params], Any]
Numbers = dict[str, tuple[Any, Any]]
"""For each row of the picture the two units' numbers, with the reset before the product and after it."""

BEFORE, AFTER = "GRU", "GRU reset after"
FUNCTIONS = {BEFORE: "gru_step", AFTER: "gru_step_reset_after"}
H_PREV = np.array([0.8, -0.6])
U_H = np.array([[1.0, 1.5], [-1.5, 1.0]])
SHUT = 40.0
"""A sigmoid of 40 is 1, and of -40 is 0, to the last digit."""

LABEL, COLUMN, GAP, ROW, BAR, TOP, UNIT = 152, 176, 12, 38, 12, 48, 44
"""Width of the words at the left, of a form and between two; height of a row, a bar and the head; length of 1."""
INK = ("#000000", "#4D4D4D")


def explore_grus(before: Step | None = None, after: Step | None = None) -> Explorer:
    """Two units of a GRU in both forms, with sliders for the gates.

    Args:
        before: The learner's step with the reset before the product; the course's own where left out, or not right.
        after: The learner's step with the reset after it.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    own = {BEFORE: before, AFTER: after}
    used = {cell: step for cell, step in own.items() if step is not None and passed.holds(FUNCTIONS[cell], step)}
    forms = [used.get(cell) or _course(cell) for cell in (BEFORE, AFTER)]
    words = _("Computed with your functions: {names}.").format(names=", ".join(FUNCTIONS[cell] for cell in used))
    gate = steps(0, 1, 0.25)
    sliders = (
        Slider("r_1", _("r of unit 1"), gate, start=1.0),
        Slider("r_2", _("r of unit 2"), gate, start=0.0),
        Slider("z", _("z of both"), gate, start=0.75),
    )

    def view(r_1: float, r_2: float, z: float) -> tuple[str, str]:
        numbers = _numbers(forms, np.array([r_1, r_2]), z)
        return _draw(numbers), _words(numbers, z)

    return Explorer(_("Both GRUs on two units, and both meanings of z."), sliders, view, words if used else "")


def _course(cell: str) -> Step:
    function = whole_step(catalogue[cell]).function
    return lambda x, h_prev, p: function(x, h_prev, p)[0]


def _bias(gate: Any) -> Any:
    """What a gate's bias is, where nothing else is inside its sigmoid."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log(gate) - np.log1p(-np.asarray(gate)), -SHUT, SHUT)


def _numbers(forms: list[Step], r: Any, z: float) -> Numbers:
    zero = {name: np.zeros((2, 2)) for name in ("U_z", "U_r")} | {f"W_{k}": np.zeros((2, 1)) for k in "zrh"}

    def states(share: float) -> tuple[Any, Any]:
        """The new states where the old one has this share."""
        biases = {"b_z": np.full(2, _bias(share)), "b_r": _bias(r), "b_h": np.zeros(2), "b_u": np.zeros(2)}
        p = Params({**zero, **biases, "U_h": U_H})
        one, other = (np.asarray(form(np.zeros(1), H_PREV.copy(), p), dtype=float) for form in forms)
        return one, other

    return {
        "h_prev": (H_PREV, H_PREV),
        "r": (r, r),
        "into U_h": (r * H_PREV, H_PREV),
        "into tanh": (U_H @ (r * H_PREV), r * (U_H @ H_PREV)),
        "h_tilde": states(0.0),
        "h, z on the old": states(z),
        "h, z on the new": states(1 - z),
    }


def _words(numbers: Numbers, z: float) -> str:
    """The pictures in words."""

    def two(pair: Any) -> str:
        return ", ".join(f"{number + 0.0:.2f}" for number in np.round(pair, 2))

    (one, other), old, new = (numbers[name] for name in ("h_tilde", "h, z on the old", "h, z on the new"))
    far = float(np.abs(one - other).max())
    said = _(
        "r = ({r}), z = {z:.2f}. The candidate is ({one}) with the reset before the product and ({other}) after it: "
    )
    said = said.format(r=two(numbers["r"][0]), z=z, one=two(one), other=two(other))
    said += _("they differ by up to {far:.2f}.").format(far=far)
    states = _("With z on the old state h is ({a}) and ({b}), with z on the new one ({c}) and ({d}).")
    return f"{said} {states.format(a=two(old[0]), b=two(old[1]), c=two(new[0]), d=two(new[1]))}"


def _labels() -> Mapping[str, str]:
    return {
        "h_prev": _("old state h_prev"),
        "r": _("reset gate r"),
        "into U_h": _("what U_h is given"),
        "into tanh": _("what tanh is given"),
        "h_tilde": _("candidate h_tilde"),
        "h, z on the old": _("h: z on the old"),
        "h, z on the new": _("h: z on the new"),
    }


def _draw(numbers: Numbers) -> str:
    """Two columns of bars, a row for each quantity and a bar for each unit."""
    width, height = LABEL + 2 * COLUMN + GAP, TOP + ROW * len(numbers) + 4
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="13" fill="currentColor">'
    )
    return "\n".join((head, *_body(numbers, height), "</svg>"))


def _body(numbers: Numbers, height: int) -> Iterator[str]:
    heads = (_("reset before"), "U_h @ (r * h_prev)"), (_("reset after"), "r * (U_h @ h_prev)")
    for k, (words, term) in enumerate(heads):
        middle = LABEL + k * (COLUMN + GAP) + COLUMN // 2 - 14
        yield f'<text x="{middle}" y="16" text-anchor="middle" font-weight="600">{escape(words)}</text>'
        yield f'<text x="{middle}" y="34" text-anchor="middle">{escape(term)}</text>'
        yield f'<path d="M{middle} {TOP - 6}V{height}" stroke="currentColor" stroke-opacity=".4"/>'
    yield f'<text x="4" y="34">{escape(_("upper bar: unit 1"))}</text>'
    for row, (name, label) in enumerate(_labels().items()):
        y = TOP + ROW * row
        yield f'<text x="4" y="{y + 18}">{escape(label)}</text>'
        for k, pair in enumerate(numbers[name]):
            middle = LABEL + k * (COLUMN + GAP) + COLUMN // 2 - 14
            for unit, value in enumerate(pair):
                yield _bar(name, float(value), middle, y + (BAR + 4) * unit)


def _bar(name: str, value: float, middle: int, y: int) -> str:
    colour = STYLES[
        {"into U_h": "h", "into tanh": "h_tilde"}.get(name, name.partition(",")[0].removesuffix("_prev"))
    ].colour
    fill = "currentColor" if colour in INK else colour
    left = middle + UNIT * min(value, 0.0)
    return (
        f'<rect x="{left:.1f}" y="{y}" width="{UNIT * abs(value):.1f}" height="{BAR}" fill="{fill}"/>'
        f'<text x="{middle + COLUMN // 2 + 12}" y="{y + BAR - 1}" text-anchor="end">'
        f"{round(value, 2) + 0.0:.2f}</text>"
    )
