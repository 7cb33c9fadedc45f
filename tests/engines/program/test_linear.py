"""The backward as linear combinations."""

from __future__ import annotations

from gatedrnn_course.cells import parse
from gatedrnn_course.engines.program.flat import Apply, Flat, Sum, Term
from gatedrnn_course.engines.program.linear import Combine, Gradient, Linear, Mix
from gatedrnn_course.engines.program.lower import lower


def linear(text: str) -> Linear:
    step = lower(parse(text))
    flat = Flat({**step.forward.letters, "x": "D", "h_prev": "H", "b_h": "H", "#0": "H", "#1": "H"})
    for name, expr in step.forward.values.items():
        flat.define(name, expr)
    return Linear(flat.after(()), step)


def test_what_stands_between_derivatives_is_one_coefficient() -> None:
    found = linear("h = tanh(W_h @ x + U_h @ h_prev + b_h)")
    (delta, *mixes) = found.values.values()
    assert delta == Combine("d_a_h", (("_k", "d_h_next"),))
    assert found.flat.statements["_k"] == Sum("_k", (Term(1.0), Term(-1.0, ("h", "h"))))
    assert {mix.parts for mix in mixes if isinstance(mix, Mix)} == {(("W_h", "d_a_h"),), (("U_h", "d_a_h"),)}
    assert found.gradients == [Gradient("W_h", "d_a_h", "x"), Gradient("U_h", "d_a_h", "h_prev")]
    assert found.totals == [Combine("b_h", ((1.0, "d_a_h"),))]
    assert found.roots() == {"_k", "x", "h_prev"}


def test_nothing_flows_into_a_dead_gate() -> None:
    found = linear("h = 0 * tanh(W_h @ x) + h_prev")
    assert found.gradients == [] and found.ends["d_x"].form == ()
    assert found.ends["d_h_prev"].form == ((1.0, "d_h_next"),)


def test_a_value_that_is_kept_is_no_coefficient_anew() -> None:
    flat = Flat({"h_prev": "H", "f": "H"})
    flat.define("f", parse("h = 1 - tanh(h_prev)").lines[0].expr)
    other = flat.after({"_f"})
    assert other.atom(parse("h = tanh(h_prev)").lines[0].expr) == "_f" and not other.statements
    assert flat.after(()).atom(parse("h = tanh(h_prev)").lines[0].expr, "_k") == "_k"
    assert flat.statements["_f"] == Apply("_f", "tanh", "h_prev")
