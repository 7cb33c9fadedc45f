"""Answers to `Adder`, the model that is trained."""

from __future__ import annotations

from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.grading.units.adder import TEXT
from gatedrnn_course.text import mark

__all__ = ["FILLED", "RIGHT", "WRONG"]

_LAST, _GIVES = "self.readout(hs[-1:])", "return self.readout(hs[-1:]), state"


def _with(*changes: tuple[str, str]) -> str:
    return replaced(TEXT, *changes)


RIGHT: dict[str, dict[str, str]] = {
    "Adder": {
        mark("the last h kept with its axis"): TEXT,
        mark("an axis put back"): _with((_LAST, "self.readout(hs[-1]).unsqueeze(0)")),
        mark("h from the state"): _with((_LAST, "self.readout(state[0])[None]")),
        mark("the read-out written out"): _with((_LAST, "(hs[-1:] @ self.readout.weight.T + self.readout.bias)")),
        mark("narrowed to the last step"): _with((_LAST, "self.readout(hs.narrow(0, len(hs) - 1, 1))")),
        mark("stacked"): _with((_LAST, "torch.stack([self.readout(hs[-1])])")),
        mark("a size of its own kept"): _with(
            (
                "self.readout = nn.Linear(hidden_size, 1)",
                "self.size = hidden_size; self.readout = nn.Linear(self.size, 1)",
            )
        ),
        mark("float32 inside"): _with((_LAST, "self.readout(hs[-1:]).float()")),
    }
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "Adder": (
        ("`Adder` answers in another shape.", _with((_LAST, "self.readout(hs[-1])"))),
        ("`Adder` answers in another shape.", _with((_LAST, "self.readout(hs[-1:])[..., 0]"))),
        ("`Adder` answers in another shape.", _with((_LAST, "self.readout(hs)"))),
        ("`Adder` hands back one", _with((_GIVES, "return self.readout(hs[-1:])"))),
        ("The state that is given has no effect", _with(("self.lstm(xs, state)", "self.lstm(xs)"))),
        ("The state that is given has no effect", _with((_GIVES, "return self.readout(hs[-1:]), None"))),
        ("`Adder` answers with another number of outputs.", _with((_LAST, "self.readout(hs[-1:]).repeat(1, 1, 2)"))),
        (
            "`Adder` has other parameters than the exercise names.",
            _with(("self.readout = nn.Linear(hidden_size, 1)", "self.readout = nn.Identity()")),
        ),
        (
            "`Adder` has other parameters than the exercise names.",
            TEXT.replace("self.readout", "self.out"),
        ),
        ("The parameters of `Adder` have other shapes.", _with(("Layer(2, hidden_size)", "Layer(2, 2 * hidden_size)"))),
        (
            "The answers do not come from the parameters",
            _with((_LAST, "0.5 + (xs[1:, :, :1] * (xs[1:, :, 1:] > 0)).sum(0, keepdim=True) / 4")),
        ),
    )
}
FILLED: dict[str, str] = {
    "Adder": _with((_LAST, 'xs.new_full((1, xs.shape[1], 1), float("{number}"))')),
}
