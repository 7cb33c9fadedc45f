from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, Slice, catalogue, whole_step
from gatedrnn_course.grading.items import Draw, Observation, SliceItem
from gatedrnn_course.grading.items.item import as_argument

LSTM = catalogue["LSTM"]
HINTS = ("one", "two", "three")
GATE = SliceItem("forget_gate", 12, "The forget gate.", HINTS, slice=Slice(LSTM, ("x", "h_prev"), ("f",)), single=True)
HIDDEN = SliceItem("hidden_state", 12, "The hidden state.", HINTS, slice=Slice(LSTM, ("o", "c"), ("h",)))
STEP = SliceItem("lstm_step", 24, "One step.", HINTS, slice=whole_step(LSTM))


def test_signatures() -> None:
    assert GATE.signature() == "forget_gate(x, h_prev, p)"
    assert HIDDEN.signature() == "hidden_state(o, c)"
    assert STEP.signature() == "lstm_step(x, h_prev, c_prev, p)"
    assert STEP.outputs == ("h", "c")


def test_a_docstring_tells_shapes_and_the_parameters_used() -> None:
    assert GATE.docstring() == (
        "The forget gate.\n\nArgs:\n    x: input, (..., D)\n    h_prev: hidden state of the step before, (..., H)\n"
        "    p: p.W_f (H, D); p.U_f (H, H); p.b_f (H,)\n\nReturns:\n    f (..., H)"
    )
    assert "the tuple (h, c), each (..., H)" in STEP.docstring()
    assert "p:" not in HIDDEN.docstring()


@pytest.mark.parametrize("item", [GATE, HIDDEN, STEP], ids=lambda item: item.name)
def test_the_kinds_of_draws(item: SliceItem) -> None:
    draws = item.draws(np.random.default_rng(0))
    kinds = [draw.kind for draw in draws]
    far = ["batch"] * (2 if item is HIDDEN else 4)
    assert kinds == ["batch", "batch", *["single"] * item.single, "ones", "square", *far]
    assert [draw.decides for draw in draws] == [kind != "square" for kind in kinds]
    for draw in draws:
        shapes = [np.shape(a) for a in draw.args if isinstance(a, np.ndarray)]
        sizes = {n for shape in shapes for n in shape}
        if draw.kind == "batch":
            assert all(len(shape) == 2 for shape in shapes) and 1 not in sizes
            assert len(sizes) == len({shape[1] for shape in shapes}) + 1
        elif draw.kind == "single":
            assert all(len(shape) == 1 for shape in shapes)
        else:
            assert len(sizes) == 1 and (sizes == {1}) == (draw.kind == "ones")


def test_the_reference_is_the_equation() -> None:
    for draw in STEP.draws(np.random.default_rng(1)):
        x, h, c, p = draw.args[0], draw.args[1], draw.args[2], Params(draw.args[3])  # type: ignore[arg-type]
        s: Any = {k: x @ p[f"W_{k}"].T + h @ p[f"U_{k}"].T + p[f"b_{k}"] for k in "fico"}
        f, i, o = (1 / (1 + np.exp(-s[k])) for k in "fio")
        right_c = f * c + i * np.tanh(s["c"])
        given = STEP.reference(*draw.args)
        near_0 = 1e-15 if draw.words else 0  # saturated gates: the two formulas of sigmoid differ in the last digits
        np.testing.assert_allclose(given[1], right_c, atol=near_0)  # type: ignore[index]
        np.testing.assert_allclose(given[0], o * np.tanh(right_c), atol=near_0)  # type: ignore[index]
    one = HIDDEN.reference(np.ones(2), np.ones(2))
    assert isinstance(one, np.ndarray)


def test_draws_repeat_for_a_seed_and_examples_are_always_the_same() -> None:
    first, second = (GATE.draws(np.random.default_rng(4))[0].args for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(GATE.example()[0], GATE.example()[0])


def test_explain() -> None:
    draws = HIDDEN.draws(np.random.default_rng(0))

    def told(function: Any) -> Any:
        def ask(draw: Draw) -> Observation:
            return Observation(draw, (function(*draw.args),))

        return HIDDEN.explain([ask(draw) for draw in draws], ask)

    assert told(lambda o, c: o * c).key == "The hidden state has no tanh around `c`."
    assert told(lambda o, c: np.cos(c)) is None


def test_an_item_with_another_clock_is_the_same_item() -> None:
    other = SliceItem(GATE.name, 12, GATE.title, HINTS, slice=GATE.slice, single=True, clock=lambda: 0.0)
    assert other == GATE and hash(other) == hash(GATE)


def test_arguments_are_copies() -> None:
    array = np.ones(2)
    copied: Any = as_argument({"W": array})
    assert isinstance(copied, Params) and copied.W is not array
    assert as_argument(array) is not array
    assert Draw("batch", ()).decides
