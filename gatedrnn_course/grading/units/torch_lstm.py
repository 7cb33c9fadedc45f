"""The LSTM of unit 06 as a module of torch: set by its parameters, judged by outputs, gradients, devices and work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, reduce
from itertools import permutations
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits import Words, classes
from gatedrnn_course.cells.language import Line
from gatedrnn_course.cells.numeric import python_of
from gatedrnn_course.grading.exchange.values import Argument
from gatedrnn_course.grading.items import Draw, DrivenItem, TextMistake
from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.grading.units.torch_work import LENGTH, about_devices, about_work
from gatedrnn_course.text import mark

__all__ = ["BLOCKS", "lstm_item", "lstm_parameters"]

STEP = whole_step(catalogue["LSTM"])
BLOCKS = ("f", "i", "c_tilde", "o")
"""The order of the row blocks in W, U and b."""
_SUFFIX = {"f": "f", "i": "i", "c_tilde": "c", "o": "o"}

_TEXT = """
import torch
from torch import nn, sigmoid, tanh

relu = torch.relu

def _joined(first, second, a, b):
    return torch.cat([first, second], -1) @ torch.cat([a, b], 1).T

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(4 * hidden_size, input_size))
        self.U = nn.Parameter(torch.zeros(4 * hidden_size, hidden_size))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))
        self.kept = None

    def forward(self, xs, state=None):
        W, U, b = self.W, self.U, self.b
        {W} = W.chunk(4)
        {U} = U.chunk(4)
        {b} = b.chunk(4)
        if state is None:
            state = (xs.new_zeros(xs.shape[1], self.U.shape[1]),) * 2
        h_prev, c_prev = state
        hs, cs = [], []
        for x in xs.unbind(0):
{lines}
            hs.append(h)
            cs.append(c)
            h_prev, c_prev = h, c
        return torch.stack(hs), (h, c)
"""


_COURSE = """
import torch
from torch import nn, sigmoid, tanh

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        scale = hidden_size**-0.5
        self.W = nn.Parameter(torch.empty(4 * hidden_size, input_size).uniform_(-scale, scale))
        self.U = nn.Parameter(torch.empty(4 * hidden_size, hidden_size).uniform_(-scale, scale))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, xs, state=None):
        if state is None:
            state = (xs.new_zeros(xs.shape[1], self.U.shape[1]),) * 2
        h, c = state
        hs = []
        for a in (xs @ self.W.T + self.b).unbind(0):
            f, i, c_tilde, o = (a + h @ self.U.T).chunk(4, dim=-1)
            c = sigmoid(f) * c + sigmoid(i) * tanh(c_tilde)
            h = sigmoid(o) * tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)
