"""Operations of a pass, carried out one after the other on arrays that overlap as a kernel's do."""

from __future__ import annotations

import numpy as np
import pytest
from random_cells import random_cell

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.expr import Call, Name, Neg, Num, Op
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.interpreter.instructions import Temporary, instructions
from gatedrnn_course.engines.c_tier.interpreter.operations import OPERATIONS
from gatedrnn_course.engines.c_tier.places import Place
from gatedrnn_course.engines.c_tier.steps import Pass, backward_steps, forward_steps
from gatedrnn_course.engines.program.normal import numbered

CELLS = [*catalogue.values(), *(cell for seed in range(60) if (cell := random_cell(seed)))]
OP = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


def value(expr, known):
    match expr:
        case Num(number):
            return np.float64(number)
        case Name(name):
            return known[name]
        case Neg(arg):
            return -value(arg, known)
        case Op(op, left, right):
            return OP[op](value(left, known), value(right, known))
        case Call(function, arg):
            return FUNCTIONS[function].numpy(value(arg, known))


def memory(place, in_place):
    return Place("slot", place.letter, columns=place.columns) if in_place and place.kind == "delta" else place


def wanted(own, held, in_place):
    """What a pass stores and adds up: all is loaded before anything is stored."""
    known = {name: sum(held[memory(place, in_place)] for place in places) for name, places in own.loads.items()}
    for name, expr in own.values.items():
        known[name] = value(expr, known)
    stored = {memory(place, in_place): known[name] for name, place in own.stores}
    return held | stored, {parameter: known[name] for parameter, name in own.sums}


def carried_out(own, held, in_place):
    held, temporary, sums = dict(held), {}, {}

    def read(operand):
        if isinstance(operand, Temporary):
            return temporary[operand.number]
        return held[memory(operand, in_place)] if isinstance(operand, Place) else np.float64(operand)

    for one in instructions(own, in_place):
        operands = dict(zip("abc", map(read, one.operands), strict=False))
        if one.name == "sum":
            sums[one.target] = operands["a"]
            continue
        functions = {f"f_{name}": record.numpy for name, record in FUNCTIONS.items()}
        result = eval(OPERATIONS[one.name], functions, operands)
        if isinstance(one.target, Temporary):
            temporary[one.target.number] = result
        else:
            held[memory(one.target, in_place)] = result
    return held, sums


def passes(cell):
    a = Addresses(numbered(cell))
    for steps in (forward_steps(a), backward_steps(a)):
        yield from ((own, a.program.memory.in_place) for own in steps if isinstance(own, Pass))


def check(own, in_place, seed):
    places = [place for group in own.loads.values() for place in group] + [place for _, place in own.stores]
    rng = np.random.default_rng(seed)
    held = {memory(place, in_place): rng.normal(size=3) for place in places}
    for ours, right in zip(carried_out(own, held, in_place), wanted(own, held, in_place), strict=True):
        assert ours.keys() == right.keys()
        assert all(np.allclose(ours[key], right[key], rtol=1e-12, atol=1e-12) for key in right), own


def test_operations_do_what_the_pass_says():
    for cell in CELLS:
        for seed, (own, in_place) in enumerate(passes(cell)):
            check(own, in_place, seed)


A, B, C = (Place("scratch", "H", key) for key in "abc")
LOADS = {"a": (A,), "b": (B,), "c": (C,), "both": (A, B)}


@pytest.mark.parametrize(
    "stores",
    [
        {"a": B, "b": A},
        {"a": B, "b": C, "c": A},
        {"s": A, "a": B},
        {"s": A, "d": B, "b": C},
        {"s": B, "d": A},
        {"e": A, "s": B, "a": C},
        {"a": A, "s": C},
    ],
)
def test_nothing_is_overwritten_before_it_was_read(stores):
    a, b, c, s, d = (Name(name) for name in "abcsd")
    exprs = {"s": Op("+", a, b), "d": Op("-", Op("*", a, b), s), "e": Op("*", d, c)}
    exprs |= {f"copy_{name}": Name(name) for name in "abc"}
    kept = tuple((name if name in exprs else f"copy_{name}", place) for name, place in stores.items())
    for sums in ((), (("b_1", "copy_a"), ("b_2", "e"))):
        check(Pass("H", exprs, LOADS, kept, sums), True, 0)


def test_equal_parts_are_computed_once_and_products_join_sums():
    exprs = {
        "u": Op("+", Op("*", Name("a"), Name("b")), Name("c")),
        "v": Op("-", Name("c"), Op("*", Name("a"), Name("a"))),
    }
    exprs["w"] = Op("*", Call("tanh", Name("a")), Call("tanh", Name("a")))
    found = instructions(Pass("H", exprs, LOADS, (("u", A), ("v", B), ("w", C))), True)
    assert sorted(one.name for one in found if one.name != "copy") == ["*", "a * b + c", "c - a * b", "tanh"]
