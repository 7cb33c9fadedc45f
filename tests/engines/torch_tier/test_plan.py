from __future__ import annotations

import ast
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.engines.program.flat import Sum
from gatedrnn_course.engines.program.linear import Combine, Mix
from gatedrnn_course.engines.torch_tier.backward_plan import Spread
from gatedrnn_course.engines.torch_tier.functions import functions_of
from gatedrnn_course.engines.torch_tier.plan import Plan, plan_of
from gatedrnn_course.engines.torch_tier.schedule import Activate, Compute, Multiply, Peep, Start

every_cell = pytest.mark.parametrize("name", catalogue)


def products(plan: Plan) -> list[tuple[str, str]]:
    """Every product with a matrix the plan computes, `(matrix, vector)`."""
    actions = [a for a in (*plan.before, *plan.step) if isinstance(a, (Start, Multiply))]
    return [(matrix, a.vector) for a in actions for _, matrix in a.matrices]


def test_the_plan_of_the_peephole_lstm() -> None:
    plan = plan_of(catalogue["peephole LSTM"])
    assert [slot.value for slot in plan.slots] == ["f", "i", "c_tilde", "o"]
    (start,) = plan.before
    assert isinstance(start, Start) and (start.first, start.last, start.vector) == (0, 4, "x")
    kinds = [type(action) for action in plan.step]
    assert kinds == [Multiply, Peep, Activate, Activate, Compute, Compute, Peep, Activate, Compute]
    loop = plan.backward.loop
    assert [type(action) for action in loop] == [Combine, Combine, Spread, Mix]
    assert plan.backward.deltas == ("d_a_f", "d_a_i", "d_a_c_tilde", "d_a_o")
    assert [end.name for end in plan.backward.ends] == ["d_h_prev", "d_c_prev"]


def test_what_depends_on_the_input_only_is_done_ahead() -> None:
    plan = plan_of(catalogue["minGRU"])
    assert {"z", "h_tilde"} <= plan.early
    assert not any(isinstance(action, Multiply) for action in plan.step)
    assert not plan.backward.loop and plan.backward.kept == ("d_h_next",)


@every_cell
def test_every_product_is_computed_once(name: str) -> None:
    found = products(plan_of(catalogue[name]))
    assert len(found) == len(set(found))
    assert sum(matrix.startswith(("W_", "U_")) for matrix, _ in found) == len(
        [n for n in catalogue[name].parameters if n.startswith(("W_", "U_"))]
    )


@every_cell
def test_one_product_a_step_for_each_vector(name: str) -> None:
    actions = [a for a in plan_of(catalogue[name]).step if isinstance(a, Multiply)]
    assert len({a.vector for a in actions}) == len(actions)


@every_cell
def test_every_slot_is_started_once_and_activated_at_most_once(name: str) -> None:
    plan = plan_of(catalogue[name])
    actions = (*plan.before, *plan.step)
    for kind in (Start, Activate):
        hit = [k for a in actions if isinstance(a, kind) for k in range(a.first, a.last)]
        assert len(hit) == len(set(hit))
        assert kind is Activate or sorted(hit) == list(range(len(plan.slots)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_used_before_it_is_known(data: Any, any_cell: Any) -> None:
    plan = plan_of(data.draw(any_cell))
    known = {"x", *(f"{name}_prev" for name in plan.cell.states)}
    for action in (*plan.before, *plan.step):
        if isinstance(action, Compute):
            assert all(name in known or is_parameter(name) for name in action.statement.used())
            known.add(action.statement.name)
        elif isinstance(action, (Multiply, Peep)):
            assert action.vector in known
        if not isinstance(action, Compute):
            known |= {n for slot in plan.slots for n in (slot.sum, slot.value)}
    derived = {f"d_{name}_next" for name in plan.cell.states}
    for back in (*plan.backward.loop, *plan.backward.ends, *plan.backward.after):
        assert set(back.used()) <= derived
        names = plan.backward.deltas[back.first : back.last] if isinstance(back, Spread) else (back.name,)
        derived |= set(names)


def test_equal_parts_are_computed_once() -> None:
    plan = plan_of(parse("f = sigmoid(W_f @ x + b_f) * tanh(h_prev)\nh = tanh(h_prev) + sigmoid(W_f @ x + b_f) * f"))
    assert len(plan.slots) == 1
    assert sum(isinstance(a, Compute) and a.statement.name == "_f_2" for a in plan.step) <= 1


def test_a_sum_of_many_factors_has_terms_of_two() -> None:
    plan = plan_of(parse("h = W_h @ x * h_prev * tanh(h_prev) * 2 * P_h - 3 * b_h"))
    sums = [a.statement for a in (*plan.before, *plan.step) if isinstance(a, Compute)]
    assert all(len(t.factors) <= 2 for s in sums if isinstance(s, Sum) for t in s.terms)


@every_cell
def test_the_program_is_plain_python_that_calls_torch_only(name: str) -> None:
    tree = ast.parse(functions_of(catalogue[name]).text)
    loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    assert not any(isinstance(n, (ast.Import, ast.Lambda)) for n in ast.walk(tree))
    assert {"torch", "steps"} <= loaded
    assert not loaded & {"exec", "eval", "open", "__import__", "getattr"}


def test_programs_do_not_depend_on_the_order_of_sets() -> None:
    code = (
        "import hashlib; from gatedrnn_course.cells import catalogue; "
        "from gatedrnn_course.engines.torch_tier.functions import functions_of; "
        "texts = [functions_of(catalogue[name]).text for name in ('FGR', 'GRU', 'minLSTM')]; "
        "print(hashlib.sha256(''.join(texts).encode()).hexdigest())"
    )
    found = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_deriving_a_plan_does_not_import_torch() -> None:
    code = (
        "import sys; from gatedrnn_course.cells import catalogue;"
        "from gatedrnn_course.engines.torch_tier.plan import plan_of;"
        "plan_of(catalogue['LSTM']); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
