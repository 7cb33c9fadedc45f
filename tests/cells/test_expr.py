from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    MatMul,
    Name,
    Neg,
    Num,
    NumpyMatMul,
    Op,
    Outer,
    Transpose,
    at,
    factors,
    join_product,
    join_sum,
    names,
    put,
    terms,
    to_text,
    walk,
)
from gatedrnn_course.cells.language import parse_line
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS, python_of

a, b, c = Name("a"), Name("b"), Name("c")
leaves = st.one_of(st.sampled_from([a, b, c]), st.sampled_from([Num(0.0), Num(1.0), Num(0.1), Num(1e6), Num(1 / 3)]))
exprs = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Neg, inner),
        st.builds(Op, st.sampled_from("+-*/"), inner, inner),
        st.builds(Call, st.sampled_from(["sigmoid", "tanh", "relu"]), inner),
        st.builds(lambda v: MatMul(Name("W_f"), v), inner),
    ),
    max_leaves=8,
)
fast = settings(deadline=None)


def value(expr: Expr) -> Any:
    p = type("P", (), {"W_f": np.array([[0.3]])})
    given = {**NUMPY_FUNCTIONS, "a": np.array([0.7]), "b": np.array([-1.3]), "c": np.array([2.1]), "p": p}
    with np.errstate(all="ignore"):
        try:
            return eval(python_of(expr), given)
        except (ZeroDivisionError, ValueError):  # numbers alone: 1 / 0, 1 @ W
            return np.nan


@fast
@given(exprs)
def test_the_text_is_read_back_as_the_same_expression(expr: Expr) -> None:
    assert parse_line(f"y = {to_text(expr)}").expr == expr


@fast
@given(exprs)
def test_joining_the_terms_of_a_sum_gives_its_value(expr: Expr) -> None:
    assert np.allclose(value(join_sum(terms(expr))), value(expr), equal_nan=True, rtol=1e-9, atol=1e-9)


@fast
@given(exprs)
def test_joining_the_factors_of_a_product_gives_its_value(expr: Expr) -> None:
    assert np.allclose(value(join_product(factors(expr))), value(expr), equal_nan=True, rtol=1e-9)


@fast
@given(exprs)
def test_every_path_of_a_walk_leads_to_its_node_and_putting_it_back_changes_nothing(expr: Expr) -> None:
    for path, node in walk(expr):
        assert at(expr, path) == node
        assert put(expr, path, node) == expr
        assert at(put(expr, path, Name("new")), path) == Name("new")


def test_names_come_in_the_order_of_the_text_with_repeats() -> None:
    assert list(names(parse_line("y = a * (W_f @ b) + a").expr)) == ["a", "W_f", "b", "a"]


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (Op("-", a, Op("-", b, c)), [(1, a), (-1, b), (1, c)]),
        (Neg(Op("+", a, Neg(b))), [(-1, a), (1, b)]),
        (Op("*", a, b), [(1, Op("*", a, b))]),
    ],
)
def test_the_terms_of_a_sum_have_their_signs(expr: Expr, wanted: list[Any]) -> None:
    assert terms(expr) == wanted


def test_an_empty_sum_is_zero_and_a_sum_may_begin_with_minus() -> None:
    assert join_sum([]) == Num(0.0)
    assert to_text(join_sum([(-1, Op("+", a, b)), (-1, c)])) == "-(a + b) - c"


def test_a_quotient_is_one_factor() -> None:
    assert factors(Op("*", Op("/", a, b), c)) == [Op("/", a, b), c]


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Op("-", a, Op("+", b, c)), "a - (b + c)"),
        (Op("*", Op("-", Num(1.0), a), b), "(1 - a) * b"),
        (Op("/", a, Op("*", b, c)), "a / (b * c)"),
        (MatMul(Name("U_h"), Op("*", a, b)), "U_h @ (a * b)"),
        (Op("*", a, MatMul(Name("U_h"), b)), "a * (U_h @ b)"),
        (Neg(MatMul(Name("U_h"), b)), "-(U_h @ b)"),
        (MatMul(Transpose(Name("W_f")), a), "W_f.T @ a"),
        (NumpyMatMul(Name("W_f"), Op("+", a, b)), "W_f @ (a + b)"),
        (Outer(Op("+", a, b), c), "outer(a + b, c)"),
        (Num(0.5), "0.5"),
        (Num(1 / 3), "0.3333333333333333"),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(expr: Expr, text: str) -> None:
    assert to_text(expr) == text
