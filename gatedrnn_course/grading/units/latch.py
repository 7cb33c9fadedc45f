"""The latch of unit 03: parameters that make an LSTM hold one bit, judged by letting it hold bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatedrnn_course.cells import Cell, Params, Slice, catalogue
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.exchange.values import Argument, Array, Value
from gatedrnn_course.grading.items import Ask, Draw, Explanation, FunctionItem, Mistake, Observation
from gatedrnn_course.lookup import missing
from gatedrnn_course.text import _, mark

__all__ = ["KEPT", "LatchItem", "latch_parameters", "latch_sequences"]

SIZES = {"D": 2, "H": 1}
KEPT = 40
"""How many steps the bit is kept, with a distractor at each."""
SHOWN = 0.5
"""How large h must be, with the sign of the bit."""
BATCH = 8

_LEAKS = mark("Between the writes the forget gate lets go of the bit.")
_OPEN = mark("The input gate is open while nothing is to be written: the distractors get in.")
_SHUT = mark("The input gate is shut when the write signal comes: the bit does not get in.")
_SIGN = mark("The candidate does not carry the sign of the bit.")
_OLD = mark("At a second write the old bit stays beside the new one.")
_HIDDEN = mark("The cell holds the bit and does not show it.")


def latch_sequences(rng: np.random.Generator) -> tuple[Array, Array]:
    """Sequences in which a bit is written, then kept while distractors come.

    Feature 0 is a bit, -1 or 1, at every step; feature 1 is 1 where it is to be written and 0 elsewhere. The first step
    writes; in half of the sequences a later one writes again.

    Args:
        rng: Source of randomness.

    Returns:
        The inputs (T, B, 2), and the bit to be shown at the end (B,).
    """
    second = int(rng.integers(5, 13))
    bits = rng.choice([-1.0, 1.0], (second + 1 + KEPT, BATCH))
    writes = np.zeros_like(bits)
    writes[0], writes[second, ::2] = 1.0, 1.0
    bits[second, ::4] = -bits[0, ::4]  # the second bit is another one in some
    wanted = np.where(writes[second] == 1.0, bits[second], bits[0])
    return np.stack([bits, writes], axis=-1), wanted


def latch_parameters(given: Mapping[str, Any], cell: Cell | None = None) -> Params:
    """All parameters of a cell with D = 2 and H = 1 from those that are not 0.

    Args:
        given: Numbers by name; a matrix as a list of its numbers.
        cell: The cell; the LSTM where left out.

    Raises:
        CourseError: If a name is none of the cell's, or holds another count of numbers.
    """
    cell = cell or catalogue["LSTM"]
    shapes = {name: tuple(SIZES[letter] for letter in cell.shape(name)) for name in cell.parameters}
    found = {name: np.zeros(shape) for name, shape in shapes.items()}
    for name, numbers in given.items():
        asked = _("The parameters that `latch` hands back.")
        if name not in shapes:
            raise missing(asked, name, shapes)
        try:
            array = np.asarray(numbers, dtype=float)
        except (TypeError, ValueError):
            raise CourseError(asked, _("`{name}` holds something that is no number.").format(name=name)) from None
        if array.size != found[name].size:
            came = _("`{name}` holds {came} numbers, expected are {size}.")
            raise CourseError(asked, came.format(name=name, came=array.size, size=found[name].size))
        found[name] = array.reshape(shapes[name])
    return Params(found)


@dataclass(frozen=True)
class LatchItem(FunctionItem):
    """A function that hands back parameters; the judge lets the cell run with them.

    Attributes:
        cell: The cell.
    """

    cell: Cell = field(kw_only=True)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The bits read off h at the end."""
        return ("bits",)

    def right(self, draw: Draw) -> Value:
        """The bits that were written."""
        return draw.hidden[1]  # type: ignore[return-value]

    def read(self, value: Value, draw: Draw) -> Value:
        """The bits that the cell shows at the end: -1 or 1, and 0 where it shows none.

        Raises:
            CourseError: If the value is no mapping of parameters.
        """
        h = self._run(value, draw.hidden)["h"][-1]
        return np.where(np.abs(h) >= SHOWN, np.sign(h), 0.0)

    def explain(self, observed: Sequence[Observation], ask: Ask) -> Explanation | None:
        """What the gates do at the writes, between them and at the end, from the first thing that goes wrong."""
        for one in observed:
            for key, sentence in self._faults(self._run(one.raw, one.draw.hidden), one.draw.hidden):
                return Explanation(sentence, key)
        return None

    def _run(self, value: Value, hidden: Sequence[Argument]) -> dict[str, Array]:
        """Every gate and state over time, each (T, B)."""
        if not isinstance(value, Mapping):
            raise CourseError(
                _("`{name}` is to hand back a dict of parameters.").format(name=self.name),
                _("It hands back {type}.").format(type=_("nothing") if value is None else type(value).__name__),
                do=_('For example: return {"b_f": 1.0}'),
            )
        p = latch_parameters(value, self.cell)
        names = tuple(line.name for line in self.cell.lines)
        step = Slice(self.cell, ("x", "h_prev", "c_prev"), names).function
        xs = np.asarray(hidden[0])
        state = {"h": np.zeros((xs.shape[1], 1)), "c": np.zeros((xs.shape[1], 1))}
        rows: list[dict[str, Any]] = []
        for x in xs:
            with np.errstate(all="ignore"):  # a learner's numbers may be of any size
                state = dict(zip(names, step(x, state["h"], state["c"], p), strict=True))
            rows.append(state)
        return {name: np.stack([row[name][:, 0] for row in rows]) for name in names}

    def _faults(self, run: dict[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """Names and sentences, first things first."""
        xs = np.asarray(hidden[0])
        bits, writing = xs[..., 0], xs[..., 1] == 1.0
        again = writing.copy()
        again[0] = False
        if (i := float(run["i"][writing].min())) < 0.5:
            yield _SHUT, " ".join((_(_SHUT), _("It is {i:.2f} there.").format(i=i)))
        if (np.sign(run["c_tilde"]) != bits)[writing].any() or float(np.abs(run["c_tilde"])[writing].min()) < 0.5:
            yield _SIGN, " ".join((_(_SIGN), _("It should be near 1 for the bit 1 and near -1 for the bit -1.")))
        if (f := float(run["f"][~writing].min())) ** KEPT < 0.6:
            words = _("It is {f:.3f}: of the bit {left:.2g} is left after {steps} steps.")
            yield _LEAKS, " ".join((_(_LEAKS), words.format(f=f, left=f**KEPT, steps=KEPT)))
        if (i := float(run["i"][~writing].max())) * KEPT > 0.3:
            yield _OPEN, " ".join((_(_OPEN), _("It is {i:.3f} there, {steps} times.").format(i=i, steps=KEPT)))
        if (f := float(run["f"][again].max())) > 0.5:
            yield _OLD, " ".join((_(_OLD), _("The forget gate is {f:.2f} there.").format(f=f)))
        if (o := float(run["o"][-1].min())) < 0.7:
            yield _HIDDEN, " ".join((_(_HIDDEN), _("The output gate is {o:.2f} at the end.").format(o=o)))


def _solution() -> dict[str, Any]:
    return {"b_f": 10, "W_f": [0, -20], "b_i": -10, "W_i": [0, 20], "W_c": [5, 0], "b_o": 10}


def _without(name: str) -> Mapping[str, Any]:
    return {key: value for key, value in _solution().items() if key != name}


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    return tuple(Draw("batch", (), hidden=latch_sequences(rng)) for _k in range(2))


MISTAKES = (
    Mistake(_LEAKS, lambda: {**_solution(), "b_f": 2}),
    Mistake(_LEAKS, lambda: {**_without("b_f"), "W_f": [0, 0]}),
    Mistake(_OPEN, lambda: {**_without("W_i"), "b_i": 10}),
    Mistake(_OPEN, lambda: {**_solution(), "b_i": 0}),
    Mistake(_SHUT, lambda: _without("W_i")),
    Mistake(_SIGN, lambda: _without("W_c")),
    Mistake(_SIGN, lambda: {**_solution(), "W_c": [-5, 0]}),
    Mistake(_OLD, lambda: _without("W_f")),
    Mistake(_HIDDEN, lambda: {**_solution(), "b_o": -10}),
    Mistake(_HIDDEN, lambda: _without("b_o")),
)


def latch_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> LatchItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return LatchItem(
        "latch",
        points,
        mark("Parameters of an LSTM with D = 2 and H = 1 that hold one bit."),
        hints,
        forbidden,
        takes={},
        gives={"p": mark("a dict: numbers by name, such as b_f; a matrix as a list. What you leave out is 0.")},
        function=_solution,
        mistakes=MISTAKES,
        draw=_draws,
        cell=catalogue["LSTM"],
    )
