"""The order of torch calls."""

from __future__ import annotations

from gatedrnn_course.cells import parse
from gatedrnn_course.engines.program.flat import Apply, Sum, Term
from gatedrnn_course.engines.torch_tier.plan import plan_of
from gatedrnn_course.engines.torch_tier.schedule import (
    Activate,
    Add,
    Compute,
    Multiply,
    Peep,
    Scheduler,
    Slot,
    Start,
)

GATES = (
    Slot("a_f", "f", "sigmoid", 1.0, (Term(1.0, ("b_f",)), Term(1.0, ("P_f", "c_prev")))),
    Slot("a_i", "i", "sigmoid", 1.0, (Term(1.0, ("P_i", "c_prev")),)),
    Slot("a_g", "g", "tanh", 1.0, (Term(2.0, ("f", "i")),)),
)
PRODUCTS = (
    Multiply(0, 2, "x", ((1.0, "W_f"), (1.0, "W_i"))),
    Multiply(0, 3, "h_prev", ((1.0, "U_f"), (1.0, "U_i"), (1.0, "U_g"))),
)


def test_slots_begin_as_biases_and_products_with_x_and_grow_together() -> None:
    scheduler = Scheduler(GATES, PRODUCTS, {"a_f": "H", "a_i": "H", "a_g": "H"})
    biases = ((Term(1.0, ("b_f",)),), ())
    assert list(scheduler.start()) == [Start(0, 2, "x", PRODUCTS[0].matrices, biases), Start(2, 3, "", (), ((),))]
    assert list(scheduler.run([], ["x"])) == []
    late = [Sum("h", (Term(1.0, ("g",)),))]
    assert list(scheduler.run(late, ["h_prev", "c_prev"])) == [
        PRODUCTS[1],
        Peep(0, 2, "c_prev", 1.0, ("P_f", "P_i")),
        Activate(0, 2, "sigmoid"),
        Add(2, Term(2.0, ("f", "i"))),
        Activate(2, 3, "tanh"),
        Compute(late[0]),
    ]


def test_a_statement_waits_for_what_it_needs() -> None:
    scheduler = Scheduler((), (), {})
    first, second = Apply("q", "tanh", "h_prev"), Sum("h", (Term(1.0, ("q", "q")),))
    assert list(scheduler.run([second, first], ["h_prev"])) == [Compute(first), Compute(second)]


def test_numbers_before_a_slot_are_part_of_its_matrices() -> None:
    plan = plan_of(parse("h = tanh(W_h @ x + b_h) - 1.5 * (U_h @ h_prev)"))
    (own,) = [action for action in plan.step if isinstance(action, Multiply)]
    assert own.matrices == ((-1.5, "U_h"),)


def test_a_slot_that_is_multiplied_too_holds_nothing_else() -> None:
    plan = plan_of(parse("k = U_k @ h_prev\nh = k - U_h @ k"))
    held = {slot.value for slot in plan.slots}
    assert "#0" in held and plan.values == ("h",)
