from __future__ import annotations

import subprocess
import sys

import pytest

from gatedrnn_course.cells import CellError, parse, whole_step
from gatedrnn_course.cells.expr import Name
from gatedrnn_course.engines.program.flat import Apply, Divide, Flat, Sum, Term
from gatedrnn_course.engines.program.lower import lower
from gatedrnn_course.engines.program.normal import normal


def flatten(text: str) -> Flat:
    cell, part = parse(text), lower(parse(text)).forward
    whole = whole_step(normal(cell))
    letters = {name: whole.shape(name)[0] for name in (*whole.inputs, *whole.cell.shapes)}
    flat = Flat(letters | {f"#{k}": letter for k, letter in enumerate(part.slots)})
    for name, expr in part.values.items():
        flat.define(name, expr)
    return flat


def test_a_gate_is_a_sum_and_a_function() -> None:
    flat = flatten("h = sigmoid(W_h @ x + U_h @ h_prev + b_h)")
    terms = Term(1, ("#0",)), Term(1, ("b_h",))
    assert flat.statements == {"a_h": Sum("a_h", terms), "h": Apply("h", "sigmoid", "a_h")}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("h = h_prev - 2 * (h_prev * P_h)", (Term(1, ("h_prev",)), Term(-2, ("h_prev", "P_h")))),
        ("h = -(b_h - h_prev)", (Term(-1, ("b_h",)), Term(1, ("h_prev",)))),
        ("h = h_prev / 4 + 1 + 1", (Term(2), Term(0.25, ("h_prev",)))),
        ("h = h_prev - 0.5 * (U_h @ h_prev) * 3", (Term(-1.5, ("#0",)), Term(1, ("h_prev",)))),
        ("h = 0 * b_h + -h_prev * -P_h", (Term(1, ("h_prev", "P_h")),)),
        ("h = h_prev * sigmoid(0)", (Term(0.5, ("h_prev",)),)),
    ],
)
def test_signs_and_numbers_are_gathered(text: str, terms: tuple[Term, ...]) -> None:
    found = flatten(text).statements["h"]
    assert isinstance(found, Sum) and found.terms == terms


def test_equal_parts_are_one_statement_and_a_line_may_be_another_name() -> None:
    flat = flatten("f = tanh(h_prev)\ng = f\nh = g * tanh(h_prev)")
    assert list(flat.statements) == ["f", "h"]
    assert flat.atom(Name("g")) == "f"
    assert flat.statements["h"] == Sum("h", (Term(1, ("f", "f")),))


def test_parameters_get_the_leading_axes_where_they_must() -> None:
    flat = flatten("h = h_prev / (4 + tanh(b_h)) + U_h @ b_h + 1 / b_h")
    copied = [s.name for s in flat.statements.values() if isinstance(s, Sum) and s.terms == (Term(1.0, ("b_h",)),)]
    assert len(copied) == 1
    quotients = [s for s in flat.statements.values() if isinstance(s, Divide)]
    assert [q.top for q in quotients] == ["h_prev", 1.0] and quotients[1].bottom == copied[0]


@pytest.mark.parametrize("text", ["h = h_prev / 0", "h = h_prev / (1 - 1)", "h = 1 / 0 + h_prev"])
def test_a_division_by_zero_is_named(text: str) -> None:
    with pytest.raises(CellError, match="always zero"):
        flatten(text)


def test_only_what_is_needed_is_listed() -> None:
    flat = Flat({"h_prev": "H", "f": "H", "g": "H", "h": "H"})
    for line in parse("f = tanh(h_prev)\ng = sigmoid(h_prev)\nh = 2 * f").lines:
        flat.define(line.name, line.expr)
    assert list(flat.statements) == ["f", "g", "h"]
    assert [s.name for s in flat.needed(["h"])] == ["f", "h"]


def test_importing_the_room_does_not_import_torch() -> None:
    code = (
        "import sys, gatedrnn_course.engines as e; assert 'torch' not in sys.modules; "
        "e.Recurrent; assert 'torch' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_of_the_room_is_an_attribute_error() -> None:
    import gatedrnn_course.engines as engines

    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        engines.nothing_of_the_kind  # noqa: B018