"""


def _text(lines: tuple[Line, ...] = STEP.lines, order: tuple[str, ...] = BLOCKS) -> str:
    """The class around equations, with the row blocks read in an order."""
    blocks = {letter: ", ".join(f"{letter}_{_SUFFIX[gate]}" for gate in order) for letter in "WUb"}
    rows = "\n".join(f"            {line.name} = {python_of(line.expr, '')}" for line in lines)
    return _TEXT.format(**blocks, lines=rows)


TEXT = _text()


def _with(*changes: tuple[str, str]) -> str:
    return replaced(TEXT, *changes)


_EACH = "        for x in xs.unbind(0):"
_START = "            state = (xs.new_zeros(xs.shape[1], self.U.shape[1]),) * 2"
_GIVE = "return torch.stack(hs), (h, c)"
_BATCH_FIRST = mark("The first axis is taken for the batch: xs is (T, B, D), time first, as nn.LSTM has it by default.")
_KEPT = mark("The state of an earlier call goes on: without a state given, each call begins with zeros.")
_CUT = mark(
    "The outputs are right, and no gradient comes back: .data, .detach(), torch.no_grad() or NumPy cut the graph."
)
_TWICE = mark("b is added twice: once before the loop and once inside it.")
_CUT_H = mark(
    "h is detached between the steps: the numbers are right, and the gradient of a step does not reach the "
    "steps before it through h."
)
_CUT_C = mark(
    "c is detached between the steps: the numbers are right, and the gradient of a step does not reach the "
    "steps before it through c."
)
_CUT_BOTH = mark(
    "The state is detached between the steps: the numbers are right, and the gradient of a step does not reach "
    "the steps before it."
)
_MISTAKES = (
    TextMistake(
        _BATCH_FIRST,
        _with((_START, _START.replace("shape[1], self", "shape[0], self")), ("unbind(0)", "unbind(1)")),
    ),
    TextMistake(
        _BATCH_FIRST,
        _with(
            (_START, _START.replace("shape[1], self", "shape[0], self")),
            ("unbind(0)", "unbind(1)"),
            (_GIVE, "return torch.stack(hs, 1), (h, c)"),
        ),
    ),
    TextMistake(
        mark("hs comes back with the batch first: it must be (T, B, H), time first."),
        _with((_GIVE, "return torch.stack(hs, 1), (h, c)")),
    ),
    TextMistake(
        mark("The state that is given is not used: every call begins with zeros."),
        _with(("if state is None:", "if True:")),
    ),
    TextMistake(
        mark("h and c of the given state are exchanged: it is the tuple (h, c)."),
        _with(("h_prev, c_prev = state", "c_prev, h_prev = state")),
    ),
    TextMistake(
        mark("The state that comes back is (c, h): h comes first."), _with((_GIVE, "return torch.stack(hs), (c, h)"))
    ),
    TextMistake(
        mark("The state is taken for (c, h), and comes back so: it is the tuple (h, c)."),
        _with(("h_prev, c_prev = state", "c_prev, h_prev = state"), (_GIVE, "return torch.stack(hs), (c, h)")),
    ),
    TextMistake(
        mark("hs holds the h before each step: append h after it has been computed."),
        _with(
            ("        for x in xs.unbind(0):\n", "        for x in xs.unbind(0):\n            hs.append(h_prev)\n"),
            ("            hs.append(h)\n", ""),
        ),
    ),
    TextMistake(
        mark("h and c come back with an axis of layers in front, as nn.LSTM has it: each is (B, H)."),
        _with((_GIVE, "return torch.stack(hs), (h[None], c[None])")),
    ),
    TextMistake(
        mark("hs holds the cell states: the outputs of an LSTM are h."),
        _with((_GIVE, "return torch.stack(cs), (h, c)")),
    ),
    TextMistake(
        mark("The state that comes back is that of the first step, not of the last."),
        _with((_GIVE, "return torch.stack(hs), (hs[0], cs[0])")),
    ),
    TextMistake(
        mark("The state that comes back is the one before the last step."),
        _with(
            ("            h_prev, c_prev = h, c", "            last, h_prev, c_prev = (h_prev, c_prev), h, c")
        ).replace(_GIVE, "return torch.stack(hs), last"),
    ),
    TextMistake(
        mark("The state that comes back is the one the call began with."),
        _with((_GIVE, "return torch.stack(hs), state")),
    ),
    TextMistake(mark("The steps run from the last to the first."), _with(("xs.unbind(0)", "xs.flip(0).unbind(0)"))),
    TextMistake(
        mark("hs is in reverse order: its first row is the last step."),
        _with((_GIVE, "return torch.stack(hs[::-1]), (h, c)")),
    ),
    TextMistake(
        mark("h is not carried from step to step: each step sees the h the sequence began with."),
        _with(("h_prev, c_prev = h, c", "c_prev = c")),
    ),
    TextMistake(
        mark("c is not carried from step to step: each step sees the c the sequence began with."),
        _with(("h_prev, c_prev = h, c", "h_prev = h")),
    ),
    TextMistake(mark("No state is carried from step to step."), _with(("            h_prev, c_prev = h, c\n", ""))),
    TextMistake(
        _KEPT,
        _with(
            ("            state = (xs", "            state = self.kept or (xs"),
            (_GIVE, _GIVE.replace("return", "self.kept = (h.detach(), c.detach())\n        return")),
        ).replace("self.kept or (", "self.kept if self.kept is not None and len(self.kept[0]) == xs.shape[1] else ("),
    ),
    TextMistake(
        _KEPT,
        _with(
            ("if state is None:\n", "if state is None or self.kept is not None:\n"),
            ("            state = (xs", "            state = self.kept or (xs"),
            (_GIVE, _GIVE.replace("return", "self.kept = (h.detach(), c.detach())\n        return")),
        ),
    ),
    TextMistake(_TWICE, _with(("W, U, b = self.W, self.U, self.b", "W, U, b = self.W, self.U, 2 * self.b"))),
    TextMistake(
        mark("b is not added."), _with(("W, U, b = self.W, self.U, self.b", "W, U, b = self.W, self.U, 0 * self.b"))
    ),
    TextMistake(
        mark(
            "1 is added to the forget bias in forward: a bias of 1 is a number in b, set once, when the layer is made."
        ),
        _text(tuple(STEP.lines)).replace("            f = sigmoid(", "            f = sigmoid(1.0 + "),
    ),
    TextMistake(
        mark("The sequence is given no gradient: d_xs is zeros. Is xs detached, or taken through NumPy?"),
        _with(("xs.unbind(0)", "xs.detach().unbind(0)")),
    ),
    TextMistake(
        _CUT_H,
        _with(("h_prev, c_prev = h, c", "h_prev, c_prev = h.detach(), c")),
    ),
    TextMistake(
        _CUT_C,
        _with(("h_prev, c_prev = h, c", "h_prev, c_prev = h, c.detach()")),
    ),
    TextMistake(
        _CUT_BOTH,
        _with(("h_prev, c_prev = h, c", "h_prev, c_prev = h.detach(), c.detach()")),
    ),
    *(
        TextMistake(words, _with((_EACH, f"{_EACH}\n            {cut}")))
        for words, cut in (
            (_CUT_H, "h_prev = h_prev.detach()"),
            (_CUT_C, "c_prev = c_prev.detach()"),
            (_CUT_BOTH, "h_prev, c_prev = h_prev.detach(), c_prev.detach()"),
        )
    ),
    TextMistake(
        mark("The state that is given is detached: its gradient is zeros. Whoever calls forward decides where to cut."),
        _with(("h_prev, c_prev = state", "h_prev, c_prev = (s.detach() for s in state)")),
    ),
    TextMistake(
        mark("The state that comes back is detached: no gradient goes back through it."),
        _with((_GIVE, "return torch.stack(hs), (h.detach(), c.detach())")),
    ),
    TextMistake(
        mark("hs is detached: no gradient goes back through it."),
        _with((_GIVE, "return torch.stack(hs).detach(), (h, c)")),
    ),
    *(
        TextMistake(
            Words(mark("The parameter {name} gets no gradient: .data or .detach() stands behind it."), {"name": name}),
            _with((f"{name}.chunk(4)", f"{name}.detach().chunk(4)")),
        )
        for name in "WUb"
    ),
    TextMistake(
        _CUT,
        _with(
            ("for x in xs.unbind(0)", "for x in xs.detach().unbind(0)"),
            ("h_prev, c_prev = state", "h_prev, c_prev = (s.detach() for s in state)"),
            ("W, U, b = self.W, self.U, self.b", "W, U, b = self.W.detach(), self.U.detach(), self.b.detach()"),
        ),
    ),
)
_ORDER = mark("The row blocks of W, U and b are read in the order {came}; they lie in the order f, i, c_tilde, o.")


@lru_cache(maxsize=1)
def _more() -> tuple[TextMistake, ...]:
    """Other orders of the row blocks, and every edit of the equations."""
    return tuple(_orders()) + tuple(_edited())


def _orders() -> Iterator[TextMistake]:
    for order in permutations(BLOCKS):
        if order != BLOCKS:
            yield TextMistake(Words(_ORDER, {"came": ", ".join(order)}), _text(order=order))


_SAID = frozenset(
    {
        "In the cell state, `f` and `i` are exchanged.",
        "In the forget gate, 1 is added inside sigmoid: the bias is larger by 1 than `p` says.",
        "No line adds its bias.",
        "Every bias counts twice.",
    }
)
"""Edits that are a mistake of the layer by another name."""


def _edited() -> Iterator[TextMistake]:
    for found in classes(STEP):
        edit = found.edit
        if edit.outputs == STEP.outputs and edit.key not in _SAID:
            words = reduce(lambda more, one: replace(one, more=more), reversed(edit.words))
            yield TextMistake(words, _text(edit.lines))


def lstm_parameters(rng: np.random.Generator, size: int, hidden: int) -> dict[str, Any]:
    """W (4H, D), U (4H, H) and b (4H,), all different."""
    shapes = {"W": (4 * hidden, size), "U": (4 * hidden, hidden), "b": (4 * hidden,)}
    return {name: rng.normal(size=shape) * 0.8 for name, shape in shapes.items()}


def _draw(rng: np.random.Generator, kind: str, sizes: tuple[int, int, int, int], state: bool, driver: str) -> Draw:
    T, B, D, H = sizes
    inputs = {"xs": rng.normal(size=(T, B, D))}
    if state:
        inputs |= {"h_0": rng.uniform(-0.9, 0.9, (B, H)), "c_0": 1.5 * rng.normal(size=(B, H))}
    weights = {"hs": rng.normal(size=(T, B, H)), "h": rng.normal(size=(B, H)), "c": rng.normal(size=(B, H))}
    args = (np.array([D, H]), lstm_parameters(rng, D, H), inputs, weights)
    return Draw(kind, args, decides=kind != "square", driver=driver, last=driver != "recurrent")


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Without a state and with one, one step, a batch of one, sizes of 1, all sizes equal; then devices and work."""
    a, b, c, d = (int(n) for n in rng.permutation((2, 3, 4, 5)))
    rows = (
        ("batch", (a + 2, b, c, d), False),
        ("batch", (b + 3, d, a, c), True),
        ("batch", (1, c, b, a), True),
        ("batch", (c + 2, 1, d, b), False),
        ("ones", (1, 1, 1, 1), True),
        ("square", (3, 3, 3, 3), True),
    )
    drawn = [_draw(rng, *row, "recurrent") for row in rows]
    drawn += [_draw(rng, "batch", (3, 2, 5, 4), False, "device"), _draw(rng, "batch", (LENGTH, 2, 7, 3), False, "cost")]
    return tuple(drawn)


def _inputs(args: Any) -> Mapping[str, Argument]:
    return dict(args[2])


def lstm_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> DrivenItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return DrivenItem(
        "LSTM",
        points,
        mark("An LSTM layer: a module that runs over a whole sequence."),
        hints,
        forbidden,
        head=("input_size", "hidden_size"),
        sections={
            mark("Parameters, row blocks in the order f, i, c_tilde, o:"): {
                "W": mark("of the input, (4H, D)"),
                "U": mark("of the state, (4H, H)"),
                "b": mark("the bias, (4H,)"),
            },
            "__init__(self, input_size, hidden_size):": {"input_size": mark("D"), "hidden_size": mark("H")},
            mark("forward(self, xs, state=None), which returns hs, (h, c):"): {
                "xs": mark("inputs, time first, (T, B, D)"),
                "state": mark("(h, c) before the first step, each (B, H); zeros where it is None"),
                "hs": mark("every h, (T, B, H)"),
                "h, c": mark("the state after the last step, each (B, H)"),
            },
        },
        gives=("hs", "h", "c", "d_W", "d_U", "d_b", "d_xs", "d_h_0", "d_c_0"),
        text=TEXT,
        course=_COURSE,
        mistakes=_MISTAKES,
        more=_more,
        draw=_draws,
        inputs=_inputs,
        faults={"cost": about_work, "device": about_devices},
        derives="nn.Module",
        errors=(
            (
                r"__init__\(\) (takes|missing|got)",
                mark("__init__ is called with two sizes: `def __init__(self, input_size, hidden_size):`."),
            ),
            (
                r"forward\(\) (takes|missing|got)",
                mark("forward is called with xs alone, or with xs and a state: `def forward(self, xs, state=None):`."),
            ),
            (
                r"'tuple' (and|object|but)|not tuple|, tuple|\(tuple",
                mark("The state is one argument, the tuple (h, c): `h, c = state`."),
            ),
        ),
    )
